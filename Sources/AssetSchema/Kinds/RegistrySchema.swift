import Digest
import YAML

extension ObjectSchema {
    /// As the reference page says.
    ///
    /// https://learn.microsoft.com/azure/machine-learning/reference-yaml-registry
    static let registry = ObjectSchema(
        "a registry",
        [
            .schemaLink, FieldSchema("name", .string(.workspace), isRequired: true),
            FieldSchema("id", .string(), use: .service),
            .description, FieldSchema("tags", .map(.any)), .required("location", .string()),
            FieldSchema("public_network_access", .choice(["Disabled", "Enabled"], .pascalCase), default: "Enabled"),
            FieldSchema("replication_locations", .list(.object(region)), isRequired: true),
            FieldSchema(
                "intellectual_property",
                .object(ObjectSchema("intellectual property", [FieldSchema("publisher", .string())]))),
            FieldSchema(
                "container_registry",
                .union(
                    [
                        .object(
                            ObjectSchema(
                                "a container registry",
                                [
                                    .readOnly("arm_resource_id"),
                                    FieldSchema("acr_account_sku", .choice(["premium"]), default: "premium"),
                                ])), .armID(of: "Microsoft.ContainerRegistry/registries"),
                    ], expected: "a container registry: an ARM id, or a mapping with acr_account_sku")),
            .readOnly("identity"), .readOnly("kind"), .readOnly("sku"), .readOnly("managed_resource_group"),
            .readOnly("mlflow_registry_uri"), .readOnly("discovery_url"),
        ], ignoresReadOnlyKeys: true)

    private static let region = ObjectSchema(
        "a region",
        [
            FieldSchema("location", .string()),
            FieldSchema(
                "storage_config",
                .union(
                    [.object(storage), .list(.armID(of: "Microsoft.Storage/storageAccounts"))],
                    expected: "storage: a mapping with storage_account_type, or a list of ARM ids")),
        ])

    private static let storage = ObjectSchema(
        "storage",
        [
            .readOnly("arm_resource_id"), FieldSchema("storage_account_hns", .boolean, default: false),
            FieldSchema(
                "storage_account_type",
                .choice([
                    "standard_lrs", "standard_grs", "standard_ragrs", "standard_zrs", "standard_gzrs",
                    "standard_ragzrs", "premium_lrs", "premium_zrs",
                ]), default: "standard_lrs"),
            FieldSchema("replication_count", .integer()), .readOnly("replicated_ids"),
        ],
        checks: [
            { node, fields, state in
                guard case .int(let count)? = fields["replication_count"], count < 1 else { return }
                state.error(
                    .invalidValue, "\(count) is out of range: it must be 1 or more",
                    at: node["replication_count"]?.mark ?? node.mark, key: "replication_count")
            }
        ])
}
