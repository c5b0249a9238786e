internal import AssetSchema
internal import Diagnostics
internal import YAML

/// What a pipeline passes for one asset file, by the fields of the asset.
struct PassedFields {
    let call: PipelineCall
    let file: AssetFile
    let document: Node?

    /// Names of parameters that give a name, by kind; the first that is there counts.
    private static let nameWords: [AssetKind: [String]] = [
        .environment: ["environment_name", "env_name", "name"],
        .data: ["data_name", "dataset_name", "data_asset_name", "name"],
        .model: ["model_name", "name"],
        .component: ["component_name", "name"],
        .onlineEndpoint: ["endpoint_name", "name"],
        .batchEndpoint: ["endpoint_name", "name"],
        .onlineDeployment: ["deployment_name", "name"],
        .batchDeployment: ["deployment_name", "name"],
        .compute: ["compute_name", "cluster_name", "name"],
    ]

    /// Options of commands that are fields of the asset.
    private static let options: [String: String] = [
        "name": "name", "endpoint-name": "endpoint_name", "path": "path", "type": "type", "model": "model",
        "experiment-name": "experiment_name", "conda-file": "conda_file", "image": "image",
        "description": "description", "display-name": "display_name",
    ]

    /// By field; nested fields by dots.
    var fields: [String: Located<String>] {
        switch call.form {
        case .command: commandFields
        case .parameters: parameterFields
        }
    }

    private var commandFields: [String: Located<String>] {
        var fields: [String: Located<String>] = [:]
        for (option, value) in call.values {
            if option.hasPrefix("set:") {
                let path = String(option.dropFirst(4))
                if !path.contains("[") { fields[path] = value }
            } else if let field = Self.options[option] {
                fields[field] = value
            }
        }
        // A job's name is one run's own.
        if file.kind.isJob { fields["name"] = nil }
        return fields.filter { !$0.key.hasPrefix("traffic") && $0.key != "version" }
    }

    private var parameterFields: [String: Located<String>] {
        let values = Dictionary(
            call.values.map { ($0.key.replacing("-", with: "_"), $0.value) }, uniquingKeysWith: { first, _ in first })
        var fields: [String: Located<String>] = [:]
        fields["name"] = Self.nameWords[file.kind]?.lazy.compactMap { values[$0] }.first
        func shared(_ name: String) -> Located<String>? {
            values[name] ?? call.variables[name].map { Located($0, at: call.location) }
        }
        switch file.kind {
        case .onlineEndpoint, .batchEndpoint: fields["name"] = fields["name"] ?? shared("endpoint_name")
        case .onlineDeployment, .batchDeployment:
            fields["endpoint_name"] = shared("endpoint_name")
            if let model = values["model"] ?? values["model_name"], model.value.hasPrefix("azureml:") {
                fields["model"] = model
            }
        case let kind where kind.isJob:
            for name in ["experiment_name", "display_name"] { fields[name] = values[name] }
            let inputs = document?["inputs"]?.mapping?.keys ?? []
            for input in inputs { fields["inputs.\(input)"] = values[input.lowercased()] }
        default: break
        }
        return fields
    }
}
