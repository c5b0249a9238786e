internal import AssetSchema
internal import Digest
internal import Workspace

/// A value that an expression of a pipeline stands for: a literal, or data with its files.
struct StepValue {
    /// The literal, or `type` and `path` of data.
    var field: JSONValue
    var tree: StoredTree?

    var isData: Bool { tree != nil || field["path"]?.stringValue != nil }
}

/// Makes the jobs of steps, once what they need is there.
struct StepDrafts {
    let graph: PipelineGraph
    /// The pipeline's own job.
    let job: Store.Job
    /// The steps' jobs by the steps' names.
    let children: [String: Store.Job]

    /// The job of a step, with its files.
    func draft(_ step: PipelineStep) throws -> (draft: JobDraft, content: [String: StoredTree]) {
        var content = step.content.filter { !$0.key.hasPrefix("inputs.") }
        var inputs: [String: JSONValue] = [:]
        for name in Set(step.declaredInputs.keys).union(step.givenInputs.keys) {
            let declaration = step.declaredInputs[name] ?? .null
            let given = step.givenInputs[name] ?? .null
            guard
                var value = try value(
                    given.isNull ? declaration["default"] ?? .null : given,
                    tree: step.content["inputs.\(name).path"] ?? step.content["inputs.\(name)"])
                    ?? declaration["default"].map({ StepValue(field: $0) })
            else {
                inputs[name] = declaration.isNull ? nil : declaration
                continue
            }
            let type = declaration["type"]?.stringValue
            if !value.isData, let text = value.field.stringValue, let type, Self.isDataType(type) {
                // A path without the words around it.
                value.field = ["path": .string(text)]
            }
            if value.isData {
                if let type, Self.isDataType(type) { value.field["type"] = .string(type) }
                // Files that came with the pipeline need no path, but what has one is known for data.
                if value.field["path"] == nil { value.field["path"] = .string("./\(name)") }
                content["inputs.\(name).path"] = value.tree
            } else if step.kind != .sweepJob {
                try StepLiteral.check(value.field, declaration, step: step.name, input: name)
            }
            inputs[name] = value.field
        }
        var fields = try substituted(step)
        if step.kind == .autoMLJob {
            for name in PipelineStep.dataFields {
                guard let field = step.fields[name], let value = try value(field, tree: step.content["\(name).path"])
                else { continue }
                fields[name] = value.field
                content["\(name).path"] = value.tree
            }
        }
        fields["inputs"] = .object(inputs)
        fields["outputs"] = .object(step.outputs)
        fields["experiment_name"] = .string(job.live.experimentName)
        if step.kind == .pipelineJob {
            fields["settings"] = .object(
                (graph.settings.objectValue ?? [:]).merging(fields["settings"]?.objectValue ?? [:]) { $1 })
            fields["environment_override"] = job.fields["environment_override"]
        }
        content.merge(job.content.filter { $0.key.hasPrefix("environment_override.") }) { own, _ in own }
        let tags = fields["tags"]?.objectValue?.compactMapValues(\.stringValue) ?? [:]
        let inherited = job.live.tags.filter { [TagName.commit, TagName.source].contains($0.key) }
        return (
            JobDraft(
                name: "", kind: step.kind, fields: fields, tags: tags.merging(inherited) { $1 },
                environmentOverride: job.fields["environment_override"]), content
        )
    }

    private static func isDataType(_ type: String) -> Bool {
        !["string", "integer", "number", "boolean"].contains(type)
    }

    /// What a given input comes to; nil when it is an optional one that has no value.
    private func value(_ given: JSONValue, tree: StoredTree?) throws -> StepValue? {
        switch given {
        case .null: return nil
        case .string(let text):
            if let expression = PipelineExpression(text) { return try value(of: expression) }
            return StepValue(field: .string(try replacing(in: text)))
        case .object(var members):
            if let text = members["path"]?.stringValue, let expression = PipelineExpression(text) {
                guard var value = try value(of: expression) else { return nil }
                if value.isData, let type = members["type"] { value.field["type"] = type }
                return value
            }
            if members["path"] == nil, tree == nil {
                // `{type: integer, value: 3}` and the like.
                guard let literal = members["value"] ?? members["default"] else { return nil }
                return StepValue(field: literal)
            }
            if let text = members["path"]?.stringValue { members["path"] = .string(try replacing(in: text)) }
            members["mode"] = nil
            return StepValue(field: .object(members), tree: tree)
        default: return StepValue(field: given)
        }
    }

    private func value(of expression: PipelineExpression) throws -> StepValue? {
        switch expression {
        case .input(let name):
            return try value(
                // An input of the pipeline is no expression, even if a text in it looks like one.
                graph.inputs[name]?.stringValue.map { ["value": .string($0)] } ?? graph.inputs[name] ?? .null,
                tree: job.content["inputs.\(name).path"] ?? job.content["inputs.\(name)"])
        case .output: return nil
        case .stepOutput(let step, let name):
            guard let child = children[step], let tree = child.results["outputs.\(name)"] else {
                throw WorkspaceError(.notFound, "the step \(step) left nothing in its output \(name)")
            }
            let type = graph.steps.first { $0.name == step }?.outputs[name]?["type"] ?? "uri_folder"
            if type == "uri_file", tree.entries.isEmpty {
                throw WorkspaceError(.notFound, "the step \(step) wrote no file to its output \(name)")
            }
            return StepValue(
                field: ["type": type, "path": .string("azureml://jobs/\(child.live.name)/outputs/\(name)")], tree: tree)
        }
    }

    private func replacing(in text: String) throws -> String {
        try PipelineExpression.replacing(in: text) { expression in
            guard let value = try value(of: expression) else { return "" }
            guard let literal = JobInputs.literal(value.field), !value.isData else {
                throw WorkspaceError(.invalid, "'\(text.prefix(100))' puts data into a text")
            }
            return literal
        }
    }

    /// The step's other fields with expressions put in.
    private func substituted(_ step: PipelineStep) throws -> JSONValue {
        func visit(_ field: JSONValue) throws -> JSONValue {
            switch field {
            case .string(let text):
                if let expression = PipelineExpression(text) {
                    guard let value = try value(of: expression), !value.isData else { return .null }
                    return value.field
                }
                return .string(try replacing(in: text))
            case .array(let items): return .array(try items.map(visit))
            case .object(let members): return .object(try members.mapValues(visit))
            default: return field
            }
        }
        var result = step.fields
        for (key, field) in step.fields.objectValue ?? [:]
        where !PipelineStep.opaqueFields.contains(key) && !PipelineStep.dataFields.contains(key) {
            result[key] = try visit(field)
        }
        return result
    }
}
