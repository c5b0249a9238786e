internal import AssetSchema
package import Digest
internal import Subprocess
internal import TimeKeeping
internal import Workspace

extension LocalWorkspace {
    func submit(_ draft: JobDraft, _ provider: any ContentProvider) async throws -> OperationOutcome {
        let store = try store()
        if try store.job(draft.name) == nil {
            let submission = JobSubmission(store: store, content: content, clock: clock)
            try submission.check(draft)
            try submission.submit(draft, content: try await keep(draft.content, provider))
        }
        try care().startIfNew(draft.name)
        return OperationOutcome()
    }

    func cancel(_ name: String) throws -> OperationOutcome {
        let supervisor = try store().requestCancel(name, at: clock.now())
        guard let supervisor, supervisor.isAlive else { return OperationOutcome() }
        return OperationOutcome(message: "\(name) is being cancelled")
    }

    /// The Python environment that a field asks for: a registered one, or one described on the spot.
    func environment(
        _ field: JSONValue?, override: JSONValue?, content trees: [String: StoredTree]
    ) throws -> EnvironmentSpec {
        try EnvironmentResolver(store: store(), content: content).resolve(field, override: override, content: trees)
    }

    /// Forgets a job that has ended, with its folder: for runs that nobody looks at again.
    package func discard(job name: String) throws {
        let store = try store()
        guard let job = try store.job(name), job.live.status.isTerminal else { return }
        try store.removeJob(name)
        Files.remove(layout.job(name).root)
    }

    // MARK: For people and the API

    /// What a job has printed from an offset on, at most a megabyte.
    ///
    /// - Returns: the bytes, and where to go on; the same offset when there is nothing new.
    package func logs(job: String, from offset: Int64 = 0) throws -> (bytes: [UInt8], next: Int64) {
        guard try existingStore()?.job(job) != nil else { throw WorkspaceError(.notFound, "there is no job \(job)") }
        let path = layout.job(job).log
        guard Files.exists(path) else { return ([], offset) }
        let bytes = try Files.read(path, from: max(0, offset), limit: 1 << 20)
        return (bytes, max(0, offset) + Int64(bytes.count))
    }

    /// What a job's supervisor has to say: how the environment came out, and why nothing started.
    package func supervisorLog(job: String) throws -> [UInt8] {
        let path = layout.job(job).supervisorLog
        return Files.exists(path) ? try Files.read(path, limit: 1 << 20) : []
    }

    /// The parameters logged to a run.
    package func params(job: String) throws -> [String: String] {
        Dictionary(try existingStore()?.params(run: job) ?? [], uniquingKeysWith: { $1 })
    }

    /// Everything known of one job, for showing it.
    package func show(job: String) throws -> JSONValue {
        let name = job
        guard let all = try existingStore()?.read({ try Store.jobs($0) }).withStepMetrics(),
            let job = all.first(where: { $0.live.name == name })
        else { throw WorkspaceError(.notFound, "there is no job \(name)") }
        var value: JSONValue = [
            "name": .string(job.live.name), "kind": .string(job.live.kind.rawValue),
            "status": .string(job.live.status.rawValue), "experiment_name": .string(job.live.experimentName),
            "fields": job.fields, "tags": .object(job.live.tags.mapValues { .string($0) }),
            "metrics": .object(job.live.metrics.mapValues { .double($0) }),
            "params": .object(try params(job: job.live.name).mapValues { .string($0) }),
            "created_at": .string(job.live.createdAt.description),
            "artifacts": .array((job.results["artifacts"]?.entries ?? []).map { .string($0.path) }),
            "folder": .string(layout.job(job.live.name).root),
        ]
        value["started_at"] = job.live.startedAt.map { .string($0.description) }
        value["ended_at"] = job.live.endedAt.map { .string($0.description) }
        value["error"] = job.live.error.map { .string($0) }
        value["parent"] = job.live.parent.map { .string($0) }
        let children = all.filter { $0.live.parent == name }
        let planned = job.isParent ? job.fields["jobs"]?.objectValue ?? [:] : [:]
        if !children.isEmpty || !planned.isEmpty {
            let missing = Set(planned.keys).subtracting(children.compactMap(\.step)).sorted()
            // A step that has no job yet waits for others; none will come once the pipeline has ended.
            let state = job.live.status.isTerminal ? "Skipped" : "NotStarted"
            value["steps"] = .array(
                children.map(Self.summary) + missing.map { ["step": .string($0), "status": .string(state)] })
        }
        if job.live.kind == .autoMLJob { value["leaderboard"] = try leaderboard(job) }
        return value
    }

    private static func summary(_ child: Store.Job) -> JSONValue {
        var value: JSONValue = [
            "step": .string(child.step ?? ""), "job": .string(child.live.name),
            "status": .string(child.live.status.rawValue),
        ]
        value["error"] = child.live.error.map { .string($0) }
        value["reused_from"] = child.live.tags[TagName.reusedFrom].map { .string($0) }
        if !child.live.metrics.isEmpty { value["metrics"] = .object(child.live.metrics.mapValues { .double($0) }) }
        value["hyperparameters"] = child.live.tags["hyperparameters"].flatMap { try? JSONParser.parse($0) }
        return value
    }

    /// The trials of an AutoML job, the best first; nil while it runs.
    private func leaderboard(_ job: Store.Job) throws -> JSONValue? {
        guard let tree = job.results["artifacts"],
            let bytes = try content.bytes(tree, "outputs/leaderboard.json", limit: 16 << 20),
            let rows = (try? JSONParser.parse(bytes))?.arrayValue
        else { return nil }
        return .array(
            rows.map { row in
                var row = row
                row["scores"] = nil
                return row
            })
    }
}
