internal import Workspace

/// A cron expression of five fields, read as Azure ML reads it.
///
/// Azure ML takes the days of the month and the months for `*`, whatever stands there; so does this.
struct CronExpression: Sendable, Equatable {
    let minutes: [Int64]
    let hours: [Int64]
    let weekdays: Set<Int64>
    /// Whether it means every hour or every nth: then it goes by time that passes, else by what the clock shows.
    let isEveryHour: Bool
    /// Whether days or months stand in it that do not count.
    let hasIgnoredFields: Bool

    private static let dayNames = ["SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"]
    private static let monthNames = [
        "JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC",
    ]

    init(_ text: String) throws {
        let fields = text.split(whereSeparator: \.isWhitespace).map(String.init)
        guard fields.count == 5 else {
            throw WorkspaceError(
                .invalid, "the cron expression '\(text.prefix(64))' has \(fields.count) fields where 5 are due")
        }
        minutes = try Self.values(fields[0], 0...59, "minutes").sorted()
        hours = try Self.values(fields[1], 0...23, "hours").sorted()
        _ = try Self.values(fields[2], 1...31, "days")
        _ = try Self.values(fields[3], 1...12, "months", names: Self.monthNames, firstName: 1)
        // 7 is a Sunday, too.
        weekdays = Set(try Self.values(fields[4], 0...7, "days of week", names: Self.dayNames).map { $0 % 7 })
        isEveryHour = fields[1].hasPrefix("*")
        hasIgnoredFields = fields[2] != "*" || fields[3] != "*"
    }

    private static func values(
        _ field: String, _ range: ClosedRange<Int64>, _ title: String, names: [String] = [], firstName: Int64 = 0
    ) throws -> Set<Int64> {
        func wrong() -> WorkspaceError {
            WorkspaceError(
                .invalid,
                "'\(field.prefix(64))' stands for \(title) in the cron expression; "
                    + "there can be * or \(range.lowerBound) to \(range.upperBound), with , - and /")
        }
        func value(_ text: Substring) throws -> Int64 {
            if let index = names.firstIndex(of: text.uppercased()) { return Int64(index) + firstName }
            guard let number = Int64(text), range.contains(number) else { throw wrong() }
            return number
        }
        var result: Set<Int64> = []
        for item in field.split(separator: ",", omittingEmptySubsequences: false) {
            let parts = item.split(separator: "/", omittingEmptySubsequences: false)
            guard parts.count <= 2, let base = parts.first else { throw wrong() }
            let step = parts.count == 2 ? Int64(parts[1]) ?? 0 : 1
            guard step > 0, step <= 60 else { throw wrong() }
            var bounds = range
            if base != "*" {
                let ends = try base.split(separator: "-", omittingEmptySubsequences: false).map(value)
                guard ends.count <= 2, let low = ends.first, let high = ends.last, low <= high else { throw wrong() }
                // 5/15 means from 5 on.
                bounds = low...(ends.count == 1 && parts.count == 2 ? range.upperBound : high)
            }
            result.formUnion(stride(from: bounds.lowerBound, through: bounds.upperBound, by: Int(step)))
        }
        return result
    }
}
