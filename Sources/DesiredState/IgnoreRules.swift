/// The rules of an `.amlignore` or `.gitignore`, matched as Azure's SDK does: the last rule that matches decides.
///
/// Unlike git itself, a file can be taken back in (`!keep.txt`) below a folder that is left out.
struct IgnoreRules: Sendable, Equatable {
    private var rules: [Rule] = []

    private struct Rule: Sendable, Equatable {
        var isNegated: Bool
        /// Whether the pattern only matches from the folder of the file it stands in.
        var isAnchored: Bool
        var onlyFolders: Bool
        var parts: [[UInt8]]
    }

    /// More rules than any person writes are not read.
    private static let ruleLimit = 1000

    init(_ bytes: [UInt8]) {
        for line in bytes.split(whereSeparator: { $0 == 0x0A || $0 == 0x0D }).prefix(Self.ruleLimit) {
            if let rule = Self.rule(Array(line)) { rules.append(rule) }
        }
    }

    var isEmpty: Bool { rules.isEmpty }

    /// Whether the file at a path, relative to the folder of the rules, is left out.
    func excludes(_ path: String) -> Bool {
        let parts = path.utf8.split(separator: UInt8(ascii: "/")).map(Array.init)
        var isExcluded = false
        for rule in rules where matches(rule, parts) { isExcluded = !rule.isNegated }
        return isExcluded
    }

    private static func rule(_ line: [UInt8]) -> Rule? {
        var line = line[...]
        while let last = line.last, last == 0x20 || last == 0x09, line.dropLast().last != UInt8(ascii: "\\") {
            line.removeLast()
        }
        guard let first = line.first, first != UInt8(ascii: "#") else { return nil }
        var rule = Rule(isNegated: false, isAnchored: false, onlyFolders: false, parts: [])
        if first == UInt8(ascii: "!") {
            rule.isNegated = true
            line.removeFirst()
        }
        if line.last == UInt8(ascii: "/") {
            rule.onlyFolders = true
            line.removeLast()
        }
        if line.first == UInt8(ascii: "/") {
            rule.isAnchored = true
            line.removeFirst()
        }
        rule.parts = line.split(separator: UInt8(ascii: "/")).map(Array.init)
        if rule.parts.count > 1 { rule.isAnchored = true }
        return rule.parts.isEmpty ? nil : rule
    }

    /// A rule matches a file when it matches the file's path or that of a folder it lies in.
    private func matches(_ rule: Rule, _ path: [[UInt8]]) -> Bool {
        let longest = rule.onlyFolders ? path.count - 1 : path.count
        guard longest > 0 else { return false }
        for length in 1...longest {
            if rule.isAnchored {
                if Self.match(rule.parts[...], path[..<length]) { return true }
            } else if Self.match(rule.parts[0][...], path[length - 1][...]) {
                return true
            }
        }
        return false
    }

    /// Whether all parts match, `**` standing for any number of them.
    private static func match(_ pattern: ArraySlice<[UInt8]>, _ path: ArraySlice<[UInt8]>) -> Bool {
        // Row by row instead of recursion, so that many `**` cost a product and never a power.
        let pattern = Array(pattern)
        let path = Array(path)
        var row = Array(repeating: false, count: path.count + 1)
        row[0] = true
        for (index, part) in pattern.enumerated() {
            var next = Array(repeating: false, count: path.count + 1)
            if part == [UInt8(ascii: "*"), UInt8(ascii: "*")] {
                var reached = false
                for column in 0...path.count {
                    // At the end, `a/**` means what lies in the folder, not the folder itself.
                    if index == pattern.count - 1 { next[column] = reached }
                    reached = reached || row[column]
                    if index < pattern.count - 1 { next[column] = reached }
                }
            } else {
                for column in 0..<path.count where row[column] && match(part[...], path[column][...]) {
                    next[column + 1] = true
                }
            }
            row = next
        }
        return row[path.count]
    }

    /// Whether one name matches a pattern with `*`, `?`, `[a-z]` and `\`.
    private static func match(_ pattern: ArraySlice<UInt8>, _ name: ArraySlice<UInt8>) -> Bool {
        var pattern = pattern
        var name = name
        var retry: (pattern: ArraySlice<UInt8>, name: ArraySlice<UInt8>)?
        while true {
            if let token = pattern.first, token == UInt8(ascii: "*") {
                pattern.removeFirst()
                retry = (pattern, name)
                continue
            }
            if let byte = name.first, let rest = step(pattern, byte) {
                pattern = rest
                name.removeFirst()
                continue
            }
            if name.isEmpty, pattern.isEmpty { return true }
            // Only the last star needs another try: an earlier one taking more never helps.
            guard let last = retry, !last.name.isEmpty else { return false }
            pattern = last.pattern
            name = last.name.dropFirst()
            retry = (last.pattern, name)
        }
    }

    /// The pattern after one byte was matched by its first token, nil when it does not match.
    private static func step(_ pattern: ArraySlice<UInt8>, _ byte: UInt8) -> ArraySlice<UInt8>? {
        guard let token = pattern.first else { return nil }
        switch token {
        case UInt8(ascii: "?"): return pattern.dropFirst()
        case UInt8(ascii: "\\"):
            let escaped = pattern.dropFirst()
            return escaped.first == byte ? escaped.dropFirst() : nil
        case UInt8(ascii: "["):
            var rest = pattern.dropFirst()
            let isNegated = rest.first == UInt8(ascii: "!") || rest.first == UInt8(ascii: "^")
            if isNegated { rest.removeFirst() }
            var isMatch = false
            var isFirst = true
            while let low = rest.first, low != UInt8(ascii: "]") || isFirst {
                isFirst = false
                rest.removeFirst()
                var high = low
                if rest.first == UInt8(ascii: "-"), let end = rest.dropFirst().first, end != UInt8(ascii: "]") {
                    high = end
                    rest = rest.dropFirst(2)
                }
                if low <= byte, byte <= high { isMatch = true }
            }
            // A bracket that never closes is a bracket.
            guard !rest.isEmpty else { return byte == token ? pattern.dropFirst() : nil }
            return isMatch != isNegated ? rest.dropFirst() : nil
        default: return token == byte ? pattern.dropFirst() : nil
        }
    }
}
