internal import Digest
internal import Workspace

/// When a trial that does worse than others is ended before its time, as Azure ML's policies say.
///
/// A trial that has logged its primary metric n times has come to interval n. It is judged at every multiple of
/// `evaluation_interval` from `delay_evaluation` on, by its best value so far (bandit and median stopping) or by its
/// value there (truncation selection), against what the others had at that same interval.
struct EarlyTermination: Equatable {
    enum Policy: Equatable {
        /// Ended when worse than the best trial by more than a share of it, or by more than an amount.
        case bandit(slackFactor: Double?, slackAmount: Double?)
        /// Ended when worse than the median of the averages of all trials.
        case medianStopping
        /// Ended when among the lowest percent of all trials.
        case truncationSelection(percentage: Int, excludesFinished: Bool)
    }

    /// What a trial has logged of the primary metric, in order.
    struct History: Equatable {
        var values: [Double]
        var isFinished: Bool
    }

    let policy: Policy
    let interval: Int
    let delay: Int
    let isMaximized: Bool

    /// - Returns: nil for a job without a policy.
    init?(_ fields: JSONValue?, isMaximized: Bool) throws {
        guard let fields, case .object = fields else { return nil }
        func number(_ name: String) -> Double? { fields[name]?.doubleValue ?? fields[name]?.intValue.map(Double.init) }
        switch fields["type"]?.stringValue {
        case "bandit":
            let factor = number("slack_factor").flatMap { $0 > 0 ? $0 : nil }
            let amount = number("slack_amount").flatMap { $0 > 0 ? $0 : nil }
            guard factor != nil || amount != nil else {
                throw WorkspaceError(.invalid, "a bandit policy needs a slack_factor or a slack_amount above 0")
            }
            policy = .bandit(slackFactor: factor, slackAmount: amount)
        case "median_stopping": policy = .medianStopping
        case "truncation_selection":
            let percentage = fields["truncation_percentage"]?.intValue ?? 0
            guard (1...99).contains(percentage) else {
                throw WorkspaceError(.invalid, "a truncation policy needs a truncation_percentage from 1 to 99")
            }
            policy = .truncationSelection(
                percentage: percentage, excludesFinished: fields["exclude_finished_jobs"]?.boolValue ?? false)
        case let type:
            throw WorkspaceError(
                .invalid,
                "'\(type ?? "")' is no early termination policy; use bandit, median_stopping or truncation_selection")
        }
        interval = max(1, fields["evaluation_interval"]?.intValue ?? 1)
        delay = max(0, fields["delay_evaluation"]?.intValue ?? 0)
        self.isMaximized = isMaximized
    }

    /// Whether a trial shall end, judged at the last interval it has come to.
    ///
    /// - Parameter others: what the other trials have logged.
    func ends(_ values: [Double], others: [History]) -> Bool {
        let place = values.count / interval * interval
        guard place > 0, place >= delay else { return false }
        let own = Array(values.prefix(place))
        switch policy {
        case .bandit(let factor, let amount):
            guard let mine = best(own),
                let top = best(others.compactMap { best(Array($0.values.prefix(place))) } + [mine])
            else { return false }
            if let factor {
                // A share of the best, as far as it lies on the side that is worse.
                let allowed = isMaximized == (top >= 0) ? top / (1 + factor) : top * (1 + factor)
                return isWorse(mine, than: allowed)
            }
            return isWorse(mine, than: isMaximized ? top - (amount ?? 0) : top + (amount ?? 0))
        case .medianStopping:
            let averages = (others.map { Array($0.values.prefix(place)) } + [own]).filter { !$0.isEmpty }
                .map { $0.reduce(0, +) / Double($0.count) }.sorted()
            guard averages.count > 1, let mine = best(own) else { return false }
            let middle = averages.count / 2
            let median =
                averages.count % 2 == 1 ? averages[middle] : (averages[middle - 1] + averages[middle]) / 2
            return isWorse(mine, than: median)
        case .truncationSelection(let percentage, let excludesFinished):
            let values = others.filter { $0.values.count >= place && !(excludesFinished && $0.isFinished) }
                .map { $0.values[place - 1] }
            let count = (values.count + 1) * percentage / 100
            let worse = values.count { isWorse($0, than: own[place - 1]) }
            return worse < count && values.contains { isWorse(own[place - 1], than: $0) }
        }
    }

    private func best(_ values: [Double]) -> Double? {
        isMaximized ? values.max() : values.min()
    }

    private func isWorse(_ value: Double, than other: Double) -> Bool {
        isMaximized ? value < other : value > other
    }
}
