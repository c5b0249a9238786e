internal import TimeKeeping

/// A rule for all years to come, in the words of the variable TZ: `CET-1CEST,M3.5.0,M10.5.0/3`.
///
/// https://pubs.opengroup.org/onlinepubs/9699919799/basedefs/V1_chap08.html
struct PosixTimeZone: Sendable, Equatable {
    private let standard: Int64
    private let daylight: Daylight?

    private struct Daylight: Sendable, Equatable {
        var offset: Int64
        var start: Day
        var end: Day
    }

    /// A day of the year with the second on it at which the clocks change.
    private struct Day: Sendable, Equatable {
        enum Form: Sendable, Equatable {
            /// The nth weekday of a month; the fifth is the last.
            case weekday(month: Int64, week: Int64, day: Int64)
            /// A day from 1 on that never counts 29 February.
            case julian(Int64)
            /// A day from 0 on.
            case ordinal(Int64)
        }
        var form: Form
        var second: Int64

        /// The second since 1970-01-01T00:00:00 on the zone's clocks.
        func local(in year: Int64) -> Int64 {
            let first = days(year, 1, 1)
            let day: Int64
            switch form {
            case .ordinal(let number): day = first + number
            case .julian(let number):
                let isLeap = Timestamp.daysIn(month: 2, year: year) == 29
                day = first + number - 1 + (isLeap && number > 59 ? 1 : 0)
            case .weekday(let month, let week, let weekday):
                let start = days(year, month, 1)
                // 1970-01-01 was a Thursday.
                let ahead = (weekday - (start + 4) % 7 + 7) % 7
                var date = 1 + ahead + (week - 1) * 7
                while date > Timestamp.daysIn(month: month, year: year) { date -= 7 }
                day = start + date - 1
            }
            return day * 86_400 + second
        }

        private func days(_ year: Int64, _ month: Int64, _ day: Int64) -> Int64 {
            Timestamp.days(year: year, month: month, day: day)
        }
    }

    /// - Returns: nil when the text is none.
    init?(_ text: String) {
        var reader = Reader(rest: Substring(text))
        guard reader.name(), let west = reader.time() else { return nil }
        standard = -west
        guard !reader.rest.isEmpty else {
            daylight = nil
            return
        }
        guard reader.name() else { return nil }
        let offset = reader.rest.first == "," ? standard + 3600 : reader.time().map { -$0 } ?? standard + 3600
        guard reader.take(","), let start = reader.day(), reader.take(","), let end = reader.day(), reader.rest.isEmpty
        else { return nil }
        daylight = Daylight(offset: offset, start: start, end: end)
    }

    /// How many seconds east of UTC the clocks are at a moment.
    func offset(at moment: Int64) -> Int64 {
        guard let daylight else { return standard }
        let days = (Double(moment + standard) / 86_400).rounded(.down)
        let year = Timestamp.civil(fromDays: Int64(days)).year
        let start = daylight.start.local(in: year) - standard
        let end = daylight.end.local(in: year) - daylight.offset
        let isDaylight = start < end ? moment >= start && moment < end : !(moment >= end && moment < start)
        return isDaylight ? daylight.offset : standard
    }

    private struct Reader {
        var rest: Substring

        mutating func take(_ character: Character) -> Bool {
            guard rest.first == character else { return false }
            rest.removeFirst()
            return true
        }

        mutating func name() -> Bool {
            if take("<") {
                guard let end = rest.firstIndex(of: ">") else { return false }
                rest = rest[rest.index(after: end)...]
                return true
            }
            let letters = rest.prefix { $0.isASCII && $0.isLetter }
            rest = rest.dropFirst(letters.count)
            return letters.count >= 3
        }

        mutating func number() -> Int64? {
            let digits = rest.prefix { $0.isASCII && $0.isNumber }
            rest = rest.dropFirst(digits.count)
            return digits.count <= 4 ? Int64(digits) : nil
        }

        /// `[+-]hh[:mm[:ss]]` in seconds.
        mutating func time() -> Int64? {
            let isNegative = take("-")
            if !isNegative { _ = take("+") }
            guard var seconds = number().map({ $0 * 3600 }) else { return nil }
            for unit in [60, 1] as [Int64] where take(":") {
                guard let part = number() else { return nil }
                seconds += part * unit
            }
            return isNegative ? -seconds : seconds
        }

        mutating func day() -> Day? {
            let form: Day.Form
            if take("M") {
                guard let month = number(), take("."), let week = number(), take("."), let day = number(),
                    (1...12).contains(month), (1...5).contains(week), (0...6).contains(day)
                else { return nil }
                form = .weekday(month: month, week: week, day: day)
            } else if take("J") {
                guard let day = number(), (1...365).contains(day) else { return nil }
                form = .julian(day)
            } else {
                guard let day = number(), (0...365).contains(day) else { return nil }
                form = .ordinal(day)
            }
            guard take("/") else { return Day(form: form, second: 7200) }
            return time().map { Day(form: form, second: $0) }
        }
    }
}
