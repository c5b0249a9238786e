package import Planning

/// How a pass ended.
package struct PassOutcome: Sendable {
    /// The plan of the last look: what is left.
    package var plan: Plan
    /// How many actions were done.
    package var performed: Int
    /// What failed for good, by action id.
    package var failures: [String: String]
    /// Stages whose workspace could not be read.
    package var unreachable: [String: String]

    /// Whether it saw what the pass before saw, and had nothing to do.
    package var isIdle: Bool

    package init(
        plan: Plan, performed: Int = 0, failures: [String: String] = [:], unreachable: [String: String] = [:],
        isIdle: Bool = false
    ) {
        self.isIdle = isIdle
        self.plan = plan
        self.performed = performed
        self.failures = failures
        self.unreachable = unreachable
    }

    /// 0 done or in sync, 1 failed, 3 stopped at a closed gate.
    package var exitStatus: Int32 {
        if !failures.isEmpty || !unreachable.isEmpty || plan.hasFailures { return 1 }
        return plan.isAtClosedGate ? 3 : 0
    }
}
