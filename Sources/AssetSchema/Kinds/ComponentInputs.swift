import Digest
import YAML

extension FieldType {
    static let primitiveTypes = ["boolean", "integer", "number", "string"]
    static let portTypes = [
        "path", "custom_model", "mlflow_model", "mltable", "triton_model", "uri_file", "uri_folder",
    ]
    private static let portModes = [
        "direct", "download", "eval_download", "eval_mount", "mount", "ro_mount", "rw_mount", "upload", "link",
    ]

    /// A component's input: a parameter or a port.
    static let componentInput = FieldType.union(
        [.object(parameter), .object(inputPort)], expected: "an input (a mapping with a type)")

    static let inputPort = ObjectSchema(
        "a component's input",
        [
            .required("type", .choice(portTypes, .exact)),
            FieldSchema("description", .string()),
            FieldSchema("optional", .boolean, default: false),
            FieldSchema("default", .string()),
            FieldSchema("mode", .choice(portModes, .exact)),
        ],
        checks: [
            { node, _, state in
                guard let value = node["default"] else { return }
                state.error(
                    .invalidValue, "only an input that is a number, text or boolean can have a default",
                    at: value.mark, key: "default", hint: "remove it, and set \"optional: true\" if it may be missing")
            }
        ])

    private static let parameter = ObjectSchema(
        "a component's input",
        [
            .required("type", .choice(primitiveTypes, .exact)),
            FieldSchema("optional", .boolean, default: false),
            FieldSchema(
                "default", .union([.string(), .anyNumber, .boolean], expected: "text, a number or a boolean")),
            FieldSchema("description", .string()),
            FieldSchema("max", .union([.string(), .anyNumber], expected: "a number")),
            FieldSchema("min", .union([.string(), .anyNumber], expected: "a number")),
            FieldSchema("enum", .list(.string())),
        ], checks: [parameterValues], normalisation: normaliseParameter)

    /// The SDK brings default, minimum and maximum into the input's type while loading.
    private static let parameterValues: ObjectSchema.Check = { node, fields, state in
        guard case .string(let type)? = fields["type"] else { return }
        for key in ["min", "max"] {
            guard let value = fields[key], let written = node[key] else { continue }
            if type != "integer" && type != "number" {
                state.error(
                    .invalidValue, "\"\(key)\" is for numbers, and the type is \(ReadState.quoted(type))",
                    at: written.mark, key: key, hint: "remove it")
            } else if ParameterValue.number(value) == nil {
                state.error(
                    .invalidValue, "\(ReadState.quoted(written.text ?? "")) is no \(type)", at: written.mark, key: key)
            }
        }
        if let value = fields["default"], let written = node["default"],
            !ParameterValue.isFit(value, for: type)
        {
            state.error(
                .invalidValue,
                "the default \(ReadState.quoted(written.text ?? "")) is no \(type)", at: written.mark, key: "default",
                hint: type == "boolean" ? "write true or false" : nil)
        }
        ParameterValue.checkRange(node, fields, type, &state)
    }

    @Sendable private static func normaliseParameter(_ fields: inout [String: JSONValue]) {
        guard case .string(let type)? = fields["type"] else { return }
        for key in ["default", "min", "max"] {
            if let value = fields[key] { fields[key] = ParameterValue.normalised(value, as: type) }
        }
    }

    /// A component's output that is a file or folder.
    static let outputPort = ObjectSchema(
        "a component's output",
        [
            .required("type", .choice(portTypes, .exact)), FieldSchema("description", .string()),
            FieldSchema("mode", .choice(portModes, .exact)),
        ])

    /// A component's output of any type; the SDK lets parameters have keys that it does not know.
    static let componentOutput = FieldType.union(
        [
            .object(outputPort),
            .object(
                ObjectSchema(
                    "a component's output",
                    [
                        .required("type", .choice(primitiveTypes, .exact)), FieldSchema("description", .string()),
                        FieldSchema("mode", .choice(portModes, .exact)),
                    ], unknownKeys: .kept)),
        ], expected: "an output (a mapping with a type)")
}

/// The value of a parameter, in its parameter's type.
private enum ParameterValue {
    /// The number that Python's `float` makes of a value.
    static func number(_ value: JSONValue) -> Double? {
        switch value {
        case .int(let number): Double(number)
        case .double(let number): number
        case .bool(let flag): flag ? 1 : 0
        case .string(let text): PythonNumber.float(text)
        default: nil
        }
    }

    /// Whether the SDK can make a default of the type.
    static func isFit(_ value: JSONValue, for type: String) -> Bool {
        switch type {
        case "integer":
            if case .string(let text) = value {
                guard let number = PythonNumber.float(text) else { return isNotFinite(text) }
                return number.isFinite
            }
            return true
        case "number": return number(value) != nil || isNotFinite(value.stringValue ?? "")
        case "boolean":
            switch value {
            case .bool: return true
            case .string(let text): return ["true", "false"].contains(text.lowercased())
            default: return false
            }
        default: return true
        }
    }

    /// What the SDK passes over: a number that is none.
    private static func isNotFinite(_ text: String) -> Bool { ["nan", "inf", "-inf"].contains(text) }

    static func normalised(_ value: JSONValue, as type: String) -> JSONValue {
        switch (type, value) {
        case ("integer", .string), ("integer", .double):
            guard let number = number(value), let whole = Int64(exactly: number.rounded(.towardZero)) else {
                return value
            }
            return .int(whole)
        case ("number", _):
            guard let number = number(value), number.isFinite else { return value }
            return .double(number)
        case ("boolean", .string(let text)): return .bool(text.lowercased() == "true")
        case ("string", .int(let number)): return .string(String(number))
        case ("string", .bool(let flag)): return .string(flag ? "True" : "False")
        default: return value
        }
    }

    /// A default out of its own range or enumeration can't be meant; the service refuses it when the step runs.
    static func checkRange(
        _ node: Node, _ fields: [String: JSONValue], _ type: String, _ state: inout ReadState
    ) {
        guard let value = fields["default"], let written = node["default"] else { return }
        if type == "integer" || type == "number", let number = number(value) {
            let minimum = fields["min"].flatMap(number(_:))
            let maximum = fields["max"].flatMap(number(_:))
            if let minimum, number < minimum {
                state.warning(.outOfRange, "the default is less than the minimum", at: written.mark, key: "default")
            } else if let maximum, number > maximum {
                state.warning(.outOfRange, "the default is more than the maximum", at: written.mark, key: "default")
            }
        }
        if let allowed = fields["enum"]?.arrayValue, let text = written.text,
            !allowed.contains(.string(text))
        {
            state.warning(
                .outOfRange, "the default \(ReadState.quoted(text)) is not among the allowed values", at: written.mark,
                key: "default", hint: "allowed are " + allowed.compactMap(\.stringValue).joined(separator: ", "))
        }
    }
}
