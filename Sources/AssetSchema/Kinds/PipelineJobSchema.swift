import Digest
import YAML

extension ObjectSchema {
    /// As the reference page says.
    ///
    /// https://learn.microsoft.com/azure/machine-learning/reference-yaml-job-pipeline
    static let pipelineJob = ObjectSchema(
        "a pipeline job",
        FieldSchema.merged(
            FieldSchema.jobFields,
            [
                FieldSchema("type", .choice(["pipeline"])),
                FieldSchema("settings", .object(pipelineSettings)),
                FieldSchema("inputs", .map(.jobInput.bindable(skipping: []))),
                FieldSchema("outputs", .jobOutputs),
                FieldSchema("jobs", .steps),
                FieldSchema("component", .component(.pipeline)),
            ]), ignoresReadOnlyKeys: true, mayBeFile: true,
        checks: [jobsOrComponent, pipelineBindings, pipelineCompute, inputNames])

    /// Unknown settings are handed on to the service.
    static let pipelineSettings = ObjectSchema(
        "pipeline settings",
        [
            FieldSchema("default_datastore", .resource(.datastore)),
            FieldSchema(
                "default_compute",
                .union([.choice(["serverless"]), .resource(.compute)], expected: "azureml:NAME or \"serverless\"")),
            FieldSchema("continue_on_step_failure", .boolean),
            FieldSchema("force_rerun", .boolean),
            FieldSchema("_source", .any, use: .service),
        ], unknownKeys: .kept)

    private static let jobsOrComponent: Check = { node, fields, state in
        guard let component = node["component"] else {
            guard node["jobs"]?.mapping?.isEmpty ?? true, node["jobs"] == nil || node["jobs"]?.mapping != nil else {
                return
            }
            state.error(
                .missingPart, "a pipeline without steps does nothing", at: node.mark, key: "jobs",
                hint: "add \"jobs:\" with a step")
            return
        }
        guard component.text != nil, let jobs = node["jobs"], jobs.mapping?.isEmpty == false else { return }
        state.error(
            .invalidValue, "\"jobs\" and \"component\" can't stand together in a pipeline job", at: jobs.mark,
            key: "jobs", hint: "remove one of them")
    }

    /// Each step needs something to run on; the service says so when the job is created.
    private static let pipelineCompute: Check = { node, _, state in
        guard node["compute"] == nil, node["settings"]?["default_compute"] == nil else { return }
        for entry in node["jobs"]?.mapping?.entries ?? [] {
            guard let step = entry.value.mapping, step["compute"] == nil, step["resources"] == nil,
                step["component"] == nil, step["trial"] == nil, step["type"]?.text != "import"
            else { continue }
            state.warning(
                .missingPart, "no compute is set for the step \(ReadState.quoted(entry.name))", at: entry.keyMark,
                key: "jobs", hint: "set \"settings.default_compute\", or \"compute\" in the step")
        }
    }
}

extension ComponentRule {
    static let command = ComponentRule(kinds: [.command], mayBeInline: true, title: "a command component")
    static let `import` = ComponentRule(kinds: [.import], mayBeInline: true, title: "an import component")
    static let parallel = ComponentRule(
        kinds: [.parallel, .flow, .flowRun], mayBeInline: true, title: "a parallel component")
    static let spark = ComponentRule(kinds: [.spark], mayBeInline: true, title: "a spark component")
    static let copyData = ComponentRule(kinds: [.copyData], mayBeInline: true, title: "a data transfer component")
    /// A pipeline component is always a file or registered.
    static let pipeline = ComponentRule(kinds: [.pipeline], mayBeInline: false, title: "a pipeline component")
    /// The service brings these itself.
    static let registered = ComponentRule(kinds: [], mayBeInline: false, title: "a registered component")
}
