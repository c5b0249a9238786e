internal import AssetSchema
internal import Digest
internal import Workspace

/// The command job that a sweep makes of its trial and the values chosen for it.
struct SweepTrial {
    let sweep: JSONValue
    let content: [String: StoredTree]
    let store: Store

    /// The trial's own fields and files: those that stand in the job, or a registered component's.
    private func trial() throws -> ResolvedComponent {
        try ComponentResolver(store: store).resolve(
            sweep["trial"] ?? .null, content: content, pointer: "trial", for: "the sweep")
    }

    /// A trial's job; its name is put in by whoever submits it.
    ///
    /// - Parameter parameters: a value for every name of the search space.
    func job(
        _ parameters: [String: JSONValue], definition: SweepDefinition, experiment: String, tags: [String: String]
    ) throws -> (draft: JobDraft, content: [String: StoredTree]) {
        let component = try trial()
        let trial = component.fields
        var fields = trial
        for name in ["type", "name", "version", "display_name", "description", "tags", "is_deterministic"] {
            fields[name] = nil
        }
        var inputs: [String: JSONValue] = [:]
        // A component declares what it takes; what the sweep gives comes before its defaults.
        for (name, declared) in trial["inputs"]?.objectValue ?? [:] {
            if declared.objectValue == nil || declared["default"] != nil || declared["path"] != nil {
                inputs[name] = declared
            }
        }
        for (name, value) in sweep["inputs"]?.objectValue ?? [:] { inputs[name] = value }
        for (name, value) in parameters where trial["inputs"]?[name] != nil { inputs[name] = value }
        fields["inputs"] = inputs.isEmpty ? nil : .object(inputs)
        let outputs = (trial["outputs"]?.objectValue ?? [:]).merging(sweep["outputs"]?.objectValue ?? [:]) { $1 }
        fields["outputs"] = outputs.isEmpty ? nil : .object(outputs)
        fields["command"] = .string(Self.substitute(parameters, in: trial["command"]?.stringValue ?? ""))
        fields["experiment_name"] = .string(experiment)
        if let seconds = definition.trialTimeoutSeconds {
            fields["limits"] = ["timeout": .int(Int64(seconds))]
        } else {
            fields["limits"] = nil
        }
        var trees = component.content
        for (pointer, tree) in content where pointer.hasPrefix("inputs.") { trees[pointer] = tree }
        for (pointer, tree) in content where pointer.hasPrefix("environment_override.") { trees[pointer] = tree }
        var all = tags
        all["hyperparameters"] = JSONValue.object(parameters).canonicalText
        return (
            JobDraft(
                name: "", kind: .commandJob, fields: fields, tags: all,
                environmentOverride: sweep["environment_override"]), trees
        )
    }

    /// Puts values in for `${{search_space.<name>}}`, as Azure ML does: as text, unquoted.
    static func substitute(_ parameters: [String: JSONValue], in command: String) -> String {
        var result = ""
        var rest = Substring(command)
        while let start = rest.firstRange(of: "${{"), let end = rest[start.upperBound...].firstRange(of: "}}") {
            let name = String(rest[start.upperBound..<end.lowerBound]).trimmed
            result += rest[..<start.lowerBound]
            if name.hasPrefix("search_space."), let value = parameters[String(name.dropFirst("search_space.".count))] {
                result += text(value)
            } else {
                result += rest[start.lowerBound..<end.upperBound]
            }
            rest = rest[end.upperBound...]
        }
        return result + rest
    }

    private static func text(_ value: JSONValue) -> String {
        switch value {
        case .string(let text): text
        // As Python writes them, for Azure's runtime is Python.
        case .bool(let value): value ? "True" : "False"
        // JSON's one spelling of 2.0 is 2, which Python reads as a whole number where a fraction was meant.
        case .double(let number): number.description
        default: value.canonicalText
        }
    }
}
