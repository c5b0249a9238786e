import Digest
import YAML

extension ReadState {
    /// What a schedule creates: a job in the workspace, a job's file, or a mapping with `job` and what differs.
    mutating func scheduledJob(_ node: Node) -> JSONValue? {
        guard node.mapping != nil else { return job(node) }
        let type = node["type"]
        guard let schema = ObjectSchema.createJob(type: type?.text) else {
            error(
                type == nil ? .missingKey : .invalidValue,
                "a scheduled job needs a type: \"pipeline\", \"command\" or \"spark\"", at: type?.mark ?? node.mark,
                key: "type", hint: "add \"type: pipeline\"")
            return nil
        }
        let value = object(node, as: schema)
        if let job = node["job"], job.text?.hasPrefix("azureml:") ?? false, type?.text != "pipeline" {
            // The SDK makes a whole job of what differs, and that has no command.
            error(
                .invalidValue, "only a pipeline job in the workspace can be changed by a schedule", at: job.mark,
                key: "job", hint: "write create_job: \(job.text ?? ""), or name the job's file")
        }
        return value
    }

    /// An import's own file, or the import.
    mutating func scheduledImport(_ node: Node) -> JSONValue? {
        guard node.mapping == nil else { return object(node, as: .dataImport) }
        guard let text = text(node, expecting: "an import: a file, or a mapping with source and path") else {
            return nil
        }
        guard !text.hasPrefix("file:") else {
            error(
                .wrongType, "an import's file is named by its path alone", at: node.mark,
                hint: "write \(text.dropFirst(5))")
            return nil
        }
        return include(text, at: node) { $0.object($1, as: .dataImport) }
    }
}

extension ObjectSchema {
    /// The schema of a scheduled job's changes, by its type.
    static func createJob(type: String?) -> ObjectSchema? {
        switch type {
        case "pipeline": createPipelineJob
        case "command": createCommandJob
        case "spark": createSparkJob
        default: nil
        }
    }

    private static let jobField = FieldSchema.required("job", .job)

    private static let createCommandJob = commandJob.with(
        titled: "a scheduled command job", [jobField, FieldSchema("environment", .jobEnvironment)],
        without: ["code", "command"])

    private static let jobFields: [FieldSchema] = {
        let names: Set = [
            "$schema", "id", "name", "description", "tags", "creation_context", "services", "display_name", "status",
            "experiment_name", "properties", "log_files", "compute", "identity",
        ]
        return commandJob.fields.filter { names.contains($0.name) } + [jobField]
    }()

    private static let createPipelineJob = ObjectSchema(
        "a scheduled pipeline job",
        jobFields + [
            FieldSchema("type", .choice(["pipeline"])), FieldSchema("inputs", .map(.jobInput)),
            FieldSchema("outputs", .map(.optional(.object(.jobOutput)))),
            FieldSchema(
                "settings",
                .object(
                    ObjectSchema(
                        "settings",
                        [
                            FieldSchema("default_datastore", .resource(.datastore)),
                            FieldSchema(
                                "default_compute",
                                .union(
                                    [.choice(["serverless"]), .resource(.compute)],
                                    expected: "azureml:NAME or serverless")),
                            FieldSchema("continue_on_step_failure", .boolean), FieldSchema("force_rerun", .boolean),
                        ], unknownKeys: .ignored))),
        ], ignoresReadOnlyKeys: true)

    private static let createSparkJob = ObjectSchema(
        "a scheduled Spark job",
        jobFields + [
            FieldSchema("type", .choice(["spark"])), FieldSchema("conf", .map(.something)),
            FieldSchema("environment", .optional(.jobEnvironment)),
        ], ignoresReadOnlyKeys: true)
}
