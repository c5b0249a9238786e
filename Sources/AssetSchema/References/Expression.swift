/// A `${{…}}` in a command or a field.
package struct Expression: Sendable, Hashable {
    /// The dotted parts: `["inputs", "data"]`.
    package var parts: [String]
    /// The text as written, braces included.
    package var text: String
    /// Whether it stands in `[…]`, which the job leaves out when the input has no value.
    package var isOptional: Bool
    /// How many times the same text stood before it.
    package var occurrence: Int

    /// The name of the input, if it names one.
    package var input: String? { parts.count >= 2 && parts[0] == "inputs" ? parts[1...].joined(separator: ".") : nil }

    /// The name of the output, if it names one.
    package var output: String? { parts.count >= 2 && parts[0] == "outputs" ? parts[1...].joined(separator: ".") : nil }

    /// Whether the text has an expression without blanks in its middle, as the SDK looks for them: `${{a.b}}`.
    package static func isBinding(_ text: String) -> Bool {
        guard text.utf8.contains(UInt8(ascii: "$")) else { return false }
        return all(in: text).contains { expression in
            !expression.parts.contains { part in part.unicodeScalars.contains { $0.properties.isWhitespace } }
        }
    }

    /// Whether the text is `${{parent.outputs.…}}` and nothing else.
    package static func isOutputBinding(_ text: String) -> Bool {
        text.hasPrefix("${{parent.outputs.") && (text.hasSuffix("}}") || text.hasSuffix("}}\n"))
    }

    /// All expressions of a text, in order.
    package static func all(in text: String) -> [Expression] {
        // Bytes, since nearly every text of a project passes through here and nearly none has one.
        guard text.utf8.contains(UInt8(ascii: "$")) else { return [] }
        let bytes = Array(text.utf8)
        var result: [Expression] = []
        var seen: [String: Int] = [:]
        var isBracketOpen = false
        var index = 0
        while index < bytes.count {
            switch bytes[index] {
            case UInt8(ascii: "["): isBracketOpen = true
            case UInt8(ascii: "]"): isBracketOpen = false
            case UInt8(ascii: "$") where bytes[index...].starts(with: opening):
                guard let end = end(in: bytes, from: index + opening.count) else { return result }
                let whole = String(decoding: bytes[index..<(end + 2)], as: UTF8.self)
                let isClosed = end + 2 < bytes.count && bytes[end + 2] == UInt8(ascii: "]")
                result.append(
                    Expression(
                        parts: parts(bytes[(index + opening.count)..<end]), text: whole,
                        isOptional: isBracketOpen && isClosed, occurrence: seen[whole, default: 0]))
                seen[whole, default: 0] += 1
                index = end + 2
                continue
            default: break
            }
            index += 1
        }
        return result
    }

    private static let opening = Array("${{".utf8)

    /// Where the `}}` stands that ends an expression.
    private static func end(in bytes: [UInt8], from start: Int) -> Int? {
        var index = start
        while index + 1 < bytes.count {
            if bytes[index] == UInt8(ascii: "}"), bytes[index + 1] == UInt8(ascii: "}") { return index }
            index += 1
        }
        return nil
    }

    private static func parts(_ body: ArraySlice<UInt8>) -> [String] {
        func isBlank(_ byte: UInt8) -> Bool { byte == UInt8(ascii: " ") || (9...13).contains(byte) }
        var body = body.drop(while: isBlank)
        while let last = body.last, isBlank(last) { body.removeLast() }
        return body.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false).map {
            String(decoding: $0, as: UTF8.self)
        }
    }
}
