import Digest
import Testing
import TimeKeeping

@testable import LocalWorkspace

@Suite("Trigger")
struct TriggerTests {
    struct Case: Sendable, CustomTestStringConvertible {
        let name: String
        var trigger: JSONValue
        var after: String
        var anchor = "2026-01-01T00:00:00Z"
        /// The next moments, in order; the last may be "never".
        var fires: [String]
        var testDescription: String { name }
    }

    private static func cron(_ expression: String, zone: String = "UTC", more: JSONValue = [:]) -> JSONValue {
        var fields = more
        fields["type"] = "cron"
        fields["expression"] = .string(expression)
        fields["time_zone"] = .string(zone)
        return fields
    }

    private static func every(
        _ interval: Int64, _ frequency: String, zone: String = "UTC", pattern: JSONValue? = nil, start: String? = nil
    ) -> JSONValue {
        var fields: JSONValue = [
            "type": "recurrence", "frequency": .string(frequency), "interval": .int(interval),
            "time_zone": .string(zone),
        ]
        fields["schedule"] = pattern
        fields["start_time"] = start.map { .string($0) }
        return fields
    }

    static let cases: [Case] = [
        Case(
            name: "cron at a time of day", trigger: cron("30 6 * * *"), after: "2026-03-01T06:29:59Z",
            fires: ["2026-03-01T06:30:00Z", "2026-03-02T06:30:00Z"]),
        Case(
            name: "cron on a weekday by number and by name", trigger: cron("15 16 * * 1,FRI"),
            after: "2026-11-21T04:00:00Z", fires: ["2026-11-23T16:15:00Z", "2026-11-27T16:15:00Z"]),
        Case(
            name: "cron with steps and ranges", trigger: cron("*/20 8-9 * * MON-FRI"), after: "2026-11-20T09:30:00Z",
            fires: ["2026-11-20T09:40:00Z", "2026-11-23T08:00:00Z", "2026-11-23T08:20:00Z"]),
        Case(
            name: "days and months of a cron expression do not count", trigger: cron("0 6 1 1 *"),
            after: "2026-11-21T06:00:00Z", fires: ["2026-11-22T06:00:00Z"]),
        Case(
            name: "7 is a Sunday", trigger: cron("0 0 * * 7"), after: "2026-11-21T00:00:00Z",
            fires: ["2026-11-22T00:00:00Z", "2026-11-29T00:00:00Z"]),
        Case(
            name: "cron in a zone by its IANA name", trigger: cron("0 9 * * *", zone: "Asia/Tokyo"),
            after: "2026-11-21T00:00:00Z", fires: ["2026-11-22T00:00:00Z"]),
        Case(
            name: "cron in a zone by Windows' name, over the change of clocks",
            trigger: cron("0 9 * * *", zone: "Eastern Standard Time"), after: "2026-10-31T00:00:00Z",
            fires: ["2026-10-31T13:00:00Z", "2026-11-01T14:00:00Z"]),
        Case(
            name: "a time that the clocks leave out is an hour later by them",
            trigger: cron("30 2 * * *", zone: "W. Europe Standard Time"), after: "2026-03-28T12:00:00Z",
            fires: ["2026-03-29T01:30:00Z", "2026-03-30T00:30:00Z"]),
        Case(
            name: "a time that comes twice counts once",
            trigger: cron("30 2 * * *", zone: "Europe/Berlin"), after: "2026-10-24T12:00:00Z",
            fires: ["2026-10-25T00:30:00Z", "2026-10-26T01:30:00Z"]),
        Case(
            name: "every hour goes by time that passes when an hour comes twice",
            trigger: cron("30 * * * *", zone: "Europe/Berlin"), after: "2026-10-24T23:45:00Z",
            fires: ["2026-10-25T00:30:00Z", "2026-10-25T01:30:00Z", "2026-10-25T02:30:00Z"]),
        Case(
            name: "every hour goes by time that passes when an hour is left out",
            trigger: cron("30 * * * *", zone: "Europe/Berlin"), after: "2026-03-29T00:00:00Z",
            fires: ["2026-03-29T00:30:00Z", "2026-03-29T01:30:00Z", "2026-03-29T02:30:00Z"]),
        Case(
            name: "an hour that the southern hemisphere leaves out",
            trigger: cron("30 2 * * *", zone: "Australia/Sydney"), after: "2026-10-03T00:00:00Z",
            fires: ["2026-10-03T16:30:00Z", "2026-10-04T15:30:00Z"]),
        Case(
            name: "behind the last year that the zone file lists", trigger: cron("0 12 * * *", zone: "Europe/Berlin"),
            after: "2075-07-01T00:00:00Z", fires: ["2075-07-01T10:00:00Z"]),
        Case(
            name: "cron keeps to start and end",
            trigger: cron(
                "0 * * * *", zone: "Asia/Tokyo",
                more: ["start_time": "2026-11-21T10:30:00", "end_time": "2026-11-21 12:00:00"]),
            after: "2026-01-01T00:00:00Z",
            fires: ["2026-11-21T02:00:00Z", "2026-11-21T03:00:00Z", "never"]),
        Case(
            name: "a recurrence without a start begins at once", trigger: every(2, "hour"),
            after: "2025-12-31T23:59:59Z", anchor: "2026-01-01T00:00:10Z",
            fires: ["2026-01-01T00:00:10Z", "2026-01-01T02:00:10Z"]),
        Case(
            name: "a recurrence with a start in the past goes on in its own steps",
            trigger: every(45, "minute", start: "2026-01-01T00:00:00Z"), after: "2026-01-01T02:00:00Z",
            fires: ["2026-01-01T02:15:00Z", "2026-01-01T03:00:00Z"]),
        Case(
            name: "every third day at the time it began, by the clock",
            trigger: every(3, "day", zone: "Europe/Berlin", start: "2026-03-27T08:00:00"),
            after: "2026-03-27T08:00:00Z", fires: ["2026-03-30T06:00:00Z", "2026-04-02T06:00:00Z"]),
        Case(
            name: "every day at several times",
            trigger: every(1, "day", pattern: ["hours": [4, 16], "minutes": 30], start: "2026-01-01T00:00:00"),
            after: "2026-01-02T04:30:00Z", fires: ["2026-01-02T16:30:00Z", "2026-01-03T04:30:00Z"]),
        Case(
            name: "every second week on two days",
            trigger: every(
                2, "week", pattern: ["hours": 9, "minutes": 0, "week_days": ["monday", "Thursday"]],
                start: "2026-11-16T00:00:00"),
            after: "2026-11-16T00:00:00Z",
            fires: ["2026-11-16T09:00:00Z", "2026-11-19T09:00:00Z", "2026-11-30T09:00:00Z"]),
        Case(
            name: "every week without days is on the one it began",
            trigger: every(1, "week", pattern: ["hours": 9, "minutes": 0], start: "2026-11-18T10:00:00"),
            after: "2026-11-18T00:00:00Z", fires: ["2026-11-25T09:00:00Z"]),
        Case(
            name: "every month on days that not all months have",
            trigger: every(
                1, "month", pattern: ["hours": 0, "minutes": 0, "month_days": [1, 31]], start: "2026-01-01T00:00:00"),
            after: "2026-01-31T00:00:00Z",
            fires: ["2026-02-01T00:00:00Z", "2026-03-01T00:00:00Z", "2026-03-31T00:00:00Z"]),
        Case(
            name: "every quarter from the 31st on is on the last of shorter months",
            trigger: every(3, "month", start: "2025-11-30T12:00:00"), after: "2026-01-01T00:00:00Z",
            fires: ["2026-02-28T12:00:00Z", "2026-05-30T12:00:00Z"]),
        Case(
            name: "what is over never fires",
            trigger: cron("* * * * *", more: ["end_time": "2020-01-01T00:00:00"]), after: "2026-01-01T00:00:00Z",
            fires: ["never"]),
    ]

    @Test("It fires when it should", arguments: cases)
    func fires(example: Case) throws {
        let trigger = try Trigger(example.trigger)
        var moment = try #require(Timestamp(example.after))
        let anchor = try #require(Timestamp(example.anchor))
        for expected in example.fires {
            let next = trigger.nextFire(after: moment, anchor: anchor)
            #expect(next.map(\.description) ?? "never" == expected)
            moment = next ?? moment
        }
    }

    @Test(
        "Over three years of changing clocks a daily trigger fires once a day, whatever the zone",
        arguments: [
            "Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Africa/Casablanca", "Asia/Kathmandu",
        ])
    func onceADay(zone: String) throws {
        let trigger = try Trigger(Self.cron("15 2 * * *", zone: zone))
        var moment = try #require(Timestamp("2026-01-01T12:00:00Z"))
        let end = moment.seconds + 3 * 365 * 86_400
        var count = 0
        while let next = trigger.nextFire(after: moment, anchor: moment), next.seconds <= end {
            // Casablanca moves its clocks by an hour, nobody by more.
            #expect(abs((next - moment).seconds - 86_400) <= 3600 || count == 0)
            moment = next
            count += 1
        }
        #expect(count == 3 * 365)
    }

    @Test("All of Windows' names stand for zones that are there")
    func windowsNames() throws {
        for name in WindowsTimeZones.iana.keys {
            #expect(throws: Never.self, "\(name)") { try TimeZoneRules(named: name) }
        }
    }

    @Test(
        "What is no trigger is refused in one sentence",
        arguments: [
            ("type", ["type": "daily"]), ("fields", ["type": "cron", "expression": "* * *"]),
            ("minutes", ["type": "cron", "expression": "61 * * * *"]),
            ("step", ["type": "cron", "expression": "*/0 * * * *"]),
            ("zone", ["type": "cron", "expression": "* * * * *", "time_zone": "Middle Earth Standard Time"]),
            ("path", ["type": "cron", "expression": "* * * * *", "time_zone": "../../etc/passwd"]),
            ("frequency", ["type": "recurrence", "frequency": "year", "interval": 1]),
            ("interval", ["type": "recurrence", "frequency": "day", "interval": 0]),
            ("start", ["type": "cron", "expression": "* * * * *", "start_time": "tomorrow"]),
        ] as [(String, JSONValue)])
    func refused(name: String, fields: JSONValue) {
        #expect(throws: (any Error).self) { try Trigger(fields) }
    }
}
