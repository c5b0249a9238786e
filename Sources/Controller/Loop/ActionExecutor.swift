import AssetSchema
import Planning
import Workspace

/// Does the operations of one action, in order, in one stage's workspace.
struct ActionExecutor: Sendable {
    let workspaces: any WorkspaceProvider

    /// What came of an action.
    enum Result: Sendable {
        case done(message: String?, version: String?)
        case failed(WorkspaceError)
    }

    /// Performs an action; its operations are idempotent, so that a half done one is done again from its start.
    func perform(_ action: PlanAction, stage: StagePlan, content: any ContentProvider) async throws -> Result {
        do {
            let workspace = try await workspaces.workspace(for: stage.workspace)
            var outcome = OperationOutcome()
            for operation in action.operations {
                try Task.checkCancellation()
                outcome = try await workspace.perform(operation, content: content)
            }
            return .done(message: outcome.message, version: outcome.version)
        } catch let error as WorkspaceError {
            return .failed(error)
        }
    }
}
