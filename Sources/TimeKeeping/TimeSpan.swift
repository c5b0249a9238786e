/// A length of time in whole seconds, written `90s`, `5m`, `1h30m`, `14d`.
package struct TimeSpan: Sendable, Hashable, Comparable, Codable {
    /// The length in seconds.
    package var seconds: Int64

    /// A span of that many seconds.
    package init(seconds: Int64) { self.seconds = seconds }

    /// No time at all.
    package static let zero = TimeSpan(seconds: 0)

    /// A hundred years: nothing here is set to wait longer, and sums of it stay far from overflow.
    private static let limit: Int64 = 36_525 * 86_400

    /// The span a text names: parts of whole numbers with the units `w d h m s`, or `0`; nil for anything else.
    package init?(_ text: some StringProtocol) {
        if text == "0" {
            self = .zero
            return
        }
        var total: Int64 = 0
        var number: Int64?
        for byte in text.utf8 {
            if (48...57).contains(byte) {
                let next = (number ?? 0) * 10 + Int64(byte - 48)
                guard next <= Self.limit else { return nil }
                number = next
                continue
            }
            guard let count = number, let unit = Self.secondsPerUnit[byte] else { return nil }
            total += count * unit
            number = nil
            guard total <= Self.limit else { return nil }
        }
        guard number == nil, !text.isEmpty else { return nil }
        seconds = total
    }

    private static let secondsPerUnit: [UInt8: Int64] = [
        UInt8(ascii: "w"): 604_800, UInt8(ascii: "d"): 86_400, UInt8(ascii: "h"): 3600, UInt8(ascii: "m"): 60,
        UInt8(ascii: "s"): 1,
    ]

    package static func < (left: Self, right: Self) -> Bool { left.seconds < right.seconds }
}

extension TimeSpan: CustomStringConvertible {
    /// The two largest units, as people say it: `41s`, `1m30s`, `2h5m`, `14d`.
    package var description: String {
        var rest = abs(seconds)
        var parts: [String] = []
        for (unit, name) in [(86_400, "d"), (3600, "h"), (60, "m"), (1, "s")] as [(Int64, String)] where rest >= unit {
            parts.append("\(rest / unit)\(name)")
            rest %= unit
        }
        let text = parts.isEmpty ? "0s" : parts.prefix(2).joined()
        return seconds < 0 ? "-" + text : text
    }
}
