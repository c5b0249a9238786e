import Digest
package import YAML

/// How a step may name its component.
package struct ComponentRule: Sendable {
    /// The component schemas that a file or mapping may have.
    package var kinds: [ComponentKind]
    /// Whether it may be written on the spot, or named with `file:`.
    package var mayBeInline: Bool
    /// What it is called in messages.
    package var title: String
}

/// The kinds of component that a file may define.
package enum ComponentKind: String, Sendable, CaseIterable {
    case command
    case pipeline
    case parallel
    case spark
    case `import`
    case automl
    case copyData = "data_transfer_copy_data"
    case importData = "data_transfer_import_data"
    case exportData = "data_transfer_export_data"
    case flow = "promptflow_parallel"
    case flowRun = "promptflow_run"

    /// The kind a document says it is, as the SDK reads `type`; nil for what it does not know.
    package init?(_ node: Node) {
        let type: String
        switch node["type"] {
        case nil:
            switch node["$schema"]?.text {
            case Self.flowLinks.flow?: self = .flow
            case Self.flowLinks.run?: self = .flowRun
            default: self = .command
            }
            return
        case let written?:
            guard case .string(let text)? = written.scalar?.resolved(.core11) else { return nil }
            // A version may follow, as in `command@1`; older files have it.
            type = String(text.split(separator: "@", omittingEmptySubsequences: false)[0]).lowercased()
        }
        if type == "data_transfer" {
            self.init(rawValue: "data_transfer_\(node["task"]?.text ?? " ")")
        } else {
            self.init(rawValue: type)
        }
    }

    /// A flow calls itself by these alone, letter for letter.
    private static let flowLinks = (
        flow: "https://azuremlschemas.azureedge.net/promptflow/latest/Flow.schema.json",
        run: "https://azuremlschemas.azureedge.net/promptflow/latest/Run.schema.json"
    )

    /// The schema of a file that is registered under its own name.
    package var schema: ObjectSchema {
        switch self {
        case .command: .commandComponent
        case .pipeline: .pipelineComponent
        case .parallel: .parallelComponent
        case .spark: .sparkComponent
        case .import: .importComponent
        case .automl: .autoMLComponent
        case .copyData: .copyDataComponent
        case .importData: .importDataComponent
        case .exportData: .exportDataComponent
        case .flow: .flowComponent
        case .flowRun: .flowRunComponent
        }
    }

    /// The schema of a component in a step: its name and version say nothing there.
    var includedSchema: ObjectSchema {
        switch self {
        case .command: .includedCommandComponent
        case .pipeline: .includedPipelineComponent
        case .parallel: .includedParallelComponent
        case .spark: .includedSparkComponent
        case .import: .includedImportComponent
        case .copyData: .includedCopyDataComponent
        default: schema
        }
    }
}

extension ObjectSchema {
    /// As the reference page says.
    ///
    /// https://learn.microsoft.com/azure/machine-learning/reference-yaml-component-command
    static let commandComponent = component(
        "a command component",
        [
            FieldSchema("type", .choice(["command"]), default: "command"),
            .required("command", .string()), FieldSchema("code", .code), .required("environment", .jobEnvironment),
            FieldSchema("environment_variables", .optional(.textMap())),
            FieldSchema("resources", .object(jobResources.with([], unknownKeys: .kept))),
            FieldSchema("distribution", .componentDistribution),
            FieldSchema("queue_settings", .object(queueSettings)),
            FieldSchema("properties", .map(.something)),
            FieldSchema("outputs", .map(.componentOutput)),
            FieldSchema("additional_includes", .list(.string())),
        ], checks: [componentExpressions(in: "command")])

    static let includedCommandComponent = commandComponent.included(
        [FieldSchema("environment_variables", .textMap())])

    /// As the reference page says.
    ///
    /// https://learn.microsoft.com/azure/machine-learning/reference-yaml-component-pipeline
    static let pipelineComponent = component(
        "a pipeline component",
        [
            FieldSchema("type", .choice(["pipeline"])),
            FieldSchema("jobs", .steps),
            FieldSchema("outputs", .map(.componentOutput)),
        ], checks: [pipelineBindings])

    static let includedPipelineComponent = pipelineComponent.included()

    /// Of a parallel step's task.
    static let parallelComponent = component(
        "a parallel component",
        [.required("type", .choice(["parallel"]))] + parallelFields + [
            FieldSchema("resources", .object(jobResources.with([], unknownKeys: .kept)))
        ], checks: [miniBatchSize(allowsExpressions: false)])

    static let includedParallelComponent = parallelComponent.included()

    /// As the reference page says.
    ///
    /// https://learn.microsoft.com/azure/machine-learning/reference-yaml-component-spark
    static let sparkComponent = component(
        "a spark component",
        [FieldSchema("type", .choice(["spark"]))] + sparkFields + [
            FieldSchema("properties", .map(.something)), FieldSchema("additional_includes", .list(.string())),
        ], checks: [sparkLists, componentExpressions(in: "args")])

    static let includedSparkComponent = sparkComponent.included()

    static let importComponent = component(
        "an import component",
        [
            FieldSchema("type", .choice(["import"])),
            .required("source", .map(.componentInput)),
            .required("output", .object(FieldType.outputPort)),
        ])

    static let includedImportComponent = importComponent.included()

    static let autoMLComponent = component(
        "an AutoML component",
        [
            .required("type", .choice(["automl"])),
            .required("task", .choice(AutoMLTask.allCases.map(\.rawValue), .snakeCase)),
        ])

    /// A flow of prompts that runs as a parallel component; what the flow itself does stands in keys of its own.
    static let flowComponent = ObjectSchema(
        "a flow",
        flowFields + [
            FieldSchema("environment_variables", .map(.string())),
            FieldSchema("additional_includes", .list(.path(PathRule(.code)))),
            FieldSchema("inputs", .any), FieldSchema("outputs", .any), FieldSchema("nodes", .any),
            FieldSchema("node_variants", .any), FieldSchema("environment", .any),
        ], ignoresReadOnlyKeys: true, unknownKeys: .kept, mayBeFile: true)

    static let flowRunComponent = ObjectSchema(
        "a run of a flow",
        flowFields + [
            .required("flow", .path(PathRule(.code))), FieldSchema("variant", .string()),
            FieldSchema("column_mappings", .map(.string())), FieldSchema("connections", .map(.map(.string()))),
            FieldSchema("environment_variables", .map(.string())),
        ], ignoresReadOnlyKeys: true, unknownKeys: .kept, mayBeFile: true)

    private static let flowFields: [FieldSchema] = [
        .schemaLink, FieldSchema("type", .string(), use: .service), FieldSchema("name", .string(.component)),
        FieldSchema("version", .string()), FieldSchema("display_name", .string()), .description,
        FieldSchema("tags", .map(.string())),
        FieldSchema(
            "azureml",
            .object(
                ObjectSchema(
                    "overrides",
                    [FieldSchema("environment", .jobEnvironment), FieldSchema("is_deterministic", .boolean)]))),
    ]

    static let copyDataComponent = component(
        "a data transfer component",
        [
            FieldSchema("type", .choice(["data_transfer"])),
            .required("task", .choice(["copy_data"])),
            FieldSchema("data_copy_mode", .choice(["merge_with_overwrite", "fail_if_conflict"])),
            FieldSchema("inputs", .map(.object(FieldType.inputPort))),
        ])

    static let includedCopyDataComponent = copyDataComponent.included()

    static let importDataComponent = component(
        "a data transfer component",
        [
            FieldSchema("type", .choice(["data_transfer"])), .required("task", .choice(["import_data"])),
            .required(
                "source", .object(ObjectSchema("a source", [.required("type", .choice(["database", "file_system"]))]))),
            .required("outputs", .map(.object(FieldType.outputPort))),
        ])

    static let exportDataComponent = component(
        "a data transfer component",
        [
            FieldSchema("type", .choice(["data_transfer"])), .required("task", .choice(["export_data"])),
            .required("inputs", .map(.object(FieldType.inputPort))),
            .required(
                "sink", .object(ObjectSchema("a sink", [.required("type", .choice(["database", "file_system"]))]))),
        ])

    /// What all components have in common; the SDK hands on keys that it does not know.
    private static func component(_ title: String, _ fields: [FieldSchema], checks: [Check] = []) -> ObjectSchema {
        let common: [FieldSchema] = [
            FieldSchema("$schema", .string(), use: .service),
            .required("name", .string(.component)),
            FieldSchema("version", .union([.version, .any], expected: "a version")),
            FieldSchema("id", .string(), use: .service),
            .description, FieldSchema("display_name", .string()),
            FieldSchema("tags", .map(.string())),
            FieldSchema("is_deterministic", .boolean, default: true),
            FieldSchema("inputs", .map(.componentInput)),
            FieldSchema("outputs", .map(.object(FieldType.outputPort))),
            FieldSchema("auto_delete_setting", .object(autoDeleteSetting)),
            .creationContext, .readOnly("latest_version"),
        ]
        return ObjectSchema(
            title, FieldSchema.merged(common, fields), ignoresReadOnlyKeys: true, unknownKeys: .kept,
            checks: [versionIsText] + checks)
    }

    /// The SDK makes text of any version that says something.
    private static let versionIsText: Check = { node, _, state in
        guard let version = node["version"], version.scalar == nil else { return }
        let isEmpty = version.mapping?.isEmpty ?? version.sequence?.isEmpty ?? false
        state.error(
            isEmpty ? .wrongType : .wrongTextValue, "expected a version, not \(version.kindDescription)",
            at: version.mark, key: "version")
    }

    private func included(_ changes: [FieldSchema] = []) -> ObjectSchema {
        with(
            FieldSchema.merged(
                [
                    FieldSchema("name", .any, use: .silent), FieldSchema("version", .any, use: .silent),
                    FieldSchema("tags", .textMap(keysMustBeText: true)),
                ], changes), mayBeFile: true)
    }

    /// Every expression of a component must name an input or output of its own; the SDK says so when it registers it.
    static func componentExpressions(in key: String) -> Check {
        { node, _, state in
            guard let command = node[key], let text = command.text else { return }
            let inputs = node["inputs"]?.mapping?.keys ?? []
            let outputs = node["outputs"]?.mapping?.keys ?? []
            for expression in Expression.all(in: text) {
                state.check(
                    expression, in: command, key: key, owner: "the component", inputs: inputs, outputs: outputs)
            }
        }
    }
}

extension FieldType {
    static let componentDistribution: FieldType = {
        guard case .union(let types, let expected) = FieldType.distribution else { return .distribution }
        return .union(
            types.map { type in
                guard case .object(let schema) = type else { return type }
                return .object(schema.with([], unknownKeys: .kept))
            }, expected: expected)
    }()
}
