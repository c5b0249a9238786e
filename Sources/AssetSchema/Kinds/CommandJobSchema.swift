import Digest
import YAML

extension ObjectSchema {
    /// As the reference page says.
    ///
    /// https://learn.microsoft.com/azure/machine-learning/reference-yaml-job-command
    static let commandJob = ObjectSchema(
        "a command job",
        [
            .schemaLink,
            FieldSchema("type", .choice(["command"], .exact), default: "command"),
            FieldSchema("name", .string(.job)), .readOnly("id"), .description,
            FieldSchema("display_name", .string()),
            FieldSchema("experiment_name", .string(.experiment)),
            FieldSchema("tags", .textMap(isStrict: true, keysMustBeText: true)),
            FieldSchema("properties", .textMap(isStrict: true, keysMustBeText: true)),
            .required("command", .string()),
            FieldSchema("code", .path(PathRule(.code, or: [.url, .git, .registryCode, .codeAsset]))),
            .required("environment", .jobEnvironment),
            FieldSchema("environment_variables", .textMap()),
            FieldSchema("inputs", .map(.jobInput)),
            FieldSchema("outputs", .map(.optional(.object(.jobOutput)))),
            FieldSchema("compute", .compute),
            FieldSchema("resources", .object(.jobResources)),
            FieldSchema("limits", .object(ObjectSchema("limits", [FieldSchema("timeout", .integer(1...Int64.max))]))),
            FieldSchema("distribution", .distribution),
            FieldSchema("queue_settings", .object(.queueSettings)),
            FieldSchema("identity", .jobIdentity),
            FieldSchema("services", .map(.jobService)),
            FieldSchema("parent_job_name", .string()),
            .creationContext, .readOnly("status"), .readOnly("log_files"), .readOnly("parameters"),
        ], ignoresReadOnlyKeys: true, checks: [commandExpressions, inputNames])

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
            func report(_ code: FindingCode, _ message: String, hint: String?) {
                let mark = state.mark(of: expression.text, occurrence: expression.occurrence, in: command)
                state.error(code, message, at: mark, key: "command", hint: hint)
            }
            if let input = expression.input {
                guard !inputs.contains(input), !expression.isOptional else { continue }
                report(
                    .unknownInput, "the command uses \(expression.text), but the job has no input \"\(input)\"",
                    hint: EditDistanceHint.hint(for: input, among: inputs)
                        ?? "add it under \"inputs\", or write [--flag \(expression.text)] if it may be missing")
            } else if let output = expression.output {
                guard !outputs.contains(output), output != "default" else { continue }
                report(
                    .unknownOutput, "the command uses \(expression.text), but the job has no output \"\(output)\"",
                    hint: EditDistanceHint.hint(for: output, among: outputs) ?? "add it under \"outputs\"")
            } else {
                report(
                    .unknownExpression, "\(expression.text) means nothing in a command job",
                    hint: "known are ${{inputs.NAME}} and ${{outputs.NAME}}")
            }
        }
    }

    /// The SDK checks the names of inputs when it creates the job.
    private static let inputNames: Check = { node, _, state in
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
