internal import AssetSchema
internal import Digest
internal import Workspace

/// How far a pipeline has come: all of it is told by the rows of its steps.
struct PipelineProgress {
    let graph: PipelineGraph
    let job: Store.Job
    let context: JobContext
    let children: ChildJobs
    /// What has been said in the pipeline's log, before a kill too.
    private var said: Set<String>

    enum End {
        /// With the jobs of the steps by the steps' names.
        case completed([String: Store.Job])
        case failed(String)
        /// A step was lost with its machinery: asked for again, the pipeline may well complete.
        case lost(String)
    }

    init(graph: PipelineGraph, job: Store.Job, context: JobContext, children: ChildJobs) {
        self.graph = graph
        self.job = job
        self.context = context
        self.children = children
        let log = (try? Files.read(context.layout.log, limit: 4 << 20)) ?? []
        said = Set(String(decoding: log, as: UTF8.self).split(separator: "\n").map(String.init))
    }

    private var continuesAfterFailure: Bool { graph.settings["continue_on_step_failure"]?.boolValue ?? false }
    private var forcesRerun: Bool { graph.settings["force_rerun"]?.boolValue ?? false }

    /// Starts what can start now.
    ///
    /// - Parameter rows: the steps' jobs as they are.
    /// - Returns: how the pipeline ended, once nothing is left to do.
    mutating func goOn(_ rows: [Store.Job]) throws -> End? {
        var jobs: [String: Store.Job] = [:]
        for row in rows { jobs[row.step ?? ""] = row }
        var failures: [(step: String, why: String)] = []
        var isLost = false
        for step in graph.steps {
            guard let child = jobs[step.name], child.live.status.isTerminal else { continue }
            try say(step.name, child)
            if child.live.status != .completed { failures.append((step.name, Self.why(child))) }
            if child.live.status == .notResponding { isLost = true }
        }
        let isGivenUp = !failures.isEmpty && !continuesAfterFailure
        if isGivenUp { try children.cancelAll() }
        var isBusy = jobs.values.contains { !$0.live.status.isTerminal }
        var hasStarted = true
        // A reused step is done at once, and those behind it can go on.
        while hasStarted, !isGivenUp {
            hasStarted = false
            for step in graph.steps where jobs[step.name] == nil {
                let needs = graph.needs[step.name] ?? []
                guard needs.allSatisfy({ jobs[$0]?.live.status == .completed }) else { continue }
                let child: Store.Job
                do {
                    child = try start(step, jobs)
                } catch let error as WorkspaceError where error.code != .unavailable && error.code != .broken {
                    // What cannot be put together is this step's own failure.
                    failures.append((step.name, "cannot be started: \(error.message)"))
                    if continuesAfterFailure { continue }
                    // Those that run are ended by whoever hears of it.
                    throw WorkspaceError(error.code, Self.sentence(failures))
                }
                jobs[step.name] = child
                hasStarted = true
                isBusy = isBusy || !child.live.status.isTerminal
            }
        }
        if isBusy { return nil }
        guard failures.isEmpty else {
            for step in graph.steps where jobs[step.name] == nil && !failures.contains(where: { $0.step == step.name })
            {
                try tell("\(step.name): skipped")
            }
            return isLost ? .lost(Self.sentence(failures)) : .failed(Self.sentence(failures))
        }
        return .completed(jobs)
    }

    private mutating func start(_ step: PipelineStep, _ jobs: [String: Store.Job]) throws -> Store.Job {
        let (draft, content) = try StepDrafts(graph: graph, job: job, children: jobs).draft(step)
        // A pipeline within is not reused as one: each of its own steps is.
        guard step.kind != .pipelineJob, step.isDeterministic else {
            return try submit(draft, content, at: children.place(step.name))
        }
        let runner = try JobRunners.type(draft.kind, draft.fields)
        let key = try StepKey.key(
            draft, content: content,
            environment: runner.environment(draft, content: content, in: children.submission),
            files: InputFiles(store: context.store, content: context.content, workspace: context.workspace))
        let place = children.place(step.name, reuseKey: key)
        if !forcesRerun, let earlier = try context.store.completedJob(reuseKey: key) {
            return try children.reuse(earlier, draft, at: place)
        }
        return try submit(draft, content, at: place)
    }

    private mutating func submit(
        _ draft: JobDraft, _ content: [String: StoredTree], at place: ChildPlace
    ) throws -> Store.Job {
        let child = try children.submit(draft, content: content, at: place)
        try tell("\(place.step): started as \(child.live.name)")
        return child
    }

    private mutating func say(_ step: String, _ child: Store.Job) throws {
        if let earlier = child.live.tags[TagName.reusedFrom] {
            try tell("\(step): reused from \(earlier)")
        } else {
            try tell("\(step): \(child.live.status.rawValue.lowercased())" + (child.live.error.map { ": \($0)" } ?? ""))
        }
    }

    private mutating func tell(_ line: String) throws {
        if said.insert(line).inserted { try context.tell(line) }
    }

    private static func why(_ child: Store.Job) -> String {
        switch child.live.status {
        case .canceled: "was canceled"
        case .notResponding: "is not responding" + (child.live.error.map { ": \($0)" } ?? "")
        default: child.live.error ?? "failed"
        }
    }

    /// One sentence naming the steps that failed.
    private static func sentence(_ failures: [(step: String, why: String)]) -> String {
        // With one failure the others were cancelled for it.
        let first = failures.first { $0.why != "was canceled" } ?? failures[0]
        let others = failures.filter { $0.step != first.step && $0.why != "was canceled" }.map(\.step)
        return "the step \(first.step) \(first.why)"
            + (others.isEmpty ? "" : " (and so did \(others.joined(separator: ", ")))")
    }
}
