import Digest
import YAML

extension FieldSchema {
    /// `$schema`, which the SDK throws away unread.
    static let schemaLink = FieldSchema.readOnly("$schema")
    static let description = FieldSchema("description", .string())
    static let creationContext = FieldSchema.readOnly("creation_context")

    /// What assets have in common.
    static func assetFields(nameIsRequired: Bool) -> [FieldSchema] {
        [
            schemaLink, FieldSchema("name", .string(.asset), isRequired: nameIsRequired),
            FieldSchema("version", .version), description,
            FieldSchema("tags", .textMap(keysMustBeText: true)), creationContext, .readOnly("latest_version"),
            FieldSchema("auto_delete_setting", .object(.autoDeleteSetting)),
        ]
    }
}

extension ObjectSchema {
    /// The SDK takes an empty name for none, and a version needs one.
    static let versionNeedsName: Check = { node, _, state in
        guard let version = node["version"], node["name"]?.text?.isEmpty ?? true else { return }
        state.error(
            .missingKey, "a version needs a name beside it", at: version.mark, key: "name", hint: "add \"name: …\"")
    }

    static let autoDeleteSetting = ObjectSchema(
        "an auto-delete setting",
        [
            FieldSchema("condition", .choice(["created_greater_than", "last_accessed_greater_than"], .snakeCase)),
            FieldSchema("value", .string()),
        ])

    /// Compute of a job or batch deployment.
    static let jobResources = ObjectSchema(
        "job resources",
        [
            FieldSchema("instance_count", .integer(1...Int64.max), default: 1),
            FieldSchema("instance_type", .string()),
            FieldSchema("properties", .map(.any)),
            FieldSchema("locations", .list(.string())),
            FieldSchema("shm_size", .string()),
            FieldSchema("max_instance_count", .integer(1...Int64.max)),
            FieldSchema("docker_args", .union([.string(), .list(.string())], expected: "text or a list of texts")),
        ])

    /// An endpoint's identity.
    static let endpointIdentity = ObjectSchema(
        "an identity",
        [
            .required("type", .choice(["system_assigned", "user_assigned", "none"], .snakeCase)),
            FieldSchema("principal_id", .string()),
            FieldSchema("tenant_id", .string()),
            FieldSchema("user_assigned_identities", .list(.map(.string()))),
        ],
        checks: [
            { node, fields, state in
                guard let identities = fields["user_assigned_identities"]?.arrayValue, identities.count > 1 else {
                    return
                }
                state.error(
                    .invalidValue, "only one user assigned identity is supported, not \(identities.count)",
                    at: node["user_assigned_identities"]?.mark ?? node.mark, key: "user_assigned_identities")
            }
        ])
}
