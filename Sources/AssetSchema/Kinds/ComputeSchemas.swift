import Digest
import YAML

extension ObjectSchema {
    /// The schema of a compute's type, in which case does not count; nil for what is none.
    static func compute(type: String?) -> ObjectSchema? {
        switch type?.lowercased() {
        case "amlcompute": amlCompute
        case "computeinstance": computeInstance
        case "virtualmachine": virtualMachine
        case "kubernetes": kubernetesCompute
        case "synapsespark": synapseSpark
        default: nil
        }
    }

    static func compute(_ title: String, type: String, _ own: [FieldSchema], without: Set<String> = []) -> ObjectSchema
    {
        let common: [FieldSchema] = [
            .schemaLink, .required("name", .string(.compute)), .readOnly("id"), .required("type", .choice([type])),
            FieldSchema("location", .string()), .description, .readOnly("provisioning_errors"),
            .readOnly("created_on"), .readOnly("provisioning_state"), FieldSchema("resource_id", .string()),
            FieldSchema("tags", .map(.string())),
        ]
        let names = Set(own.map(\.name))
        return ObjectSchema(title, common.filter { !names.contains($0.name) } + own, ignoresReadOnlyKeys: true)
    }

    /// As the reference page says.
    ///
    /// https://learn.microsoft.com/azure/machine-learning/reference-yaml-compute-aml
    static let amlCompute = compute(
        "a compute cluster", type: "amlcompute",
        [
            FieldSchema("size", .string()),
            FieldSchema("tier", .choice(["low_priority", "dedicated"]), default: "dedicated"),
            FieldSchema("min_instances", .integer(0...Int64.max), default: 0),
            FieldSchema("max_instances", .integer(0...Int64.max), default: 1),
            FieldSchema("idle_time_before_scale_down", .integer(0...Int64.max), default: 120),
            FieldSchema("ssh_public_access_enabled", .boolean),
            FieldSchema(
                "ssh_settings",
                .object(
                    ObjectSchema(
                        "SSH settings",
                        [
                            .required("admin_username", .string()), FieldSchema("admin_password", .string()),
                            FieldSchema("ssh_key_value", .string()),
                        ]))),
            FieldSchema("network_settings", .object(networkSettings)),
            FieldSchema("identity", .object(computeIdentity)),
            FieldSchema("enable_node_public_ip", .boolean, default: true),
        ])

    static let networkSettings = ObjectSchema(
        "network settings",
        [
            .schemaLink, FieldSchema("vnet_name", .string()), FieldSchema("subnet", .string()),
            .readOnly("public_ip_address"), .readOnly("private_ip_address"),
        ], ignoresReadOnlyKeys: true)

    static let computeIdentity = ObjectSchema(
        "an identity",
        [
            .schemaLink,
            .required(
                "type",
                .choice(["system_assigned", "user_assigned", "none", "system_assigned,user_assigned"], .snakeCase)),
            FieldSchema(
                "user_assigned_identities",
                .list(
                    .object(
                        ObjectSchema(
                            "a user assigned identity",
                            [
                                .schemaLink, FieldSchema("resource_id", .string()), .readOnly("principal_id"),
                                .readOnly("client_id"), .readOnly("tenant_id"),
                            ], ignoresReadOnlyKeys: true)))),
            .readOnly("principal_id"), .readOnly("tenant_id"),
        ], ignoresReadOnlyKeys: true)

    static let virtualMachine = compute(
        "a virtual machine", type: "virtualmachine",
        [
            .required("resource_id", .string()), .readOnly("compute_location"),
            FieldSchema(
                "ssh_settings",
                .object(
                    ObjectSchema(
                        "SSH settings",
                        [
                            .required("admin_username", .string()), FieldSchema("admin_password", .string()),
                            FieldSchema("ssh_port", .integer(1...65_535)),
                            FieldSchema("ssh_private_key_file", .string()),
                        ]))),
        ])

    static let kubernetesCompute = compute(
        "a Kubernetes compute", type: "kubernetes",
        [
            FieldSchema("namespace", .string(), default: "default"),
            FieldSchema("properties", .map(.any, keysMustBeText: false)),
            FieldSchema("identity", .object(computeIdentity)),
        ])

    static let synapseSpark = compute(
        "a Spark pool", type: "synapsespark",
        [
            .required("resource_id", .string()), FieldSchema("identity", .object(computeIdentity)),
            .readOnly("node_family"), .readOnly("node_size"), .readOnly("node_count"), .readOnly("spark_version"),
            FieldSchema(
                "scale_settings",
                .object(
                    ObjectSchema(
                        "scale settings",
                        [
                            .schemaLink, .readOnly("min_node_count"), .readOnly("max_node_count"),
                            .readOnly("auto_scale_enabled"),
                        ], ignoresReadOnlyKeys: true))),
            FieldSchema(
                "auto_pause_settings",
                .object(
                    ObjectSchema(
                        "auto-pause settings",
                        [.schemaLink, .readOnly("delay_in_minutes"), .readOnly("auto_pause_enabled")],
                        ignoresReadOnlyKeys: true))),
        ])
}
