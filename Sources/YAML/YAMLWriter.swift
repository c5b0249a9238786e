/// Something to be written as YAML.
package enum YAMLValue: Sendable, Equatable {
    case null
    case bool(Bool)
    case int(Int)
    case string(String)
    case sequence([YAMLValue])
    /// Keys in the order in which they are to stand.
    case mapping([(String, YAMLValue)])

    package static func == (lhs: YAMLValue, rhs: YAMLValue) -> Bool {
        switch (lhs, rhs) {
        case (.null, .null): true
        case (.bool(let left), .bool(let right)): left == right
        case (.int(let left), .int(let right)): left == right
        case (.string(let left), .string(let right)): left == right
        case (.sequence(let left), .sequence(let right)): left == right
        case (.mapping(let left), .mapping(let right)):
            left.count == right.count && zip(left, right).allSatisfy { $0.0 == $1.0 && $0.1 == $1.1 }
        default: false
        }
    }
}

extension YAMLValue: ExpressibleByStringLiteral, ExpressibleByIntegerLiteral, ExpressibleByBooleanLiteral {
    package init(stringLiteral value: String) { self = .string(value) }
    package init(integerLiteral value: Int) { self = .int(value) }
    package init(booleanLiteral value: Bool) { self = .bool(value) }
}

/// Writes the small YAML files that the product makes: block style, quoted only where needed.
package struct YAMLWriter {
    private var output = ""

    private init() {}

    /// The text of a document, ending with a line feed.
    package static func text(_ value: YAMLValue) -> String {
        var writer = YAMLWriter()
        switch value {
        case .mapping(let entries) where !entries.isEmpty:
            writer.write(entries, indent: 0)
        case .sequence(let items) where !items.isEmpty:
            writer.write(items, indent: 0)
        default:
            writer.output += writer.inline(value) + "\n"
        }
        return writer.output
    }

    private mutating func write(_ entries: [(String, YAMLValue)], indent: Int) {
        for (index, (key, value)) in entries.enumerated() {
            // The first key of a mapping in a list stands behind the dash.
            if index > 0 || !output.hasSuffix("- ") { pad(indent) }
            output += Self.quoted(key) + ":"
            write(value, indent: indent, isInSequence: false)
        }
    }

    private mutating func write(_ items: [YAMLValue], indent: Int) {
        for (index, item) in items.enumerated() {
            if index > 0 || !output.hasSuffix("- ") { pad(indent) }
            output += "-"
            write(item, indent: indent, isInSequence: true)
        }
    }

    /// Writes what follows a `key:` or a dash.
    private mutating func write(_ value: YAMLValue, indent: Int, isInSequence: Bool) {
        switch value {
        case .mapping(let entries) where !entries.isEmpty:
            output += isInSequence ? " " : "\n"
            write(entries, indent: indent + 2)
        case .sequence(let items) where !items.isEmpty:
            output += isInSequence ? " " : "\n"
            write(items, indent: indent + 2)
        case .string(let text) where Self.isFitForLiteral(text):
            output += text.hasSuffix("\n") ? " |\n" : " |-\n"
            for line in text.split(separator: "\n", omittingEmptySubsequences: false).dropLast(
                text.hasSuffix("\n") ? 1 : 0)
            {
                if !line.isEmpty { pad(indent + 2) }
                output += line + "\n"
            }
        default:
            output += " " + inline(value) + "\n"
        }
    }

    private mutating func pad(_ indent: Int) {
        output += String(repeating: " ", count: indent)
    }

    private func inline(_ value: YAMLValue) -> String {
        switch value {
        case .null: "null"
        case .bool(let value): value ? "true" : "false"
        case .int(let value): String(value)
        case .string(let text): Self.quoted(text)
        case .sequence: "[]"
        case .mapping: "{}"
        }
    }

    /// Several lines that a literal block gives back exactly.
    private static func isFitForLiteral(_ text: String) -> Bool {
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        guard lines.count > 1, let first = lines.first, !first.isEmpty, !text.hasSuffix("\n\n") else { return false }
        return lines.allSatisfy { line in
            let scalars = line.unicodeScalars
            return scalars.first != " " && scalars.last != " " && scalars.allSatisfy { isPrintable($0) }
        }
    }

    private static func isPrintable(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x20...0x7E: true
        // Line and paragraph separators are breaks in YAML 1.1, and a byte order mark is no text.
        case 0xA0...0xD7FF, 0xE000...0xFFFD, 0x10000...0x10FFFF:
            scalar.value != 0x2028 && scalar.value != 0x2029 && scalar.value != 0xFEFF
        default: false
        }
    }

    /// The text as a plain scalar if it reads back as that string, else in double quotes.
    private static func quoted(_ text: String) -> String {
        if isPlain(text) { return text }
        var result = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": result += "\\\""
            case "\\": result += "\\\\"
            case "\n": result += "\\n"
            case "\t": result += "\\t"
            case "\r": result += "\\r"
            case _ where isPrintable(scalar): result.unicodeScalars.append(scalar)
            default:
                let digits = String(scalar.value, radix: 16, uppercase: true)
                let width = scalar.value > 0xFFFF ? 8 : scalar.value > 0xFF ? 4 : 2
                let letter = width == 8 ? "U" : width == 4 ? "u" : "x"
                result += "\\" + letter + String(repeating: "0", count: width - digits.count) + digits
            }
        }
        return result + "\""
    }

    private static func isPlain(_ text: String) -> Bool {
        guard let first = text.unicodeScalars.first, let last = text.unicodeScalars.last else { return false }
        guard text.unicodeScalars.allSatisfy({ isPrintable($0) }), first != " ", last != " ", last != ":" else {
            return false
        }
        guard !"-?:,[]{}#&*!|>'\"%@`=<~".unicodeScalars.contains(first) else { return false }
        // Compared as bytes: a combining mark would hide the space before it from a search by characters.
        let bytes = Array(text.utf8)
        for (byte, next) in zip(bytes, bytes.dropFirst()) {
            if byte == UInt8(ascii: ":"), next == UInt8(ascii: " ") { return false }
            if byte == UInt8(ascii: " "), next == UInt8(ascii: "#") { return false }
        }
        if text.hasPrefix("...") { return false }
        // YAML 1.2 readers take more words and numbers for typed values than 1.1 does.
        if let number = Double(text.replacing("_", with: "")), !number.isNaN { return false }
        if text.hasPrefix("0o") || text == "y" || text == "n" || text == "Y" || text == "N" { return false }
        return Scalar(text).resolved(.core11) == .string(text)
    }
}
