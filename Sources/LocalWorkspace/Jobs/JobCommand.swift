internal import Digest
internal import Workspace

/// A job's command with its expressions, `${{inputs.x}}` and `${{outputs.x}}`, put in.
struct JobCommand {
    /// What stands for an expression.
    enum Value: Equatable {
        /// The text itself, as Azure puts literals in.
        case literal(String)
        /// A path, quoted as the place where it stands demands.
        case path(String)
    }

    var inputs: [String: Value]
    var outputs: [String: Value]

    /// The command as the shell gets it.
    ///
    /// A group `$[[--flag ${{inputs.x}}]]`, or `[--flag ${{inputs.x}}]`, is left out when an input in it has no value.
    func resolve(_ command: String) throws -> String {
        var result = ""
        var quote = Quote.none
        var rest = Substring(command)
        while let character = rest.first {
            if let group = Self.group(rest) {
                if try names(in: group.text).allSatisfy({ try value($0) != nil }) {
                    for piece in try pieces(group.text) { append(piece, to: &result, &quote) }
                }
                rest = group.rest
            } else if rest.hasPrefix("${{") {
                guard let end = rest.firstRange(of: "}}") else {
                    throw WorkspaceError(.invalid, "the command has a '${{' without its '}}'")
                }
                append(
                    try required(rest[rest.index(rest.startIndex, offsetBy: 3)..<end.lowerBound]), to: &result, &quote)
                rest = rest[end.upperBound...]
            } else {
                append(.literal(String(character)), to: &result, &quote)
                rest.removeFirst()
            }
        }
        return result
    }

    private enum Quote {
        case none, single, double
    }

    private func append(_ value: Value, to result: inout String, _ quote: inout Quote) {
        switch value {
        case .literal(let text):
            for character in text {
                let isEscaped = quote != .single && result.reversed().prefix { $0 == "\\" }.count % 2 == 1
                switch (character, quote) {
                case ("'", .none) where !isEscaped: quote = .single
                case ("'", .single): quote = .none
                case ("\"", .none) where !isEscaped: quote = .double
                case ("\"", .double) where !isEscaped: quote = .none
                default: break
                }
                result.append(character)
            }
        case .path(let path):
            switch quote {
            case .none: result += Self.isPlain(path) ? path : "'\(Self.replacing(path, "'", "'\\''"))'"
            case .single: result += Self.replacing(path, "'", "'\\''")
            case .double: result += path.map { "\\$`\"".contains($0) ? "\\\($0)" : String($0) }.joined()
            }
        }
    }

    private static func isPlain(_ path: String) -> Bool {
        path.utf8.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"):
                true
            default: "/._-+=:@%,".utf8.contains(byte)
            }
        }
    }

    private static func replacing(_ text: String, _ character: Character, _ replacement: String) -> String {
        text.map { $0 == character ? replacement : String($0) }.joined()
    }

    /// An optional group at the start of a text; a shell's own `[ … ]` has a blank behind its bracket.
    private static func group(_ text: Substring) -> (text: Substring, rest: Substring)? {
        let (opening, closing) = text.hasPrefix("$[[") ? ("$[[", "]]") : ("[-", "]")
        guard text.hasPrefix(opening), let end = text.firstRange(of: closing) else { return nil }
        let start = text.index(text.startIndex, offsetBy: opening == "$[[" ? 3 : 1)
        guard start <= end.lowerBound else { return nil }
        let inside = text[start..<end.lowerBound]
        guard inside.contains("${{") else { return nil }
        return (inside, text[end.upperBound...])
    }

    private func pieces(_ text: Substring) throws -> [Value] {
        var pieces: [Value] = []
        var rest = text
        while let start = rest.firstRange(of: "${{") {
            pieces.append(.literal(String(rest[..<start.lowerBound])))
            guard let end = rest[start.upperBound...].firstRange(of: "}}") else { break }
            pieces.append(try required(rest[start.upperBound..<end.lowerBound]))
            rest = rest[end.upperBound...]
        }
        return pieces + [.literal(String(rest))]
    }

    private func names(in text: Substring) throws -> [Substring] {
        var names: [Substring] = []
        var rest = text
        while let start = rest.firstRange(of: "${{"), let end = rest[start.upperBound...].firstRange(of: "}}") {
            names.append(rest[start.upperBound..<end.lowerBound])
            rest = rest[end.upperBound...]
        }
        return names
    }

    private func required(_ expression: Substring) throws -> Value {
        guard let value = try value(expression) else {
            throw WorkspaceError(
                .invalid,
                "the command uses \(String(expression).trimmed), which has no value and stands in no optional group")
        }
        return value
    }

    private func value(_ expression: Substring) throws -> Value? {
        let parts = String(expression).trimmed.split(separator: ".", maxSplits: 1).map(String.init)
        let known: [String: Value]?
        switch parts.first {
        case "inputs": known = inputs
        case "outputs": known = outputs
        default: known = nil
        }
        guard let known, parts.count == 2 else {
            throw WorkspaceError(
                .invalid,
                "the command uses '\(String(expression).trimmed)'; only inputs.<name> and outputs.<name> have values")
        }
        return known[parts[1]]
    }
}
