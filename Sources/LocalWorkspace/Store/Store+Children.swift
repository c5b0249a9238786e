internal import AssetSchema
internal import Digest
internal import SQLite
internal import TimeKeeping
internal import Workspace

extension Store {
    /// The names and states of a job's children, in the order of their creation.
    func childStates(of parent: String) throws -> [(name: String, status: JobStatus)] {
        try read { connection in
            try connection.rows(
                "SELECT name, status FROM jobs WHERE parent = ?1 ORDER BY created_at, name", [.text(parent)]
            ).compactMap { row in
                row.text("name").map { ($0, row.text("status").flatMap(JobStatus.init) ?? .unknown) }
            }
        }
    }

    /// The first job that has computed what the key stands for.
    func completedJob(reuseKey: String) throws -> Job? {
        try read { connection in
            let row = try connection.row(
                """
                SELECT name FROM jobs WHERE reuse_key = ?1 AND status = 'Completed' ORDER BY ended_at, name LIMIT 1
                """, [.text(reuseKey)])
            return try row?.text("name").flatMap { try Self.jobs(connection, name: $0).first }
        }
    }

    /// Notes a step as done by an earlier job, with what that one left and logged.
    func submitReused(
        _ earlier: Job, _ draft: JobDraft, experiment: String, child: ChildPlace, at now: Timestamp
    ) throws {
        try write { connection in
            try connection.execute(
                """
                INSERT INTO jobs (name, kind, status, experiment, fields, tags, content, environment, created_at,
                    started_at, ended_at, parent, step, reuse_key, results)
                VALUES (?1, ?2, 'Completed', ?3, ?4, ?5, '{}', ?6, ?7, ?7, ?7, ?8, ?9, ?10, ?11)
                ON CONFLICT (name) DO NOTHING
                """,
                [
                    .text(draft.name), .text(draft.kind.rawValue), .text(experiment), Value(draft.fields),
                    Value(draft.tags), Value(earlier.environment.json), Value(now), .text(child.parent),
                    .text(child.step), Value(child.reuseKey), .encoded(earlier.results),
                ])
            guard connection.changes > 0 else { return }
            try connection.execute(
                """
                INSERT INTO runs (run, job, experiment, name, status, started_at, ended_at)
                VALUES (?1, ?1, ?2, ?1, 'FINISHED', ?3, ?3)
                """, [.text(draft.name), .text(experiment), .integer(now.seconds * 1000)])
            for (table, columns) in [
                ("metrics", "name, value, special, step, time"), ("params", "name, value"), ("run_tags", "name, value"),
            ] {
                try connection.execute(
                    "INSERT INTO \(table) (run, \(columns)) SELECT ?1, \(columns) FROM \(table) WHERE run = ?2",
                    [.text(draft.name), .text(earlier.live.name)])
            }
            try Self.tagRun(draft.name, of: child, connection)
        }
    }

    /// Says in a run's tags whose child it is, as MLflow and Azure ML do.
    static func tagRun(_ run: String, of child: ChildPlace, _ connection: Connection) throws {
        let root =
            try connection.row(
                "SELECT value FROM run_tags WHERE run = ?1 AND name = 'mlflow.rootRunId'", [.text(child.parent)])?
            .text("value") ?? child.parent
        for (name, value) in [
            ("mlflow.parentRunId", child.parent), ("mlflow.rootRunId", root), ("mlflow.runName", child.step),
        ] {
            try connection.execute(
                "INSERT OR REPLACE INTO run_tags VALUES (?1, ?2, ?3)", [.text(run), .text(name), .text(value)])
        }
    }

    /// The parent of a job, its parent, and so on.
    func ancestors(of job: String) throws -> [String] {
        try read { connection in
            var result: [String] = []
            var next: String? = job
            while let name = next, result.count < 32 {
                next = try connection.row("SELECT parent FROM jobs WHERE name = ?1", [.text(name)])?.text("parent")
                if let next { result.append(next) }
            }
            return result
        }
    }
}
