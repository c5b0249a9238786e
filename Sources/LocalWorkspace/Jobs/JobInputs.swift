internal import AssetSchema
internal import Digest
internal import Workspace

/// Gives a job's inputs and outputs their places.
struct JobInputs {
    let store: Store
    let content: ContentStore
    let job: Store.Job
    let layout: JobLayout

    /// What the command's expressions stand for; files are written out on the way.
    func prepare() throws -> JobCommand {
        var inputs: [String: JobCommand.Value] = [:]
        for (name, field) in job.fields["inputs"]?.objectValue ?? [:] {
            try Self.check(name)
            inputs[name] = try input(name, field)
        }
        var outputs: [String: JobCommand.Value] = [:]
        for (name, field) in job.fields["outputs"]?.objectValue ?? [:] {
            try Self.check(name)
            let folder = "\(layout.outputs)/\(name)"
            try Files.makeFolder(folder)
            outputs[name] = .path(field["type"]?.stringValue == "uri_file" ? "\(folder)/\(name)" : folder)
        }
        return JobCommand(inputs: inputs, outputs: outputs)
    }

    /// Whether a command can be resolved, without any files.
    static func validate(_ fields: JSONValue) throws {
        guard let command = fields["command"]?.stringValue, !command.isEmpty else {
            throw WorkspaceError(.invalid, "the job has no command")
        }
        var inputs: [String: JobCommand.Value] = [:]
        for (name, field) in fields["inputs"]?.objectValue ?? [:] {
            try check(name)
            inputs[name] = field["path"] != nil ? .path("/") : literal(field).map { .literal($0) }
        }
        let outputs = (fields["outputs"]?.objectValue ?? [:]).mapValues { _ in JobCommand.Value.path("/") }
        for name in outputs.keys { try check(name) }
        _ = try JobCommand(inputs: inputs, outputs: outputs).resolve(command)
    }

    private static func check(_ name: String) throws {
        let isName = name.utf8.enumerated().allSatisfy { index, byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "_"): true
            case UInt8(ascii: "0")...UInt8(ascii: "9"): index > 0
            default: false
            }
        }
        guard isName, !name.isEmpty, name.utf8.count <= 255 else {
            throw WorkspaceError(.invalid, "'\(name.prefix(64))' is no name for an input or output")
        }
    }

    private static func literal(_ field: JSONValue) -> String? {
        switch field {
        case .string(let text): text
        case .int, .double: field.canonicalText
        // As Python writes them, for Azure's runtime is Python.
        case .bool(let value): value ? "True" : "False"
        case .object: (field["value"] ?? field["default"]).flatMap(literal)
        case .null, .array: nil
        }
    }

    private func input(_ name: String, _ field: JSONValue) throws -> JobCommand.Value? {
        let path = field["path"]?.stringValue
        guard let tree = try tree(name, path, type: field["type"]?.stringValue ?? "uri_folder") else {
            guard path == nil else {
                throw WorkspaceError(.unsupported, "the input \(name) cannot be read here: \(path ?? "")")
            }
            return Self.literal(field).map { .literal($0) }
        }
        let folder = "\(layout.inputs)/\(name)"
        let place = try content.export(tree, to: folder)
        guard field["type"]?.stringValue == "uri_file", !tree.isFile, tree.entries.count == 1 else {
            return .path(field["type"]?.stringValue == "uri_file" ? place : folder)
        }
        return .path("\(folder)/\(tree.entries[0].path)")
    }

    private func tree(_ name: String, _ path: String?, type: String) throws -> StoredTree? {
        if let tree = job.content["inputs.\(name).path"] ?? job.content["inputs.\(name)"] { return tree }
        guard let path else { return nil }
        if let reference = AssetReference(path) {
            let kinds: [AssetKind] = type.hasSuffix("_model") ? [.model, .data] : [.data, .model]
            for kind in kinds {
                if let asset = try store.asset(kind, reference.name, reference.version) {
                    guard let tree = asset.content["path"] ?? asset.content.values.first else {
                        throw WorkspaceError(.invalid, "\(path) has no files in this workspace")
                    }
                    return tree
                }
            }
            throw WorkspaceError(.notFound, "there is no \(path)")
        }
        if let output = JobOutputReference(path) { return try output.tree(in: store) }
        return nil
    }
}

/// `azureml:<name>:<version>` or `azureml:<name>@latest`.
struct AssetReference: Equatable {
    let name: String
    let version: String

    init?(_ text: String) {
        guard text.hasPrefix("azureml:"), !text.hasPrefix("azureml://") else { return nil }
        let rest = text.dropFirst("azureml:".count)
        if rest.hasSuffix("@latest") {
            name = String(rest.dropLast("@latest".count))
            version = "@latest"
        } else {
            // The first colon ends the name, so a version may hold one.
            let parts = rest.split(separator: ":", maxSplits: 1)
            guard parts.count == 2 else { return nil }
            name = String(parts[0])
            version = String(parts[1])
        }
        guard !name.isEmpty, !name.hasPrefix("/") else { return nil }
    }
}

/// `azureml://jobs/<job>/outputs/<output>/paths/<path>`; the output `artifacts` is the run's own folder.
struct JobOutputReference: Equatable {
    let job: String
    let output: String
    let path: String

    init?(_ text: String) {
        guard text.hasPrefix("azureml://jobs/") else { return nil }
        let parts = text.dropFirst("azureml://jobs/".count).split(separator: "/").map(String.init)
        guard parts.count >= 3, parts[1] == "outputs" else { return nil }
        job = parts[0]
        output = parts[2]
        path = parts.count > 3 && parts[3] == "paths" ? parts.dropFirst(4).joined(separator: "/") : ""
    }

    init(job: String, output: String = "artifacts", path: String) {
        self.job = job
        self.output = output
        self.path = path.split(separator: "/").joined(separator: "/")
    }

    /// The files that a finished job left there.
    func tree(in store: Store) throws -> StoredTree {
        guard let found = try store.job(job) else { throw WorkspaceError(.notFound, "there is no job \(job)") }
        guard found.live.status == .completed else {
            throw WorkspaceError(
                .conflict, "the job \(job) is \(found.live.status.rawValue); only a completed job's outputs can be used"
            )
        }
        let name = output == "artifacts" || output == "default" ? "artifacts" : "outputs.\(output)"
        guard let tree = found.results[name]?.subtree(path) else {
            throw WorkspaceError(.notFound, "the job \(job) left nothing at \(output)/\(path)")
        }
        return tree
    }
}
