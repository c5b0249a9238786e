internal import AssetSchema
internal import Digest
internal import Workspace

/// Finds the files of an input: an asset's, a finished job's, or those of a datastore.
struct InputFiles {
    let store: Store
    let content: ContentStore
    let workspace: WorkspaceLayout

    /// The files that a path names.
    ///
    /// - Returns: nil for a path that is none of this workspace's.
    func tree(_ path: String, type: String) throws -> StoredTree? {
        if let reference = AssetReference(path) {
            let kinds: [AssetKind] = type.hasSuffix("_model") ? [.model, .data] : [.data, .model]
            for kind in kinds {
                guard let asset = try store.asset(kind, reference.name, reference.version) else { continue }
                if let tree = asset.content["path"] ?? asset.content.values.first { return tree }
                if let other = asset.live.fields["path"]?.stringValue, other != path, AssetReference(other) == nil {
                    return try tree(other, type: type)
                }
                throw WorkspaceError(.invalid, "\(path) has no files in this workspace")
            }
            throw WorkspaceError(.notFound, "there is no \(path)")
        }
        if let output = JobOutputReference(path) { return try output.tree(in: store) }
        if let place = DatastorePath(path) {
            let folder = place.folder(in: workspace)
            guard Files.exists(folder) else {
                throw WorkspaceError(
                    .notFound,
                    "there is no \(place.path) in the datastore \(place.datastore); "
                        + "its files stand under \(workspace.datastore(place.datastore))")
            }
            return try content.collect(folder)
        }
        return nil
    }
}

/// `azureml://datastores/<name>/paths/<path>`, or the long form with the workspace before it.
struct DatastorePath: Equatable {
    let datastore: String
    let path: String

    init?(_ text: String) {
        guard text.hasPrefix("azureml://") else { return nil }
        let parts = text.dropFirst("azureml://".count).split(separator: "/").map(String.init)
        guard let start = parts.firstIndex(of: "datastores"), start == 0 || parts[0] == "subscriptions",
            parts.count >= start + 3, parts[start + 2] == "paths"
        else { return nil }
        let rest = parts[(start + 3)...]
        // What comes from a repository may not leave the datastore's folder.
        guard !rest.contains(".."), !rest.contains(".") else { return nil }
        datastore = parts[start + 1]
        path = rest.joined(separator: "/")
    }

    /// Where this workspace keeps it.
    func folder(in workspace: WorkspaceLayout) -> String {
        workspace.datastore(datastore) + (path.isEmpty ? "" : "/\(path)")
    }
}

extension WorkspaceLayout {
    /// The folder that stands for a datastore.
    package func datastore(_ name: String) -> String {
        "\(root)/datastores/\(StateLayout.pathComponent(name))"
    }
}
