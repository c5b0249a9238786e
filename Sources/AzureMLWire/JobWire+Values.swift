package import Digest

extension JobWire {
    private static let modes = [
        "ro_mount": "ReadOnlyMount", "rw_mount": "ReadWriteMount", "download": "Download", "direct": "Direct",
        "eval_mount": "EvalMount", "eval_download": "EvalDownload", "upload": "Upload",
    ]
    private static let types = [
        "uri_file", "uri_folder", "mltable", "custom_model", "mlflow_model", "triton_model", "literal",
    ]

    /// The API's types are written in more than one casing by different clients.
    static func type(_ text: String) -> String {
        types.contains(text)
            ? text : Spelling.snake(text.replacingPrefix("MLTable", "Mltable")).replacingPrefix("m_l", "ml")
    }

    static func mode(fromWire text: String) -> String {
        modes.first { $0.value == text }?.key ?? Spelling.snake(text)
    }

    static func mode(toWire text: String) -> String { modes[text] ?? text }

    // MARK: Inputs and outputs

    /// The fields of an input: a scalar for a literal, an object for data.
    package static func input(fromWire value: JSONValue) -> JSONValue {
        guard value.objectValue != nil else { return value }
        // Nodes of a pipeline have their own spelling inside the API's.
        let type = type((value["jobInputType"] ?? value["job_input_type"])?.stringValue ?? "uri_folder")
        if type == "literal" { return value["value"] ?? .null }
        var field: JSONValue = ["type": .string(type)]
        if let uri = value["uri"]?.stringValue { field["path"] = .string(AssetName.reference(uri)) }
        if let mode = value["mode"]?.stringValue, !mode.isEmpty { field["mode"] = .string(Self.mode(fromWire: mode)) }
        field.take("description", from: value)
        return field
    }

    /// An input as the API says it.
    package static func input(toWire field: JSONValue, in path: WorkspacePath) -> JSONValue {
        guard field.objectValue != nil else { return literal(field) }
        guard let place = field["path"]?.stringValue else {
            return literal(field["value"] ?? field["default"] ?? .null)
        }
        let type = field["type"]?.stringValue ?? "uri_folder"
        let collection = type.hasSuffix("_model") ? "models" : "data"
        var value: JSONValue = ["jobInputType": .string(type), "uri": .string(path.id(place, of: collection))]
        if let mode = field["mode"]?.stringValue { value["mode"] = .string(Self.mode(toWire: mode)) }
        value.take("description", from: field)
        return value
    }

    private static func literal(_ value: JSONValue) -> JSONValue {
        switch value {
        case .null: ["jobInputType": "literal", "value": .null]
        case .bool(let flag): ["jobInputType": "literal", "value": flag ? "True" : "False"]
        default: ["jobInputType": "literal", "value": .string(value.stringValue ?? value.canonicalText)]
        }
    }

    package static func output(fromWire value: JSONValue) -> JSONValue {
        let type = type((value["jobOutputType"] ?? value["job_output_type"])?.stringValue ?? "uri_folder")
        var field: JSONValue = ["type": .string(type)]
        field.take("path", from: value, as: "uri")
        if let mode = value["mode"]?.stringValue, !mode.isEmpty { field["mode"] = .string(Self.mode(fromWire: mode)) }
        field.take("name", from: value, as: "assetName")
        field.take("version", from: value, as: "assetVersion")
        field.take("description", from: value)
        return field
    }

    /// - Parameter place: where the output's files are, when the definition does not say.
    package static func output(toWire field: JSONValue, place: String) -> JSONValue {
        var value: JSONValue = ["jobOutputType": .string(field["type"]?.stringValue ?? "uri_folder")]
        value["uri"] = field["path"] ?? .string(place)
        if let mode = field["mode"]?.stringValue { value["mode"] = .string(Self.mode(toWire: mode)) }
        value.take("assetName", from: field, as: "name")
        value.take("assetVersion", from: field, as: "version")
        value.take("description", from: field)
        return value
    }

    // MARK: Settings

    static let settings = [("resources", "resources"), ("queue_settings", "queueSettings")]

    static func distribution(fromWire value: JSONValue) -> JSONValue {
        var fields = Spelling.snake(value)
        fields["distribution_type"] = nil
        if let type = value["distributionType"]?.stringValue { fields["type"] = .string(type.lowercased()) }
        return fields
    }

    static func distribution(toWire field: JSONValue) -> JSONValue {
        let names = ["pytorch": "PyTorch", "mpi": "Mpi", "tensorflow": "TensorFlow", "ray": "Ray"]
        var value = Spelling.camel(field)
        value["type"] = nil
        if let type = field["type"]?.stringValue {
            value["distributionType"] = .string(names[type.lowercased()] ?? type)
        }
        return value
    }

    static func limits(fromWire value: JSONValue) -> JSONValue {
        var fields = Spelling.snake(value)
        fields["job_limits_type"] = nil
        for name in ["timeout", "trial_timeout"] {
            guard let text = fields[name]?.stringValue, let span = WireDuration.milliseconds(text) else { continue }
            fields[name] = .int(Int64(span / 1_000))
        }
        return fields
    }

    static func limits(toWire field: JSONValue, type: String) -> JSONValue {
        var value = Spelling.camel(field)
        for name in ["timeout", "trialTimeout"] {
            guard let seconds = value[name]?.intValue else { continue }
            value[name] = .string(WireDuration.text(milliseconds: seconds * 1_000))
        }
        value["jobLimitsType"] = .string(type)
        return value
    }

    private static let identities = [
        "aml_token": "AMLToken", "managed": "Managed", "managed_identity": "Managed", "user_identity": "UserIdentity",
        "user": "UserIdentity",
    ]

    static func identity(fromWire value: JSONValue) -> JSONValue {
        let names = ["AMLToken": "aml_token", "Managed": "managed", "UserIdentity": "user_identity"]
        let type = value["identityType"]?.stringValue ?? ""
        return ["type": .string(names[type] ?? Spelling.snake(type))]
    }

    static func identity(toWire field: JSONValue) -> JSONValue {
        let type = field["type"]?.stringValue ?? ""
        return ["identityType": .string(identities[type] ?? type)]
    }
}
