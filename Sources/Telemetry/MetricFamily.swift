/// One metric with all its label sets.
struct MetricFamily: Sendable {
    enum Kind: Sendable {
        case counter, gauge
        case histogram([Double])
    }

    /// A label whose values come from outside must not eat the memory of a daemon.
    static let seriesLimit = 1000

    let name: String
    let help: String
    let kind: Kind
    let labelNames: [String]
    private var series: [[String]: MetricSeries] = [:]

    init(name: String, help: String, kind: Kind, labels: KeyValuePairs<String, [String]>) {
        self.name = name
        self.help = help
        self.kind = kind
        labelNames = labels.map(\.key)
        var combinations: [[String]] = [[]]
        for label in labels {
            combinations = combinations.flatMap { head in label.value.map { head + [$0] } }
        }
        for values in combinations { series[values] = emptySeries }
    }

    private var emptySeries: MetricSeries {
        guard case .histogram(let bounds) = kind else { return MetricSeries() }
        return MetricSeries(buckets: Array(repeating: 0, count: bounds.count))
    }

    mutating func change(_ labels: KeyValuePairs<String, String>, _ body: (inout MetricSeries) -> Void) {
        precondition(
            labels.count == labelNames.count && labels.allSatisfy { labelNames.contains($0.key) },
            "\(name) has the labels \(labelNames)")
        let values = labelNames.map { name in labels.first { $0.key == name }?.value ?? "" }
        guard series[values] != nil || series.count < Self.seriesLimit else { return }
        var entry = series[values] ?? emptySeries
        body(&entry)
        series[values] = entry
    }

    func render() -> String {
        var text = "# HELP \(name) \(Self.escaped(help, quotes: false))\n# TYPE \(name) \(kind.word)\n"
        for values in series.keys.sorted(by: { $0.lexicographicallyPrecedes($1) }) {
            guard let entry = series[values] else { continue }
            let labels = Array(zip(labelNames, values))
            guard case .histogram(let bounds) = kind else {
                text += "\(name)\(Self.labelText(labels)) \(Self.number(entry.value))\n"
                continue
            }
            for (bound, count) in zip(bounds.map(Self.number) + ["+Inf"], entry.buckets + [entry.count]) {
                text += "\(name)_bucket\(Self.labelText(labels + [("le", bound)])) \(count)\n"
            }
            text += "\(name)_sum\(Self.labelText(labels)) \(Self.number(entry.value))\n"
            text += "\(name)_count\(Self.labelText(labels)) \(entry.count)\n"
        }
        return text
    }

    static func isName(_ text: String) -> Bool {
        isLabelName(String(text.map { $0 == ":" ? "_" : $0 }))
    }

    static func isLabelName(_ text: String) -> Bool {
        guard let first = text.utf8.first, !(48...57).contains(first) else { return false }
        return text.utf8.allSatisfy {
            (48...57).contains($0) || (65...90).contains($0) || (97...122).contains($0) || $0 == 95
        }
    }

    private static func labelText(_ labels: [(String, String)]) -> String {
        if labels.isEmpty { return "" }
        return "{" + labels.map { "\($0.0)=\"\(escaped($0.1, quotes: true))\"" }.joined(separator: ",") + "}"
    }

    private static func escaped(_ text: String, quotes: Bool) -> String {
        var result = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\\": result += "\\\\"
            case "\n": result += "\\n"
            case "\"" where quotes: result += "\\\""
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result
    }

    private static func number(_ value: Double) -> String {
        if value.isNaN { return "NaN" }
        if value.isInfinite { return value < 0 ? "-Inf" : "+Inf" }
        if let whole = Int64(exactly: value) { return String(whole) }
        return String(value)
    }
}

/// The numbers of one label set.
struct MetricSeries: Sendable {
    /// The value of a counter or gauge, the sum of a histogram.
    var value: Double = 0
    var count = 0
    /// Counts at or under each bound, cumulative as the format wants them.
    var buckets: [Int] = []

    mutating func observe(_ observed: Double, bounds: [Double]) {
        value += observed
        count += 1
        for (index, bound) in bounds.enumerated() where observed <= bound { buckets[index] += 1 }
    }
}

extension MetricFamily.Kind {
    fileprivate var word: String {
        switch self {
        case .counter: "counter"
        case .gauge: "gauge"
        case .histogram: "histogram"
        }
    }
}
