package import AssetSchema
package import Digest
package import Workspace

/// Versions of environments, data, models and components: CLI v2 fields beside the API's properties.
package enum AssetWire {
    /// The API's collection of a kind of asset.
    package static func collection(_ kind: AssetKind) -> String {
        switch kind {
        case .environment: "environments"
        case .data: "data"
        case .model: "models"
        default: "components"
        }
    }

    /// The properties that make a version what it is; another value of one of them is another version.
    package static func identity(_ kind: AssetKind) -> [String] {
        switch kind {
        case .environment: ["image", "condaFile", "build", "inferenceConfig"]
        case .data: ["dataUri", "dataType"]
        case .model: ["modelUri", "modelType"]
        default: ["componentSpec"]
        }
    }

    /// The CLI v2 fields that a version's properties say.
    package static func fields(_ kind: AssetKind, _ properties: JSONValue) -> JSONValue {
        var fields: JSONValue = [:]
        fields.take("description", from: properties)
        if let tags = properties["tags"]?.present, !tags.isEmpty { fields["tags"] = .object(tags) }
        if let own = properties["properties"]?.present, !own.isEmpty { fields["properties"] = .object(own) }
        switch kind {
        case .environment:
            fields.take("image", from: properties)
            fields.take("conda_file", from: properties, as: "condaFile")
            if let build = properties["build"], !build.isNull {
                var context: JSONValue = [:]
                context.take("path", from: build, as: "contextUri")
                context.take("dockerfile_path", from: build, as: "dockerfilePath")
                fields["build"] = context
            }
            if let config = properties["inferenceConfig"], !config.isNull {
                fields["inference_config"] = Spelling.snake(config)
            }
            if let system = properties["osType"]?.stringValue?.lowercased(), system != "linux" {
                fields["os_type"] = .string(system)
            }
        case .data:
            fields.take("path", from: properties, as: "dataUri")
            fields["type"] = .string(properties["dataType"]?.stringValue ?? "uri_folder")
        case .model:
            fields.take("path", from: properties, as: "modelUri")
            fields["type"] = .string(properties["modelType"]?.stringValue ?? "custom_model")
            if let flavors = properties["flavors"]?.present, !flavors.isEmpty { fields["flavors"] = .object(flavors) }
            fields.take("stage", from: properties)
        default:
            for (key, value) in properties["componentSpec"]?.present ?? [:]
            where !["$schema", "name", "version", "_source", "tags", "description"].contains(key) {
                fields[key] = value
            }
            if let code = fields["code"]?.stringValue { fields["code"] = .string(AssetName.reference(code)) }
            if let text = fields["environment"]?.stringValue {
                fields["environment"] = .string(AssetName.reference(text))
            }
            if fields["description"] == nil, let spec = properties["componentSpec"] {
                fields.take("description", from: spec)
            }
        }
        return fields
    }

    /// The properties of a version.
    ///
    /// - Parameters:
    ///   - uri: where its files can be had in the workspace's datastore, for a version that was not uploaded there.
    ///   - conda: the text of its conda file, for a version that holds it as a file.
    package static func properties(
        _ asset: LiveAsset, in path: WorkspacePath, uri: String?, conda: String? = nil
    ) -> JSONValue {
        let fields = asset.fields
        var properties: JSONValue = [
            "isArchived": .bool(asset.isArchived), "isAnonymous": .bool(isAnonymous(asset.name)),
            "tags": JSONValue(texts: asset.tags.merging(fields["tags"]?.texts ?? [:]) { own, _ in own }),
            "properties": JSONValue(texts: fields["properties"]?.texts ?? [:]), "provisioningState": "Succeeded",
        ]
        properties["description"] = fields["description"] ?? .null
        switch asset.kind {
        case .environment:
            properties.take("image", from: fields)
            properties["condaFile"] = conda.map { .string($0) } ?? condaText(fields["conda_file"])
            if let build = fields["build"] {
                var context: JSONValue = [:]
                context["contextUri"] = (build["path"]?.stringValue.flatMap(remote) ?? uri).map { .string($0) } ?? ""
                context["dockerfilePath"] = build["dockerfile_path"] ?? "Dockerfile"
                properties["build"] = context
            }
            if let config = fields["inference_config"] { properties["inferenceConfig"] = Spelling.camel(config) }
            properties["osType"] = fields["os_type"]?.stringValue == "windows" ? "Windows" : "Linux"
            properties["environmentType"] = "UserCreated"
        case .data:
            properties["dataUri"] = .string(fields["path"]?.stringValue.flatMap(remote).map(path.stored) ?? uri ?? "")
            properties["dataType"] = .string(fields["type"]?.stringValue ?? "uri_folder")
        case .model:
            properties["modelUri"] = .string(fields["path"]?.stringValue.flatMap(remote).map(path.stored) ?? uri ?? "")
            properties["modelType"] = .string(fields["type"]?.stringValue ?? "custom_model")
            properties["flavors"] = flavors(fields["flavors"])
            if let job = asset.tags[TagName.job] { properties["jobName"] = .string(job) }
            if let stage = fields["stage"] { properties["stage"] = stage }
        default:
            var spec: JSONValue = .object(fields.present.filter { !["tags", "properties"].contains($0.key) })
            spec["name"] = .string(asset.name)
            spec["version"] = .string(asset.version)
            // A client reads the specification as it reads YAML, where an id stands behind the scheme.
            for (name, collection) in [("code", "codes"), ("environment", "environments")] {
                guard let text = fields[name]?.stringValue, AssetName(text) != nil else { continue }
                spec[name] = .string("azureml:\(path.id(text, of: collection))")
            }
            properties["componentSpec"] = spec
        }
        return properties
    }

    /// Names under which clients register what has no name of its own.
    package static func isAnonymous(_ name: String) -> Bool {
        name == "CliV2AnonymousEnvironment" || name == "azureml_anonymous"
    }

    /// A path that means something outside of the repository it was written in.
    private static func remote(_ path: String) -> String? { path.contains(":/") ? path : nil }

    private static func condaText(_ field: JSONValue?) -> JSONValue {
        switch field {
        case .string(let text)? where text.contains("\n") || text.contains(":"): .string(text)
        // JSON is YAML too.
        case .object(let members)?: .string(JSONValue.object(members).canonicalText)
        default: .null
        }
    }

    private static func flavors(_ field: JSONValue?) -> JSONValue {
        .object(
            (field?.present ?? [:]).mapValues { flavor in
                flavor["data"] == nil ? ["data": JSONValue(texts: flavor.texts)] : flavor
            })
    }
}
