internal import AssetSchema
internal import Digest
internal import Workspace

extension LocalWorkspace {
    func addEndpoints(to live: inout LiveState, _ store: Store) async throws {}

    func performOnEndpoints(_ operation: Operation, _ provider: any ContentProvider) async throws -> OperationOutcome {
        throw WorkspaceError(.unsupported, "endpoints are not there yet")
    }
}
