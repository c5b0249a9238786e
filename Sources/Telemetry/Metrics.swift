import Synchronization

/// Counters, gauges and histograms, each label set there from the start, rendered for Prometheus.
///
/// https://prometheus.io/docs/instrumenting/exposition_formats/#text-based-format
package final class Metrics: Sendable {
    /// What a scrape answers as `Content-Type`.
    package static let contentType = "text/plain; version=0.0.4; charset=utf-8"

    private let families = Mutex<[String: MetricFamily]>([:])

    package init() {}

    /// Registers a counter; `labels` lists each label's known values, whose every combination starts at zero.
    package func counter(_ name: String, help: String, labels: KeyValuePairs<String, [String]> = [:]) -> Counter {
        register(MetricFamily(name: name, help: help, kind: .counter, labels: labels))
        return Counter(name: name, metrics: self)
    }

    package func gauge(_ name: String, help: String, labels: KeyValuePairs<String, [String]> = [:]) -> Gauge {
        register(MetricFamily(name: name, help: help, kind: .gauge, labels: labels))
        return Gauge(name: name, metrics: self)
    }

    /// - Parameter buckets: Upper bounds in ascending order; `+Inf` is added.
    package func histogram(
        _ name: String, help: String, buckets: [Double], labels: KeyValuePairs<String, [String]> = [:]
    ) -> Histogram {
        precondition(zip(buckets, buckets.dropFirst()).allSatisfy { $0 < $1 }, "buckets of \(name) must ascend")
        precondition(!labels.contains { $0.key == "le" }, "'le' is the histogram's own label")
        register(MetricFamily(name: name, help: help, kind: .histogram(buckets), labels: labels))
        return Histogram(name: name, metrics: self)
    }

    /// Renders everything in a stable order: names, then label values.
    package func render() -> String {
        let snapshot = families.withLock { $0 }
        return snapshot.keys.sorted().compactMap { snapshot[$0]?.render() }.joined()
    }

    private func register(_ family: MetricFamily) {
        precondition(MetricFamily.isName(family.name), "'\(family.name)' is no metric name")
        precondition(
            family.labelNames.allSatisfy(MetricFamily.isLabelName), "\(family.name) has a label that is no name")
        families.withLock { families in
            // The same metric may be asked for by two owners; what was counted stays.
            if families[family.name] == nil { families[family.name] = family }
        }
    }

    fileprivate func change(
        _ name: String, _ labels: KeyValuePairs<String, String>, _ body: (inout MetricSeries) -> Void
    ) {
        families.withLock { $0[name]?.change(labels, body) }
    }

    fileprivate func observe(_ value: Double, name: String, labels: KeyValuePairs<String, String>) {
        families.withLock { families in
            guard case .histogram(let bounds)? = families[name]?.kind else { return }
            families[name]?.change(labels) { $0.observe(value, bounds: bounds) }
        }
    }
}

/// A number that only grows.
package struct Counter: Sendable {
    fileprivate let name: String
    fileprivate let metrics: Metrics

    package func increment(by amount: Double = 1, _ labels: KeyValuePairs<String, String> = [:]) {
        guard amount > 0 else { return }
        metrics.change(name, labels) { $0.value += amount }
    }
}

/// A number that goes up and down.
package struct Gauge: Sendable {
    fileprivate let name: String
    fileprivate let metrics: Metrics

    package func set(_ value: Double, _ labels: KeyValuePairs<String, String> = [:]) {
        metrics.change(name, labels) { $0.value = value }
    }
}

/// A distribution, as counts at or under each bound.
package struct Histogram: Sendable {
    fileprivate let name: String
    fileprivate let metrics: Metrics

    package func observe(_ value: Double, _ labels: KeyValuePairs<String, String> = [:]) {
        metrics.observe(value, name: name, labels: labels)
    }
}
