import Digest
import YAML

extension ObjectSchema {
    /// As the reference page says.
    ///
    /// https://learn.microsoft.com/azure/machine-learning/reference-yaml-data
    static let data = ObjectSchema(
        "a data asset",
        FieldSchema.assetFields(nameIsRequired: false) + [
            FieldSchema("id", .string(), use: .service),
            FieldSchema("datastore", .string()),
            .required("path", .path(PathRule(.data, or: [.anyURI]))),
            .readOnly("properties"),
            FieldSchema(
                "type", .choice(["uri_file", "uri_folder", "mltable"], .exact), default: "uri_folder"),
        ], ignoresReadOnlyKeys: true,
        checks: [
            versionNeedsName,
            { node, _, state in
                guard node["name"] == nil, node["version"] == nil else { return }
                state.error(
                    .missingPart, "a data asset without a name can't be registered", at: node.mark, key: "name",
                    hint: "add \"name: …\"")
            },
        ])

    static let modelTypes = ["custom_model", "mlflow_model", "triton_model"]

    /// As the reference page says.
    ///
    /// https://learn.microsoft.com/azure/machine-learning/reference-yaml-model
    static let model = ObjectSchema(
        "a model",
        [
            .schemaLink, .required("name", .string(.asset)), .readOnly("id"),
            FieldSchema("type", .choice(modelTypes), default: "custom_model"),
            FieldSchema("path", .path(PathRule(.model, or: [.anyURI]))),
            FieldSchema("version", .version), .description,
            FieldSchema("properties", .textMap()),
            FieldSchema("tags", .textMap()),
            FieldSchema("stage", .string()),
            .readOnly("utc_time_created"),
            FieldSchema("flavors", .map(.any, keysMustBeText: false)),
            .creationContext, .readOnly("job_name"), .readOnly("latest_version"),
            FieldSchema("datastore", .string()),
            .readOnly("intellectual_property"),
            FieldSchema("system_metadata", .map(.any, keysMustBeText: false), use: .service),
            FieldSchema("default_deployment_template", .object(deploymentTemplate)),
            FieldSchema("allowed_deployment_templates", .list(.object(deploymentTemplate))),
        ], ignoresReadOnlyKeys: true, checks: [versionNeedsName])

    /// A model written inside a deployment.
    static let anonymousModel = model.with([FieldSchema("name", .string(.asset))], checks: [namedByContent])

    /// The SDK names a model without a name by the hash of its files, and takes whatever `path` says for a local path.
    private static let namedByContent: Check = { node, _, state in
        guard node["name"] == nil, let path = node["path"], let text = path.text else { return }
        if case .uri = AssetPath(text) {
            state.error(
                .invalidValue,
                "a model without a name is hashed from local files, and \(ReadState.quoted(text)) is none",
                at: path.mark, key: "path", hint: "register the model, and write azureml:NAME:VERSION")
        } else {
            state.setRole(.unnamedModel, ofPathAt: "path")
        }
    }

    private static let deploymentTemplate = ObjectSchema(
        "a deployment template", [FieldSchema("asset_id", .string())])
}
