import AssetSchema
import Controller
import DesiredState
import Diagnostics
import Digest
import Planning
import Synchronization
import Testing
import TimeKeeping
import Workspace

/// Looks at a project that wants two data assets, and at the workspace as it is.
private struct FixedLooking: Looking {
    let workspace: FaultyWorkspace
    var diagnostics: [Diagnostic] = []

    func look() async throws -> Look {
        let assets = ["a", "b"].map { name in
            DesiredAsset(
                definition: ResourceDefinition(kind: .data, name: name, fields: ["path": "https://example.com/x"]),
                digest: ContentDigest(of: name), source: SourceLocation(path: "\(name).yml", line: 1, column: 1))
        }
        let stage = DesiredStage(
            name: "dev", branch: "develop",
            workspace: WorkspaceTarget(engine: .local, subscriptionID: "s", resourceGroup: "g", name: "w"),
            assets: assets, diagnostics: diagnostics)
        return Look(
            input: PlanningInput(
                project: DesiredProject(stages: [stage]), live: ["dev": try await workspace.liveState()],
                now: Timestamp(seconds: 100)))
    }
}

private struct StoppedClock: WallClock {
    func now() -> Timestamp { Timestamp(seconds: 100) }
}

private final class Notes: JournalKeeping {
    let entries = Mutex<[JournalEntry]>([])
    func record(_ entry: JournalEntry) async { entries.withLock { $0.append(entry) } }
}

@Suite("Reconciler")
struct ReconcilerTests {
    private func pass(
        _ workspace: FaultyWorkspace, diagnostics: [Diagnostic] = [], notes: Notes = Notes()
    ) async throws -> PassOutcome {
        // Retries wait in the test's own time: none.
        try await Reconciler(
            looking: FixedLooking(workspace: workspace, diagnostics: diagnostics), workspaces: workspace,
            journal: notes,
            clock: StoppedClock(), pause: { _ in await Task.yield() }
        ).pass()
    }

    @Test("does what is due, notes it, and ends in sync")
    func plain() async throws {
        let workspace = FaultyWorkspace()
        let notes = Notes()
        let outcome = try await pass(workspace, notes: notes)
        #expect(outcome.performed == 2)
        #expect(outcome.exitStatus == 0)
        #expect(!outcome.plan.hasChanges)
        #expect(workspace.live.assets.map(\.name).sorted() == ["a", "b"])
        #expect(notes.entries.withLock { $0.map(\.object).sorted() } == ["data/a", "data/b"])
    }

    struct FaultCase: CustomTestStringConvertible, Sendable {
        var testDescription: String
        var fault: FaultyWorkspace.Fault
    }

    @Test(
        "a fault that passes leaves nothing behind: each asset is there once",
        arguments: [
            FaultCase(
                testDescription: "refused for now",
                fault: .before(WorkspaceError(.throttled, "slow down", retryAfterSeconds: 0))),
            FaultCase(testDescription: "changed meanwhile", fault: .before(WorkspaceError(.conflict, "changed"))),
            FaultCase(testDescription: "answer lost", fault: .after(WorkspaceError(.conflict, "answer lost"))),
        ])
    func passing(_ given: FaultCase) async throws {
        let workspace = FaultyWorkspace(faults: [given.fault, given.fault])
        let outcome = try await pass(workspace)
        #expect(outcome.exitStatus == 0)
        #expect(workspace.live.assets.map(\.name).sorted() == ["a", "b"])
    }

    @Test("what can never work is tried once, told, and does not stop the rest")
    func final() async throws {
        let workspace = FaultyWorkspace(faults: [.before(WorkspaceError(.invalid, "no such type"))])
        let notes = Notes()
        let outcome = try await pass(workspace, notes: notes)
        #expect(outcome.exitStatus == 1)
        #expect(Array(outcome.failures.values) == ["no such type"])
        #expect(outcome.performed == 1)
        #expect(workspace.calls == 2)
        #expect(notes.entries.withLock { $0.map(\.outcome) }.contains(.failed))
    }

    @Test("an error in what git says keeps the stage from acting")
    func held() async throws {
        let workspace = FaultyWorkspace()
        let outcome = try await pass(
            workspace, diagnostics: [Diagnostic(.error, code: "unknown-key", "unknown key 'x'")])
        #expect(workspace.calls == 0)
        #expect(outcome.exitStatus == 1)
    }
}

@Suite("RetryPolicy")
struct RetryPolicyTests {
    struct Case: CustomTestStringConvertible, Sendable {
        var testDescription: String
        var error: WorkspaceError
        var attempts: Int
        var decision: RetryPolicy.Decision
    }

    @Test(
        "decides by the kind of trouble alone",
        arguments: [
            Case(testDescription: "conflict", error: .init(.conflict, ""), attempts: 1, decision: .now),
            Case(testDescription: "invalid", error: .init(.invalid, ""), attempts: 1, decision: .never),
            Case(testDescription: "unauthorized", error: .init(.unauthorized, ""), attempts: 1, decision: .never),
            Case(
                testDescription: "told when", error: .init(.throttled, "", retryAfterSeconds: 7), attempts: 1,
                decision: .after(.seconds(7))),
            Case(
                testDescription: "first", error: .init(.unavailable, ""), attempts: 1,
                decision: .after(.milliseconds(1000))),
            Case(
                testDescription: "third", error: .init(.unavailable, ""), attempts: 3,
                decision: .after(.milliseconds(4000))),
            Case(testDescription: "enough", error: .init(.unavailable, ""), attempts: 5, decision: .never),
        ])
    func decides(_ given: Case) {
        #expect(RetryPolicy.decide(given.error, attempts: given.attempts, jitter: 1) == given.decision)
    }
}
