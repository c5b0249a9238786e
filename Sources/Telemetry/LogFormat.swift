/// How a record becomes one line.
package enum LogFormat: String, Sendable, CaseIterable {
    case logfmt, json

    package func render(_ record: LogRecord, time: String) -> String {
        let head: [(String, LogValue)] = [
            ("time", .string(time)), ("level", .string(record.level.rawValue)), ("message", .string(record.message)),
        ]
        let pairs = head + record.fields.entries.map { ($0.key, $0.value) }
        switch self {
        case .logfmt:
            return pairs.map { "\(key($0.0))=\(logfmt($0.1))" }.joined(separator: " ")
        case .json:
            return "{" + pairs.map { "\(quoted($0.0)):\(json($0.1))" }.joined(separator: ",") + "}"
        }
    }

    /// Keys are constants of ours, yet a stray space or equals sign would break the whole line.
    private func key(_ text: String) -> String {
        String(text.map { $0 == " " || $0 == "=" || $0 == "\"" || $0.isNewline ? "_" : $0 })
    }

    private func logfmt(_ value: LogValue) -> String {
        guard case .string(let text) = value else { return json(value) }
        let plain =
            !text.isEmpty
            && text.unicodeScalars.allSatisfy {
                $0.value > 0x20 && $0 != "\"" && $0 != "=" && $0 != "\\" && $0.value != 0x7F
            }
        return plain && !text.unicodeScalars.contains(where: isLineBreaking) ? text : quoted(text)
    }

    private func json(_ value: LogValue) -> String {
        switch value {
        case .string(let text): quoted(text)
        case .integer(let number): String(number)
        // JSON has no words for these two.
        case .number(let number): number.isFinite ? String(number) : quoted(String(number))
        case .bool(let truth): truth ? "true" : "false"
        }
    }

    private func isLineBreaking(_ scalar: Unicode.Scalar) -> Bool {
        (0x80...0x9F).contains(scalar.value) || scalar.value == 0x2028 || scalar.value == 0x2029
    }

    private func quoted(_ text: String) -> String {
        var result = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": result += "\\\""
            case "\\": result += "\\\\"
            case "\n": result += "\\n"
            case "\r": result += "\\r"
            case "\t": result += "\\t"
            case _ where scalar.value < 0x20 || scalar.value == 0x7F || isLineBreaking(scalar):
                let digits = String(scalar.value, radix: 16)
                result += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result + "\""
    }
}
