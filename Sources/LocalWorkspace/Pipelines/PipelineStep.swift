internal import AssetSchema
internal import Digest
internal import Workspace

/// One step of a pipeline with its component put in.
struct PipelineStep {
    let name: String
    let kind: AssetKind
    /// The job's fields as a job of its kind has them; inputs and outputs stand apart.
    var fields: JSONValue
    /// Its files, by pointers into its own fields.
    var content: [String: StoredTree]
    /// What the component says of each input: type, default, whether it may be left out.
    var declaredInputs: [String: JSONValue]
    /// What the pipeline gives to each input.
    var givenInputs: [String: JSONValue]
    /// Each output with its type and where it shall go.
    var outputs: [String: JSONValue]
    /// Which pipeline output an output becomes.
    var outputBindings: [String: String] = [:]
    /// Whether the same inputs make the same outputs, so that it need not run again.
    var isDeterministic = true
    /// The component's name and version, when it is a registered one.
    var componentTitle: String?

    /// What decides nothing of what a step computes, and stays with the step itself.
    private static let bookkeeping: Set<String> = ["component", "inputs", "outputs", "type", "is_deterministic"]

    /// - Parameters:
    ///   - fields: what stands under `jobs.<name>`.
    ///   - content: the files of the pipeline, by pointers into the pipeline.
    init(_ name: String, _ fields: JSONValue, content: [String: StoredTree], resolver: ComponentResolver) throws {
        guard case .object(var own) = fields else {
            throw WorkspaceError(.invalid, "the step \(name) is no mapping")
        }
        self.name = name
        let user = "the step \(name)"
        let pointer = "jobs.\(name)"
        var component: ResolvedComponent?
        if let field = own["component"], !field.isNull {
            component = try resolver.resolve(
                field, content: content, pointer: "\(pointer).component", for: user)
        }
        var merged = component?.fields.objectValue ?? [:]
        let declared = merged
        let type = own["type"]?.stringValue ?? merged["type"]?.stringValue ?? "command"
        kind = try Self.kind(type, user)
        if kind == .sweepJob, let field = own["trial"] {
            // A sweep sees its trial as if it had been written in place.
            let trial = try resolver.resolve(field, content: content, pointer: "\(pointer).trial", for: user)
            own["trial"] = trial.fields
            merged = [:]
            component = ResolvedComponent(
                fields: trial.fields, content: trial.content.placed(under: "trial"), title: trial.title)
        }
        for name in ["name", "version", "display_name", "description", "tags", "$schema", "creation_context"] {
            merged[name] = nil
        }
        for (key, value) in own where !value.isNull {
            if key == "environment_variables", case .object(let new) = value,
                case .object(let old)? = merged[key]
            {
                merged[key] = .object(old.merging(new) { $1 })
            } else {
                merged[key] = value
            }
        }
        // The step's own files come before its component's.
        self.content = (component?.content ?? [:]).merging(content.under(pointer)) { $1 }
            .filter { !$0.key.hasPrefix("component.") }
        let definition = kind == .sweepJob ? component?.fields.objectValue ?? [:] : declared
        declaredInputs = component == nil ? [:] : definition["inputs"]?.objectValue ?? [:]
        givenInputs = own["inputs"]?.objectValue ?? [:]
        outputs = [:]
        for (output, declaration) in definition["outputs"]?.objectValue ?? [:] {
            outputs[output] = ["type": declaration["type"] ?? "uri_folder"]
        }
        for (output, value) in own["outputs"]?.objectValue ?? [:] {
            var field = outputs[output] ?? [:]
            switch value {
            case .string(let text):
                guard case .output(let target)? = PipelineExpression(text) else {
                    throw WorkspaceError(.invalid, "\(user) binds its output \(output) to '\(text.prefix(100))'")
                }
                outputBindings[output] = target
            case .object(let members):
                if let path = members["path"]?.stringValue, case .output(let target)? = PipelineExpression(path) {
                    outputBindings[output] = target
                } else if let path = members["path"], !path.isNull {
                    field["path"] = path
                }
                for key in ["name", "version"] where members[key]?.isNull == false { field[key] = members[key] }
                if let type = members["type"], component == nil || definition["outputs"]?[output] == nil {
                    field["type"] = type
                }
            default: break
            }
            outputs[output] = field
        }
        isDeterministic = (merged["is_deterministic"] ?? definition["is_deterministic"])?.boolValue ?? true
        componentTitle = component?.title
        self.fields = .object(merged.filter { !Self.bookkeeping.contains($0.key) })
    }

    private static func kind(_ type: String, _ user: String) throws -> AssetKind {
        switch type {
        case "command": return .commandJob
        case "pipeline": return .pipelineJob
        case "parallel": return .parallelJob
        case "sweep": return .sweepJob
        case "automl": return .autoMLJob
        default:
            throw WorkspaceError(
                .unsupported, "\(user) is of type \(type.prefix(64)), which the embedded workspace does not run")
        }
    }

    /// The fields of an AutoML job that hold data.
    static let dataFields = ["training_data", "validation_data", "test_data"]

    /// Every place that may hold an expression about the pipeline, but for the outputs.
    var bindings: [PipelineExpression] {
        var texts: [String] = []
        func visit(_ value: JSONValue) {
            switch value {
            case .string(let text): texts.append(text)
            case .array(let items): items.forEach(visit)
            case .object(let members): members.values.forEach(visit)
            default: break
            }
        }
        givenInputs.values.forEach(visit)
        for (key, value) in fields.objectValue ?? [:] where !Self.opaqueFields.contains(key) { visit(value) }
        return texts.flatMap(PipelineExpression.all)
    }

    /// Fields in which `parent` is not this pipeline, or where text is the user's own.
    static let opaqueFields: Set<String> = ["jobs", "trial", "command", "task", "description", "display_name", "tags"]
}
