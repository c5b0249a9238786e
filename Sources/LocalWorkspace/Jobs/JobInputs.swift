internal import AssetSchema
internal import Digest
internal import Workspace

/// Gives a job's inputs and outputs their places.
struct JobInputs {
    let store: Store
    let content: ContentStore
    let job: Store.Job
    let workspace: WorkspaceLayout

    private var layout: JobLayout { workspace.job(job.live.name) }

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

    /// Whether an input or output can be called that.
    static func check(_ name: String) throws {
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

    /// The text of a value that is no data.
    static func literal(_ field: JSONValue) -> String? {
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
                throw WorkspaceError(
                    .unsupported,
                    "the input \(name) is \((path ?? "").prefix(200)), which the embedded workspace cannot read; it "
                        + "takes files of the project, assets, outputs of jobs, datastore paths and http(s) addresses")
            }
            return Self.literal(field).map { .literal($0) }
        }
        let folder = "\(layout.inputs)/\(name)"
        let place = try content.export(tree, to: folder)
        let type = field["type"]?.stringValue ?? "uri_folder"
        if type == "uri_folder" || type == "mltable" { return .path(folder) }
        // A file that another step wrote stands in a folder of its own.
        if type == "uri_file", !tree.isFile, tree.entries.count == 1 {
            return .path("\(folder)/\(tree.entries[0].path)")
        }
        return .path(place)
    }

    private func tree(_ name: String, _ path: String?, type: String) throws -> StoredTree? {
        if let tree = job.content["inputs.\(name).path"] ?? job.content["inputs.\(name)"] { return tree }
        guard let path else { return nil }
        return try InputFiles(store: store, content: content, workspace: workspace).tree(path, type: type)
    }
}
