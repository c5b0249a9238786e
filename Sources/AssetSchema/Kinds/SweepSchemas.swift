import Digest
import YAML

extension ObjectSchema {
    /// As the reference page says.
    ///
    /// https://learn.microsoft.com/azure/machine-learning/reference-yaml-job-sweep
    static let sweepJob = ObjectSchema(
        "a sweep job",
        FieldSchema.merged(
            FieldSchema.jobFields, sweepFields,
            [
                .required("type", .choice(["sweep"])),
                .required("trial", .object(trial)),
                FieldSchema("inputs", .jobInputs), FieldSchema("outputs", .jobOutputs),
            ]), ignoresReadOnlyKeys: true, mayBeFile: true, checks: [sweepExpressions, inputNames, searchSpace],
        normalisation: normaliseSweep)

    /// What a sweep job and a sweep step say alike.
    static let sweepFields: [FieldSchema] = [
        FieldSchema("sampling_algorithm", .samplingAlgorithm),
        FieldSchema("search_space", .map(.searchSpaceParameter)),
        .required(
            "objective",
            .object(
                ObjectSchema(
                    "an objective",
                    [
                        .required("goal", .choice(["minimize", "maximize"], .snakeCase)),
                        .required("primary_metric", .string()),
                    ]))),
        FieldSchema("early_termination", .earlyTermination),
        .required("limits", .object(sweepLimits)),
        FieldSchema("queue_settings", .object(queueSettings)),
        FieldSchema("resources", .object(jobResources)),
    ]

    private static let trial = ObjectSchema(
        "a trial",
        [
            .schemaLink, .required("command", .string()), FieldSchema("code", .code),
            .required("environment", .jobEnvironment), FieldSchema("environment_variables", .textMap()),
            FieldSchema("resources", .object(jobResources)), FieldSchema("distribution", .distribution),
            FieldSchema("queue_settings", .object(queueSettings)),
        ], ignoresReadOnlyKeys: true)

    private static let sweepLimits = ObjectSchema(
        "limits",
        [
            FieldSchema("max_concurrent_trials", .integer(1...Int64.max)),
            .required("max_total_trials", .integer(1...Int64.max)),
            FieldSchema("timeout", .integer(1...Int64.max)), FieldSchema("trial_timeout", .integer(1...Int64.max)),
        ])

    /// An algorithm without settings is its name.
    @Sendable static func normaliseSweep(_ fields: inout [String: JSONValue]) {
        if case .object(let members)? = fields["sampling_algorithm"], members.count == 1, let type = members["type"] {
            fields["sampling_algorithm"] = type
        }
    }

    /// A trial's command may use inputs, outputs and the parameters of the search space.
    private static let sweepExpressions: Check = { node, _, state in
        guard let command = node["trial"]?["command"], let text = command.text else { return }
        let inputs = node["inputs"]?.mapping?.keys ?? []
        let outputs = node["outputs"]?.mapping?.keys ?? []
        let parameters = node["search_space"]?.mapping?.keys ?? []
        state.inside("trial") { state in
            for expression in Expression.all(in: text) {
                state.check(
                    expression, in: command, key: "command", owner: "the job", inputs: inputs, outputs: outputs,
                    searchSpace: parameters)
            }
        }
    }

    /// A sweep without parameters tries the same again and again.
    static let searchSpace: Check = { node, fields, state in
        guard fields["search_space"] == nil else { return }
        state.error(
            .missingPart, "a sweep without a search space has nothing to try", at: node.mark, key: "search_space",
            hint: "add \"search_space:\" with a distribution for each parameter")
    }
}

extension FieldType {
    static let samplingAlgorithm = FieldType.union(
        [
            .choice(["bayesian", "grid", "random"]),
            .object(
                ObjectSchema(
                    "a sampling algorithm",
                    [
                        .required("type", .choice(["random"], .snakeCase)), FieldSchema("seed", .integer()),
                        FieldSchema("logbase", .union([.anyNumber, .string()], expected: "a number or \"e\"")),
                        FieldSchema("rule", .choice(["random", "sobol"], .snakeCase)),
                    ])),
            .object(ObjectSchema("a sampling algorithm", [.required("type", .choice(["grid"], .snakeCase))])),
            .object(ObjectSchema("a sampling algorithm", [.required("type", .choice(["bayesian"], .snakeCase))])),
        ], expected: "\"bayesian\", \"grid\", \"random\" or a mapping with a type")

    static let earlyTermination = FieldType.union(
        [
            policy(
                "bandit",
                [
                    FieldSchema("slack_factor", .optional(.number())),
                    FieldSchema("slack_amount", .optional(.number())),
                ]),
            policy("median_stopping", []),
            policy("truncation_selection", [.required("truncation_percentage", .integer(1...99))]),
        ], expected: "an early termination policy (a mapping with a type)")

    private static func policy(_ type: String, _ fields: [FieldSchema]) -> FieldType {
        .object(
            ObjectSchema(
                "an early termination policy",
                [
                    .required("type", .choice([type], .snakeCase)),
                    FieldSchema("evaluation_interval", .optional(.integer(1...Int64.max))),
                    FieldSchema("delay_evaluation", .optional(.integer(0...Int64.max))),
                ] + fields))
    }

    // MARK: Distributions

    private static let distributionNumber = FieldType.union([.wholeNumber, .number()], expected: "a number")

    static let uniformDistributions = [
        distribution(["uniform", "loguniform"], ["min_value", "max_value"], distributionNumber),
        distribution(["quniform", "qloguniform"], ["min_value", "max_value", "q"], distributionNumber),
    ]
    static let normalDistributions = [
        distribution(["normal", "lognormal"], ["mu", "sigma"], distributionNumber),
        distribution(["qnormal", "qlognormal"], ["mu", "sigma", "q"], distributionNumber),
    ]
    static let wholeNumberDistributions = [
        distribution(["quniform", "qloguniform"], ["min_value", "max_value", "q"], .wholeNumber),
        distribution(["qnormal", "qlognormal"], ["mu", "sigma", "q"], .wholeNumber),
    ]
    static let randomInteger = distribution(["randint"], ["upper"], .integer())

    private static func distribution(_ types: [String], _ keys: [String], _ type: FieldType) -> FieldType {
        .object(
            ObjectSchema(
                "a distribution",
                [FieldSchema.required("type", .choice(types))] + keys.map { .required($0, type) }))
    }

    /// A choice of values of a type.
    static func choiceDistribution(of values: FieldType) -> FieldType {
        .object(
            ObjectSchema(
                "a distribution",
                [.required("type", .choice(["choice"])), FieldSchema("values", .list(values))]))
    }

    /// One parameter of a sweep.
    static let searchSpaceParameter = FieldType.union(
        [choiceDistribution(of: choiceValue(nestedChoice: choiceDistribution(of: choiceValue(nestedChoice: nil))))]
            + uniformDistributions + normalDistributions + [randomInteger],
        expected: "a distribution (a mapping with a type)")

    /// A value of a choice; one that is a mapping makes parameters that depend on it.
    private static func choiceValue(nestedChoice: FieldType?) -> FieldType {
        .union(
            [
                .wholeNumber, .string(), .number(),
                .map(
                    .union(
                        (nestedChoice.map { [$0] } ?? []) + normalDistributions + [randomInteger]
                            + uniformDistributions + [.wholeNumber, .number(), .string()], expected: "a value")),
            ], expected: "a value")
    }
}
