import Digest

extension ObjectSchema {
    // MARK: Text

    static let autoMLTextClassification = autoML(
        .textClassification, metrics: classificationMetrics,
        textFields + [.required("target_column_name", .string())])
    static let autoMLTextClassificationMultilabel = autoML(
        .textClassificationMultilabel, metrics: ["accuracy"],
        textFields + [.required("target_column_name", .string())])
    static let autoMLTextNER = autoML(
        .textNER, metrics: ["accuracy"], textFields + [FieldSchema("target_column_name", .string())])

    private static let textSchedulers = [
        "none", "linear", "cosine", "cosine_with_restarts", "polynomial", "constant", "constant_with_warmup",
    ]
    private static let textNumbers = ["learning_rate", "warmup_ratio", "weight_decay"]
    private static let textWholeNumbers = [
        "gradient_accumulation_steps", "number_of_epochs", "training_batch_size", "validation_batch_size",
    ]

    private static let textFields: [FieldSchema] = [
        FieldSchema(
            "limits",
            .object(
                ObjectSchema(
                    "limits",
                    [
                        "max_concurrent_trials", "max_trials", "max_nodes", "timeout_minutes", "trial_timeout_minutes",
                    ].map { FieldSchema($0, .integer()) }))),
        FieldSchema("sweep", .object(sweepSettings)),
        FieldSchema(
            "training_parameters",
            .object(
                ObjectSchema(
                    "training parameters",
                    textNumbers.map { FieldSchema($0, .number()) }
                        + textWholeNumbers.map { FieldSchema($0, .integer()) }
                        + [
                            FieldSchema("learning_rate_scheduler", .choice(textSchedulers, .snakeCase)),
                            FieldSchema("model_name", .string()),
                        ]))),
        FieldSchema(
            "search_space",
            .list(
                .object(
                    ObjectSchema(
                        "a search space",
                        textNumbers.map { FieldSchema($0, .sweptNumber) }
                            + textWholeNumbers.map { FieldSchema($0, .sweptWholeNumber(withSteps: false)) }
                            + [
                                FieldSchema("learning_rate_scheduler", .swept(.choice(textSchedulers, .snakeCase))),
                                FieldSchema("model_name", .swept(.string())),
                            ])))),
        FieldSchema(
            "featurization",
            .object(ObjectSchema("featurization settings", [FieldSchema("dataset_language", .string())]))),
    ]

    private static let sweepSettings = ObjectSchema(
        "sweep settings",
        [
            FieldSchema("sampling_algorithm", .samplingAlgorithm), FieldSchema("early_termination", .earlyTermination),
        ], normalisation: normaliseSweep)

    // MARK: Images

    static let autoMLImageClassification = autoML(
        .imageClassification, metrics: classificationMetrics, imageFields(isDetection: false))
    static let autoMLImageClassificationMultilabel = autoML(
        .imageClassificationMultilabel, metrics: classificationMetrics + ["iou"], imageFields(isDetection: false))
    static let autoMLImageObjectDetection = autoML(
        .imageObjectDetection, metrics: ["mean_average_precision"], imageFields(isDetection: true))
    static let autoMLImageInstanceSegmentation = autoML(
        .imageInstanceSegmentation, metrics: ["mean_average_precision"], imageFields(isDetection: true))

    private static func imageFields(isDetection: Bool) -> [FieldSchema] {
        [
            .required("training_data", .object(FieldType.tableInput)),
            .required("target_column_name", .string()),
            FieldSchema("test_data", .object(FieldType.tableInput)),
            FieldSchema("test_data_size", .number()), FieldSchema("validation_data_size", .number()),
            FieldSchema(
                "limits",
                .object(
                    ObjectSchema(
                        "limits",
                        ["max_concurrent_trials", "max_trials", "timeout_minutes"].map { FieldSchema($0, .integer()) }))
            ),
            FieldSchema("sweep", .object(sweepSettings)),
            FieldSchema("training_parameters", .object(ImageModel(isDetection: isDetection).parameters)),
            FieldSchema("search_space", .list(.object(ImageModel(isDetection: isDetection).searchSpace))),
        ]
    }
}

/// The settings of image models; those that find objects have more than those that tell pictures apart.
private struct ImageModel {
    let isDetection: Bool

    private var flags: [String] {
        ["ams_gradient", "distributed", "early_stopping", "enable_onnx_normalization", "nesterov"]
            + (isDetection ? ["multi_scale"] : [])
    }

    private var numbers: [String] {
        [
            "beta1", "beta2", "learning_rate", "momentum", "step_lr_gamma", "warmup_cosine_lr_cycles", "weight_decay",
        ]
            + (isDetection
                ? [
                    "box_score_threshold", "nms_iou_threshold", "tile_overlap_ratio", "tile_predictions_nms_threshold",
                    "validation_iou_threshold",
                ] : [])
    }

    private var wholeNumbers: [String] {
        [
            "early_stopping_delay", "early_stopping_patience", "evaluation_frequency", "gradient_accumulation_step",
            "layers_to_freeze", "number_of_epochs", "number_of_workers", "random_seed", "step_lr_step_size",
            "training_batch_size", "validation_batch_size", "warmup_cosine_lr_warmup_epochs",
        ]
            + (isDetection
                ? ["box_detections_per_image", "image_size", "max_size", "min_size"]
                : ["training_crop_size", "validation_crop_size", "validation_resize_size", "weighted_loss"])
    }

    private var words: [(String, [String])] {
        [
            ("learning_rate_scheduler", ["none", "warmup_cosine", "step"]),
            ("optimizer", ["none", "sgd", "adam", "adamw"]),
        ]
            + (isDetection
                ? [
                    ("model_size", ["none", "small", "medium", "large", "extra_large"]),
                    ("validation_metric_type", ["none", "coco", "voc", "coco_voc"]),
                ] : [])
    }

    var parameters: ObjectSchema {
        let texts =
            ["advanced_settings", "checkpoint_run_id", "model_name"]
            + (isDetection ? ["tile_grid_size", "log_training_metrics", "log_validation_loss"] : [])
        return ObjectSchema(
            "training parameters",
            flags.map { FieldSchema($0, .boolean) } + numbers.map { FieldSchema($0, .number()) }
                + (wholeNumbers + ["checkpoint_frequency"]).map { FieldSchema($0, .integer()) }
                + texts.map { FieldSchema($0, .string()) }
                + words.map { FieldSchema($0.0, .choice($0.1, .snakeCase)) })
    }

    var searchSpace: ObjectSchema {
        let texts = ["augmentations", "model_name"] + (isDetection ? ["tile_grid_size"] : [])
        return ObjectSchema(
            "a search space",
            flags.map { FieldSchema($0, .swept(.boolean)) } + numbers.map { FieldSchema($0, .sweptNumber) }
                + wholeNumbers.map { FieldSchema($0, .sweptWholeNumber(withSteps: true)) }
                + texts.map { FieldSchema($0, .swept(.string())) }
                + words.map { FieldSchema($0.0, .swept(.choice($0.1, .snakeCase))) })
    }
}

extension FieldType {
    /// A value, or a choice of such values.
    fileprivate static func swept(_ type: FieldType) -> FieldType {
        .union([type, choiceDistribution(of: type)], expected: "a value, or a choice of values")
    }

    fileprivate static let sweptNumber = FieldType.union(
        [.number(), choiceDistribution(of: .number())] + uniformDistributions + normalDistributions + [randomInteger],
        expected: "a number or a distribution")

    fileprivate static func sweptWholeNumber(withSteps: Bool) -> FieldType {
        .union(
            [.wholeNumber, choiceDistribution(of: .wholeNumber), randomInteger]
                + (withSteps ? wholeNumberDistributions : []), expected: "a whole number or a distribution")
    }
}
