internal import AssetSchema
internal import Digest
internal import SQLite
internal import Subprocess
internal import TimeKeeping
internal import Workspace

extension Store {
    /// A job with what only this workspace knows of it.
    struct Job {
        var live: LiveJob
        let fields: JSONValue
        var content: [String: StoredTree]
        let environment: EnvironmentSpec
        let supervisor: ProcessIdentity?
        let process: ProcessIdentity?
        /// Whether it works through child jobs alone.
        let isParent: Bool
        /// What its parent calls it.
        let step: String?
        let results: [String: StoredTree]
    }

    /// All jobs in the order of their creation, with the last value of every metric.
    static func jobs(_ connection: Connection, name: String? = nil) throws -> [Job] {
        var metrics: [String: [String: Double]] = [:]
        // Of equal steps the later call counts, as in MLflow's latest_metrics.
        try connection.forEach(
            """
            SELECT run, name, value, special FROM metrics WHERE \(name == nil ? "run IN (SELECT name FROM jobs)" : "run = ?1")
            ORDER BY run, name, step, time, id
            """, name.map { [.text($0)] } ?? []
        ) { row in
            guard let run = row.text("run"), let metric = row.text("name") else { return }
            metrics[run, default: [:]][metric] = row.real("value")
        }
        return try connection.rows(
            "SELECT * FROM jobs \(name == nil ? "" : "WHERE name = ?1") ORDER BY created_at, name",
            name.map { [.text($0)] } ?? []
        ).compactMap { row in
            guard let name = row.text("name"), let kind = row.text("kind").flatMap(AssetKind.init),
                let createdAt = row.time("created_at")
            else { return nil }
            let results = row.trees("results")
            // What has very many files is data, and no model is taken from it.
            let outputs = results.filter { $0.key.hasPrefix("outputs.") && $0.value.entries.count <= 1000 }.map {
                (String($0.key.dropFirst("outputs.".count)), $0.value.digest)
            }
            let live = LiveJob(
                name: name, kind: kind, status: row.text("status").flatMap(JobStatus.init) ?? .unknown,
                experimentName: row.text("experiment") ?? "Default", tags: row.tags(), metrics: metrics[name] ?? [:],
                createdAt: createdAt, startedAt: row.time("started_at"), endedAt: row.time("ended_at"),
                error: row.text("error"), artifactDigests: results["artifacts"]?.componentDigests ?? [:],
                outputDigests: Dictionary(outputs, uniquingKeysWith: { $1 }), parent: row.text("parent"))
            return Job(
                live: live, fields: row.json("fields"), content: row.trees("content"),
                environment: EnvironmentSpec(json: row.json("environment")), supervisor: row.process("supervisor"),
                process: row.process("process"), isParent: row.flag("is_parent"), step: row.text("step"),
                results: results)
        }
    }

    /// One job.
    func job(_ name: String) throws -> Job? {
        try read { try Self.jobs($0, name: name).first }
    }

    /// Notes that a job shall run; a job of that name is left as it is.
    ///
    /// - Returns: whether the row is new.
    func submit(
        _ draft: JobDraft, experiment: String, content: [String: StoredTree], environment: EnvironmentSpec,
        isParent: Bool = false, child: ChildPlace? = nil, at now: Timestamp
    ) throws -> Bool {
        try write { connection in
            try connection.execute(
                """
                INSERT INTO jobs (name, kind, status, experiment, fields, tags, content, environment, created_at,
                    is_parent, parent, step, reuse_key)
                VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13) ON CONFLICT (name) DO NOTHING
                """,
                [
                    .text(draft.name), .text(draft.kind.rawValue), .text(JobStatus.notStarted.rawValue),
                    .text(experiment), Value(draft.fields), Value(draft.tags), .encoded(content),
                    Value(environment.json), Value(now), Value(isParent), Value(child?.parent), Value(child?.step),
                    Value(child?.reuseKey),
                ])
            let isNew = connection.changes > 0
            if isNew {
                try connection.execute(
                    "INSERT INTO runs (run, job, experiment, name, status, started_at) VALUES (?1, ?1, ?2, ?1, ?3, ?4)",
                    [.text(draft.name), .text(experiment), "SCHEDULED", .integer(now.seconds * 1000)])
                if let child { try Self.tagRun(draft.name, of: child, connection) }
            }
            return isNew
        }
    }

    /// Takes a job for one supervisor; only the first gets it, and nothing that ran before is taken again.
    ///
    /// A parent whose supervisor has died is taken over: what it has done stands in its children's rows.
    func claim(_ job: String, by supervisor: ProcessIdentity) throws -> Bool {
        try write { connection in
            guard
                let row = try connection.row(
                    "SELECT status, supervisor, is_parent FROM jobs WHERE name = ?1", [.text(job)]),
                let status = row.text("status").flatMap(JobStatus.init), !status.isTerminal
            else { return false }
            if let other = row.process("supervisor") {
                guard row.flag("is_parent"), !other.isAlive else { return false }
                try connection.execute(
                    "UPDATE jobs SET supervisor = ?2 WHERE name = ?1", [.text(job), .encoded(supervisor)])
            } else {
                guard status == .notStarted else { return false }
                try connection.execute(
                    "UPDATE jobs SET supervisor = ?2, status = ?3 WHERE name = ?1",
                    [.text(job), .encoded(supervisor), .text(JobStatus.queued.rawValue)])
            }
            return true
        }
    }

    /// Takes one of a limited number of slots, first come first served; those of dead supervisors are free.
    func takeSlot(_ job: String, limit: Int) throws -> Bool {
        try write { connection in
            let others = try connection.rows(
                """
                SELECT name, supervisor, has_slot FROM jobs
                WHERE status NOT IN ('Completed', 'Failed', 'Canceled', 'NotResponding') AND supervisor IS NOT NULL
                    AND is_parent = 0
                ORDER BY created_at, name
                """
            ).filter { $0.process("supervisor")?.isAlive == true }
            let taken = others.filter { $0.flag("has_slot") && $0.text("name") != job }.count
            let ahead = others.filter { !$0.flag("has_slot") }.prefix { $0.text("name") != job }.count
            guard taken + ahead < limit else { return false }
            try connection.execute("UPDATE jobs SET has_slot = 1 WHERE name = ?1", [.text(job)])
            return true
        }
    }

    /// Moves a job on; a job that has ended, or is being cancelled, is not moved back.
    ///
    /// - Returns: whether the job is in that state now.
    @discardableResult
    func setStatus(
        _ job: String, _ status: JobStatus, error: String? = nil, process: ProcessIdentity? = nil,
        results: [String: StoredTree]? = nil, at now: Timestamp
    ) throws -> Bool {
        try write { connection in
            try connection.execute(
                """
                UPDATE jobs SET status = ?2, error = ifnull(?3, error), process = ifnull(?4, process),
                    results = ifnull(?5, results),
                    started_at = CASE WHEN ?2 = 'Running' THEN ifnull(started_at, ?6) ELSE started_at END,
                    ended_at = CASE WHEN ?7 THEN ?6 ELSE ended_at END,
                    has_slot = CASE WHEN ?7 THEN 0 ELSE has_slot END
                WHERE name = ?1 AND status NOT IN ('Completed', 'Failed', 'Canceled', 'NotResponding')
                    AND (status != 'CancelRequested' OR ?7)
                """,
                [
                    .text(job), .text(status.rawValue), Value(error), process.map { .encoded($0) } ?? .null,
                    results.map { .encoded($0) } ?? .null, Value(now), Value(status.isTerminal),
                ])
            let isMoved = connection.changes > 0
            if isMoved, let state = Self.runState(status) {
                try connection.execute(
                    """
                    UPDATE runs SET status = ?2, ended_at = CASE WHEN ?3 THEN ?4 ELSE ended_at END
                    WHERE run = ?1 OR (job = ?1 AND ?3 AND status = 'RUNNING')
                    """,
                    [.text(job), .text(state), Value(status.isTerminal), .integer(now.seconds * 1000)])
            }
            return isMoved
        }
    }

    /// The state of a run in MLflow's words.
    private static func runState(_ status: JobStatus) -> String? {
        switch status {
        case .running: "RUNNING"
        case .completed: "FINISHED"
        case .failed, .notResponding: "FAILED"
        case .canceled: "KILLED"
        default: nil
        }
    }

    /// Asks for the end of a job; one that nobody has taken yet ends at once.
    ///
    /// - Returns: the supervisor to be told, when there is one.
    func requestCancel(_ job: String, at now: Timestamp) throws -> ProcessIdentity? {
        try write { connection in
            guard let row = try connection.row("SELECT supervisor FROM jobs WHERE name = ?1", [.text(job)]) else {
                throw WorkspaceError(.notFound, "there is no job \(job)")
            }
            try connection.execute(
                """
                UPDATE jobs SET status = CASE WHEN supervisor IS NULL THEN 'Canceled' ELSE 'CancelRequested' END,
                    ended_at = CASE WHEN supervisor IS NULL THEN ?2 ELSE ended_at END
                WHERE name = ?1 AND status NOT IN ('Completed', 'Failed', 'Canceled', 'NotResponding')
                """, [.text(job), Value(now)])
            return row.process("supervisor")
        }
    }

    /// The state of a job alone.
    func status(_ job: String) throws -> JobStatus? {
        try read { connection in
            try connection.row("SELECT status FROM jobs WHERE name = ?1", [.text(job)])?.text("status")
                .flatMap(JobStatus.init)
        }
    }

    /// Takes a job out, with its run and what was logged to it.
    func removeJob(_ job: String) throws {
        try write { connection in
            for statement in [
                "DELETE FROM metrics WHERE run IN (SELECT run FROM runs WHERE job = ?1)",
                "DELETE FROM params WHERE run IN (SELECT run FROM runs WHERE job = ?1)",
                "DELETE FROM run_tags WHERE run IN (SELECT run FROM runs WHERE job = ?1)",
                "DELETE FROM runs WHERE job = ?1", "DELETE FROM jobs WHERE name = ?1",
            ] {
                try connection.execute(statement, [.text(job)])
            }
        }
    }

    /// Sets tags of a job; those that are not named stay.
    func setJobTags(_ job: String, _ tags: [String: String]) throws {
        try write { connection in
            guard let row = try connection.row("SELECT tags FROM jobs WHERE name = ?1", [.text(job)]) else {
                throw WorkspaceError(.notFound, "there is no job \(job)")
            }
            try connection.execute(
                "UPDATE jobs SET tags = ?2 WHERE name = ?1",
                [.text(job), Value(row.tags().merging(tags) { _, new in new })])
        }
    }
}

extension EnvironmentSpec {
    var json: JSONValue {
        var value: JSONValue = ["strict": .bool(isStrict), "extra": .array(extraRequirements.map { .string($0) })]
        value["image"] = image.map { .string($0) }
        value["conda"] = conda.map { .string($0) }
        value["python"] = python.map { .string($0) }
        return value
    }

    init(json: JSONValue) {
        self.init(
            image: json["image"]?.stringValue, conda: json["conda"]?.stringValue, python: json["python"]?.stringValue,
            isStrict: json["strict"]?.boolValue ?? false,
            extraRequirements: (json["extra"]?.arrayValue ?? []).compactMap(\.stringValue))
    }
}
