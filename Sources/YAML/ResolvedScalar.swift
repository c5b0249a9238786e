/// What a scalar means once its type is resolved.
package enum ResolvedScalar: Sendable, Equatable {
    case null
    case bool(Bool)
    case int(Int64)
    /// An integer beyond 64 bits, in decimal.
    case bigInteger(String)
    case double(Double)
    case string(String)
    /// A date or a date with time; the text is what Python prints for it.
    case timestamp(String)
    /// Looks like a type and is none of its values, so that loading the file fails; the text says why.
    case invalid(String)

    /// What it is, for messages, such as `a string`.
    package var kindDescription: String {
        switch self {
        case .null: "null"
        case .bool: "a boolean"
        case .int, .bigInteger: "an integer"
        case .double: "a number"
        case .string: "a string"
        case .timestamp: "a date"
        case .invalid: "an invalid value"
        }
    }

    /// The text that Python's `str()` gives for the loaded value: `True`, `None`, `1.1` for `1.10`.
    ///
    /// This is what the Azure ML SDK stores wherever it wants text and YAML gave something else.
    package var pythonText: String? {
        switch self {
        case .null: "None"
        case .bool(let value): value ? "True" : "False"
        case .int(let value): String(value)
        case .bigInteger(let text), .string(let text), .timestamp(let text): text
        case .double(let value): PythonFloat.text(value)
        case .invalid: nil
        }
    }
}

/// Prints floating-point numbers as Python does.
enum PythonFloat {
    /// The shortest text that reads back as the same number, with an exponent below 1e-4 and from 1e16.
    static func text(_ value: Double) -> String {
        if value.isNaN { return "nan" }
        if value.isInfinite { return value < 0 ? "-inf" : "inf" }
        // Swift also prints the shortest digits, but changes to an exponent at another place (2^54).
        let text = value.description
        guard value.magnitude >= 1e16, !text.contains("e") else { return text }
        let sign = value < 0 ? "-" : ""
        let digits = text.filter(\.isNumber).dropLast()
        let exponent = digits.count - 1
        var fraction = digits.dropFirst()
        while fraction.last == "0" { fraction.removeLast() }
        return sign + digits.prefix(1) + (fraction.isEmpty ? "" : "." + fraction) + "e+\(exponent)"
    }
}
