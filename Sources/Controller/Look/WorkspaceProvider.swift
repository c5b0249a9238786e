package import DesiredState
package import Workspace

/// Opens the workspace that a stage names; the composition root knows which engines there are.
package protocol WorkspaceProvider: Sendable {
    /// The workspace of a target; the same one for the same target.
    ///
    /// - Throws: ``WorkspaceError`` when it cannot be opened.
    func workspace(for target: WorkspaceTarget) async throws -> any Workspace
}
