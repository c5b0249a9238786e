import Digest
import YAML

/// The tasks of AutoML jobs.
package enum AutoMLTask: String, Sendable, CaseIterable {
    case classification
    case regression
    case forecasting
    case imageClassification = "image_classification"
    case imageClassificationMultilabel = "image_classification_multilabel"
    case imageObjectDetection = "image_object_detection"
    case imageInstanceSegmentation = "image_instance_segmentation"
    case textClassification = "text_classification"
    case textClassificationMultilabel = "text_classification_multilabel"
    case textNER = "text_ner"

    /// The schema of a job with the task.
    package var schema: ObjectSchema {
        switch self {
        case .classification: .autoMLClassification
        case .regression: .autoMLRegression
        case .forecasting: .autoMLForecasting
        case .imageClassification: .autoMLImageClassification
        case .imageClassificationMultilabel: .autoMLImageClassificationMultilabel
        case .imageObjectDetection: .autoMLImageObjectDetection
        case .imageInstanceSegmentation: .autoMLImageInstanceSegmentation
        case .textClassification: .autoMLTextClassification
        case .textClassificationMultilabel: .autoMLTextClassificationMultilabel
        case .textNER: .autoMLTextNER
        }
    }

    /// The schema of a step with the task.
    var stepSchema: ObjectSchema { Self.stepSchemas[self] ?? schema }

    private static let stepSchemas: [AutoMLTask: ObjectSchema] = Dictionary(
        uniqueKeysWithValues: allCases.map { task in
            let schema = task.schema
            let data = ["training_data", "validation_data", "test_data"].compactMap { schema.field($0) }.map {
                FieldSchema(
                    $0.name,
                    .union([.string(), .object(FieldType.tableInput)], expected: "an expression or a table"),
                    isRequired: $0.isRequired)
            }
            let step = schema.with(data, unknownKeys: .kept).bindable(skipping: ["task", "type"])
            return (
                task,
                step.with([
                    FieldSchema("outputs", .map(.optional(.stepOutput))),
                    FieldSchema("task", .choice([task.rawValue], .snakeCase), isRequired: true),
                ])
            )
        })
}

extension ObjectSchema {
    /// As the reference pages say.
    ///
    /// https://learn.microsoft.com/azure/machine-learning/reference-automated-ml-forecasting and its siblings.
    static func autoML(_ task: AutoMLTask, metrics: [String], _ fields: [FieldSchema]) -> ObjectSchema {
        ObjectSchema(
            "an AutoML job",
            FieldSchema.merged(
                FieldSchema.jobFields,
                [
                    .required("type", .choice(["automl"])),
                    .required("task", .choice([task.rawValue], .exact)),
                    FieldSchema("environment_id", .string()),
                    FieldSchema("environment_variables", .map(.string())),
                    FieldSchema("outputs", .jobOutputs),
                    FieldSchema("resources", .object(jobResources)),
                    FieldSchema("queue_settings", .object(queueSettings)),
                    FieldSchema(
                        "log_verbosity",
                        .choice(["not_set", "debug", "info", "warning", "error", "critical"], .snakeCase)),
                    FieldSchema("primary_metric", .choice(metrics, .snakeCase)),
                    FieldSchema("training_data", .object(FieldType.tableInput)),
                    FieldSchema("validation_data", .object(FieldType.tableInput)),
                ], fields), ignoresReadOnlyKeys: true, mayBeFile: true)
    }

    static let autoMLClassification = autoML(
        .classification, metrics: classificationMetrics,
        tabularFields + [
            FieldSchema("positive_label", .string()),
            training([
                "logistic_regression", "sgd", "multinomial_naive_bayes", "bernoulli_naive_bayes", "svm", "linear_svm",
                "knn", "decision_tree", "random_forest", "extreme_random_trees", "light_gbm", "gradient_boosting",
                "xg_boost_classifier",
            ]),
        ])

    static let autoMLRegression = autoML(
        .regression, metrics: regressionMetrics,
        tabularFields + [training(regressionAlgorithms)])

    static let autoMLForecasting = autoML(
        .forecasting, metrics: regressionMetrics,
        tabularFields + [
            training(
                [
                    "auto_arima", "prophet", "naive", "seasonal_naive", "average", "seasonal_average",
                    "exponential_smoothing", "arimax", "tcn_forecaster",
                ] + regressionAlgorithms),
            FieldSchema("forecasting", .object(forecasting)),
        ])

    static let classificationMetrics = [
        "auc_weighted", "accuracy", "norm_macro_recall", "average_precision_score_weighted",
        "precision_score_weighted",
    ]
    private static let regressionMetrics = [
        "spearman_correlation", "normalized_root_mean_squared_error", "r2_score", "normalized_mean_absolute_error",
    ]
    private static let regressionAlgorithms = [
        "elastic_net", "gradient_boosting", "decision_tree", "knn", "lasso_lars", "sgd", "random_forest",
        "extreme_random_trees", "light_gbm", "xg_boost_regressor",
    ]

    private static let tabularFields: [FieldSchema] = [
        .required("training_data", .object(FieldType.tableInput)),
        .required("target_column_name", .string()),
        FieldSchema("test_data", .object(FieldType.tableInput)),
        FieldSchema("validation_data_size", .number()), FieldSchema("test_data_size", .number()),
        FieldSchema("cv_split_column_names", .list(.string())),
        FieldSchema("n_cross_validations", .automatic(.integer())),
        FieldSchema("weight_column_name", .string()),
        FieldSchema(
            "limits",
            .object(
                ObjectSchema(
                    "limits",
                    [
                        FieldSchema("enable_early_termination", .boolean), FieldSchema("exit_score", .number()),
                        FieldSchema("max_concurrent_trials", .integer()),
                        FieldSchema("max_cores_per_trial", .integer()),
                        FieldSchema("max_nodes", .integer()), FieldSchema("max_trials", .integer()),
                        FieldSchema("timeout_minutes", .integer()), FieldSchema("trial_timeout_minutes", .integer()),
                    ]))),
        FieldSchema("featurization", .object(featurization)),
    ]

    private static let transformers = [
        "text_target_encoder", "one_hot_encoder", "cat_target_encoder", "tf_idf", "wo_e_target_encoder",
        "label_encoder", "word_embedding", "naive_bayes", "count_vectorizer", "hash_one_hot_encoder",
    ]

    private static let featurization = ObjectSchema(
        "featurization settings",
        [
            FieldSchema("dataset_language", .string()),
            FieldSchema("mode", .choice(["auto", "off", "custom"])),
            FieldSchema("blocked_transformers", .list(.choice(transformers, .snakeCase))),
            FieldSchema("column_name_and_types", .map(.string())),
            FieldSchema(
                "transformer_params",
                .map(
                    .list(
                        .object(
                            ObjectSchema(
                                "a transformer's columns",
                                [
                                    FieldSchema("fields", .list(.string())),
                                    FieldSchema(
                                        "parameters",
                                        .map(
                                            .optional(
                                                .union([.number(), .string()], expected: "a number or text")))),
                                ]))))),
            FieldSchema("enable_dnn_featurization", .boolean),
        ],
        checks: [
            { node, _, state in
                for entry in node["transformer_params"]?.mapping?.entries ?? [] {
                    guard
                        !["imputer", "tf_idf", "hash_one_hot_encoder"].contains(
                            ChoiceFolding.snakeCase.fold(entry.name))
                    else { continue }
                    state.error(
                        .invalidValue, "there is no transformer \(ReadState.quoted(entry.name))", at: entry.keyMark,
                        key: "transformer_params", hint: "known are imputer, tf_idf and hash_one_hot_encoder")
                }
            }
        ])

    private static func training(_ algorithms: [String]) -> FieldSchema {
        FieldSchema(
            "training",
            .object(
                ObjectSchema(
                    "training settings",
                    [
                        FieldSchema("enable_dnn_training", .boolean),
                        FieldSchema("enable_model_explainability", .boolean),
                        FieldSchema("enable_onnx_compatible_models", .boolean),
                        FieldSchema("enable_stack_ensemble", .boolean), FieldSchema("enable_vote_ensemble", .boolean),
                        FieldSchema("ensemble_model_download_timeout_minutes", .integer()),
                        FieldSchema("stack_ensemble_settings", .object(stackEnsemble)),
                        FieldSchema("training_mode", .choice(["auto", "distributed", "non_distributed"], .snakeCase)),
                        FieldSchema("allowed_training_algorithms", .list(.choice(algorithms, .snakeCase))),
                        FieldSchema("blocked_training_algorithms", .list(.choice(algorithms, .snakeCase))),
                    ])))
    }

    private static let stackEnsemble = ObjectSchema(
        "stack ensemble settings",
        [
            FieldSchema("stack_meta_learner_kwargs", .map(.any, keysMustBeText: false)),
            FieldSchema("stack_meta_learner_train_percentage", .number()),
            .required(
                "stack_meta_learner_type",
                .choice(
                    [
                        "none", "logistic_regression", "logistic_regression_cv", "light_gbm_classifier", "elastic_net",
                        "elastic_net_cv", "light_gbm_regressor", "linear_regression",
                    ], .snakeCase)),
        ],
        checks: [
            { node, _, state in
                guard let written = node["stack_meta_learner_kwargs"] else { return }
                state.error(
                    .invalidValue, "`az ml` 1.35 stumbles over arguments for the meta learner", at: written.mark,
                    key: "stack_meta_learner_kwargs", hint: "remove it")
            }
        ])

    private static let forecasting = ObjectSchema(
        "forecasting settings",
        [
            FieldSchema("country_or_region_for_holidays", .string()), FieldSchema("cv_step_size", .integer()),
            FieldSchema("forecast_horizon", .automatic(.integer())),
            FieldSchema(
                "target_lags",
                .union(
                    [.choice(["auto"]), .integer(), .list(.integer())],
                    expected: "\"auto\", a whole number or a list of them")),
            FieldSchema("target_rolling_window_size", .automatic(.integer())),
            FieldSchema("time_column_name", .string()), FieldSchema("time_series_id_column_names", .texts),
            FieldSchema("frequency", .string()), FieldSchema("feature_lags", .choice(["none", "auto"])),
            FieldSchema("seasonality", .automatic(.integer())),
            FieldSchema("short_series_handling_config", .choice(["none", "auto", "pad", "drop"])),
            FieldSchema("use_stl", .choice(["none", "season", "seasontrend"])),
            FieldSchema("target_aggregate_function", .choice(["none", "sum", "max", "min", "mean"])),
            FieldSchema("features_unknown_at_forecast_time", .texts),
        ])
}

extension FieldType {
    /// `auto`, or a value.
    static func automatic(_ type: FieldType) -> FieldType {
        .union([.choice(["auto"]), type], expected: "\"auto\" or a whole number")
    }

    static let texts = FieldType.union([.string(), .list(.string())], expected: "text or a list of texts")
}
