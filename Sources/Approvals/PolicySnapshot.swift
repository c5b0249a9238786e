/// Everything in one commit that says who may open which gate.
package struct PolicySnapshot: Sendable, Equatable {
    /// Every policy file by its path, with what must be the same for its policy to be the same.
    var items: [String: String]
    /// What the stage files say, by their path.
    var stages: [String: StageProtection]
    /// Stage files that say nothing clear, with the reason.
    var unclearFiles: [String: String]
    /// Who may sign.
    package var signers: TrustedSigners

    init(
        items: [String: String] = [:], stages: [String: StageProtection] = [:], unclearFiles: [String: String] = [:],
        signers: TrustedSigners = TrustedSigners(allowedSigners: nil)
    ) {
        self.items = items
        self.stages = stages
        self.unclearFiles = unclearFiles
        self.signers = signers
    }

    /// The names of all stages that have a clear file.
    package var stageNames: Set<String> { Set(stages.values.map(\.stage)) }

    /// The gates of some stages, clear or not, in order.
    func gates(of names: Set<String>) -> [GateName] {
        let all = stages.values.flatMap { $0.policies.map(\.gate) + $0.unclear.keys }
        return Set(all.filter { names.contains($0.stage) }).sorted()
    }

    /// The rules by gate, without the gates of stages that two files claim.
    package var policies: [GateName: GatePolicy] {
        var result: [GateName: GatePolicy] = [:]
        for protection in stages.values where !claimedTwice.contains(protection.stage) {
            for policy in protection.policies { result[policy.gate] = policy }
        }
        return result
    }

    /// Gates that stay closed because their rule is not clear, with the reason.
    package var closedGates: [GateName: String] {
        var result: [GateName: String] = [:]
        for protection in stages.values {
            result.merge(protection.unclear) { first, _ in first }
            if claimedTwice.contains(protection.stage) {
                for gate in protection.policies.map(\.gate) {
                    result[gate] = "two files under environments/ say that they are \(protection.stage)"
                }
            }
        }
        return result
    }

    private var claimedTwice: Set<String> {
        var seen: Set<String> = []
        return Set(stages.values.map(\.stage).filter { !seen.insert($0).inserted })
    }

    /// The people who may approve at any gate of a stage.
    func reviewers(of stage: String) -> Set<String> {
        Set(stages.values.filter { $0.stage == stage }.flatMap(\.policies).flatMap(\.requiredReviewers))
    }

    /// The stages that have reviewers.
    var reviewedStages: [String] { stageNames.filter { !reviewers(of: $0).isEmpty }.sorted() }

    /// Everybody who may approve at any gate at all.
    var allReviewers: Set<String> { Set(reviewedStages.flatMap { reviewers(of: $0) }) }
}
