internal import AssetSchema
internal import Digest
internal import TimeKeeping
internal import Workspace

/// Takes the outputs of a completed job where its definition wants them: to a datastore, or to a version of an asset.
struct OutputPlaces {
    let job: Store.Job
    let context: JobContext

    /// - Parameter results: what the job left.
    func place(_ results: [String: StoredTree]) throws {
        for (name, field) in (job.fields["outputs"]?.objectValue ?? [:]).sorted(by: { $0.key < $1.key }) {
            guard let tree = results["outputs.\(name)"] else { continue }
            if let text = field["path"]?.stringValue { try write(tree, name, field, to: text) }
            if let asset = field["name"]?.stringValue { try register(tree, name, field, as: asset) }
        }
    }

    private func write(_ tree: StoredTree, _ name: String, _ field: JSONValue, to text: String) throws {
        var path = text
        for (word, value) in [
            ("${{name}}", job.live.name), ("${{output_name}}", name), ("${{default_datastore}}", "workspaceblobstore"),
        ] {
            while let range = path.firstRange(of: word) { path.replaceSubrange(range, with: value) }
        }
        guard let place = DatastorePath(path) else {
            context.say("note: the output \(name) stays with the job; \(text.prefix(200)) is no datastore path")
            return
        }
        let folder = place.folder(in: context.workspace)
        if field["type"]?.stringValue == "uri_file", !place.path.isEmpty, tree.entries.count == 1,
            let slash = folder.lastIndex(of: "/")
        {
            // The path is the file's, whatever the job called it.
            var entry = tree.entries[0]
            entry.path = String(folder[folder.index(after: slash)...])
            try context.content.export(StoredTree(entries: [entry], isFile: true), to: String(folder[..<slash]))
        } else {
            try context.content.export(tree, to: folder)
        }
    }

    private func register(_ tree: StoredTree, _ name: String, _ field: JSONValue, as asset: String) throws {
        let type = field["type"]?.stringValue ?? "uri_folder"
        let kind: AssetKind = type.hasSuffix("_model") ? .model : .data
        let version = field["version"].flatMap(JobInputs.literal)
        if let version, try context.store.asset(kind, asset, version) != nil {
            context.say("note: \(kind.title) \(asset):\(version) is there already and stays as it is")
            return
        }
        let definition = ResourceDefinition(
            kind: kind, name: asset, version: version,
            fields: [
                "type": .string(type), "path": .string("azureml://jobs/\(job.live.name)/outputs/\(name)"),
            ])
        var tags = [TagName.job: job.live.name]
        if kind == .model { tags[TagName.modelDigest] = tree.digest.description }
        let made = try context.store.register(
            definition, tags: tags, content: ["path": tree], job: job.live.name, at: context.clock.now())
        context.say("registered \(kind.title) \(asset):\(made)")
    }
}
