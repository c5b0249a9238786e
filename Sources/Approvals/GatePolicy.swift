package import TimeKeeping

/// One protection rule: what must be there before its gate opens.
package struct GatePolicy: Sendable, Hashable, Codable {
    /// The gate that the rule keeps.
    package var gate: GateName
    /// Who may approve or reject.
    package var requiredReviewers: [String]
    /// How many of them must approve.
    package var approvals: Int
    /// Whether the author of a change may not approve it.
    package var preventSelfReview: Bool
    /// How long an approval lasts after its commit; for ever when nil.
    package var expiresAfter: TimeSpan?
    /// How long the gate stays closed at least, whoever approves.
    package var waitTimer: TimeSpan

    /// A rule; see the properties for the meaning of each part.
    package init(
        gate: GateName, requiredReviewers: [String], approvals: Int = 1, preventSelfReview: Bool = false,
        expiresAfter: TimeSpan? = nil, waitTimer: TimeSpan = .zero
    ) {
        self.gate = gate
        self.requiredReviewers = requiredReviewers
        self.approvals = approvals
        self.preventSelfReview = preventSelfReview
        self.expiresAfter = expiresAfter
        self.waitTimer = waitTimer
    }
}
