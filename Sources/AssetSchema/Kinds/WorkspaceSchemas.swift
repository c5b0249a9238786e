import Digest
import YAML

extension ObjectSchema {
    /// The schema of a workspace's kind: a workspace, a hub or a project.
    static func workspace(kind: String?) -> ObjectSchema {
        switch kind?.lowercased() {
        case "hub": hub
        case "project": project
        default: workspace
        }
    }

    /// As the reference page says.
    ///
    /// https://learn.microsoft.com/azure/machine-learning/reference-yaml-workspace
    static let workspace = ObjectSchema("a workspace", workspaceFields, ignoresReadOnlyKeys: true)

    static let hub = ObjectSchema(
        "a hub",
        workspaceFields + [
            .required("kind", .choice(["hub"])), FieldSchema("default_resource_group", .string()),
            .readOnly("associated_workspaces"),
        ], ignoresReadOnlyKeys: true)

    static let project = ObjectSchema(
        "a project", workspaceFields + [.required("kind", .choice(["project"])), .required("hub_id", .string())],
        ignoresReadOnlyKeys: true)

    private static let workspaceFields: [FieldSchema] =
        [
            .schemaLink, .readOnly("id"), .readOnly("mlflow_tracking_uri"), FieldSchema("discovery_url", .string()),
            FieldSchema("network_acls", .object(networkRules)), FieldSchema("system_datastores_auth_mode", .string()),
            FieldSchema("workspace_hub", .armID()), FieldSchema("provision_network_now", .boolean),
            FieldSchema("enable_data_isolation", .boolean), FieldSchema("allow_roleassignment_on_rg", .boolean),
            FieldSchema("serverless_compute", .object(serverlessCompute)),
        ] + workspaceLikeFields

    /// What workspaces and feature stores have in common.
    static let workspaceLikeFields: [FieldSchema] = [
        .required("name", .string(.workspace)), FieldSchema("location", .string()),
        FieldSchema("resource_group", .string()),
        .description, FieldSchema("display_name", .string()), FieldSchema("hbi_workspace", .boolean),
        FieldSchema("storage_account", .armID()), FieldSchema("container_registry", .armID()),
        FieldSchema("key_vault", .armID()), FieldSchema("application_insights", .armID()),
        FieldSchema(
            "customer_managed_key",
            .object(
                ObjectSchema(
                    "a customer-managed key",
                    [
                        FieldSchema("key_vault", .string()), FieldSchema("key_uri", .url),
                        FieldSchema("cosmosdb_id", .string()), FieldSchema("storage_id", .string()),
                        FieldSchema("search_id", .string()),
                    ]))),
        FieldSchema("tags", .map(.string())), FieldSchema("image_build_compute", .string()),
        FieldSchema("public_network_access", .choice(["Disabled", "Enabled"], .pascalCase), default: "Enabled"),
        FieldSchema("identity", .object(workspaceIdentity)), FieldSchema("primary_user_assigned_identity", .string()),
        FieldSchema("managed_network", .object(managedNetwork)),
    ]

    private static let networkRules = ObjectSchema(
        "network rules",
        [
            .schemaLink, .required("default_action", .choice(["Deny", "Allow"], .exact)),
            FieldSchema(
                "ip_rules",
                .optional(
                    .list(
                        .object(
                            ObjectSchema(
                                "an IP rule", [.schemaLink, .required("value", .string())], ignoresReadOnlyKeys: true)))
                )),
        ], ignoresReadOnlyKeys: true,
        checks: [
            { node, fields, state in
                guard fields["default_action"] == "Deny", fields["ip_rules"]?.arrayValue?.isEmpty ?? true else {
                    return
                }
                state.error(
                    .missingKey, "with default_action: Deny there must be ip_rules", at: node.mark, key: "ip_rules",
                    hint: "add \"ip_rules: [{value: ADDRESS}]\"")
            }
        ])

    private static let serverlessCompute = ObjectSchema(
        "serverless compute",
        [
            .schemaLink,
            FieldSchema(
                "custom_subnet",
                .optional(.union([.choice(["None"], .exact), .armID()], expected: "the ARM id of a subnet"))),
            FieldSchema("no_public_ip", .boolean, default: false),
        ], ignoresReadOnlyKeys: true)

    private static let workspaceIdentity = ObjectSchema(
        "an identity",
        [
            .required(
                "type",
                .choice(["system_assigned", "user_assigned", "none", "system_assigned,user_assigned"], .snakeCase)),
            FieldSchema("principal_id", .string()), FieldSchema("tenant_id", .string()),
            FieldSchema("user_assigned_identities", .optional(.map(.optional(.object(managedIdentity))))),
        ])

    static let managedIdentity = ObjectSchema(
        "a managed identity",
        [
            FieldSchema("principal_id", .string()), FieldSchema("client_id", .string()),
            FieldSchema("resource_id", .string()),
        ])

    private static let managedNetwork = ObjectSchema(
        "a managed network",
        [
            .required(
                "isolation_mode",
                .choice(["disabled", "allow_internet_outbound", "allow_only_approved_outbound"], .snakeCase)),
            FieldSchema(
                "outbound_rules",
                .optional(
                    .list(
                        .union(
                            [.object(endpointRule), .object(serviceTagRule), .object(domainRule)],
                            expected: "an outbound rule (a mapping with name and destination)")))),
            FieldSchema("firewall_sku", .choice(["standard", "basic"], .snakeCase)),
            FieldSchema("status", .object(ObjectSchema("a status", [], unknownKeys: .ignored))),
        ], unknownKeys: .ignored)

    /// The SDK does not look at a rule's type: the form of its destination decides.
    private static func outboundRule(_ destination: FieldType, _ more: [FieldSchema] = []) -> ObjectSchema {
        ObjectSchema(
            "an outbound rule",
            [
                .required("name", .string()), FieldSchema("type", .something), .required("destination", destination),
                .readOnly("category"), .readOnly("status"), .readOnly("parent_rule_names"),
            ] + more, ignoresReadOnlyKeys: true, unknownKeys: .ignored)
    }

    private static let endpointRule = outboundRule(
        .object(
            ObjectSchema(
                "a private endpoint's destination",
                [
                    .required("service_resource_id", .string()), .required("subresource_target", .string()),
                    .required("spark_enabled", .boolean),
                ])), [FieldSchema("fqdns", .list(.string()))])

    private static let serviceTagRule = outboundRule(
        .object(
            ObjectSchema(
                "a service tag's destination",
                [
                    .required("service_tag", .string()), .required("protocol", .string()),
                    .required("port_ranges", .string()), FieldSchema("address_prefixes", .list(.string())),
                ])))

    private static let domainRule = outboundRule(.string())
}
