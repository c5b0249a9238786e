import Digest
import YAML

extension ObjectSchema {
    /// The schema of a datastore's type; the SDK takes the words as they are, and no other.
    static func datastore(type: String?) -> ObjectSchema {
        switch type {
        case "azure_file": azureFile
        case "azure_data_lake_gen1": azureDataLakeGen1
        case "azure_data_lake_gen2": azureDataLakeGen2
        case "one_lake": oneLake
        default: azureBlob
        }
    }

    /// As the reference page says.
    ///
    /// https://learn.microsoft.com/azure/machine-learning/reference-yaml-datastore-blob
    static let azureBlob = datastore(
        "a blob datastore", type: "azure_blob",
        storageFields + [.required("container_name", .string()), credentials([accountKey, sasToken])])

    static let azureFile = datastore(
        "a file share datastore", type: "azure_file",
        storageFields + [.required("file_share_name", .string()), credentials([accountKey, sasToken])])

    static let azureDataLakeGen1 = datastore(
        "a Data Lake Gen1 datastore", type: "azure_data_lake_gen1",
        [
            .required("store_name", .string()), credentials([servicePrincipal, certificate]),
            FieldSchema("tags", .map(.map(.any, keysMustBeText: false))),
        ])

    static let azureDataLakeGen2 = datastore(
        "a Data Lake Gen2 datastore", type: "azure_data_lake_gen2",
        storageFields + [.required("filesystem", .string()), credentials([servicePrincipal, certificate])])

    static let oneLake = datastore(
        "a OneLake datastore", type: "one_lake",
        [
            .required("one_lake_workspace_name", .string()), .required("endpoint", .string()),
            .required(
                "artifact",
                .object(
                    ObjectSchema(
                        "an artifact",
                        [
                            .required("name", .string()),
                            FieldSchema("type", .choice(["lake_house"], .snakeCase), default: "lake_house"),
                        ]))),
            credentials([servicePrincipal]),
        ])

    private static func datastore(_ title: String, type: String, _ own: [FieldSchema]) -> ObjectSchema {
        let common: [FieldSchema] = [
            .schemaLink, .required("name", .string(.datastore)), .readOnly("id"),
            .required("type", .choice([type], .exact)), .description, FieldSchema("tags", .map(.string())),
        ]
        let names = Set(own.map(\.name))
        return ObjectSchema(title, common.filter { !names.contains($0.name) } + own, ignoresReadOnlyKeys: true)
    }

    private static let storageFields: [FieldSchema] = [
        .required("account_name", .string()), FieldSchema("endpoint", .string()), FieldSchema("protocol", .string()),
    ]

    private static func credentials(_ forms: [ObjectSchema]) -> FieldSchema {
        // An empty mapping is the same as none: the identity of whoever asks.
        FieldSchema(
            "credentials",
            .union(
                (forms + [ObjectSchema("credentials", [])]).map { .object($0) },
                expected: "credentials (a mapping)"))
    }

    private static let accountKey = ObjectSchema("credentials", [.required("account_key", .string())])
    private static let sasToken = ObjectSchema("credentials", [.required("sas_token", .string())])

    private static let tenantFields: [FieldSchema] = [
        FieldSchema("authority_url", .string()), FieldSchema("authority_uri", .string()),
        FieldSchema("resource_url", .string()), .required("tenant_id", .string()), .required("client_id", .string()),
    ]

    private static let servicePrincipal = ObjectSchema(
        "credentials", tenantFields + [.required("client_secret", .string())], checks: [oneAuthority])

    private static let certificate = ObjectSchema(
        "credentials",
        tenantFields + [FieldSchema("certificate", .string()), .required("thumbprint", .string())],
        checks: [oneAuthority])

    private static let oneAuthority: Check = { node, _, state in
        guard node["authority_url"] != nil, let old = node["authority_uri"] else { return }
        state.error(
            .invalidValue, "authority_url and authority_uri are the same; write one", at: old.mark,
            key: "authority_uri", hint: "remove authority_uri")
    }
}
