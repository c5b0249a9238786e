/// A value beside a log message; there is no way to make one of a `Secret`.
package enum LogValue: Sendable, Equatable {
    case string(String)
    case integer(Int)
    case number(Double)
    case bool(Bool)

    /// Wraps any text, cut when it is longer than a log line should be.
    package static func text(_ text: some StringProtocol) -> LogValue {
        let limit = 4096
        guard text.utf8.count > limit else { return .string(String(text)) }
        return .string(String(text.prefix(limit / 4)) + "…")
    }
}

extension LogValue: ExpressibleByStringLiteral, ExpressibleByStringInterpolation, ExpressibleByIntegerLiteral,
    ExpressibleByFloatLiteral, ExpressibleByBooleanLiteral
{
    package init(stringLiteral value: String) { self = .text(value) }
    package init(integerLiteral value: Int) { self = .integer(value) }
    package init(floatLiteral value: Double) { self = .number(value) }
    package init(booleanLiteral value: Bool) { self = .bool(value) }
}

/// Keys (dotted, lower case) and values of a record, in the order written.
package struct LogFields: Sendable, Equatable, ExpressibleByDictionaryLiteral {
    package private(set) var entries: [Entry]

    package struct Entry: Sendable, Equatable {
        package let key: String
        package let value: LogValue
    }

    package init(dictionaryLiteral elements: (String, LogValue)...) {
        entries = elements.map { Entry(key: $0.0, value: $0.1) }
    }

    /// Returns the value of a key, the last written when there are several.
    package subscript(key: String) -> LogValue? {
        entries.last { $0.key == key }?.value
    }

    package func merging(_ other: LogFields) -> LogFields {
        var result = self
        result.entries.removeAll { own in other.entries.contains { $0.key == own.key } }
        result.entries += other.entries
        return result
    }
}
