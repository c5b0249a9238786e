import Digest
import YAML

/// One form that a step of a pipeline may have.
struct StepForm: Sendable {
    /// The `type` of such a step.
    let type: String
    /// The `task`, where that tells forms of one type apart.
    let task: String?
    let schema: ObjectSchema
    /// Whether the step runs a component, or is itself a job.
    let isOfComponent: Bool

    init(_ type: String, task: String? = nil, _ schema: ObjectSchema, isOfComponent: Bool) {
        self.type = type
        self.task = task
        self.schema = schema
        self.isOfComponent = isOfComponent
    }

    /// All forms, in the order in which the SDK tries them on a step without a type.
    static let all: [StepForm] =
        [
            StepForm("sweep", .sweepStep, isOfComponent: true),
            StepForm("command", .commandStep, isOfComponent: true),
            StepForm("command", .commandJobStep, isOfComponent: false),
            StepForm("import", .importStep, isOfComponent: true),
            StepForm("import", .importJob, isOfComponent: false),
            StepForm("parallel", .parallelStep, isOfComponent: true),
            StepForm("parallel", .parallelJobStep, isOfComponent: false),
            StepForm("pipeline", .pipelineStep, isOfComponent: true),
        ]
        + AutoMLTask.allCases.map { StepForm("automl", task: $0.rawValue, $0.stepSchema, isOfComponent: false) } + [
            StepForm("spark", .sparkStep, isOfComponent: true),
            StepForm("spark", .sparkJobStep, isOfComponent: false),
            StepForm("data_transfer", task: "copy_data", .copyDataStep, isOfComponent: true),
            StepForm("data_transfer", task: "copy_data", .copyDataJobStep, isOfComponent: false),
            StepForm("data_transfer", task: "import_data", .importDataStep, isOfComponent: true),
            StepForm("data_transfer", task: "import_data", .importDataJobStep, isOfComponent: false),
            StepForm("data_transfer", task: "export_data", .exportDataStep, isOfComponent: true),
            StepForm("data_transfer", task: "export_data", .exportDataJobStep, isOfComponent: false),
        ]

    static let types = [
        "command", "import", "sweep", "parallel", "pipeline", "automl", "spark", "data_transfer",
    ]

    private static let byType = Dictionary(grouping: all, by: \.type)

    /// The forms of a type.
    static func forms(of type: String) -> [StepForm] { byType[type] ?? [] }
}

extension FieldType {
    /// Where a step's output goes.
    static let stepOutput = FieldType.union(
        [.expression, .outputBinding, .object(ObjectSchema.jobOutput.bindable())],
        expected: "${{parent.outputs.NAME}} or a mapping")
    /// The same of a step that is a job, where any text is taken.
    fileprivate static let jobStepOutput = FieldType.union(
        [.object(.jobOutput), .string()], expected: "${{parent.outputs.NAME}} or a mapping")
    /// The same of a data transfer, where only the one expression is taken.
    fileprivate static let transferOutput = FieldType.union(
        [.object(.jobOutput), .outputBinding], expected: "${{parent.outputs.NAME}} or a mapping")
    fileprivate static let externalSource = FieldType.union(
        [
            .object(
                ObjectSchema(
                    "a database",
                    [
                        .required("type", .choice(["database"])), FieldSchema("table_name", .string()),
                        FieldSchema("query", .string()), FieldSchema("stored_procedure", .string()),
                        FieldSchema(
                            "stored_procedure_params",
                            .list(
                                .object(
                                    ObjectSchema(
                                        "a parameter",
                                        ["name", "value", "type"].map { FieldSchema($0, .string()) })))),
                        .required("connection", .string()),
                    ])),
            .object(
                ObjectSchema(
                    "a file system",
                    [
                        FieldSchema("type", .choice(["file_system"])), FieldSchema("path", .string()),
                        .required("connection", .string()),
                    ])),
        ], expected: "a database or file system (a mapping with a type)")
}

extension ObjectSchema {
    private static let commonFields: [FieldSchema] = [
        .schemaLink,
        FieldSchema("inputs", .map(.jobInput.bindable(skipping: []))),
        FieldSchema("outputs", .map(.optional(.stepOutput))),
        FieldSchema("properties", .textMap(isStrict: true, keysMustBeText: true)),
        FieldSchema("comment", .string()),
        // The SDK does not read these, yet they count: the service shows them.
        FieldSchema("name", .optional(.string())),
        FieldSchema("display_name", .any), FieldSchema("description", .any),
        FieldSchema("tags", .optional(.textMap())), FieldSchema("experiment_name", .any),
    ]

    /// A file or folder can't be a number or a boolean; what it says of itself is only known of a component that is here.
    private static let portValues: Check = { node, fields, state in
        guard let definition = fields["component"]?["inputs"] ?? fields["trial"]?["inputs"] else { return }
        for entry in node["inputs"]?.mapping?.entries ?? [] {
            guard let type = definition[entry.name]?["type"]?.stringValue, !FieldType.primitiveTypes.contains(type)
            else { continue }
            let isLiteral = entry.value.mapping.map { $0.keys == ["value"] } ?? true
            switch (isLiteral ? entry.value["value"] ?? entry.value : nil)?.scalar?.resolved(.core11) {
            case .int?, .bigInteger?, .double?, .bool?: break
            default: continue
            }
            state.inside("inputs") { state in
                state.error(
                    .invalidValue, "the component's input \"\(entry.name)\" is of type \(type), not a plain value",
                    at: entry.value.mark, key: entry.name, hint: "write a path, or a mapping with type and path")
            }
        }
    }

    /// What steps that run a component have in common; the SDK hands on keys that it does not know.
    private static func step(_ title: String, _ fields: [FieldSchema], checks: [Check] = []) -> ObjectSchema {
        return ObjectSchema(
            title, FieldSchema.merged(commonFields, fields), ignoresReadOnlyKeys: true, unknownKeys: .kept,
            checks: checks + [portValues]
        ).bindable()
    }

    static let commandStep = step(
        "a command step",
        [
            FieldSchema("type", .choice(["command"])),
            .required("component", .component(.command)),
            FieldSchema("command", .string()), FieldSchema("code", .optional(.string())),
            FieldSchema("environment", .jobEnvironment),
            FieldSchema("environment_variables", .textMap()),
            FieldSchema("resources", .object(jobResources)),
            FieldSchema("distribution", .distribution), FieldSchema("queue_settings", .object(queueSettings)),
            FieldSchema("compute", .compute), FieldSchema("limits", .object(commandLimits)),
            FieldSchema("services", .map(.jobService)), FieldSchema("identity", .jobIdentity),
        ])

    static let sweepStep: ObjectSchema = {
        let schema = step(
            "a sweep step",
            [FieldSchema("type", .choice(["sweep"])), .required("trial", .component(.command))]
                + sweepFields + [FieldSchema("compute", .compute)], checks: [searchSpace])
        return ObjectSchema(
            schema.title, schema.fields, ignoresReadOnlyKeys: true, unknownKeys: .kept, checks: schema.checks,
            normalisation: normaliseSweep)
    }()

    static let parallelStep = step(
        "a parallel step",
        [
            FieldSchema("type", .choice(["parallel"])),
            .required("component", .component(.parallel)), FieldSchema("identity", .jobIdentity),
        ] + parallelJobFields, checks: [miniBatchSize(allowsExpressions: true)])

    /// A parallel job as a step.
    ///
    /// https://learn.microsoft.com/azure/machine-learning/reference-yaml-job-parallel
    static let parallelJobStep = ObjectSchema(
        "a parallel step",
        FieldSchema.merged(
            commonFields.filter { $0.name != "comment" }, parallelJobFields,
            [
                FieldSchema("type", .choice(["parallel"])), FieldSchema("services", .any),
                FieldSchema("identity", .any), FieldSchema("name", .any),
            ]
                + ["id", "status", "log_files", "creation_context", "base_path", "source_path", "print_as_yaml"].map {
                    FieldSchema($0, .any, use: .silent)
                }),
        ignoresReadOnlyKeys: true, checks: [miniBatchSize(allowsExpressions: true), parallelTaskIsThere]
    ).bindable()

    private static let parallelJobFields =
        parallelFields + [
            FieldSchema("compute", .compute), FieldSchema("resources", .object(jobResources)),
            FieldSchema("environment_variables", .map(.string())),
        ]

    /// The SDK says so when the job is created.
    private static let parallelTaskIsThere: Check = { node, _, state in
        guard node["task"] == nil, node["component"] == nil else { return }
        state.error(
            .missingPart, "a parallel step needs a task", at: node.mark, key: "task",
            hint: "add \"task:\" with type, code, entry_script and environment")
    }

    static let pipelineStep = step(
        "a pipeline step",
        [FieldSchema("type", .choice(["pipeline"])), .required("component", .component(.pipeline))])

    static let importStep = step(
        "an import step",
        [FieldSchema("type", .choice(["import"])), .required("component", .component(.import))])

    static let sparkStep = step(
        "a spark step",
        FieldSchema.merged(
            sparkFields,
            [
                FieldSchema("type", .choice(["spark"])), .required("component", .component(.spark)),
                FieldSchema("compute", .compute), FieldSchema("resources", .object(sparkStepResources)),
                FieldSchema("entry", .sparkEntry), FieldSchema("identity", .jobIdentity),
                FieldSchema("code", .optional(.string())), FieldSchema("properties", .map(.something)),
            ]), checks: [sparkLists])

    static let commandJobStep = commandJob.with(
        titled: "a command step",
        [
            FieldSchema("environment", .jobEnvironment),
            FieldSchema("outputs", .map(.optional(.jobStepOutput))),
        ], mayBeFile: true, checks: [environmentIsThere])

    /// The SDK lets a step leave its environment to a default that there no longer is.
    private static let environmentIsThere: Check = { node, _, state in
        guard node["environment"] == nil else { return }
        state.error(
            .missingPart, "a command step needs an environment", at: node.mark, key: "environment",
            hint: "add \"environment: azureml:NAME@latest\"")
    }

    static let sparkJobStep = sparkJob.with(
        titled: "a spark step", [FieldSchema("outputs", .map(.optional(.jobStepOutput)))])

    /// An import job, standing alone or as a step.
    static let importJob = ObjectSchema(
        "an import job",
        FieldSchema.jobFields.filter { $0.name != "compute" } + [
            FieldSchema("type", .choice(["import"])),
            .required(
                "source",
                .union(
                    [
                        .object(
                            ObjectSchema(
                                "a source",
                                [
                                    .required(
                                        "type", .choice(["azuresqldb", "azuresynapseanalytics", "snowflake"])),
                                    .required("connection", .string()), .required("query", .string()),
                                ])),
                        .object(
                            ObjectSchema(
                                "a source",
                                [
                                    .required("type", .choice(["s3"])), .required("connection", .string()),
                                    .required("path", .string()),
                                ])),
                    ], expected: "a source (a mapping with a type)")),
            .required("output", .object(jobOutput)),
        ], ignoresReadOnlyKeys: true, mayBeFile: true)

    // MARK: Data transfer

    private static func transfer(_ task: String) -> [FieldSchema] {
        [
            .required("type", .choice(["data_transfer"])), .required("task", .choice([task])),
            FieldSchema("compute", .compute),
        ]
    }

    private static func transferJob(_ task: String, _ fields: [FieldSchema], checks: [Check] = []) -> ObjectSchema {
        ObjectSchema(
            "a data transfer step", FieldSchema.merged(FieldSchema.jobFields, transfer(task), fields),
            ignoresReadOnlyKeys: true, mayBeFile: true, checks: checks)
    }

    static let copyDataStep = step(
        "a data transfer step", transfer("copy_data") + [.required("component", .component(.copyData))])
    static let copyDataJobStep = transferJob(
        "copy_data",
        [
            FieldSchema("data_copy_mode", .choice(["merge_with_overwrite", "fail_if_conflict"])),
            FieldSchema("inputs", .jobInputs), FieldSchema("outputs", .map(.optional(.transferOutput))),
        ])
    static let importDataStep = step(
        "a data transfer step",
        transfer("import_data") + [
            .required("component", .component(.registered)), .required("source", .externalSource),
            FieldSchema("outputs", .map(.stepOutput)),
        ], checks: [only("sink", in: "outputs"), none("inputs")])
    static let importDataJobStep = transferJob(
        "import_data",
        [.required("source", .externalSource), FieldSchema("outputs", .map(.optional(.transferOutput)))],
        checks: [only("sink", in: "outputs")])
    static let exportDataStep = step(
        "a data transfer step",
        transfer("export_data") + [
            .required("component", .component(.registered)), .required("sink", .externalSource),
        ], checks: [only("source", in: "inputs"), none("outputs")])
    static let exportDataJobStep = transferJob(
        "export_data", [.required("sink", .externalSource), FieldSchema("inputs", .jobInputs)],
        checks: [only("source", in: "inputs")])

    /// Data transfer has one input or output, and its name is given.
    private static func only(_ name: String, in key: String) -> Check {
        { node, _, state in
            guard let written = node[key], let mapping = written.mapping, mapping.keys != [name] else { return }
            state.error(
                .invalidValue, "\"\(key)\" of this data transfer is one, called \"\(name)\"", at: written.mark, key: key
            )
        }
    }

    private static func none(_ key: String) -> Check {
        { node, _, state in
            guard let written = node[key] else { return }
            state.error(.invalidValue, "this data transfer has no \"\(key)\"", at: written.mark, key: key)
        }
    }
}
