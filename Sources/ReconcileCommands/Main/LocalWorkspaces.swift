import Controller
import DesiredState
import LocalWorkspace
import Synchronization
import Workspace

/// Opens embedded workspaces in a state directory, each once.
final class LocalWorkspaces: WorkspaceProvider {
    private let stateDirectory: String
    private let isReadOnly: Bool
    private let open: Mutex<[WorkspaceIdentity: LocalWorkspace]> = Mutex([:])

    /// - Parameter isReadOnly: Whether looking may neither make nor mend anything.
    init(stateDirectory: String, isReadOnly: Bool) {
        self.stateDirectory = stateDirectory
        self.isReadOnly = isReadOnly
    }

    func workspace(for target: WorkspaceTarget) async throws -> any Workspace {
        guard target.engine == .local else {
            throw WorkspaceError(
                .unsupported,
                "workspace \(target.name): type azureml is not there yet; use 'workspace: { type: local }'")
        }
        return local(
            WorkspaceIdentity(
                subscriptionID: target.subscriptionID, resourceGroup: target.resourceGroup, name: target.name))
    }

    /// The embedded workspace of an identity.
    func local(_ identity: WorkspaceIdentity) -> LocalWorkspace {
        open.withLock { known in
            if let workspace = known[identity] { return workspace }
            let workspace = LocalWorkspace(
                identity: identity, state: StateLayout(root: stateDirectory), isReadOnly: isReadOnly)
            known[identity] = workspace
            return workspace
        }
    }
}
