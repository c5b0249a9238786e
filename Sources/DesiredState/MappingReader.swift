internal import Diagnostics
internal import TimeKeeping
internal import YAML

/// Reads the keys of one mapping of ours (stage files, records): wrong types and unknown keys are told, never guessed.
struct MappingReader {
    let path: String
    let pointer: String
    let location: SourceLocation
    private let mapping: Mapping
    private let findings: Findings
    private var known: [String] = []

    /// Nil, with an error told, when the node is no mapping.
    init?(_ node: Node, path: String, pointer: String = "", expected: String, findings: Findings) {
        self.path = path
        self.pointer = pointer
        self.findings = findings
        location = SourceLocation(path, node.mark)
        guard let mapping = node.mapping else {
            findings.error(
                "wrong-type", "expected \(expected), found \(node.kindDescription)", at: location,
                pointer: pointer.isEmpty ? nil : pointer)
            return nil
        }
        self.mapping = mapping
    }

    /// Tells about every key that nobody asked for, so it is called after all keys were read.
    func finish() {
        for entry in mapping.entries where !known.contains(entry.name) {
            let suggestion = EditDistance.suggestion(for: entry.name, among: known).map { "did you mean \"\($0)\"?" }
            findings.error(
                "unknown-key", "unknown key \"\(entry.name)\"", at: SourceLocation(path, entry.keyMark),
                pointer: "\(pointer)/\(entry.name)",
                hint: suggestion ?? "known keys: " + known.sorted().joined(separator: ", "))
        }
    }

    /// Where a key stands; the mapping itself when it is not there.
    func location(of key: String) -> SourceLocation {
        mapping.entry(key).map { SourceLocation(path, $0.keyMark) } ?? location
    }

    func has(_ key: String) -> Bool {
        mapping.entry(key) != nil
    }

    /// The node of a key; a key without a value counts as absent.
    mutating func node(_ key: String) -> Node? {
        known.append(key)
        guard let node = mapping[key], !node.isNull else { return nil }
        return node
    }

    mutating func text(_ key: String) -> Located<String>? {
        guard let node = node(key) else { return nil }
        return text(of: node, pointer: "\(pointer)/\(key)")
    }

    mutating func requiredText(_ key: String) -> Located<String>? {
        let value = text(key)
        if value == nil, !mapping.keys.contains(key) || mapping[key]?.isNull == true {
            findings.error("missing-key", "missing key \"\(key)\"", at: location, pointer: "\(pointer)/\(key)")
        }
        return value
    }

    mutating func texts(_ key: String) -> [Located<String>]? {
        guard let node = node(key) else { return nil }
        guard let items = node.sequence else {
            wrong(node, key, "expected a list")
            return nil
        }
        return items.enumerated().compactMap { text(of: $1, pointer: "\(pointer)/\(key)/\($0)") }
    }

    mutating func integer(_ key: String, in range: ClosedRange<Int>) -> Int? {
        guard let node = node(key) else { return nil }
        guard let text = node.text, let value = Int(text), range.contains(value) else {
            wrong(node, key, "expected a whole number from \(range.lowerBound) to \(range.upperBound)")
            return nil
        }
        return value
    }

    mutating func number(_ key: String) -> Double? {
        guard let node = node(key) else { return nil }
        guard let text = node.text, let value = Double(text), value.isFinite else {
            wrong(node, key, "expected a number")
            return nil
        }
        return value
    }

    mutating func boolean(_ key: String) -> Bool? {
        guard let node = node(key) else { return nil }
        guard case .bool(let value)? = node.scalar?.resolved(.core11) else {
            wrong(node, key, "expected true or false")
            return nil
        }
        return value
    }

    mutating func span(_ key: String, upTo limit: TimeSpan? = nil) -> TimeSpan? {
        guard let node = node(key) else { return nil }
        guard let text = node.text, let span = TimeSpan(text) else {
            let isBare = node.text.map { !$0.isEmpty && $0.allSatisfy(\.isNumber) } ?? false
            wrong(
                node, key, "expected a duration such as 30s, 5m or 14d",
                hint: isBare ? "write a unit, such as \(node.text ?? "")m or \(node.text ?? "")d" : nil)
            return nil
        }
        if let limit, span > limit {
            wrong(node, key, "expected a duration of at most \(limit)")
            return nil
        }
        return span
    }

    mutating func choice<Choice: RawRepresentable & CaseIterable>(_ key: String, _ type: Choice.Type) -> Choice?
    where Choice.RawValue == String {
        guard let node = node(key) else { return nil }
        return choice(of: node, pointer: "\(pointer)/\(key)", type)
    }

    func choice<Choice: RawRepresentable & CaseIterable>(of node: Node, pointer: String, _ type: Choice.Type) -> Choice?
    where Choice.RawValue == String {
        if let text = node.text, let value = Choice(rawValue: text) { return value }
        let names = Choice.allCases.map(\.rawValue)
        let found = node.text.map { "\"\($0)\"" } ?? node.kindDescription
        findings.error(
            "invalid-value", "expected \(Self.alternatives(names)), found \(found)",
            at: SourceLocation(path, node.mark),
            pointer: pointer,
            hint: node.text.flatMap { EditDistance.suggestion(for: $0, among: names) }.map { "did you mean \"\($0)\"?" }
        )
        return nil
    }

    mutating func child(_ key: String, expected: String) -> MappingReader? {
        guard let node = node(key) else { return nil }
        return MappingReader(node, path: path, pointer: "\(pointer)/\(key)", expected: expected, findings: findings)
    }

    mutating func children(_ key: String, expected: String) -> [MappingReader]? {
        guard let node = node(key) else { return nil }
        guard let items = node.sequence else {
            wrong(node, key, "expected a list")
            return nil
        }
        return items.enumerated().compactMap { index, item in
            MappingReader(
                item, path: path, pointer: "\(pointer)/\(key)/\(index)", expected: expected, findings: findings)
        }
    }

    /// All keys with their values, for mappings whose keys are the user's own.
    mutating func entries() -> [Mapping.Entry] {
        known += mapping.keys
        return mapping.entries
    }

    /// Tells that the value of a key is wrong.
    func wrong(_ node: Node, _ key: String, _ expectation: String, hint: String? = nil) {
        let found = node.text.map { "\"\($0)\"" } ?? node.kindDescription
        findings.error(
            "invalid-value", "\(expectation), found \(found)", at: SourceLocation(path, node.mark),
            pointer: "\(pointer)/\(key)", hint: hint)
    }

    private func text(of node: Node, pointer: String) -> Located<String>? {
        guard let text = node.text else {
            findings.error(
                "wrong-type", "expected text, found \(node.kindDescription)", at: SourceLocation(path, node.mark),
                pointer: pointer)
            return nil
        }
        return Located(text, at: SourceLocation(path, node.mark))
    }

    static func alternatives(_ names: [String]) -> String {
        guard names.count > 1, let last = names.last else { return names.first ?? "" }
        return names.dropLast().joined(separator: ", ") + " or " + last
    }
}
