/// Numbers as people read them.
package enum Phrase {
    /// A whole number with commas: `1,204`.
    static func grouped(_ number: Int) -> String {
        let digits = Array(String(abs(number)))
        var text = ""
        for (index, digit) in digits.enumerated() {
            if index > 0, (digits.count - index) % 3 == 0 { text.append(",") }
            text.append(digit)
        }
        return number < 0 ? "-" + text : text
    }

    /// A size in the largest unit that leaves a whole number: `812 kB`.
    static func size(_ bytes: Int) -> String {
        switch bytes {
        case ..<1000: "\(bytes) B"
        case ..<1_000_000: "\(bytes / 1000) kB"
        case ..<1_000_000_000: "\(bytes / 1_000_000) MB"
        default: "\(bytes / 1_000_000_000) GB"
        }
    }

    /// A metric to four places: `0.7891`.
    package static func metric(_ value: Double) -> String {
        guard value.isFinite, abs(value) < 1e12 else { return value.description }
        let rounded = (value * 10_000).rounded() / 10_000
        return Int(exactly: rounded).map(String.init) ?? rounded.description
    }

    /// The traffic of an endpoint: `blue 90, green 10`.
    static func traffic(_ traffic: [String: Int]) -> String {
        let parts = traffic.filter { $0.value > 0 }.sorted { ($1.value, $0.key) < ($0.value, $1.key) }
        return parts.isEmpty ? "none" : parts.map { "\($0.key) \($0.value)" }.joined(separator: ", ")
    }
}
