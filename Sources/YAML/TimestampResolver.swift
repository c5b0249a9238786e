/// Reads YAML 1.1 timestamps as PyYAML does.
struct TimestampResolver {
    private var rest: ArraySlice<UInt8>

    init(_ bytes: [UInt8]) {
        // The longest has nine-digit fractions and a zone; a bound keeps hostile text cheap.
        rest = bytes.count <= 200 ? bytes[...] : []
    }

    /// The timestamp; nil if the scalar is something else.
    var resolved: ResolvedScalar? {
        var reader = self
        return reader.read()
    }

    private mutating func read() -> ResolvedScalar? {
        guard let year = digits(4...4), take("-"), let month = digits(1...2), take("-"), let day = digits(1...2) else {
            return nil
        }
        let date = "\(Self.pad(year.value, 4))-\(Self.pad(month.value))-\(Self.pad(day.value))"
        if rest.isEmpty {
            // A date alone needs two digits in month and day; `2022-1-1` is a string.
            guard month.count == 2, day.count == 2 else { return nil }
            return Self.problem(year.value, month.value, day.value).map { .invalid($0) } ?? .timestamp(date)
        }
        guard take("T") || take("t") || skipBlanks() else { return nil }
        guard let hour = digits(1...2), take(":"), let minute = digits(2...2), take(":"), let second = digits(2...2)
        else { return nil }
        var fraction = ""
        if take(".") {
            fraction = String(decoding: rest.prefix { Self.isDigit($0) }, as: UTF8.self)
            rest = rest.dropFirst(fraction.utf8.count)
        }
        guard let zone = readZone(), rest.isEmpty else { return nil }
        if let problem = Self.problem(year.value, month.value, day.value) { return .invalid(problem) }
        guard hour.value < 24, minute.value < 60, second.value < 60 else { return .invalid("no such time of day") }
        guard zone.minutes.magnitude < 24 * 60 else { return .invalid("no such time zone") }
        var text = "\(date) \(Self.pad(hour.value)):\(Self.pad(minute.value)):\(Self.pad(second.value))"
        let micros = String((fraction + "000000").prefix(6))
        if micros != "000000" { text += ".\(micros)" }
        if zone.isGiven {
            let size = Int(zone.minutes.magnitude)
            text += (zone.minutes < 0 ? "-" : "+") + "\(Self.pad(size / 60)):\(Self.pad(size % 60))"
        }
        return .timestamp(text)
    }

    private mutating func readZone() -> (isGiven: Bool, minutes: Int)? {
        if rest.isEmpty { return (false, 0) }
        _ = skipBlanks()
        if take("Z") { return (true, 0) }
        let sign = take("-") ? -1 : take("+") ? 1 : 0
        guard sign != 0, let hours = digits(1...2) else { return nil }
        guard take(":") else { return (true, sign * hours.value * 60) }
        guard let minutes = digits(2...2) else { return nil }
        return (true, sign * (hours.value * 60 + minutes.value))
    }

    private static func problem(_ year: Int, _ month: Int, _ day: Int) -> String? {
        guard year >= 1 else { return "there is no year 0" }
        guard (1...12).contains(month) else { return "there is no month \(month)" }
        let isLeap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
        let lengths = [31, isLeap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
        return (1...lengths[month - 1]).contains(day) ? nil : "month \(month) has no day \(day)"
    }

    private static func pad(_ value: Int, _ width: Int = 2) -> String {
        let text = String(value)
        return String(repeating: "0", count: max(0, width - text.count)) + text
    }

    private static func isDigit(_ byte: UInt8) -> Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) }

    private mutating func digits(_ range: ClosedRange<Int>) -> (value: Int, count: Int)? {
        let found = rest.prefix(range.upperBound).prefix { Self.isDigit($0) }
        guard range.contains(found.count) else { return nil }
        rest = rest.dropFirst(found.count)
        return (found.reduce(0) { $0 * 10 + Int($1 - UInt8(ascii: "0")) }, found.count)
    }

    private mutating func take(_ character: Unicode.Scalar) -> Bool {
        guard rest.first == UInt8(ascii: character) else { return false }
        rest = rest.dropFirst()
        return true
    }

    private mutating func skipBlanks() -> Bool {
        let count = rest.prefix { $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\t") }.count
        rest = rest.dropFirst(count)
        return count > 0
    }
}
