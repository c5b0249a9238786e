import Digest
import YAML

extension ObjectSchema {
    /// As the reference page says.
    ///
    /// https://learn.microsoft.com/azure/machine-learning/reference-yaml-feature-store
    static let featureStore = ObjectSchema(
        "a feature store",
        [
            .schemaLink,
            FieldSchema(
                "compute_runtime",
                .object(ObjectSchema("a compute runtime", [FieldSchema("spark_runtime_version", .string())]))),
            FieldSchema("offline_store", .object(materializationStore)),
            FieldSchema("online_store", .object(materializationStore)),
            FieldSchema("materialization_identity", .object(managedIdentity)),
        ] + workspaceLikeFields, ignoresReadOnlyKeys: true)

    private static let materializationStore = ObjectSchema(
        "a materialization store", [.required("type", .string()), .required("target", .string())])

    /// As the reference page says.
    ///
    /// https://learn.microsoft.com/azure/machine-learning/reference-yaml-feature-set
    static let featureSet = ObjectSchema(
        "a feature set",
        featureAssetFields + [
            .required(
                "specification",
                .object(ObjectSchema("a specification", [.required("path", .path(PathRule(.data, or: [.anyURI])))]))),
            .required("entities", .list(.string())),
            FieldSchema(
                "materialization_settings",
                .object(
                    ObjectSchema(
                        "materialization settings",
                        [
                            FieldSchema("schedule", .object(.recurrenceTrigger)),
                            FieldSchema("notification", .object(notification)),
                            FieldSchema(
                                "resource",
                                .object(ObjectSchema("a resource", [FieldSchema("instance_type", .string())]))),
                            FieldSchema("spark_configuration", .map(.any, keysMustBeText: false)),
                            FieldSchema("offline_enabled", .boolean), FieldSchema("online_enabled", .boolean),
                        ]))),
        ], ignoresReadOnlyKeys: true)

    /// As the reference page says.
    ///
    /// https://learn.microsoft.com/azure/machine-learning/reference-yaml-feature-entity
    static let featureStoreEntity = ObjectSchema(
        "a feature store entity",
        featureAssetFields + [
            .required(
                "index_columns",
                .list(
                    .object(
                        ObjectSchema("a column", [.required("name", .string()), .required("type", .string())])))),
            FieldSchema("properties", .map(.string())),
        ], ignoresReadOnlyKeys: true)

    private static let featureAssetFields: [FieldSchema] = [
        .schemaLink, .required("name", .string(.asset)), .required("version", .string()), .readOnly("latest_version"),
        FieldSchema("stage", .choice(["Development", "Production", "Archived"], .exact)), .description,
        FieldSchema("tags", .map(.string())),
    ]

    private static let notification = ObjectSchema(
        "a notification",
        [
            .required("email_on", .list(.choice(["JobCompleted", "JobFailed", "JobCancelled"], .exact))),
            .required("emails", .list(.string())),
        ])
}
