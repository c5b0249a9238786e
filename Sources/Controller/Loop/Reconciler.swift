import AssetSchema
import Planning
package import TimeKeeping
import Workspace

/// The loop: looks, plans, does what is due, and looks again until nothing is due.
package struct Reconciler: Sendable {
    private let looking: any Looking
    private let executor: ActionExecutor
    private let journal: any JournalKeeping
    private let clock: any WallClock
    /// Waits; comes from outside so that tests need no time.
    private let pause: @Sendable (Duration) async throws -> Void
    private let watch: @Sendable (ReconcileEvent) -> Void

    /// How many actions are done side by side.
    private static let width = 4

    package init(
        looking: any Looking, workspaces: any WorkspaceProvider, journal: any JournalKeeping, clock: any WallClock,
        pause: @escaping @Sendable (Duration) async throws -> Void,
        watch: @escaping @Sendable (ReconcileEvent) -> Void = { _ in }
    ) {
        self.looking = looking
        executor = ActionExecutor(workspaces: workspaces)
        self.journal = journal
        self.clock = clock
        self.pause = pause
        self.watch = watch
    }

    /// One pass over the stages named, or over all: acts until nothing is due, waiting for jobs and deployments.
    ///
    /// - Parameter waitsForClock: Also wait for moments that the plan names, such as the next step of a rollout.
    package func pass(stages: Set<String>? = nil, waitsForClock: Bool = false) async throws -> PassOutcome {
        var state = PassState()
        while true {
            try Task.checkCancellation()
            let began = ContinuousClock.now
            let look = try await looking.look()
            if look.isIdle, state.isFresh {
                watch(.idle(took: ContinuousClock.now - began))
                return PassOutcome(plan: look.plan.limited(to: stages), isIdle: true)
            }
            let plan = look.plan.limited(to: stages).without(look.unreachable)
            state.note(look.unreachable, watch: watch)
            if plan != state.plan {
                watch(.planned(plan, took: ContinuousClock.now - began))
                state.plan = plan
            }
            let due = plan.due.filter { state.mayTry($0) }
            if !due.isEmpty {
                try await perform(due, of: plan, contents: look.contents, state: &state)
                state.idleLooks = 0
                continue
            }
            guard let wait = state.wait(for: plan, now: clock.now(), waitsForClock: waitsForClock) else {
                return state.outcome(of: plan)
            }
            watch(.waiting(plan.actions.filter { $0.awaiting != nil }))
            state.idleLooks += 1
            try await pause(wait)
        }
    }

    private func perform(
        _ due: [PlanAction], of plan: Plan, contents: [String: any ContentProvider], state: inout PassState
    ) async throws {
        typealias Done = (action: PlanAction, result: ActionExecutor.Result, took: Duration)
        let stages = Dictionary(plan.stages.map { ($0.stage, $0) }, uniquingKeysWith: { first, _ in first })
        let executor = executor
        let watch = watch
        try await withThrowingTaskGroup(of: Done.self) { group in
            var pending = due[...]
            func startNext() {
                guard let action = pending.popFirst(), let stage = stages[action.stage] else { return }
                let content = contents[action.stage] ?? NoContent()
                watch(.started(action))
                group.addTask {
                    let began = ContinuousClock.now
                    let result = try await executor.perform(action, stage: stage, content: content)
                    return (action, result, ContinuousClock.now - began)
                }
            }
            for _ in 0..<Self.width { startNext() }
            while let done = try await group.next() {
                startNext()
                guard let stage = stages[done.action.stage] else { continue }
                switch done.result {
                case .done(let message, let version):
                    state.performed += 1
                    state.attempts[done.action.attemptKey] = nil
                    watch(.finished(done.action, message: message, took: done.took))
                    await journal.record(
                        JournalEntry(
                            done.action, stage: stage, outcome: .done, version: version, message: message,
                            at: clock.now()))
                case .failed(let error):
                    let retry = state.fail(done.action, error)
                    watch(.failed(done.action, message: error.message, retryIn: retry))
                    if retry == nil {
                        await journal.record(
                            JournalEntry(
                                done.action, stage: stage, outcome: .failed, version: nil, message: error.message,
                                at: clock.now()))
                    }
                }
            }
        }
    }
}

/// A provider for stages that have no contents.
private struct NoContent: ContentProvider {
    func bytes(ofBlob blob: String) async throws -> [UInt8] {
        throw WorkspaceError(.notFound, "content \(blob) is not at hand")
    }
}
