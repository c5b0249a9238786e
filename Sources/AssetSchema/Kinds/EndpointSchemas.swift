import Digest
import YAML

extension ObjectSchema {
    private static func endpointFields(defaultAuthMode: String) -> [FieldSchema] {
        [
            .schemaLink, FieldSchema("id", .string(), use: .service),
            .required("name", .string(.endpoint)), .description,
            FieldSchema("tags", .textMap()),
            FieldSchema("provisioning_state", .string(), use: .service),
            FieldSchema("properties", .textMap()),
            FieldSchema(
                "auth_mode", .choice(["key", "aml_token", "aad_token"], .snakeCase),
                default: .string(defaultAuthMode)),
            FieldSchema("scoring_uri", .string(), use: .service),
            FieldSchema("openapi_uri", .string(), use: .service),
            FieldSchema("location", .string()),
            FieldSchema("identity", .object(.endpointIdentity)),
        ]
    }

    /// As the reference page says.
    ///
    /// https://learn.microsoft.com/azure/machine-learning/reference-yaml-endpoint-online
    static let managedOnlineEndpoint = ObjectSchema(
        "an online endpoint",
        endpointFields(defaultAuthMode: "key") + [
            FieldSchema("traffic", .map(.integer(0...100))),
            FieldSchema("mirror_traffic", .map(.integer(0...50))),
            .readOnly("kind"),
            FieldSchema("public_network_access", .choice(["enabled", "disabled"]), default: "enabled"),
        ], ignoresReadOnlyKeys: true, checks: [trafficSum])

    static let kubernetesOnlineEndpoint = managedOnlineEndpoint.with(
        [FieldSchema("compute", .resource(.compute))], without: ["public_network_access"])

    /// As the reference page says.
    ///
    /// https://learn.microsoft.com/azure/machine-learning/reference-yaml-endpoint-batch
    static let batchEndpoint = ObjectSchema(
        "a batch endpoint",
        endpointFields(defaultAuthMode: "aad_token") + [
            FieldSchema(
                "defaults",
                .object(ObjectSchema("an endpoint's defaults", [FieldSchema("deployment_name", .string(.deployment))])))
        ], ignoresReadOnlyKeys: true,
        checks: [
            { node, fields, state in
                // The schema knows the key, and the SDK's BatchEndpoint then fails on it with a TypeError.
                guard let identity = node["identity"], fields["identity"] != nil else { return }
                state.error(
                    .invalidValue, "a batch endpoint can't have an identity", at: identity.mark, key: "identity")
            }
        ])

    private static let trafficSum: Check = { node, fields, state in
        if let traffic = fields["traffic"]?.objectValue {
            let sum = traffic.values.reduce(into: Int64(0)) { sum, value in
                if case .int(let percent) = value { sum = sum.addingReportingOverflow(percent).partialValue }
            }
            if sum > 100 {
                state.error(
                    .invalidValue, "traffic adds up to \(sum)%, which is more than 100%",
                    at: node["traffic"]?.mark ?? node.mark, key: "traffic")
            } else if sum != 100, sum != 0 {
                state.warning(
                    .surprisingValue, "traffic adds up to \(sum)%; what is not given to a deployment fails",
                    at: node["traffic"]?.mark ?? node.mark, key: "traffic")
            }
        }
        if let mirrored = fields["mirror_traffic"]?.objectValue, mirrored.count > 1 {
            state.error(
                .outOfRange, "traffic can be mirrored to one deployment only",
                at: node["mirror_traffic"]?.mark ?? node.mark, key: "mirror_traffic")
        }
    }
}
