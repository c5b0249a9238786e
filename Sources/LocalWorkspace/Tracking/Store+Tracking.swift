internal import Digest
internal import SQLite
internal import Workspace

/// A run as MLflow's clients see it.
struct TrackedRun: Equatable {
    var id: String
    var job: String
    var experiment: String
    var name: String
    var status: String
    var startedAt: Int64
    var endedAt: Int64?
    var lifecycle: String

    init?(_ row: Row) {
        guard let id = row.text("run"), let job = row.text("job") else { return nil }
        self.id = id
        self.job = job
        experiment = row.text("experiment") ?? "Default"
        name = row.text("name") ?? id
        status = row.text("status") ?? "RUNNING"
        startedAt = row.integer("started_at") ?? 0
        endedAt = row.integer("ended_at")
        lifecycle = row.text("lifecycle") ?? "active"
    }
}

/// A value of a metric at one step.
struct TrackedMetric: Equatable {
    var name: String
    var value: Double
    var step: Int64
    var time: Int64

    var isSpecial: Bool { !value.isFinite }
}

/// A model that MLflow 3 keeps beside the run.
struct TrackedModel {
    var id: String
    var run: String
    var name: String
    var type: String
    var status: String
    var params: JSONValue
    var tags: JSONValue
    var createdAt: Int64
    var updatedAt: Int64

    init?(_ row: Row) {
        guard let id = row.text("id"), let run = row.text("run"), let name = row.text("name") else { return nil }
        self.id = id
        self.run = run
        self.name = name
        type = row.text("type") ?? ""
        status = row.text("status") ?? ""
        params = row.json("params")
        tags = row.json("tags")
        createdAt = row.integer("created_at") ?? 0
        updatedAt = row.integer("updated_at") ?? 0
    }

    /// Whether it is among what a search asks for: `name='x' and source_run_id='y'`; what else it says is not judged.
    func matches(_ filter: String) -> Bool {
        let known = ["name": name, "source_run_id": run, "model_id": id, "status": status, "model_type": type]
        return filter.split(separator: "'", omittingEmptySubsequences: false).chunkedPairs.allSatisfy {
            condition, value in
            let words = condition.split { " =!`".contains($0) }
            guard let attribute = words.last, let own = known[String(attribute)] else { return true }
            return condition.contains("!=") ? own != value : own == value
        }
    }

    init(id: String, run: String, name: String, type: String, params: JSONValue, tags: JSONValue, at now: Int64) {
        self.id = id
        self.run = run
        self.name = name
        self.type = type
        self.params = params
        self.tags = tags
        status = "LOGGED_MODEL_PENDING"
        createdAt = now
        updatedAt = now
    }
}

extension Array<Substring> {
    /// Every condition with the quoted value behind it.
    fileprivate var chunkedPairs: [(String, String)] {
        stride(from: 0, to: count - 1, by: 2).map { (String(self[$0]), String(self[$0 + 1])) }
    }
}

extension Store {
    func run(_ id: String) throws -> TrackedRun? {
        try read { try $0.row("SELECT * FROM runs WHERE run = ?1", [.text(id)]).flatMap(TrackedRun.init) }
    }

    /// The runs of some experiments, the newest first.
    func runs(experiments: Set<String>, limit: Int) throws -> [TrackedRun] {
        try read { connection in
            let all = try connection.rows("SELECT * FROM runs ORDER BY started_at DESC, run").compactMap(
                TrackedRun.init)
            return Array(all.filter { experiments.contains($0.experiment) }.prefix(limit))
        }
    }

    func experiments() throws -> [String] {
        try read { try $0.rows("SELECT DISTINCT experiment FROM runs").compactMap { $0.text("experiment") } }
    }

    func create(run id: String, job: String, experiment: String, name: String, startedAt: Int64) throws {
        try write {
            try $0.execute(
                "INSERT INTO runs (run, job, experiment, name, status, started_at) VALUES (?1, ?2, ?3, ?4, 'RUNNING', ?5)",
                [.text(id), .text(job), .text(experiment), .text(name), .integer(startedAt)])
        }
    }

    func update(run id: String, status: String?, endedAt: Int64?, name: String?, lifecycle: String? = nil) throws {
        try write {
            try $0.execute(
                """
                UPDATE runs SET status = ifnull(?2, status), ended_at = ifnull(?3, ended_at), name = ifnull(?4, name),
                    lifecycle = ifnull(?5, lifecycle)
                WHERE run = ?1
                """, [.text(id), Value(status), Value(endedAt), Value(name), Value(lifecycle)])
        }
    }

    /// Notes metrics, parameters and tags in one transaction.
    ///
    /// - Throws: ``TrackingError`` when a parameter is there with another value.
    func log(run: String, metrics: [TrackedMetric], params: [(String, String)], tags: [(String, String)]) throws {
        try write { connection in
            for metric in metrics {
                try connection.execute(
                    "INSERT OR IGNORE INTO metrics (run, name, value, special, step, time) VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
                    [
                        .text(run), .text(metric.name), metric.isSpecial ? .null : .real(metric.value),
                        metric.isSpecial ? .text("\(metric.value)") : .null, .integer(metric.step),
                        .integer(metric.time),
                    ])
            }
            for (name, value) in params {
                try connection.execute(
                    "INSERT INTO params VALUES (?1, ?2, ?3) ON CONFLICT DO NOTHING",
                    [.text(run), .text(name), .text(value)])
                let kept = try connection.value(
                    "SELECT value FROM params WHERE run = ?1 AND name = ?2", [.text(run), .text(name)]
                ).text
                guard kept == value else {
                    throw TrackingError(
                        .invalidParameter,
                        "Changing param values is not allowed. Param with key='\(name)' was already logged")
                }
            }
            for (name, value) in tags {
                try connection.execute(
                    "INSERT OR REPLACE INTO run_tags VALUES (?1, ?2, ?3)", [.text(run), .text(name), .text(value)])
            }
        }
    }

    func deleteTag(_ name: String, run: String) throws {
        try write {
            try $0.execute("DELETE FROM run_tags WHERE run = ?1 AND name = ?2", [.text(run), .text(name)])
        }
    }

    /// All values of a metric, or the last of each.
    func metrics(run: String, name: String? = nil) throws -> [TrackedMetric] {
        try read { connection in
            try connection.rows(
                "SELECT * FROM metrics WHERE run = ?1 AND name = ifnull(?2, name) ORDER BY name, step, time, id",
                [.text(run), Value(name)]
            ).compactMap { row in
                guard let name = row.text("name") else { return nil }
                let special = row.text("special").flatMap { Double($0) }
                return TrackedMetric(
                    name: name, value: row.real("value") ?? special ?? .nan, step: row.integer("step") ?? 0,
                    time: row.integer("time") ?? 0)
            }
        }
    }

    func params(run: String) throws -> [(String, String)] { try pairs("params", run) }

    func runTags(run: String) throws -> [(String, String)] { try pairs("run_tags", run) }

    private func pairs(_ table: String, _ run: String) throws -> [(String, String)] {
        try read { connection in
            try connection.rows("SELECT name, value FROM \(table) WHERE run = ?1 ORDER BY name", [.text(run)])
                .compactMap { row in row.text("name").flatMap { name in row.text("value").map { (name, $0) } } }
        }
    }

    func loggedModel(_ id: String) throws -> TrackedModel? {
        try read { try $0.row("SELECT * FROM logged_models WHERE id = ?1", [.text(id)]).flatMap(TrackedModel.init) }
    }

    func loggedModels(job: String) throws -> [TrackedModel] {
        try read {
            try $0.rows("SELECT * FROM logged_models WHERE job = ?1 ORDER BY created_at, id", [.text(job)])
                .compactMap(TrackedModel.init)
        }
    }

    func save(_ model: TrackedModel, job: String) throws {
        try write {
            try $0.execute(
                "INSERT OR REPLACE INTO logged_models VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)",
                [
                    .text(model.id), .text(job), .text(model.run), .text(model.name), .text(model.type),
                    .text(model.status), Value(model.params), Value(model.tags), .integer(model.createdAt),
                    .integer(model.updatedAt),
                ])
        }
    }
}
