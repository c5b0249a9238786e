import Foundation
import Synchronization
import Telemetry
import Testing

@Suite("Logger")
struct LoggerTests {
    @Test("passes what is at or above its level, with its own fields first")
    func levels() {
        let sink = CapturingSink()
        let logger = Logger(sink: sink, level: .notice, fields: ["reconcile.id": "r1", "stage.name": "dev"])
        logger.info("not this")
        logger.with(["stage.name": "prod"]).warning("stage read", ["assets": 4])
        #expect(
            sink.records == [
                LogRecord(
                    level: .warning, message: "stage read",
                    fields: ["reconcile.id": "r1", "stage.name": "prod", "assets": 4])
            ])
    }

    @Test("renders one line a record, whatever the text holds")
    func lines() {
        let record = LogRecord(
            level: .error, message: "job failed",
            fields: [
                "job.name": "train-1", "cause": "line one\nlevel=info \"x\" \u{1B}[31m", "empty": "", "took": 1.5,
                "again": true, "odd key": 3, "nan": .number(.nan),
            ])
        #expect(
            LogFormat.logfmt.render(record, time: "2026-01-02T03:04:05Z")
                == #"time=2026-01-02T03:04:05Z level=error message="job failed" job.name=train-1 "#
                + #"cause="line one\nlevel=info \"x\" \u001b[31m" empty="" took=1.5 again=true odd_key=3 nan="nan""#)
        let json = LogFormat.json.render(record, time: "2026-01-02T03:04:05Z")
        #expect(
            json
                == #"{"time":"2026-01-02T03:04:05Z","level":"error","message":"job failed","job.name":"train-1","#
                + #""cause":"line one\nlevel=info \"x\" \u001b[31m","empty":"","took":1.5,"again":true,"odd key":3,"nan":"nan"}"#
        )
        #expect(throws: Never.self) { try JSONSerialization.jsonObject(with: Data(json.utf8)) }
    }

    @Test("writes whole lines to its output")
    func output() {
        let lines = Mutex<[String]>([])
        let sink = LineSink(format: .logfmt, timestamp: { "T" }, output: { line in lines.withLock { $0.append(line) } })
        Logger(sink: sink).info("ready")
        #expect(lines.withLock { $0 } == ["time=T level=info message=ready\n"])
    }

    @Test("cuts a value that is longer than a line should be")
    func long() {
        guard case .string(let text) = LogValue.text(String(repeating: "x", count: 10_000)) else { return }
        #expect(text.count == 1025)
    }
}

@Suite("Metrics")
struct MetricsTests {
    @Test("are there at zero before anything happened")
    func zero() {
        let metrics = Metrics()
        _ = metrics.counter(
            "reconcile_total", help: "Passes, by result.",
            labels: ["result": ["success", "error"], "stage": ["a", "b"]])
        #expect(
            metrics.render() == """
                # HELP reconcile_total Passes, by result.
                # TYPE reconcile_total counter
                reconcile_total{result="error",stage="a"} 0
                reconcile_total{result="error",stage="b"} 0
                reconcile_total{result="success",stage="a"} 0
                reconcile_total{result="success",stage="b"} 0

                """)
    }

    @Test("render in the text format, escaped, in a stable order")
    func exposition() {
        let metrics = Metrics()
        let seconds = metrics.histogram("pass_seconds", help: "Time\nof a \\ \"pass\".", buckets: [0.1, 1])
        let depth = metrics.gauge("depth", help: "Queue.", labels: ["queue": []])
        let total = metrics.counter("a_total", help: "A.")
        for value in [0.05, 0.1, 0.5, 7] { seconds.observe(value) }
        depth.set(-2.5, ["queue": "a \"b\"\\\nc"])
        depth.set(.infinity, ["queue": "z"])
        total.increment()
        total.increment(by: 2)
        total.increment(by: -5)
        #expect(
            metrics.render() == #"""
                # HELP a_total A.
                # TYPE a_total counter
                a_total 3
                # HELP depth Queue.
                # TYPE depth gauge
                depth{queue="a \"b\"\\\nc"} -2.5
                depth{queue="z"} +Inf
                # HELP pass_seconds Time\nof a \\ "pass".
                # TYPE pass_seconds histogram
                pass_seconds_bucket{le="0.1"} 2
                pass_seconds_bucket{le="1"} 3
                pass_seconds_bucket{le="+Inf"} 4
                pass_seconds_sum 7.65
                pass_seconds_count 4

                """#)
    }

    @Test("stay bounded when a label's values come from outside")
    func bounded() {
        let metrics = Metrics()
        let total = metrics.counter("t", help: "", labels: ["path": []])
        for number in 0..<5000 { total.increment(["path": "\(number)"]) }
        #expect(metrics.render().split(separator: "\n").count == 1002)
    }

    @Test("count right from many tasks")
    func concurrent() async {
        let metrics = Metrics()
        let total = metrics.counter("t", help: "T.")
        await withTaskGroup { group in
            for _ in 0..<8 { group.addTask { for _ in 0..<500 { total.increment() } } }
        }
        #expect(metrics.render().hasSuffix("\nt 4000\n"))
    }
}

@Suite("Secret")
struct SecretTests {
    struct Holder: Encodable {
        var name: String
        var key: Secret<String>
    }

    @Test("shows itself nowhere")
    func redacted() throws {
        let secret = Secret("c4n4ry")
        let holder = Holder(name: "n", key: secret)
        var dumped = ""
        dump(holder, to: &dumped)
        let encoded = String(decoding: try JSONEncoder().encode(holder), as: UTF8.self)
        let nested = String(describing: ["k": [secret]]) + String(reflecting: Optional(secret)) + "\(holder)"
        for text in [dumped, encoded, nested, "\(secret)", secret.debugDescription] {
            #expect(text.contains("<redacted>"))
            #expect(!text.contains("c4n4ry"))
        }
        #expect(Mirror(reflecting: secret).children.isEmpty)
    }

    @Test("lends its value only when asked by name")
    func exposed() {
        #expect(Secret("a").map { $0 + "b" }.withExposedValue { $0 } == "ab")
    }

    @Test("compares whole", arguments: [("key", true), ("keykey", false), ("ke", false), ("", false), ("kex", false)])
    func matches(candidate: String, expected: Bool) {
        #expect(Secret("key").matches(candidate) == expected)
        #expect(!Secret("").matches("a") && Secret("").matches(""))
    }
}
