import Digest
import YAML

extension ObjectSchema {
    /// What a monitoring schedule creates.
    static let monitor = ObjectSchema(
        "a monitor",
        [
            .required(
                "compute",
                .object(
                    ObjectSchema(
                        "compute",
                        [
                            FieldSchema("compute_type", .string()), .required("runtime_version", .string()),
                            .required("instance_type", .string()),
                        ]))),
            FieldSchema(
                "monitoring_target",
                .object(
                    ObjectSchema(
                        "a monitoring target",
                        [
                            FieldSchema("model_id", .asset(.model, allowsNoVersion: false)),
                            FieldSchema("ml_task", .choice(["classification", "regression", "questionanswering"])),
                            FieldSchema("endpoint_deployment_id", .string()),
                        ]))),
            FieldSchema(
                "monitoring_signals",
                .map(
                    .union(
                        [
                            .object(dataDrift), .object(dataQuality), .object(predictionDrift),
                            .object(attributionDrift), .object(customSignal), .object(safety),
                            .object(performance), .object(tokenStatistics),
                        ], expected: "a signal (a mapping with a type)"))),
            FieldSchema(
                "alert_notification",
                .union(
                    [
                        .choice(["azmonitoring"]),
                        .object(ObjectSchema("a notification", [FieldSchema("emails", .list(.string()))])),
                    ], expected: "azmonitoring, or a mapping with emails")),
        ])

    private static let dataDrift = signal(
        "data_drift",
        dataFields + featureFields + [
            thresholds([
                "numerical": .object(numericalDrift), "categorical": .object(categoricalDrift),
            ]),
            dataSegment,
        ])

    private static let dataQuality = signal(
        "data_quality",
        dataFields + featureFields + [
            thresholds(["numerical": .object(quality), "categorical": .object(quality)])
        ])

    private static let predictionDrift = signal(
        "prediction_drift",
        dataFields + [
            thresholds(
                [
                    "numerical": .object(numericalDrift), "categorical": .object(categoricalDrift),
                ], areRequired: true)
        ])

    private static let attributionDrift = ObjectSchema(
        "a feature_attribution_drift signal",
        [
            typeField("feature_attribution_drift"), FieldSchema("production_data", .list(.object(attributionData))),
            .required("reference_data", .object(referenceData)), FieldSchema("alert_enabled", .boolean),
            .required(
                "metric_thresholds",
                .object(
                    ObjectSchema(
                        "thresholds",
                        [
                            FieldSchema("threshold", .number()),
                            FieldSchema("normalized_discounted_cumulative_gain", .number()),
                        ]))),
        ])

    private static let performance = signal(
        "model_performance",
        [
            .required("production_data", .object(productionData)), .required("reference_data", .object(referenceData)),
            FieldSchema("properties", .map(.any, keysMustBeText: false)), FieldSchema("alert_enabled", .boolean),
            dataSegment,
            .required(
                "metric_thresholds",
                .object(
                    ObjectSchema(
                        "thresholds",
                        [
                            FieldSchema("threshold", .number()),
                            FieldSchema(
                                "classification", .object(numbers("thresholds", ["accuracy", "precision", "recall"]))),
                            FieldSchema("regression", .object(numbers("thresholds", ["mae", "mse", "rmse"]))),
                        ]))),
        ])

    private static let customSignal = ObjectSchema(
        "a custom signal",
        [
            typeField("custom"),
            FieldSchema(
                "connection",
                .object(
                    ObjectSchema(
                        "a connection",
                        [
                            FieldSchema("environment_variables", .map(.string())),
                            FieldSchema("secret_config", .map(.string())),
                        ]))),
            .required("component_id", .asset(.component, allowsNoVersion: false)),
            .required(
                "metric_thresholds",
                .list(
                    .object(
                        ObjectSchema(
                            "a threshold",
                            [FieldSchema("threshold", .number()), .required("metric_name", .string())])))),
            FieldSchema("input_data", .map(.object(referenceData))), FieldSchema("alert_enabled", .boolean),
            FieldSchema("inputs", .map(.dataInput)),
            FieldSchema("properties", .map(.any, keysMustBeText: false)),
        ])

    private static let safety = ObjectSchema(
        "a generation_safety_quality signal",
        [
            typeField("generation_safety_quality"), FieldSchema("production_data", .list(.object(languageData))),
            FieldSchema("connection_id", .string()),
            .required(
                "metric_thresholds",
                .object(
                    ObjectSchema(
                        "thresholds",
                        ["groundedness", "relevance", "coherence", "fluency", "similarity"].map { metric in
                            FieldSchema(
                                metric,
                                .object(
                                    numbers(
                                        "thresholds of \(metric)",
                                        ["aggregated_\(metric)_pass_rate", "acceptable_\(metric)_score_per_instance"])))
                        }))),
            FieldSchema("alert_enabled", .boolean), FieldSchema("properties", .map(.any, keysMustBeText: false)),
            FieldSchema("sampling_rate", .number()),
        ])

    private static let tokenStatistics = ObjectSchema(
        "a generation_token_statistics signal",
        [
            typeField("generation_token_statistics"), FieldSchema("production_data", .object(languageData)),
            FieldSchema(
                "metric_thresholds",
                .object(
                    ObjectSchema(
                        "thresholds",
                        [
                            FieldSchema(
                                "totaltoken",
                                .object(
                                    numbers("token thresholds", ["total_token_count", "total_token_count_per_group"])))
                        ]))),
            FieldSchema("alert_enabled", .boolean), FieldSchema("properties", .map(.any, keysMustBeText: false)),
            FieldSchema("sampling_rate", .number()),
        ])

    // MARK: Parts

    private static func typeField(_ type: String) -> FieldSchema { .required("type", .choice([type], .snakeCase)) }

    private static func signal(_ type: String, _ fields: [FieldSchema]) -> ObjectSchema {
        ObjectSchema("a \(type) signal", [typeField(type)] + fields)
    }

    private static let dataFields: [FieldSchema] = [
        FieldSchema("production_data", .object(productionData)), FieldSchema("reference_data", .object(referenceData)),
        FieldSchema("properties", .map(.any, keysMustBeText: false)), FieldSchema("alert_enabled", .boolean),
    ]

    private static let featureFields: [FieldSchema] = [
        FieldSchema(
            "features",
            .union(
                [
                    .object(
                        ObjectSchema("a filter", [FieldSchema("top_n_feature_importance", .integer(1...Int64.max))])),
                    .choice(["all_features"]), .list(.string()),
                ], expected: "all_features, a list of names, or a mapping with top_n_feature_importance")),
        FieldSchema("feature_type_override", .map(.any, keysMustBeText: false)),
    ]

    private static let dataSegment = FieldSchema(
        "data_segment",
        .object(
            ObjectSchema(
                "a data segment",
                [FieldSchema("feature_name", .string()), FieldSchema("feature_values", .list(.string()))])))

    private static func thresholds(
        _ parts: KeyValuePairs<String, FieldType>, areRequired: Bool = false
    ) -> FieldSchema {
        FieldSchema(
            "metric_thresholds",
            .object(
                ObjectSchema(
                    "thresholds",
                    [
                        FieldSchema("threshold", .number()),
                        FieldSchema("data_type", .choice(["numerical", "categorical"])),
                    ] + parts.map { FieldSchema($0.key, $0.value) })), isRequired: areRequired)
    }

    private static func numbers(_ title: String, _ names: [String]) -> ObjectSchema {
        ObjectSchema(title, names.map { FieldSchema($0, .number()) })
    }

    private static let numericalDrift = numbers(
        "thresholds",
        [
            "jensen_shannon_distance", "normalized_wasserstein_distance", "population_stability_index",
            "two_sample_kolmogorov_smirnov_test",
        ])

    private static let categoricalDrift = numbers(
        "thresholds", ["jensen_shannon_distance", "population_stability_index", "pearsons_chi_squared_test"])

    private static let quality = numbers(
        "thresholds", ["null_value_rate", "data_type_error_rate", "out_of_bounds_rate"])

    private static let contextField = FieldSchema(
        "data_context",
        .choice(["model_inputs", "model_outputs", "training", "test", "validation", "ground_truth"]))

    private static let windowField = FieldSchema(
        "data_window",
        .object(
            ObjectSchema(
                "a window of data",
                ["window_start", "window_end", "lookback_window_size", "lookback_window_offset"].map {
                    FieldSchema($0, .string())
                })))

    private static let productionData = ObjectSchema(
        "production data",
        [
            .required("input_data", .dataInput), contextField, FieldSchema("pre_processing_component", .string()),
            windowField, FieldSchema("data_column_names", .map(.string())),
        ])

    private static let referenceData = ObjectSchema(
        "reference data",
        [
            .required("input_data", .dataInput), contextField, FieldSchema("pre_processing_component", .string()),
            FieldSchema("target_column_name", .string()), windowField,
            FieldSchema("data_column_names", .map(.string())),
        ])

    private static let attributionData = ObjectSchema(
        "production data",
        [
            .required("input_data", .dataInput), contextField,
            FieldSchema(
                "data_column_names",
                .object(
                    ObjectSchema(
                        "names of columns",
                        ["prediction", "prediction_probability", "correlation_id"].map { FieldSchema($0, .string()) }))),
            FieldSchema("pre_processing_component", .string()), windowField,
        ])

    private static let languageData = ObjectSchema(
        "production data",
        [
            .required("input_data", .dataInput),
            FieldSchema("data_column_names", .map(.any, keysMustBeText: false)), windowField,
        ])
}
