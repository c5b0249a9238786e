import Digest
import YAML

extension ObjectSchema {
    private static let deploymentFields: [FieldSchema] = [
        .schemaLink, .required("name", .string(.deployment)),
        .required("endpoint_name", .string(.endpointOfDeployment)),
        .description, FieldSchema("id", .string(), use: .service),
        FieldSchema("tags", .textMap()),
        FieldSchema("properties", .textMap()),
        FieldSchema(
            "model",
            .union(
                [.asset(.model, allowsNoVersion: true), .object(.anonymousModel)],
                expected: "a model: azureml:NAME:VERSION, azureml:NAME@latest, or a mapping with a path")),
        FieldSchema("code_configuration", .object(codeConfiguration)),
        FieldSchema(
            "environment",
            .union(
                [
                    .asset(.environment, allowsNoVersion: true), .object(.environment), .object(.anonymousEnvironment),
                ], expected: "an environment: azureml:NAME:VERSION, azureml:NAME@latest, or a mapping with an image")),
        FieldSchema("environment_variables", .textMap()),
    ]

    private static let codeConfiguration = ObjectSchema(
        "a code configuration",
        [
            .schemaLink,
            FieldSchema("code", .path(PathRule(.scoringCode, or: [.url, .git, .registryCode, .codeAsset]))),
            FieldSchema("scoring_script", .string()),
        ], ignoresReadOnlyKeys: true,
        checks: [
            { node, _, state in
                // The SDK says so when it creates the deployment.
                guard let code = node["code"], node["scoring_script"] == nil else { return }
                state.error(
                    .missingPart, "code needs a scoring script", at: code.mark, key: "scoring_script",
                    hint: "add \"scoring_script: score.py\", the file in that folder")
            }
        ])

    /// As the reference page says.
    ///
    /// https://learn.microsoft.com/azure/machine-learning/reference-yaml-deployment-managed-online
    static let managedOnlineDeployment = ObjectSchema(
        "an online deployment",
        deploymentFields + onlineFields + [
            .required("instance_type", .string()),
            FieldSchema("egress_public_network_access", .choice(["enabled", "disabled"]), default: "enabled"),
            FieldSchema("private_network_connection", .boolean),
            .creationContext,
        ], ignoresReadOnlyKeys: true,
        checks: [
            { node, fields, state in
                // The SDK says so when it creates the deployment.
                guard fields["scale_settings"]?["type"]?.stringValue == "target_utilization" else { return }
                state.error(
                    .conflictingKeys, "a managed online deployment has default scale settings only",
                    at: node["scale_settings"]?.mark ?? node.mark, key: "scale_settings",
                    hint: "scale it by an autoscale rule of its endpoint instead")
            }
        ])

    /// As the reference page says.
    ///
    /// https://learn.microsoft.com/azure/machine-learning/reference-yaml-deployment-kubernetes-online
    static let kubernetesOnlineDeployment = ObjectSchema(
        "a Kubernetes online deployment",
        deploymentFields + onlineFields + [FieldSchema("resources", .object(containerResources))],
        ignoresReadOnlyKeys: true,
        checks: [
            { node, _, state in
                for (key, value) in [
                    ("environment", node["environment"]), ("model", node["model"]),
                    ("code", node["code_configuration"]?["code"]),
                ] {
                    guard let value, let text = value.text, text.hasPrefix("azureml:"),
                        text.contains("azureml://registries/")
                    else { continue }
                    state.error(
                        .invalidReference, "a Kubernetes online deployment takes nothing from a registry",
                        at: value.mark, key: key == "code" ? "code_configuration" : key)
                }
            }
        ])

    private static let onlineFields: [FieldSchema] = [
        FieldSchema("app_insights_enabled", .boolean, default: false),
        FieldSchema(
            "scale_settings",
            .union(
                [
                    .object(
                        ObjectSchema("scale settings", [.required("type", .choice(["default"], .snakeCase))])),
                    .object(
                        ObjectSchema(
                            "scale settings",
                            [
                                .required("type", .choice(["target_utilization"], .snakeCase)),
                                FieldSchema("polling_interval", .integer(1...Int64.max)),
                                FieldSchema("target_utilization_percentage", .integer(1...100)),
                                FieldSchema("min_instances", .integer(0...Int64.max)),
                                FieldSchema("max_instances", .integer(1...Int64.max)),
                            ])),
                ], expected: "scale settings (a mapping with a type)"), default: ["type": "default"]),
        FieldSchema("request_settings", .object(requestSettings)),
        FieldSchema("liveness_probe", .object(probe)),
        FieldSchema("readiness_probe", .object(probe)),
        FieldSchema("provisioning_state", .string(), use: .service),
        FieldSchema("instance_count", .integer(1...Int64.max), default: 1),
        FieldSchema("type", .choice(["managed", "kubernetes"], .snakeCase), default: "managed"),
        FieldSchema("model_mount_path", .string()),
        FieldSchema("instance_type", .string()),
        FieldSchema("data_collector", .object(dataCollector)),
    ]

    /// Defaults are those of the reference page.
    ///
    /// https://learn.microsoft.com/azure/machine-learning/reference-yaml-deployment-managed-online#requestsettings
    private static let requestSettings = ObjectSchema(
        "request settings",
        [
            FieldSchema("request_timeout_ms", .integer(1...180_000), default: 5_000),
            FieldSchema("max_concurrent_requests_per_instance", .integer(1...Int64.max), default: 1),
            FieldSchema("max_queue_wait_ms", .integer(0...Int64.max)),
        ])

    /// Defaults are those of the reference page.
    ///
    /// https://learn.microsoft.com/azure/machine-learning/reference-yaml-deployment-managed-online#probesettings
    private static let probe = ObjectSchema(
        "a probe",
        [
            FieldSchema("period", .integer(1...Int64.max), default: 10),
            FieldSchema("initial_delay", .integer(0...Int64.max), default: 10),
            FieldSchema("timeout", .integer(1...Int64.max), default: 2),
            FieldSchema("success_threshold", .integer(1...Int64.max), default: 1),
            FieldSchema("failure_threshold", .integer(1...Int64.max), default: 30),
        ])

    private static let resourceAmounts = ObjectSchema(
        "resource amounts",
        [
            FieldSchema("cpu", .string()), FieldSchema("memory", .string()), FieldSchema("gpu", .string()),
            FieldSchema("nvidia.com/gpu", .string()),
        ])

    private static let containerResources = ObjectSchema(
        "resources",
        [FieldSchema("requests", .object(resourceAmounts)), FieldSchema("limits", .object(resourceAmounts))])

    private static let dataCollector = ObjectSchema(
        "a data collector",
        [
            FieldSchema(
                "collections",
                .map(
                    .object(
                        ObjectSchema(
                            "a collection",
                            [
                                .required("enabled", .choice(["true", "false"])),
                                FieldSchema(
                                    "data",
                                    .union(
                                        [
                                            .object(
                                                ObjectSchema(
                                                    "collected data",
                                                    [
                                                        FieldSchema("name", .string()), FieldSchema("path", .string()),
                                                        FieldSchema("version", .string()),
                                                        FieldSchema("data_id", .string()),
                                                    ])), .string(),
                                        ], expected: "a data asset: text, or a mapping")),
                                FieldSchema("client_id", .string()),
                            ])))),
            FieldSchema("rolling_rate", .choice(["minute", "day", "hour"])),
            FieldSchema("sampling_rate", .number(0...1)),
            FieldSchema(
                "request_logging",
                .object(ObjectSchema("request logging", [FieldSchema("capture_headers", .list(.string()))]))),
        ])

    // MARK: Batch

    /// Defaults are those of the reference page.
    ///
    /// https://learn.microsoft.com/azure/machine-learning/reference-yaml-deployment-batch
    private static let batchSettingFields: [FieldSchema] = [
        FieldSchema("error_threshold", .integer(-1...Int64.max), default: -1),
        FieldSchema("retry_settings", .object(retrySettings)),
        FieldSchema("mini_batch_size", .integer(1...Int64.max), default: 10),
        FieldSchema("logging_level", .string(), default: "info"),
        FieldSchema("output_action", .choice(["append_row", "summary_only"]), default: "append_row"),
        FieldSchema("output_file_name", .string(), default: "predictions.csv"),
        FieldSchema("max_concurrency_per_instance", .integer(1...Int64.max), default: 1),
    ]

    private static let retrySettings = ObjectSchema(
        "retry settings",
        [
            FieldSchema("max_retries", .integer(0...Int64.max), default: 3),
            FieldSchema("timeout", .integer(1...Int64.max), default: 30),
        ])

    /// As the reference page says.
    ///
    /// https://learn.microsoft.com/azure/machine-learning/reference-yaml-deployment-batch
    static let batchDeployment = ObjectSchema(
        "a batch deployment",
        deploymentFields + batchSettingFields + [
            FieldSchema("compute", .compute),
            FieldSchema("resources", .object(.jobResources)),
            FieldSchema("type", .choice(["pipeline", "model"])),
            .creationContext, .readOnly("provisioning_state"),
        ], ignoresReadOnlyKeys: true, checks: [loggingLevel, outputFile])

    /// The same with its settings under `settings`; the reader moves them up, so that both have one form.
    static let modelBatchDeployment = ObjectSchema(
        "a batch deployment",
        deploymentFields + [
            .required("compute", .compute),
            FieldSchema("error_threshold", .integer(-1...Int64.max), default: -1),
            FieldSchema("resources", .object(.jobResources)),
            FieldSchema("type", .choice(["pipeline", "model"])),
            FieldSchema(
                "settings",
                .object(
                    ObjectSchema(
                        "batch settings",
                        batchSettingFields + [
                            FieldSchema("instance_count", .integer(1...Int64.max), default: 1),
                            FieldSchema("environment_variables", .textMap()),
                        ],
                        checks: [
                            loggingLevel, outputFile,
                            // The SDK's class wants it, which its schema does not say.
                            { node, _, state in
                                guard node["mini_batch_size"] == nil else { return }
                                state.error(
                                    .missingKey, "batch settings need \"mini_batch_size\"", at: node.mark,
                                    key: "mini_batch_size", hint: "add \"mini_batch_size: 10\"")
                            },
                        ]))),
        ], ignoresReadOnlyKeys: true,
        checks: [
            { node, _, state in
                guard node["resources"] != nil, let count = node["settings"]?["instance_count"] else { return }
                state.error(
                    .invalidValue, "the instance count can't stand in both resources and settings", at: count.mark,
                    key: "settings")
            }
        ])

    /// A pipeline behind an endpoint.
    ///
    /// https://learn.microsoft.com/azure/machine-learning/reference-yaml-deployment-batch
    static let pipelineBatchDeployment = ObjectSchema(
        "a pipeline component deployment",
        [
            .schemaLink, FieldSchema("name", .string(.deployment)),
            FieldSchema("endpoint_name", .string(.endpointOfDeployment)),
            FieldSchema(
                "component",
                .component(ComponentRule(kinds: [.pipeline], mayBeInline: false, title: "a pipeline component"))),
            FieldSchema("settings", .map(.any, keysMustBeText: false)),
            FieldSchema("type", .choice(["pipeline", "model"])),
            FieldSchema(
                "job_definition",
                .union(
                    [.resource(nil), .map(.any, keysMustBeText: false)],
                    expected: "a job: azureml:NAME, or a mapping")),
            FieldSchema("tags", .map(.any, keysMustBeText: false)), .description,
        ], ignoresReadOnlyKeys: true)

    private static let loggingLevel: Check = { node, fields, state in
        guard let level = fields["logging_level"]?.stringValue else { return }
        let known = ["warning", "info", "debug"]
        guard !known.contains(level.lowercased()) else { return }
        state.error(
            .outOfRange, "\(ReadState.quoted(level)) is no logging level; expected \(ReadState.list(known))",
            at: node["logging_level"]?.mark ?? node.mark, key: "logging_level",
            hint: EditDistanceHint.hint(for: level, among: known))
    }

    /// The SDK says so when it creates the deployment.
    private static let outputFile: Check = { node, fields, state in
        guard fields["output_action"]?.stringValue == "summary_only", let name = node["output_file_name"] else {
            return
        }
        state.error(
            .conflictingKeys, "an output file name makes no sense with summary_only", at: name.mark,
            key: "output_file_name", hint: "remove it, or write output_action: append_row")
    }
}
