package import DesiredState

/// Judges a trained model by its metrics: pure arithmetic, and a sentence.
package enum Evaluation {
    package struct Verdict: Sendable, Equatable {
        package var isPassed: Bool
        package var sentence: String
    }

    /// Whether a candidate's metrics pass a policy, beside the metrics of the model that is registered.
    package static func judge(
        _ candidate: [String: Double], policy: EvaluationPolicy, registered: (name: String, metrics: [String: Double])?
    ) -> Verdict {
        let metric = policy.metric
        guard let value = candidate[metric], value.isFinite else {
            let logged = candidate.keys.sorted().joined(separator: ", ")
            return Verdict(
                isPassed: false,
                sentence: "the job logged no metric '\(metric)'"
                    + (logged.isEmpty ? "" : "; it logged \(logged)") + ": not registered")
        }
        let isMaximized = policy.goal == .maximize
        let text = "\(metric) \(Phrase.metric(value))"
        if let minimum = policy.minimum, isMaximized ? value < minimum : value > minimum {
            return Verdict(
                isPassed: false,
                sentence: "\(text) is \(isMaximized ? "under the minimum" : "over the most allowed") "
                    + "\(Phrase.metric(minimum)): not registered")
        }
        if policy.isBetterThanRegistered, let registered, let other = registered.metrics[metric] {
            guard isMaximized ? value > other : value < other else {
                return Verdict(
                    isPassed: false,
                    sentence: "\(text) is not better than \(Phrase.metric(other)) of \(registered.name): not registered"
                )
            }
            return Verdict(
                isPassed: true, sentence: "\(text) is better than \(Phrase.metric(other)) of \(registered.name)")
        }
        return Verdict(isPassed: true, sentence: "\(text) passes")
    }
}
