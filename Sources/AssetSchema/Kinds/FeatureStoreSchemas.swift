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
        "a materialization store", [.required("type", .string()), .required("target", .string())],
        checks: [
            { node, fields, state in
                guard let target = fields["target"]?.stringValue, !target.isEmpty, !isResourceID(target) else { return }
                state.error(
                    .invalidValue, "\(ReadState.quoted(target)) is no ARM id", at: node["target"]?.mark ?? node.mark,
                    key: "target",
                    hint: "write /subscriptions/ID/resourceGroups/GROUP/providers/Microsoft.PROVIDER/TYPE/NAME")
            }
        ])

    /// The SDK's pattern, which is looser than that for workspaces.
    private static func isResourceID(_ text: String) -> Bool {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false).drop { $0.isEmpty }.map(String.init)
        func isProvider(_ index: Int) -> Bool {
            parts.count > index + 3 && parts[index] == "providers" && parts[index + 1].hasPrefix("Microsoft")
                && parts[index + 1].count > 10 && !parts[index + 2].isEmpty && !parts[index + 3].isEmpty
        }
        guard parts.count > 4, parts[0] == "subscriptions", !parts[1].isEmpty else { return false }
        return isProvider(2) || (parts[2] == "resourceGroups" && !parts[3].isEmpty && isProvider(4))
    }

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
                                .object(ObjectSchema("a resource", [.required("instance_type", .string())]))),
                            FieldSchema("spark_configuration", .map(.any, keysMustBeText: false)),
                            FieldSchema("offline_enabled", .boolean), FieldSchema("online_enabled", .boolean),
                        ]))),
        ], ignoresReadOnlyKeys: true, checks: [versionNeedsName])

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
                        ObjectSchema(
                            "a column", [.required("name", .string()), .required("type", .choice(columnTypes))])))
            ),
            FieldSchema("properties", .map(.string())),
        ], ignoresReadOnlyKeys: true, checks: [versionNeedsName])

    private static let columnTypes = [
        "string", "integer", "long", "float", "double", "binary", "datetime", "boolean",
    ]

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
