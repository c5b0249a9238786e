internal import Digest
internal import Workspace

/// Every so many minutes, hours, days, weeks or months, on the days and at the times that a pattern names.
struct Recurrence: Sendable, Equatable {
    enum Frequency: String {
        case minute, hour, day, week, month
    }

    let frequency: Frequency
    let interval: Int64
    /// The times of the day in seconds; nil for the time at which it began.
    let times: [Int64]?
    /// From 0, which is a Sunday.
    let weekdays: Set<Int64>?
    let monthDays: Set<Int64>?

    private static let dayNames = ["sunday", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday"]

    init(_ fields: JSONValue) throws {
        guard let frequency = fields["frequency"]?.stringValue.flatMap({ Frequency(rawValue: $0.lowercased()) }) else {
            throw WorkspaceError(.invalid, "a recurrence's frequency is minute, hour, day, week or month")
        }
        guard let interval = fields["interval"]?.intValue, (1...100_000).contains(interval) else {
            throw WorkspaceError(.invalid, "a recurrence needs an interval of 1 or more")
        }
        self.frequency = frequency
        self.interval = Int64(interval)
        guard let pattern = fields["schedule"] ?? fields["pattern"], case .object = pattern else {
            (times, weekdays, monthDays) = (nil, nil, nil)
            return
        }
        let hours = try Self.numbers(pattern["hours"], 0...23, "hours") ?? [0]
        let minutes = try Self.numbers(pattern["minutes"], 0...59, "minutes") ?? [0]
        times = Set(hours.flatMap { hour in minutes.map { hour * 3600 + $0 * 60 } }).sorted()
        monthDays = try Self.numbers(pattern["month_days"], 1...31, "month_days").map { Set($0) }
        weekdays = try Self.list(pattern["week_days"]).map { days in
            Set(
                try days.map { day in
                    guard let name = day.stringValue?.lowercased(),
                        let index = Self.dayNames.firstIndex(where: { $0 == name || $0.prefix(3) == name })
                    else { throw WorkspaceError(.invalid, "'\(day.canonicalText.prefix(64))' is no day of the week") }
                    return Int64(index)
                })
        }
    }

    private static func list(_ value: JSONValue?) -> [JSONValue]? {
        switch value {
        case nil, .null?: nil
        case .array(let items)?: items.isEmpty ? nil : items
        case let value?: [value]
        }
    }

    private static func numbers(_ value: JSONValue?, _ range: ClosedRange<Int>, _ title: String) throws -> [Int64]? {
        try list(value)?.map { item in
            guard let number = item.intValue, range.contains(number) else {
                throw WorkspaceError(
                    .invalid,
                    "'\(item.canonicalText.prefix(64))' stands among a recurrence's \(title); "
                        + "there can be \(range.lowerBound) to \(range.upperBound)")
            }
            return Int64(number)
        }
    }
}
