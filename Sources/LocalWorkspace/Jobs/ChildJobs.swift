internal import AssetSchema
internal import Digest
internal import TimeKeeping
internal import Workspace

/// The child jobs of one parent: steps of a pipeline, trials of a sweep.
///
/// They are ordinary jobs with supervisors of their own, under names derived from the parent's: whoever takes the parent
/// over after a kill asks for the same and finds them.
struct ChildJobs: Sendable {
    let context: JobContext
    private let started = StartedSupervisors()

    init(of context: JobContext) { self.context = context }

    private var submission: JobSubmission {
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
    func submit(_ draft: JobDraft, content: [String: StoredTree], at place: ChildPlace) throws {
        var draft = draft
        draft.name = place.jobName
        if let other = try context.store.job(draft.name) {
            guard other.live.parent == place.parent else {
                throw WorkspaceError(.conflict, "there is a job \(draft.name) that is no part of \(place.parent)")
            }
        } else {
            try submission.check(draft)
            try submission.submit(draft, content: content, child: place)
        }
        try care.startIfNew(draft.name)
    }

    /// All children in the order of their creation; those whose supervisors have died are noted as such.
    func look() throws -> [Store.Job] {
        try context.store.children(of: context.name).map { child in
            var child = child
            child.live = try care.lookAfter(child)
            return child
        }
    }

    /// Asks every child that has not ended to end.
    func cancelAll() throws {
        for child in try context.store.children(of: context.name) where !child.live.status.isTerminal {
            _ = try context.store.requestCancel(child.live.name, at: context.clock.now())
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
