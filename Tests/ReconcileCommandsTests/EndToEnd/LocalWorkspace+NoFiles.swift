import AssetSchema
import LocalWorkspace
import Workspace

extension LocalWorkspace {
    /// Does what needs no files.
    @discardableResult
    func perform(_ operation: Operation) async throws -> OperationOutcome {
        try await perform(operation, content: NoFiles())
    }
}

private struct NoFiles: ContentProvider {
    func bytes(ofBlob blob: String) async throws -> [UInt8] { throw WorkspaceError(.notFound, "no \(blob)") }
}
