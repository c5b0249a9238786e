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

    /// All expressions of a text, in order.
    package static func all(in text: String) -> [Expression] {
        guard text.contains("${{") else { return [] }
        var result: [Expression] = []
        var seen: [String: Int] = [:]
        var openBracket: String.Index?
        var index = text.startIndex
        while index < text.endIndex {
            let rest = text[index...]
            if rest.hasPrefix("${{") {
                guard let end = rest.firstRange(of: "}}") else { break }
                let whole = String(rest[..<end.upperBound])
                let inner = rest[rest.index(rest.startIndex, offsetBy: 3)..<end.lowerBound]
                let trimmed = inner.drop { $0.isWhitespace }
                let body = String(trimmed.reversed().drop { $0.isWhitespace }.reversed())
                let isClosed = end.upperBound < text.endIndex && text[end.upperBound...].first == "]"
                result.append(
                    Expression(
                        parts: body.split(separator: ".", omittingEmptySubsequences: false).map(String.init),
                        text: whole, isOptional: openBracket != nil && isClosed, occurrence: seen[whole, default: 0]))
                seen[whole, default: 0] += 1
                index = end.upperBound
                continue
            }
            if rest.first == "[" { openBracket = index }
            if rest.first == "]" { openBracket = nil }
            index = text.index(after: index)
        }
        return result
    }
}
