import Diagnostics
import TimeKeeping
import YAML

/// Reads a mapping whose keys are all known, and collects everything that is wrong with it.
struct StrictMapping {
    let path: String
    let mapping: Mapping
    let mark: Mark
    let pointer: String
    private(set) var findings: [Diagnostic] = []

    /// Finds unknown keys at once; nil with a finding when the node is no mapping.
    init?(_ node: Node, path: String, pointer: String = "", known: [String], what: String, into: inout [Diagnostic]) {
        self.path = path
        self.pointer = pointer
        mark = node.mark
        guard let mapping = node.mapping else {
            into.append(
                .error(
                    "wrong-type", "\(what) must be a mapping, not \(node.kindDescription)",
                    at: Self.location(path, node.mark), pointer: pointer))
            return nil
        }
        self.mapping = mapping
        for entry in mapping where !known.contains(entry.name) {
            findings.append(
                .error(
                    "unknown-key", "unknown key \"\(entry.name)\" in \(what)", at: Self.location(path, entry.keyMark),
                    pointer: "\(pointer)/\(entry.name)", hint: EditDistance.hint(for: entry.name, among: known)))
        }
    }

    static func location(_ path: String, _ mark: Mark) -> SourceLocation {
        SourceLocation(path: path, line: mark.line, column: mark.column)
    }

    /// Notes what is wrong with a key's value.
    mutating func wrong(_ key: String, _ message: String, code: String = "wrong-value", hint: String? = nil) {
        findings.append(
            .error(
                code, message, at: Self.location(path, mapping[key]?.mark ?? mark), pointer: "\(pointer)/\(key)",
                hint: hint))
    }

    /// The text of a key; a finding when it is absent and must not be, or is no text.
    mutating func text(_ key: String, isRequired: Bool = true) -> String? {
        guard let node = mapping[key] else {
            if isRequired { wrong(key, "\"\(key)\" is missing", code: "missing-key") }
            return nil
        }
        guard let scalar = node.scalar, !node.isNull else {
            wrong(key, "\"\(key)\" must be a text, not \(node.kindDescription)", code: "wrong-type")
            return nil
        }
        return scalar.text
    }

    /// The truth value of a key, or nil when it is absent or, with a finding, something else.
    mutating func flag(_ key: String) -> Bool? {
        guard let node = mapping[key] else { return nil }
        guard case .bool(let value) = node.scalar?.resolved(.core11) else {
            wrong(key, "\"\(key)\" must be true or false, not \(node.kindDescription)", code: "wrong-type")
            return nil
        }
        return value
    }

    /// The whole number of a key within bounds, or nil when it is absent or, with a finding, something else.
    mutating func number(_ key: String, in range: ClosedRange<Int>) -> Int? {
        guard let node = mapping[key] else { return nil }
        guard case .int(let value) = node.scalar?.resolved(.core11), let number = Int(exactly: value),
            range.contains(number)
        else {
            wrong(key, "\"\(key)\" must be a whole number from \(range.lowerBound) to \(range.upperBound)")
            return nil
        }
        return number
    }

    /// The length of time of a key, or nil when it is absent or, with a finding, something else.
    mutating func span(_ key: String) -> TimeSpan? {
        guard mapping[key] != nil, let text = text(key) else { return nil }
        guard let span = TimeSpan(text) else {
            wrong(key, "\"\(key)\" must be a length of time such as 30m, 12h or 14d, not \"\(text)\"")
            return nil
        }
        return span
    }
}
