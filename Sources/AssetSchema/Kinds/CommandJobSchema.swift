import Digest
import YAML

extension ObjectSchema {
    /// As the reference page says.
    ///
    /// https://learn.microsoft.com/azure/machine-learning/reference-yaml-job-command
    static let commandJob = ObjectSchema(
        "a command job",
        FieldSchema.jobFields + [
            FieldSchema("type", .choice(["command"], .exact), default: "command"),
            .required("command", .string()),
            FieldSchema("code", .code),
            .required("environment", .jobEnvironment),
            FieldSchema("environment_variables", .textMap()),
            FieldSchema("inputs", .jobInputs), FieldSchema("outputs", .jobOutputs),
            FieldSchema("resources", .object(.jobResources)),
            FieldSchema("limits", .object(commandLimits)),
            FieldSchema("distribution", .distribution),
            FieldSchema("queue_settings", .object(.queueSettings)),
            FieldSchema("parent_job_name", .string()), .readOnly("parameters"),
        ], ignoresReadOnlyKeys: true, mayBeFile: true, checks: [commandExpressions, inputNames])

    static let commandLimits = ObjectSchema("limits", [FieldSchema("timeout", .integer(1...Int64.max))])

    static let queueSettings = ObjectSchema(
        "queue settings",
        [
            FieldSchema("job_tier", .choice(["spot", "basic", "standard", "premium", "null"])),
            FieldSchema("priority", .choice(["low", "medium", "high"])),
        ])

    /// Every expression of a command must name an input or output of the job; the service finds out only at run time.
    private static let commandExpressions: Check = { node, _, state in
        guard let command = node["command"], let text = command.text else { return }
        let inputs = node["inputs"]?.mapping?.keys ?? []
        let outputs = node["outputs"]?.mapping?.keys ?? []
        for expression in Expression.all(in: text) {
            state.check(
                expression, in: command, key: "command", owner: "the job", inputs: inputs, outputs: outputs)
        }
    }

    /// The SDK checks the names of inputs when it creates the job.
    static let inputNames: Check = { node, _, state in
        for key in ["inputs", "outputs"] {
            for entry in node[key]?.mapping?.entries ?? [] {
                let scalars = Array(entry.name.unicodeScalars)
                let isFine =
                    !scalars.isEmpty && !("0"..."9").contains(scalars[0])
                    && scalars.allSatisfy {
                        $0.isASCII && ($0.properties.isAlphabetic || ("0"..."9").contains($0) || $0 == "_")
                    }
                if !isFine {
                    state.error(
                        .nameRule,
                        "\(ReadState.quoted(entry.name)) can't be the name of an input or output: allowed "
                            + "are letters, digits and \"_\", not starting with a digit", at: entry.keyMark, key: key)
                }
            }
        }
    }
}

extension FieldType {
    /// A job's environment: a reference, or written on the spot.
    static let jobEnvironment = FieldType.union(
        [.object(.anonymousEnvironment), .asset(.environment, allowsNoVersion: true)],
        expected: "an environment: azureml:NAME:VERSION, azureml:NAME@latest, or a mapping with an image")

    static let distribution = FieldType.union(
        [
            .object(
                ObjectSchema(
                    "a distribution",
                    [
                        .required("type", .choice(["pytorch"])),
                        FieldSchema("process_count_per_instance", .integer(1...Int64.max)),
                    ])),
            .object(
                ObjectSchema(
                    "a distribution",
                    [
                        .required("type", .choice(["tensorflow"])),
                        FieldSchema("parameter_server_count", .integer(0...Int64.max)),
                        FieldSchema("worker_count", .integer(0...Int64.max)),
                    ])),
            .object(
                ObjectSchema(
                    "a distribution",
                    [
                        .required("type", .choice(["mpi"])),
                        FieldSchema("process_count_per_instance", .integer(1...Int64.max)),
                    ])),
            .object(
                ObjectSchema(
                    "a distribution",
                    [
                        .required("type", .choice(["ray"])), FieldSchema("port", .integer(1...65_535)),
                        FieldSchema("address", .string()), FieldSchema("include_dashboard", .boolean),
                        FieldSchema("dashboard_port", .integer(1...65_535)),
                        FieldSchema("head_node_additional_args", .string()),
                        FieldSchema("worker_node_additional_args", .string()),
                    ])),
        ], expected: "a distribution (a mapping with a type)")

    static let jobIdentity = FieldType.union(
        [
            .object(
                ObjectSchema(
                    "an identity",
                    [
                        .required("type", .choice(["managed", "managed_identity"], .snakeCase)),
                        FieldSchema("client_id", .string()), FieldSchema("object_id", .string()),
                        FieldSchema("msi_resource_id", .string()),
                    ])),
            .object(ObjectSchema("an identity", [.required("type", .choice(["aml_token"], .snakeCase))])),
            .object(ObjectSchema("an identity", [.required("type", .choice(["user_identity"], .snakeCase))])),
        ], expected: "an identity (a mapping with a type)")

    static let jobService = FieldType.union(
        [
            service("ssh", [FieldSchema("ssh_public_keys", .string())]),
            service("tensor_board", [FieldSchema("log_dir", .string())]),
            service("vs_code", []), service("jupyter_lab", []),
            .object(
                ObjectSchema(
                    "a service", [.schemaLink, FieldSchema("type", .string())] + serviceFields,
                    ignoresReadOnlyKeys: true)),
        ], expected: "a service (a mapping with a type)")

    private static let serviceFields: [FieldSchema] = [
        FieldSchema("port", .integer(1...65_535)), FieldSchema("nodes", .choice(["all"], .exact)),
        FieldSchema("properties", .map(.any, keysMustBeText: false)), .readOnly("endpoint"), .readOnly("status"),
        .readOnly("error_message"),
    ]

    private static func service(_ type: String, _ fields: [FieldSchema]) -> FieldType {
        .object(
            ObjectSchema(
                "a service", [.schemaLink, FieldSchema("type", .choice([type]))] + serviceFields + fields,
                ignoresReadOnlyKeys: true))
    }
}
