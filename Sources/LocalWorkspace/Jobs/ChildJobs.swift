internal import AssetSchema
internal import Digest
internal import Synchronization
internal import TimeKeeping
internal import Workspace

/// The child jobs of one parent: steps of a pipeline, trials of a sweep.
///
/// They are ordinary jobs with supervisors of their own, under names derived from the parent's: whoever takes the parent
/// over after a kill asks for the same and finds them.
struct ChildJobs: Sendable {
    let context: JobContext
    private let started = StartedSupervisors()
    private let ended = EndedChildren()

    init(of context: JobContext) { self.context = context }

    /// Notes jobs as anybody's are.
    var submission: JobSubmission {
        JobSubmission(store: context.store, content: context.content, clock: context.clock)
    }

    private var care: JobCare {
        JobCare(
            store: context.store, layout: context.workspace, launcher: context.launcher, clock: context.clock,
            started: started)
    }

    /// Where a child of that name stands.
    func place(_ step: String, reuseKey: String? = nil) -> ChildPlace {
        ChildPlace(parent: context.name, step: step, reuseKey: reuseKey)
    }

    /// Submits a child under its derived name; one that is there is left as it is.
    ///
    /// - Parameter draft: its name is put in here.
    /// - Returns: its row.
    @discardableResult
    func submit(_ draft: JobDraft, content: [String: StoredTree], at place: ChildPlace) throws -> Store.Job {
        var draft = draft
        draft.name = place.jobName
        if try own(draft.name) == nil {
            try submission.check(draft)
            try submission.submit(draft, content: content, child: place)
        }
        try care.startIfNew(draft.name)
        return try row(draft.name)
    }

    /// Notes a child as done by an earlier job; one that is there is left as it is.
    func reuse(_ earlier: Store.Job, _ draft: JobDraft, at place: ChildPlace) throws -> Store.Job {
        var draft = draft
        draft.name = place.jobName
        if let child = try own(draft.name) { return child }
        let original = earlier.live.tags[TagName.reusedFrom] ?? earlier.live.name
        draft.tags[TagName.reusedFrom] = original
        try context.store.submitReused(
            earlier, draft, experiment: draft.fields["experiment_name"]?.stringValue ?? "Default", child: place,
            at: context.clock.now())
        let layout = context.workspace.job(draft.name)
        for folder in layout.folders { try Files.makeFolder(folder) }
        try Files.write(
            Array("reused: the job \(original) has computed the same from the same before\n".utf8), to: layout.log)
        return try row(draft.name)
    }

    /// The child of that name, if it is there.
    private func own(_ name: String) throws -> Store.Job? {
        guard let job = try context.store.job(name) else { return nil }
        guard job.live.parent == context.name else {
            throw WorkspaceError(.conflict, "there is a job \(name) that is no part of \(context.name)")
        }
        return job
    }

    private func row(_ name: String) throws -> Store.Job {
        guard let job = try context.store.job(name) else { throw WorkspaceError(.notFound, "there is no job \(name)") }
        return job
    }

    /// All children in the order of their creation; those whose supervisors have died are noted as such.
    func look() throws -> [Store.Job] {
        try context.store.childStates(of: context.name).compactMap { name, status in
            // What has ended does not change, and may be large.
            if status.isTerminal, let known = ended.job(name) { return known }
            guard var child = try context.store.job(name) else { return nil }
            child.live = try care.lookAfter(child)
            if child.live.status.isTerminal, let last = try context.store.job(name) {
                child = last
                ended.note(child)
            }
            return child
        }
    }

    /// Asks every child that has not ended to end.
    func cancelAll() throws {
        for (name, status) in try context.store.childStates(of: context.name)
        where !status.isTerminal && status != .cancelRequested {
            _ = try context.store.requestCancel(name, at: context.clock.now())
        }
    }

    /// Goes on looking at the children until there is an answer; when the parent is to be cancelled, so are they.
    ///
    /// - Parameter decide: submits what can go on now, and answers once nothing is left to do.
    /// - Throws: ``JobContext/Cancelled`` once all children have ended.
    func attend<Answer>(_ decide: ([Store.Job]) async throws -> Answer?) async throws -> Answer {
        while true {
            if try context.isCancelled {
                try await endAll()
                throw JobContext.Cancelled()
            }
            do {
                if let answer = try await decide(try look()) { return answer }
            } catch {
                // A parent that fails leaves nobody behind.
                try await endAll()
                throw error
            }
            try await Task.sleep(for: JobContext.period)
        }
    }

    /// Cancels all children and waits for their end.
    func endAll() async throws {
        try cancelAll()
        while try look().contains(where: { !$0.live.status.isTerminal }) {
            try await Task.sleep(for: JobContext.period)
            try cancelAll()
        }
    }
}

/// Children that have ended, as they were read last.
private final class EndedChildren: Sendable {
    private let jobs = Mutex<[String: Store.Job]>([:])

    func job(_ name: String) -> Store.Job? { jobs.withLock { $0[name] } }

    func note(_ job: Store.Job) { jobs.withLock { $0[job.live.name] = job } }
}
