/// A value SQLite stores.
package enum Value: Hashable, Sendable {
    case null
    case integer(Int64)
    case real(Double)
    case text(String)
    case blob([UInt8])
}

extension Value {
    /// Wraps an optional text; nil is NULL.
    package init(_ text: String?) { self = text.map { .text($0) } ?? .null }

    /// Wraps an optional integer; nil is NULL.
    package init(_ integer: Int64?) { self = integer.map { .integer($0) } ?? .null }

    /// Wraps an optional integer; nil is NULL.
    package init(_ integer: Int?) { self = integer.map { .integer(Int64($0)) } ?? .null }

    /// Wraps an optional number; nil is NULL.
    package init(_ real: Double?) { self = real.map { .real($0) } ?? .null }

    /// Stores a truth value as 0 or 1.
    package init(_ flag: Bool) { self = .integer(flag ? 1 : 0) }
}

extension Value: ExpressibleByStringLiteral, ExpressibleByIntegerLiteral, ExpressibleByFloatLiteral,
    ExpressibleByNilLiteral
{
    package init(stringLiteral value: String) { self = .text(value) }
    package init(integerLiteral value: Int64) { self = .integer(value) }
    package init(floatLiteral value: Double) { self = .real(value) }
    package init(nilLiteral: ()) { self = .null }
}
