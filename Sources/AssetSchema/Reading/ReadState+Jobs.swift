import Digest
import YAML

extension ReadState {
    /// `azureml:` and a job's name, or the path of a job file.
    mutating func job(_ node: Node) -> JSONValue? {
        guard let text = text(node, expecting: "a job: azureml:NAME, or a job file's path") else { return nil }
        if text.hasPrefix("azureml:") { return .string(text) }
        guard !text.hasPrefix("file:") else {
            error(
                .wrongType, "a job file is named by its path alone", at: node.mark, hint: "write \(text.dropFirst(5))")
            return nil
        }
        return include(text, at: node) { $0.includedJob($1) }
    }

    /// A job file, by its own type.
    private mutating func includedJob(_ node: Node) -> JSONValue? {
        guard let schema = jobSchema(of: node)?.schema, case .object(var fields)? = object(node, as: schema) else {
            return nil
        }
        if fields["type"] == nil { fields["type"] = "command" }
        return .object(fields)
    }

    /// The kind and schema of the job that a document is; reports what the SDK does not take for a job.
    mutating func jobSchema(of node: Node) -> (kind: AssetKind, schema: ObjectSchema)? {
        guard let written = node["type"] else { return (.commandJob, .commandJob) }
        let type: String? =
            if case .string(let text)? = written.scalar?.resolved(.core11) { text } else { nil }
        switch type {
        case "command"?: return (.commandJob, .commandJob)
        case "pipeline"?: return (.pipelineJob, .pipelineJob)
        case "sweep"?: return (.sweepJob, .sweepJob)
        case "spark"?: return (.sparkJob, .sparkJob)
        case "import"?: return (.commandJob, .importJob)
        case "automl"?: return autoMLSchema(of: node).map { (.autoMLJob, $0) }
        default: break
        }
        let types = ["command", "pipeline", "sweep", "spark", "import", "automl"]
        let word = Self.quoted(written.text ?? written.kindDescription)
        error(
            .invalidValue, "no job is of type \(word); expected \(Self.list(types))", at: written.mark, key: "type",
            hint: type == "parallel"
                ? "a parallel job is always a step of a pipeline"
                : type.flatMap { EditDistanceHint.hint(for: $0, among: types) })
        return nil
    }

    /// The schema of the component that a document is; reports what the SDK does not take for one.
    mutating func componentSchema(of node: Node) -> ObjectSchema? {
        if let written = node["type"] {
            if let kind = ComponentKind(node) { return kind.schema }
            let types = ["command", "pipeline", "parallel", "spark", "import", "automl", "data_transfer"]
            let word = Self.quoted(written.text ?? written.kindDescription)
            error(
                .invalidValue, "no component is of type \(word); expected \(Self.list(types))", at: written.mark,
                key: "type", hint: EditDistanceHint.hint(for: written.text ?? "", among: types))
            return nil
        }
        if let kind = ComponentKind(node), kind != .command { return kind.schema }
        let name = node["$schema"]?.text.flatMap(KindDetection.schemaName) ?? ""
        guard name.hasSuffix("component"), name != "commandcomponent" else { return .commandComponent }
        error(
            .missingKey, "the component needs \"type\"; without it `az ml` reads a command component", at: node.mark,
            key: "type", hint: "add \"type: \(name.dropLast(9))\"")
        return nil
    }

    private mutating func autoMLSchema(of node: Node) -> ObjectSchema? {
        let tasks = AutoMLTask.allCases.map(\.rawValue)
        guard let written = node["task"] else {
            error(
                .missingKey, "an AutoML job needs \"task\"", at: node.mark, key: "task",
                hint: "add \"task: …\", one of \(tasks.joined(separator: ", "))")
            return nil
        }
        if case .string(let text)? = written.scalar?.resolved(.core11), let task = AutoMLTask(rawValue: text) {
            return task.schema
        }
        error(
            .invalidValue, "no AutoML task is called \(Self.quoted(written.text ?? written.kindDescription))",
            at: written.mark, key: "task",
            hint: EditDistanceHint.hint(for: written.text ?? "", among: tasks) ?? "known are \(Self.list(tasks))")
        return nil
    }
}
