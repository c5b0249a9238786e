internal import Digest

/// What a sweep searches and how: CLI v2 fields beside the API's properties.
enum SweepWire {
    // MARK: Search space

    /// The names of a distribution's numbers, in the order in which the API lists them.
    private static func parameters(_ type: String) -> [String] {
        switch type {
        case "choice": ["values"]
        case "randint": ["upper"]
        case "uniform", "loguniform": ["min_value", "max_value"]
        case "quniform", "qloguniform": ["min_value", "max_value", "q"]
        case "normal", "lognormal": ["mu", "sigma"]
        default: ["mu", "sigma", "q"]
        }
    }

    /// `["uniform", [0, 1]]` → `{type: uniform, min_value: 0, max_value: 1}`.
    static func distribution(fromWire value: JSONValue) -> JSONValue {
        guard let type = value[0]?.stringValue, let numbers = value[1]?.arrayValue else { return value }
        var field: JSONValue = ["type": .string(type)]
        for (name, number) in zip(parameters(type), numbers) { field[name] = number }
        return field
    }

    static func distribution(toWire field: JSONValue) -> JSONValue {
        guard let type = field["type"]?.stringValue else { return field }
        return [.string(type), .array(parameters(type).map { field[$0] ?? .null })]
    }

    // MARK: Sampling, objective, policy

    static func sampling(fromWire value: JSONValue) -> JSONValue {
        var field = Spelling.snake(value)
        field["sampling_algorithm_type"] = nil
        field["type"] = .string(value["samplingAlgorithmType"]?.stringValue?.lowercased() ?? "random")
        if let rule = field["rule"]?.stringValue { field["rule"] = .string(rule.lowercased()) }
        return field
    }

    static func sampling(toWire field: JSONValue) -> JSONValue {
        var value: JSONValue = field.objectValue == nil ? [:] : Spelling.camel(field)
        let type = field.stringValue ?? field["type"]?.stringValue ?? "random"
        value["type"] = nil
        value["samplingAlgorithmType"] = .string(title(type))
        if let rule = value["rule"]?.stringValue { value["rule"] = .string(title(rule)) }
        return value
    }

    static func objective(fromWire value: JSONValue) -> JSONValue {
        var field = Spelling.snake(value)
        field["goal"] = .string(value["goal"]?.stringValue?.lowercased() ?? "maximize")
        return field
    }

    static func objective(toWire field: JSONValue) -> JSONValue {
        var value = Spelling.camel(field)
        value["goal"] = .string(title(field["goal"]?.stringValue ?? "maximize"))
        return value
    }

    private static let policies = [
        "Bandit": "bandit", "MedianStopping": "median_stopping", "TruncationSelection": "truncation_selection",
    ]

    static func policy(fromWire value: JSONValue) -> JSONValue {
        var field = Spelling.snake(value)
        field["policy_type"] = nil
        let type = value["policyType"]?.stringValue ?? ""
        field["type"] = .string(policies[type] ?? type)
        return field
    }

    static func policy(toWire field: JSONValue) -> JSONValue {
        var value = Spelling.camel(field)
        value["type"] = nil
        let type = field["type"]?.stringValue ?? ""
        value["policyType"] = .string(policies.first { $0.value == type }?.key ?? type)
        return value
    }

    private static func title(_ text: String) -> String { text.prefix(1).uppercased() + text.dropFirst() }
}
