package import Digest

/// What a command job says.
package struct CommandJobView: Sendable, Equatable {
    /// One input.
    package enum Input: Sendable, Equatable {
        /// A value, put into the command as text.
        case literal(JSONValue)
        /// Data or a model.
        case data(DataInput)
    }

    /// An input that is data or a model.
    package struct DataInput: Sendable, Equatable {
        /// What a path may name.
        package enum Source: Sendable, Equatable {
            case reference(AssetReference)
            case local(String)
            case uri(String)
        }

        /// `uri_file`, `uri_folder`, `mltable`, or a model's type.
        package var type: String
        /// What it is made of; nil when the document does not say.
        package var source: Source?
        /// How it is brought to the job, such as `ro_mount`.
        package var mode: String?
    }

    /// One output.
    package struct Output: Sendable, Equatable {
        /// `uri_folder`, `uri_file`, or a model's type.
        package var type: String
        /// Where it is to be stored, when the document says so.
        package var path: String?
        /// The asset it is registered as.
        package var name: String?
        /// That asset's version.
        package var version: String?
        /// How it is brought back, such as `rw_mount`.
        package var mode: String?
    }

    package let command: String
    /// The code folder or file as written.
    package let code: String?
    package let inputs: [String: Input]
    package let outputs: [String: Output]
    package let environment: EnvironmentSource?
    package let environmentVariables: [String: String]
    /// Seconds after which the job is stopped.
    package let timeout: Int?
    package let instanceCount: Int
    /// The compute target, such as `azureml:cpu-cluster`.
    package let compute: String?
    package let experimentName: String?
    package let displayName: String?
    package let tags: [String: String]
    package let properties: [String: String]

    /// Reads the normalised fields of a command job.
    package init(fields: JSONValue) {
        command = fields["command"]?.stringValue ?? ""
        code = fields["code"]?.stringValue
        inputs = (fields["inputs"]?.objectValue ?? [:]).mapValues(Self.input)
        outputs = (fields["outputs"]?.objectValue ?? [:]).mapValues { output in
            Output(
                type: output["type"]?.stringValue ?? "uri_folder", path: output["path"]?.stringValue,
                name: output["name"]?.stringValue, version: output["version"]?.stringValue,
                mode: output["mode"]?.stringValue)
        }
        environment = EnvironmentSource(fields["environment"])
        environmentVariables = fields["environment_variables"]?.textMap ?? [:]
        timeout = fields["limits"]?["timeout"]?.intValue
        instanceCount = fields["resources"]?["instance_count"]?.intValue ?? 1
        compute = fields["compute"]?.stringValue
        experimentName = fields["experiment_name"]?.stringValue
        displayName = fields["display_name"]?.stringValue
        tags = fields["tags"]?.textMap ?? [:]
        properties = fields["properties"]?.textMap ?? [:]
    }

    private static func input(_ value: JSONValue) -> Input {
        guard let members = value.objectValue else { return .literal(value) }
        if let literal = members["value"] { return .literal(literal) }
        let source = members["path"]?.stringValue.map { text -> DataInput.Source in
            if let reference = AssetReference(text) { return .reference(reference) }
            return switch AssetPath(text) {
            case .local(let path): .local(path)
            case .uri(let uri): .uri(uri)
            }
        }
        return .data(
            DataInput(
                type: members["type"]?.stringValue ?? "uri_folder", source: source, mode: members["mode"]?.stringValue))
    }
}
