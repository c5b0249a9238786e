import Digest
import YAML

extension ObjectSchema {
    /// The schema of a connection's type; words that no connection has are told by the plain one.
    static func connection(type: String?) -> ObjectSchema {
        type.flatMap { byType[folded($0)] } ?? plainConnection
    }

    /// Whether a word is a connection's type.
    static func isConnection(type: String) -> Bool {
        byType[folded(type)] != nil || plainTypes.contains(ChoiceFolding.snakeCase.fold(type))
    }

    /// As the SDK looks types up: without the lines before small letters, and in any case of the rest.
    private static func folded(_ type: String) -> String {
        var result = ""
        for scalar in type.unicodeScalars {
            if result.unicodeScalars.last == "_", ("a"..."z").contains(scalar) { result.unicodeScalars.removeLast() }
            result.unicodeScalars.append(scalar)
        }
        return result.lowercased()
    }

    private static let byType: [String: ObjectSchema] = {
        var result: [String: ObjectSchema] = [
            "azureopenai": connection(
                "azure_open_ai",
                [
                    FieldSchema("api_key", .optional(.string())), FieldSchema("api_version", .optional(.string())),
                    .required("azure_endpoint", .string()),
                    FieldSchema("open_ai_resource_id", .optional(.string())),
                ]),
            "azureblob": connection(
                "azure_blob",
                [
                    .required("url", .string()), .required("account_name", .string()),
                    .required("container_name", .string()),
                ], credentials: ["sas", "account_key", "aad"]),
            "azureonelake": connection(
                "azure_one_lake",
                [
                    FieldSchema("artifact", .optional(.object(artifact))), .required("endpoint", .string()),
                    FieldSchema("one_lake_workspace_name", .string()),
                ], credentials: ["service_principal", "aad"]),
            "apikey": connection(
                "api_key", [.required("api_key", .string()), .required("api_base", .string())]),
            "openai": connection("open_ai", [.required("api_key", .string())]),
            "serp": connection("serp", [.required("api_key", .string())]),
            "serverless": connection(
                "serverless", [.required("api_key", .string()), .required("endpoint", .string())]),
            "azureaiservices": connection(
                "azure_ai_services",
                [
                    FieldSchema("api_key", .optional(.string())), .required("endpoint", .string()),
                    .required("ai_services_resource_id", .string()),
                ]),
        ]
        for type in ["azure_ai_search", "azure_content_safety", "azure_speech_services"] {
            result[type.split(separator: "_").joined()] = connection(
                type, [FieldSchema("api_key", .optional(.string())), .required("endpoint", .string())])
        }
        result["azuresearch"] = result["azureaisearch"]
        result["cognitivesearch"] = result["azureaisearch"]
        return result
    }()

    static let plainTypes = [
        "git", "container_registry", "python_feed", "s3", "snowflake", "azure_sql_db", "azure_synapse_analytics",
        "azure_my_sql_db", "azure_postgres_db", "custom", "azure_data_lake_gen2",
    ]

    /// As the reference page says.
    ///
    /// https://learn.microsoft.com/azure/machine-learning/reference-yaml-connection
    static let plainConnection = connection(
        plainTypes, [], credentials: Array(credentialForms.keys).sorted())

    private static func connection(
        _ type: String, _ own: [FieldSchema], credentials: [String]? = nil
    ) -> ObjectSchema {
        connection(
            [type], own, credentials: credentials ?? Array(credentialForms.keys).sorted())
    }

    private static func connection(
        _ types: [String], _ own: [FieldSchema], credentials: [String]
    ) -> ObjectSchema {
        ObjectSchema(
            "a connection",
            [
                .schemaLink, .required("name", .string(.connection)), FieldSchema("id", .string(), use: .service),
                .description, FieldSchema("tags", .map(.any)), .creationContext,
                .required("type", .choice(types, .snakeCase)), FieldSchema("target", .string()),
                FieldSchema(
                    "credentials",
                    .union(
                        credentials.compactMap { credentialForms[$0] }.map { .object($0) },
                        expected: "credentials (a mapping with a type)")),
                FieldSchema("is_shared", .boolean, default: true),
                FieldSchema("metadata", .map(.any, keysMustBeText: false)),
            ] + own, ignoresReadOnlyKeys: true)
    }

    private static let credentialForms: [String: ObjectSchema] = {
        let keys: [String: [String]] = [
            "pat": ["pat"], "sas": ["sas_token"], "username_password": ["username", "password"],
            "managed_identity": ["client_id", "resource_id"],
            "service_principal": ["client_id", "client_secret", "tenant_id"],
            "access_key": ["access_key_id", "secret_access_key"], "api_key": ["key"], "account_key": ["account_key"],
            "aad": [], "none": [],
        ]
        return keys.reduce(into: [:]) { result, form in
            result[form.key] = ObjectSchema(
                "credentials",
                [.required("type", .choice([form.key], .snakeCase))]
                    + form.value.map { FieldSchema($0, .string(), isRequired: !optionalKeys.contains($0)) })
        }
    }()

    private static let optionalKeys: Set = ["client_id", "resource_id", "tenant_id"]

    private static let artifact = ObjectSchema(
        "an artifact",
        [.required("type", .choice(["lake_house"], .snakeCase)), .required("name", .string())])
}
