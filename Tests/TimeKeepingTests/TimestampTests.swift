import Foundation
import Testing

@testable import TimeKeeping

@Suite struct TimestampTests {
    struct Case: Sendable, CustomTestStringConvertible {
        var text: String
        var seconds: Int64
        var testDescription: String { text }
    }

    static let readable = [
        Case(text: "1970-01-01T00:00:00Z", seconds: 0),
        Case(text: "1969-12-31T23:59:59Z", seconds: -1),
        Case(text: "2000-02-29T12:34:56Z", seconds: 951_827_696),
        Case(text: "2026-12-04T00:00:00Z", seconds: 1_796_342_400),
        Case(text: "2026-12-04", seconds: 1_796_342_400),
        Case(text: "2026-12-04t01:00:00+01:00", seconds: 1_796_342_400),
        Case(text: "2026-12-03 19:30:00-04:30", seconds: 1_796_342_400),
        Case(text: "2026-12-04T00:00:00.999Z", seconds: 1_796_342_400),
        Case(text: "9999-12-31T23:59:59Z", seconds: 253_402_300_799),
        Case(text: "0001-01-01T00:00:00Z", seconds: -62_135_596_800),
        Case(text: "2016-12-31T23:59:60Z", seconds: 1_483_228_800),
    ]

    @Test("RFC 3339 times are read", arguments: readable)
    func reads(_ example: Case) {
        #expect(Timestamp(example.text)?.seconds == example.seconds)
    }

    @Test(
        "what is no time is refused",
        arguments: [
            "", "now", "2026", "2026-13-01", "2026-00-01", "2026-02-29", "2100-02-29", "2026-04-31", "2026-12-04T",
            "2026-12-04T00:00:00", "2026-12-04T24:00:00Z", "2026-12-04T00:60:00Z", "2026-12-04T00:00:61Z",
            "2026-12-04T00:00:00Zz", "2026-12-04T00:00:00+1:00", "2026-12-04T00:00:00+01:60", "2026-12-04T00:00:00.",
            "2026-12-04T00:00:00+24:00", "2026/12/04", "26-12-04", "2026-12-4T00:00:00Z", "２０２６-12-04",
            "2026-12-04T00:00:00.5", " 2026-12-04",
        ])
    func refuses(_ text: String) {
        #expect(Timestamp(text) == nil)
    }

    @Test(
        "what is written is read back, and says the same as Foundation",
        arguments: [
            0, -1, 1, 951_827_696, 1_796_342_400, 4_102_444_800, -62_135_596_800, 253_402_300_799, 86_399, -86_401,
        ] as [Int64])
    func roundTrip(_ seconds: Int64) {
        let text = Timestamp(seconds: seconds).description
        #expect(Timestamp(text)?.seconds == seconds)
        guard seconds > -12_000_000_000 else { return }  // before 1582 Foundation keeps another calendar
        #expect(text == Date(timeIntervalSince1970: Double(seconds)).formatted(.iso8601))
    }

    @Test("spans lie between moments")
    func arithmetic() {
        let moment = Timestamp(seconds: 100)
        #expect(moment + TimeSpan(seconds: 20) == Timestamp(seconds: 120))
        #expect(Timestamp(seconds: 120) - moment == TimeSpan(seconds: 20))
        #expect(moment < Timestamp(seconds: 101))
    }
}
