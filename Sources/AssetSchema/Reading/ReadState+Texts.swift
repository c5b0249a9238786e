import Digest
import YAML

extension ReadState {
    /// A date with a time in ISO 8601; YAML's own dates are no text, and the SDK refuses them.
    mutating func dateTime(_ node: Node) -> JSONValue? {
        guard let text = text(node, expecting: "a date with a time") else { return nil }
        guard ISODateTime.matches(text) else {
            error(
                .invalidValue, "\(Self.quoted(text)) is no date with a time", at: node.mark,
                hint: "write \"2026-01-31T10:00:00\"")
            return nil
        }
        return .string(text)
    }

    /// A URL that is whole: scheme, host, and nothing that no URL has.
    mutating func url(_ node: Node) -> JSONValue? {
        guard let text = text(node, expecting: "a URL") else { return nil }
        guard Self.isWebURL(text) else {
            error(.invalidValue, "\(Self.quoted(text)) is no URL", at: node.mark, hint: "write https://HOST/…")
            return nil
        }
        return .string(text)
    }

    /// `/subscriptions/GUID/resourceGroups/G/providers/P/T/N`, in any case of letters unless a type is named.
    mutating func armID(_ node: Node, of type: String?) -> JSONValue? {
        guard let text = text(node, expecting: "an ARM id") else { return nil }
        guard type.map({ Self.isID(text, of: $0) }) ?? Self.isARMID(text) else {
            error(
                .invalidValue, "\(Self.quoted(text)) is no ARM id", at: node.mark,
                hint: "write /subscriptions/GUID/resourceGroups/GROUP/providers/\(type ?? "PROVIDER/TYPE")/NAME")
            return nil
        }
        return .string(text)
    }

    /// The SDK's pattern for ids of one type, in which nothing but the order of the parts counts.
    private static func isID(_ text: String, of type: String) -> Bool {
        var rest = Substring(text)
        guard rest.hasPrefix("/subscriptions/") else { return false }
        rest = rest.dropFirst("/subscriptions/".count)
        for part in ["/resourceGroups/", "/providers/\(type)/"] {
            guard let range = rest.firstRange(of: part), !rest[..<range.lowerBound].contains("\n") else { return false }
            rest = rest[range.upperBound...]
        }
        return true
    }

    /// The SDK's pattern; the group's name may hold slashes in it, as there.
    static func isARMID(_ text: String) -> Bool {
        let parts = text.lowercased().split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count >= 9, parts[0].isEmpty, parts[1] == "subscriptions", isGUID(parts[2]),
            parts[3] == "resourcegroups", !text.contains("\n")
        else { return false }
        // `providers/` may come at any later place, followed by words of letters and dots, and of letters.
        for index in parts.indices.dropFirst(5) where parts[index] == "providers" && index + 3 < parts.count {
            let provider = parts[index + 1].allSatisfy { $0.isASCII && ($0.isLetter || $0 == ".") }
            let type = parts[index + 2].allSatisfy { $0.isASCII && $0.isLetter }
            if provider, type { return true }
        }
        return false
    }

    private static func isGUID(_ text: Substring) -> Bool {
        let groups = text.split(separator: "-", omittingEmptySubsequences: false)
        guard groups.map(\.count) == [8, 4, 4, 4, 12] else { return false }
        return groups.allSatisfy { $0.allSatisfy { $0.isHexDigit && $0.isASCII } }
    }
}

/// ISO 8601 as the SDK's schema library reads it: `2026-01-31T10:00[:00[.0]][Z|+01:00]`, a blank for the `T` too.
enum ISODateTime {
    static func matches(_ text: String) -> Bool {
        var rest = Substring(text)
        func number(_ digits: ClosedRange<Int>, _ range: ClosedRange<Int>) -> Int? {
            let found = rest.prefix(digits.upperBound).prefix { $0.isASCII && $0.isNumber }
            guard digits.contains(found.count), let value = Int(found), range.contains(value) else { return nil }
            rest = rest.dropFirst(found.count)
            return value
        }
        func literal(_ characters: String) -> Bool {
            guard let first = rest.first, characters.contains(first) else { return false }
            rest = rest.dropFirst()
            return true
        }
        guard let year = number(4...4, 1...9999), literal("-"), let month = number(1...2, 1...12), literal("-"),
            let day = number(1...2, 1...31), literal("T "), number(1...2, 0...23) != nil, literal(":"),
            number(1...2, 0...59) != nil, day <= days(in: month, of: year)
        else { return false }
        if literal(":") {
            guard number(1...2, 0...59) != nil else { return false }
            if literal(".") {
                let fraction = rest.prefix { $0.isASCII && $0.isNumber }
                guard (1...12).contains(fraction.count) else { return false }
                rest = rest.dropFirst(fraction.count)
            }
        }
        if rest.isEmpty || rest == "Z" { return true }
        guard literal("+-"), number(2...2, 0...99) != nil else { return false }
        if rest.isEmpty { return true }
        _ = literal(":")
        return number(2...2, 0...99) != nil && rest.isEmpty
    }

    private static func days(in month: Int, of year: Int) -> Int {
        switch month {
        case 2: (year.isMultiple(of: 4) && !year.isMultiple(of: 100)) || year.isMultiple(of: 400) ? 29 : 28
        case 4, 6, 9, 11: 30
        default: 31
        }
    }
}
