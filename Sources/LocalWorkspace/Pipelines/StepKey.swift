internal import AssetSchema
internal import Digest
internal import Workspace

/// What a step is known by: all that decides what it computes, and nothing else.
enum StepKey {
    /// Fields that say where, for how long and under which name a step runs.
    private static let indifferent: Set<String> = [
        "compute", "resources", "limits", "services", "queue_settings", "identity", "experiment_name", "display_name",
        "description", "tags", "properties", "settings", "environment", "environment_override", "inputs", "outputs",
    ]

    /// - Parameters:
    ///   - environment: what the step's environment holds.
    ///   - files: finds the files behind assets, so that another version with the same files is the same.
    static func key(
        _ draft: JobDraft, content: [String: StoredTree], environment: EnvironmentSpec, files: InputFiles
    ) throws -> String {
        var inputs: [String: JSONValue] = [:]
        for (name, field) in draft.fields["inputs"]?.objectValue ?? [:] {
            let type = field["type"]?.stringValue ?? "uri_folder"
            if let tree = content["inputs.\(name).path"] {
                inputs[name] = ["type": .string(type), "digest": .string(tree.digest.description)]
            } else if let path = field["path"]?.stringValue, let tree = try files.tree(path, type: type) {
                inputs[name] = ["type": .string(type), "digest": .string(tree.digest.description)]
            } else {
                inputs[name] = field["path"] != nil ? field : JobInputs.literal(field).map { .string($0) } ?? .null
            }
        }
        var fields = (draft.fields.objectValue ?? [:]).filter { !indifferent.contains($0.key) }
        for name in PipelineStep.dataFields where content["\(name).path"] != nil { fields[name]?["path"] = nil }
        if fields["task"]?["environment"] != nil { fields["task"]?["environment"] = nil }
        let trees = content.filter { !$0.key.hasPrefix("inputs.") && !$0.key.hasPrefix("environment_override.") }
        let value: JSONValue = [
            "kind": .string(draft.kind.rawValue), "fields": .object(fields), "inputs": .object(inputs),
            "outputs": draft.fields["outputs"] ?? [:], "environment": environment.json,
            "content": .object(trees.mapValues { .string($0.digest.description) }), "rules": 1,
        ]
        return value.digest.description
    }
}
