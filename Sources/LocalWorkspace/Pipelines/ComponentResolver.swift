internal import AssetSchema
internal import Digest
internal import Workspace

/// A component with its files, from the pipeline itself or from the workspace.
struct ResolvedComponent {
    var fields: JSONValue
    /// Its files, by pointers into its own fields.
    var content: [String: StoredTree]
    /// What a person calls it: `train:3`, or nothing for one that stands in the pipeline.
    var title: String?
}

/// Finds the component that a step or trial names.
struct ComponentResolver {
    let store: Store

    /// - Parameters:
    ///   - field: an object, or `azureml:<name>:<version>` and `azureml:<name>@latest`.
    ///   - content: the files that came with whoever names it.
    ///   - pointer: where the field stands, so that an inline component's files are found: `jobs.train.component`.
    func resolve(
        _ field: JSONValue, content: [String: StoredTree], pointer: String, for user: String
    ) throws -> ResolvedComponent {
        switch field {
        case .object:
            return ResolvedComponent(fields: field, content: content.under(pointer), title: nil)
        case .string(let text):
            guard let reference = AssetReference(text) else {
                throw WorkspaceError(
                    .unsupported,
                    "\(user) uses the component '\(text.prefix(200))', which the embedded workspace cannot read; "
                        + "registered ones are written azureml:<name>:<version>")
            }
            guard let asset = try store.asset(.component, reference.name, reference.version) else {
                throw WorkspaceError(.notFound, "\(user) uses \(text), but there is no such component")
            }
            return ResolvedComponent(
                fields: asset.live.fields, content: asset.content, title: "\(asset.live.name):\(asset.live.version)")
        default: throw WorkspaceError(.invalid, "\(user) has a component that is neither a definition nor a name")
        }
    }
}

extension [String: StoredTree] {
    /// The files whose pointers begin with one, with pointers that begin there.
    func under(_ pointer: String) -> [String: StoredTree] {
        var result: [String: StoredTree] = [:]
        for (key, tree) in self where key.hasPrefix(pointer + ".") {
            result[String(key.dropFirst(pointer.count + 1))] = tree
        }
        return result
    }

    /// The files with pointers that begin under another.
    func placed(under pointer: String) -> [String: StoredTree] {
        Dictionary(uniqueKeysWithValues: map { ("\(pointer).\($0.key)", $0.value) })
    }
}
