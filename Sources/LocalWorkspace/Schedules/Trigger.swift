internal import Digest
internal import TimeKeeping
internal import Workspace

/// When a schedule fires: a pure function of its fields, of when it began, and of time.
struct Trigger: Sendable, Equatable {
    enum Form: Sendable, Equatable {
        case cron(CronExpression)
        case recurrence(Recurrence)
    }

    let form: Form
    let zone: TimeZoneRules
    /// The moment before which it never fires; nil for as soon as it is there.
    let start: Timestamp?
    /// The moment after which it never fires.
    let end: Timestamp?

    /// Days looked at before a trigger counts as one that never fires: more than forty years.
    private static let horizon: Int64 = 15_000
    private static let day: Int64 = 86_400

    /// Reads the field `trigger` of a schedule.
    init(_ fields: JSONValue?) throws {
        guard let fields, case .object = fields else { throw WorkspaceError(.invalid, "the schedule has no trigger") }
        switch fields["type"]?.stringValue?.lowercased() {
        case "cron": form = .cron(try CronExpression(fields["expression"]?.stringValue ?? ""))
        case "recurrence": form = .recurrence(try Recurrence(fields))
        case let type:
            throw WorkspaceError(.invalid, "the schedule's trigger is '\(type ?? "")', not cron or recurrence")
        }
        let zone = try TimeZoneRules(named: fields["time_zone"]?.stringValue ?? "UTC")
        self.zone = zone
        func moment(_ name: String) throws -> Timestamp? {
            guard let text = fields[name]?.stringValue, !text.isEmpty else { return nil }
            if let moment = Timestamp(text), text.utf8.count > 10 { return moment }
            // Without an offset it is what the zone's clocks show.
            let full = text.utf8.count == 10 ? "\(text)T00:00:00" : text.utf8.count == 16 ? "\(text):00" : text
            guard let local = Timestamp("\(full)Z") else {
                throw WorkspaceError(.invalid, "the trigger's \(name) '\(text.prefix(64))' is no date and time")
            }
            return Timestamp(seconds: zone.moment(showing: local.seconds))
        }
        start = try moment("start_time")
        end = try moment("end_time")
    }

    /// The first moment after another at which it fires.
    ///
    /// A time that the clocks leave out in spring is an hour later by them; one that comes twice in autumn counts the
    /// first time. What goes by every hour, or every so many minutes or hours, goes by time that passes instead.
    /// - Parameter anchor: since when the trigger has been as it is; a recurrence without a start begins there.
    /// - Returns: nil when it never does.
    func nextFire(after moment: Timestamp, anchor: Timestamp) -> Timestamp? {
        let base = (start ?? anchor).seconds
        // A recurrence may fire as it begins; so may a cron expression at its start, when that is one of its minutes.
        let earliest = max(moment.seconds + 1, base)
        let found: Int64? =
            switch form {
            case .cron(let cron): next(cron, from: earliest)
            case .recurrence(let recurrence): next(recurrence, from: earliest, base: base)
            }
        guard let found, end.map({ found <= $0.seconds }) ?? true else { return nil }
        return Timestamp(seconds: found)
    }

    private func next(_ cron: CronExpression, from earliest: Int64) -> Int64? {
        firstDay(from: earliest) { date in
            // 1970-01-01 was a Thursday.
            guard cron.weekdays.contains((date + 4) % 7) else { return [] }
            return cron.hours.flatMap { hour in
                cron.minutes.flatMap { minute -> [Int64] in
                    let local = date * Self.day + hour * 3600 + minute * 60
                    return cron.isEveryHour ? zone.moments(showing: local) : [zone.moment(showing: local)]
                }
            }
        }
    }

    private func next(_ recurrence: Recurrence, from earliest: Int64, base: Int64) -> Int64? {
        switch recurrence.frequency {
        case .minute, .hour:
            let step = recurrence.interval * (recurrence.frequency == .minute ? 60 : 3600)
            return base + (earliest - base + step - 1) / step * step
        case .day, .week, .month: break
        }
        // Without a start the first is at once, whatever the pattern says; so Azure ML has it.
        if start == nil, earliest <= base { return base }
        let local = zone.local(base)
        let (first, time) = (local / Self.day, local % Self.day)
        let origin = Timestamp.civil(fromDays: first)
        return firstDay(from: earliest, step: recurrence.frequency == .day ? recurrence.interval : 1, origin: first) {
            date in
            guard recurrence.includes(date, first: first, origin: origin) else { return [] }
            return (recurrence.times ?? [time]).map { zone.moment(showing: date * Self.day + $0) }
        }
    }

    /// The first of the moments that days have, no earlier than one.
    ///
    /// - Parameter origin: the day from which `step` counts.
    private func firstDay(
        from earliest: Int64, step: Int64 = 1, origin: Int64 = 0, _ moments: (Int64) -> [Int64]
    ) -> Int64? {
        // The day before may have a moment that its clocks show no more.
        var date = zone.local(earliest) / Self.day - 1
        date += ((origin - date) % step + step) % step
        if step > 1 { date -= step }
        let last = date + Self.horizon + 2 * step
        while date <= last {
            if let found = moments(date).filter({ $0 >= earliest }).min() { return found }
            date += step
        }
        return nil
    }
}

extension Recurrence {
    /// Whether a day is one of those that it names.
    ///
    /// - Parameters:
    ///   - first: the day on which it began.
    ///   - origin: the same as a date.
    fileprivate func includes(_ date: Int64, first: Int64, origin: (year: Int64, month: Int64, day: Int64)) -> Bool {
        guard date >= first else { return false }
        switch frequency {
        case .minute, .hour: return true
        case .day: return (date - first) % interval == 0
        case .week:
            // Weeks begin on Sunday; 1970-01-04 was one.
            let weeks = (date + 4) / 7 - (first + 4) / 7
            return weeks % interval == 0 && (weekdays ?? [(first + 4) % 7]).contains((date + 4) % 7)
        case .month:
            let (year, month, day) = Timestamp.civil(fromDays: date)
            guard ((year - origin.year) * 12 + month - origin.month) % interval == 0 else { return false }
            if let monthDays { return monthDays.contains(day) }
            // What began on the 31st is on the last of shorter months.
            return day == min(origin.day, Timestamp.daysIn(month: month, year: year))
        }
    }
}
