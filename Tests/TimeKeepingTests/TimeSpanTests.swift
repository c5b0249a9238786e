import Testing

@testable import TimeKeeping

@Suite struct TimeSpanTests {
    struct Case: Sendable, CustomTestStringConvertible {
        var text: String
        var seconds: Int64
        var description: String
        var testDescription: String { text }
    }

    static let readable = [
        Case(text: "0", seconds: 0, description: "0s"),
        Case(text: "0s", seconds: 0, description: "0s"),
        Case(text: "41s", seconds: 41, description: "41s"),
        Case(text: "90s", seconds: 90, description: "1m30s"),
        Case(text: "5m", seconds: 300, description: "5m"),
        Case(text: "1h30m", seconds: 5400, description: "1h30m"),
        Case(text: "14d", seconds: 1_209_600, description: "14d"),
        Case(text: "2w", seconds: 1_209_600, description: "14d"),
        Case(text: "1d2h3m4s", seconds: 93_784, description: "1d2h"),
    ]

    @Test("spans are read and told in their two largest units", arguments: readable)
    func reads(_ example: Case) {
        #expect(TimeSpan(example.text)?.seconds == example.seconds)
        #expect(TimeSpan(seconds: example.seconds).description == example.description)
    }

    @Test(
        "what is no span is refused",
        arguments: [
            "", "5", "m", "5 m", "-5m", "1.5h", "5M", "5min", "5ms", "m5", "99999999999999999999s", "9999999d",
            "3652500000s3652500000s", "٥m",
        ])
    func refuses(_ text: String) {
        #expect(TimeSpan(text) == nil)
    }

    @Test("spans are compared and told below zero")
    func order() {
        #expect(TimeSpan.zero < TimeSpan(seconds: 1))
        #expect(TimeSpan(seconds: -90).description == "-1m30s")
    }
}
