import AssetSchema
import Controller
import DesiredState
import Synchronization
import TimeKeeping
import Workspace

/// A workspace that holds data assets in memory and fails when told to, before or after the effect.
final class FaultyWorkspace: Workspace, WorkspaceProvider {
    enum Fault: Sendable {
        case before(WorkspaceError)
        /// The operation takes effect and its answer is lost.
        case after(WorkspaceError)
    }

    let identity = WorkspaceIdentity(subscriptionID: "s", resourceGroup: "g", name: "w")
    private let state = Mutex(State())

    private struct State {
        var live = LiveState()
        var faults: [Fault] = []
        var calls = 0
    }

    init(faults: [Fault] = []) { state.withLock { $0.faults = faults } }

    var calls: Int { state.withLock { $0.calls } }
    var live: LiveState { state.withLock { $0.live } }

    func workspace(for target: WorkspaceTarget) async throws -> any Workspace { self }
    func liveState() async throws -> LiveState { live }

    func perform(_ operation: Operation, content: any ContentProvider) async throws -> OperationOutcome {
        let fault = state.withLock { state in
            state.calls += 1
            return state.faults.isEmpty ? nil : state.faults.removeFirst()
        }
        if case .before(let error) = fault { throw error }
        guard case .createAsset(let draft) = operation else { throw WorkspaceError(.unsupported, "data only") }
        let version = state.withLock { state in
            let same = state.live.assets.first {
                $0.name == draft.definition.name && $0.tags[TagName.digest] == draft.tags[TagName.digest]
            }
            if let same { return same.version }
            let version = String(state.live.assets.count + 1)
            state.live.assets.append(
                LiveAsset(
                    kind: draft.definition.kind, name: draft.definition.name, version: version,
                    fields: draft.definition.fields, tags: draft.tags, createdAt: Timestamp(seconds: 0)))
            return version
        }
        if case .after(let error) = fault { throw error }
        return OperationOutcome(version: version)
    }
}
