/// Decides whether a plain scalar that starts like a number is one, by PyYAML's YAML 1.1 rules.
struct NumberResolver {
    private let text: String
    private let bytes: [UInt8]

    init(_ text: String) {
        self.text = text
        // Nothing longer is a date, and a longer number is either absurd or no number.
        bytes = text.utf8.count <= 5_000 ? Array(text.utf8) : []
    }

    /// The number or date; nil if the scalar is a string.
    var resolved: ResolvedScalar? {
        guard !bytes.isEmpty else { return nil }
        // The order is PyYAML's: float before int before timestamp.
        return float ?? integer ?? TimestampResolver(bytes).resolved
    }

    private static let zero = UInt8(ascii: "0")
    private static let underscore = UInt8(ascii: "_")
    private static let dot = UInt8(ascii: ".")
    private static let colon = UInt8(ascii: ":")

    private static func isSign(_ byte: UInt8) -> Bool { byte == UInt8(ascii: "+") || byte == UInt8(ascii: "-") }
    private static func isDigit(_ byte: UInt8) -> Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) }
    private static func isDigitOrUnderscore(_ byte: UInt8) -> Bool { isDigit(byte) || byte == underscore }

    private var isNegative: Bool { bytes.first == UInt8(ascii: "-") }
    /// What follows the sign.
    private var magnitude: ArraySlice<UInt8> { bytes.first.map(Self.isSign) == true ? bytes.dropFirst() : bytes[...] }

    // MARK: Floats

    private var float: ResolvedScalar? {
        switch text {
        case ".inf", ".Inf", ".INF", "+.inf", "+.Inf", "+.INF": return .double(.infinity)
        case "-.inf", "-.Inf", "-.INF": return .double(-.infinity)
        case ".nan", ".NaN", ".NAN": return .double(.nan)
        default: break
        }
        guard let point = bytes.firstIndex(of: Self.dot) else { return nil }
        let whole = bytes[..<point]
        var fraction = bytes[(point + 1)...]
        let digits = magnitude[..<point]
        if whole.isEmpty {
            // `\.[0-9][0-9_]*` has no sign before it.
            guard let first = fraction.first, Self.isDigit(first) else { return nil }
        } else if let first = digits.first, Self.isDigit(first) {
            if digits.contains(Self.colon) { return sexagesimalFloat(digits, fraction) }
            guard digits.allSatisfy(Self.isDigitOrUnderscore) else { return nil }
        } else {
            return nil
        }
        if let exponent = fraction.firstIndex(where: { $0 | 0x20 == UInt8(ascii: "e") }) {
            let power = fraction[(exponent + 1)...]
            guard let sign = power.first, Self.isSign(sign), power.count > 1, power.dropFirst().allSatisfy(Self.isDigit)
            else { return nil }
            fraction = fraction[..<exponent]
        }
        guard fraction.allSatisfy(Self.isDigitOrUnderscore) else { return nil }
        var plain = String(decoding: bytes.filter { $0 != Self.underscore }, as: UTF8.self)
        // Swift's parser wants digits on both sides of the dot; Python's does not.
        if plain.hasPrefix(".") { plain = "0" + plain }
        plain = plain.replacingFirst(".e", with: ".0e").replacingFirst(".E", with: ".0E")
        if plain.hasSuffix(".") { plain += "0" }
        return Double(plain).map { .double($0) } ?? .invalid("\"\(text)\" is no number")
    }

    private func sexagesimalFloat(_ digits: ArraySlice<UInt8>, _ fraction: ArraySlice<UInt8>) -> ResolvedScalar? {
        guard fraction.allSatisfy(Self.isDigitOrUnderscore), let parts = sexagesimalParts(digits) else { return nil }
        let decimals = String(decoding: fraction.filter { $0 != Self.underscore }, as: UTF8.self)
        var value = 0.0
        for (index, part) in parts.enumerated() {
            let isLast = index == parts.count - 1
            value = value * 60 + (Double(isLast && !decimals.isEmpty ? "\(part).\(decimals)" : part) ?? 0)
        }
        return .double(isNegative ? -value : value)
    }

    /// `12:30:45` cut at its colons, if all parts but the first are below 60.
    private func sexagesimalParts(_ digits: ArraySlice<UInt8>) -> [String]? {
        let parts = digits.split(separator: Self.colon, omittingEmptySubsequences: false)
        guard let first = parts.first, parts.count > 1, let lead = first.first, Self.isDigit(lead),
            first.allSatisfy(Self.isDigitOrUnderscore)
        else { return nil }
        for part in parts.dropFirst() {
            guard part.count == 1 || part.count == 2, part.allSatisfy(Self.isDigit) else { return nil }
            guard part.count == 1 || part[part.startIndex] <= UInt8(ascii: "5") else { return nil }
        }
        return parts.map { String(decoding: $0.filter { $0 != Self.underscore }, as: UTF8.self) }
    }

    // MARK: Integers

    private var integer: ResolvedScalar? {
        let digits = magnitude
        guard let first = digits.first, Self.isDigit(first) else { return nil }
        let rest = digits.dropFirst()
        if first == Self.zero, let second = rest.first {
            switch second {
            case UInt8(ascii: "b"):
                return based(rest.dropFirst(), radix: 2) { $0 == Self.zero || $0 == UInt8(ascii: "1") }
            case UInt8(ascii: "x"):
                return based(rest.dropFirst(), radix: 16) { Unicode.Scalar($0).properties.isHexDigit }
            default:
                // `0_` and `00` are octal zero.
                return based(digits, radix: 8) { (UInt8(ascii: "0")...UInt8(ascii: "7")).contains($0) }
            }
        }
        if digits.contains(Self.colon) {
            guard first != Self.zero, let parts = sexagesimalParts(digits) else { return nil }
            var value: Int64 = 0
            for part in parts {
                let (product, overflows) = value.multipliedReportingOverflow(by: 60)
                let (sum, overflowsToo) = product.addingReportingOverflow(Int64(part) ?? .max)
                guard !overflows, !overflowsToo else { return .invalid("\"\(text)\" is too large") }
                value = sum
            }
            return .int(isNegative ? -value : value)
        }
        return based(digits, radix: 10, isDigit: Self.isDigit)
    }

    private func based(_ digits: ArraySlice<UInt8>, radix: Int, isDigit: (UInt8) -> Bool) -> ResolvedScalar? {
        guard !digits.isEmpty, digits.allSatisfy({ isDigit($0) || $0 == Self.underscore }) else { return nil }
        let plain = String(decoding: digits.filter { $0 != Self.underscore }, as: UTF8.self)
        // Python's int() is given no digits and raises ValueError.
        guard !plain.isEmpty else { return .invalid("\"\(text)\" has no digits") }
        if let value = Int64((isNegative ? "-" : "") + plain, radix: radix) { return .int(value) }
        let decimal = Self.decimal(plain, radix: radix)
        // Python refuses decimal text of more than 4300 digits.
        guard radix != 10 || decimal.count <= 4_300 else { return .invalid("an integer of more than 4300 digits") }
        return .bigInteger((isNegative ? "-" : "") + decimal)
    }

    /// Long multiplication, one decimal digit at a time.
    private static func decimal(_ digits: String, radix: Int) -> String {
        if radix == 10 { return String(digits.drop { $0 == "0" }) }
        var result: [Int] = [0]
        for digit in digits {
            var carry = digit.hexDigitValue ?? 0
            for index in result.indices {
                let value = result[index] * radix + carry
                result[index] = value % 10
                carry = value / 10
            }
            while carry > 0 {
                result.append(carry % 10)
                carry /= 10
            }
        }
        return result.reversed().map(String.init).joined()
    }
}

extension String {
    fileprivate func replacingFirst(_ old: String, with new: String) -> String {
        guard let range = firstRange(of: old) else { return self }
        return replacingCharacters(in: range, with: new)
    }

    private func firstRange(of part: String) -> Range<String.Index>? { self.ranges(of: part).first }

    private func replacingCharacters(in range: Range<String.Index>, with new: String) -> String {
        String(self[..<range.lowerBound]) + new + String(self[range.upperBound...])
    }
}
