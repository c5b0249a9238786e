internal import AssetSchema
internal import AzureMLWire
internal import Digest
internal import FoundationEssentials
internal import Workspace

/// One workspace as the API serves it: the workspace, what the API keeps beside it, and the names in its answers.
struct ServedWorkspace: Sendable {
    let workspace: any WorkspaceDetails
    let catalog: Catalog
    let path: WorkspacePath
    let storage: StorageNames
    let address: ServiceAddress

    init(_ workspace: any WorkspaceDetails, address: ServiceAddress) throws {
        self.workspace = workspace
        self.address = address
        path = WorkspacePath(workspace.identity)
        storage = StorageNames(workspace.identity)
        try FileManager.default.createDirectory(atPath: workspace.folder, withIntermediateDirectories: true)
        catalog = try Catalog(path: "\(workspace.folder)/api.sqlite")
    }

    /// Where the service puts what it can only do in its own files.
    var uploads: String { "\(workspace.folder)/api-uploads" }

    /// The location that all resources say they are in.
    static let location = "local"

    // MARK: Answers

    /// A resource in the form that all of them have.
    func resource(
        _ id: String, type: String, _ properties: JSONValue, createdAt: String, extra: JSONValue = [:]
    ) -> JSONValue {
        var body: JSONValue = [
            "id": .string(id), "name": .string(String(id.split(separator: "/").last ?? "")),
            "type": .string("Microsoft.MachineLearningServices/workspaces\(type.isEmpty ? "" : "/")\(type)"),
            "properties": properties,
            "systemData": [
                "createdAt": .string(createdAt), "createdBy": "reconcile", "createdByType": "Application",
                "lastModifiedAt": .string(createdAt), "lastModifiedBy": "reconcile",
                "lastModifiedByType": "Application",
            ],
        ]
        for (key, value) in extra.present { body[key] = value }
        return body
    }

    // MARK: Operations

    /// Asks the workspace for something that needs no files.
    @discardableResult
    func perform(_ operation: Operation, files: LocatedContents = LocatedContents()) async throws -> OperationOutcome {
        try await workspace.perform(operation, content: files)
    }
}
