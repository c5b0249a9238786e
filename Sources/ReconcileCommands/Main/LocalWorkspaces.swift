import Controller
import DesiredState
import Workspace
final class LocalWorkspaces: WorkspaceProvider {
    init(stateDirectory: String, isReadOnly: Bool) {}
    func workspace(for target: WorkspaceTarget) async throws -> any Workspace { throw WorkspaceError(.unsupported, "stub") }
}
