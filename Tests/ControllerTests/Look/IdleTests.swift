import Approvals
import AssetSchema
import Controller
import DesiredState
import Git
import LocalWorkspace
import Planning
import Synchronization
import TestSupport
import Testing
import TimeKeeping
import Workspace

private struct OneWorkspace: WorkspaceProvider {
    let workspace: LocalWorkspace

    func workspace(for target: WorkspaceTarget) async throws -> any Workspace { workspace }
}

private final class NoJournal: JournalKeeping {
    func record(_ entry: JournalEntry) async {}
}

private struct StoppedClock: WallClock {
    func now() -> Timestamp { Timestamp(seconds: 1_700_000_000) }
}

@Suite("A look at what has not changed")
struct IdleTests {
    private static let environment = """
        $schema: https://azuremlschemas.azureedge.net/latest/environment.schema.json
        name: training
        image: a/b
        """

    private static let project: [String: String?] = [
        "environments/dev.yml": "name: dev\nbranch: main\nworkspace: { type: local }\n",
        "environment.yml": environment,
        "data.yml": """
        $schema: https://azuremlschemas.azureedge.net/latest/data.schema.json
        name: table
        type: uri_file
        path: table.csv
        """,
        "table.csv": "a,b\n1,2\n",
    ]

    @Test("reads no object and no row again, and any change ends it")
    func idle() async throws {
        let fixture = try await GitFixture()
        try await fixture.commit(Self.project)
        let state = fixture.directory.file("state")
        try fixture.directory.write("", to: "state/begun")
        let workspace = LocalWorkspace(
            identity: WorkspaceIdentity(subscriptionID: "s", resourceGroup: "g", name: "w"),
            state: StateLayout(root: state), clock: StoppedClock())
        let workspaces = OneWorkspace(workspace: workspace)
        let source = try Controller.ProjectSource.open(
            fixture.path, currentDirectory: "/", stateDirectory: state,
            git: GitProgram(environment: fixture.environment)
        )
        let observer = ProjectObserver(
            source: source, scope: .init(reading: .branches), workspaces: workspaces,
            trust: BranchTrust(store: TrustStore(folder: state), project: "p"), clock: StoppedClock())
        let ideal = Mutex(0)
        let reconciler = Reconciler(
            looking: observer, workspaces: workspaces, journal: NoJournal(), clock: StoppedClock(), pause: { _ in },
            watch: { if case .idle = $0 { ideal.withLock { $0 += 1 } } })
        let first = try await reconciler.pass()
        #expect(first.performed == 2 && !first.isIdle)

        // Without its objects, nothing of the repository but where its branches stand can be read.
        try fixture.directory.rename("repository/.git/objects", to: "repository/.git/gone")
        let second = try await reconciler.pass()
        #expect(second.isIdle && second.exitStatus == 0 && second.plan == first.plan)
        #expect(ideal.withLock { $0 } == 1)
        let before = try await workspace.liveState().assets
        let after = try await workspace.liveState().assets
        #expect(before.withUnsafeBufferPointer { $0.baseAddress } == after.withUnsafeBufferPointer { $0.baseAddress })
        try fixture.directory.rename("repository/.git/gone", to: "repository/.git/objects")

        // Somebody else writes to the workspace.
        let other = LocalWorkspace(
            identity: workspace.identity, state: StateLayout(root: state), clock: StoppedClock())
        _ = try await other.perform(.archiveAsset(kind: .data, name: "table", version: "1"), content: NoContent())
        #expect(try await !observer.look().isIdle)
        let third = try await reconciler.pass()
        #expect(!third.isIdle)
        #expect(try await reconciler.pass().isIdle == third.plan.isSettled)

        // Somebody commits.
        try await fixture.commit(["environment.yml": Self.environment + "2\n"])
        let fourth = try await reconciler.pass()
        #expect(fourth.performed == 1 && !fourth.isIdle)
    }
}

private struct NoContent: ContentProvider {
    func bytes(ofBlob blob: String) async throws -> [UInt8] { [] }
}
