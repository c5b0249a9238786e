package import TimeKeeping

/// When a trained model is good enough to be registered.
package struct EvaluationPolicy: Sendable, Hashable, Codable {
    package enum Goal: String, Sendable, Codable, CaseIterable {
        case maximize
        case minimize
    }

    package var metric: String
    package var goal: Goal
    /// The least (or, to minimize, the most) the metric may be.
    package var minimum: Double?
    /// Whether it must also be better than the registered model's.
    package var isBetterThanRegistered: Bool

    package init(metric: String, goal: Goal = .maximize, minimum: Double? = nil, isBetterThanRegistered: Bool = false) {
        self.metric = metric
        self.goal = goal
        self.minimum = minimum
        self.isBetterThanRegistered = isBetterThanRegistered
    }
}

/// GitHub's protection rules for one gate.
package struct ProtectionRules: Sendable, Hashable, Codable {
    package var requiredReviewers: [String]
    package var approvals: Int
    package var preventSelfReview: Bool
    package var expiresAfter: TimeSpan?
    package var waitTimer: TimeSpan

    package init(
        requiredReviewers: [String], approvals: Int = 1, preventSelfReview: Bool = false, expiresAfter: TimeSpan? = nil,
        waitTimer: TimeSpan = .zero
    ) {
        self.requiredReviewers = requiredReviewers
        self.approvals = approvals
        self.preventSelfReview = preventSelfReview
        self.expiresAfter = expiresAfter
        self.waitTimer = waitTimer
    }
}

/// How a new deployment gets its traffic.
package struct RolloutPolicy: Sendable, Hashable, Codable {
    package enum Strategy: String, Sendable, Codable, CaseIterable {
        case blueGreen = "blue_green"
        case canary
        case inPlace = "in_place"
    }

    package struct Step: Sendable, Hashable, Codable {
        /// Percent of the requests that go to the new deployment.
        package var traffic: Int
        /// How long it is watched before the next step.
        package var hold: TimeSpan

        package init(traffic: Int, hold: TimeSpan = .zero) {
            self.traffic = traffic
            self.hold = hold
        }
    }

    package var strategy: Strategy
    /// Ascending; the last is 100.
    package var steps: [Step]
    /// How long the old deployment is kept after the last step.
    package var scaleDownDelay: TimeSpan

    package init(strategy: Strategy, steps: [Step] = [Step(traffic: 100)], scaleDownDelay: TimeSpan = .zero) {
        self.strategy = strategy
        self.steps = steps
        self.scaleDownDelay = scaleDownDelay
    }
}

/// What is done about differences that nobody committed.
package struct DriftPolicy: Sendable, Hashable, Codable {
    package enum Mode: String, Sendable, Codable, CaseIterable {
        case heal
        case warn
        case ignore
    }

    package var mode: Mode
    /// Modes of single fields, by `kind.field` or `field`: `online_deployment.instance_count`, `tags`, `traffic`.
    package var fields: [String: Mode]

    package init(mode: Mode = .heal, fields: [String: Mode] = [:]) {
        self.mode = mode
        self.fields = fields
    }

    /// The mode for a field of a kind: the closest rule wins.
    package func mode(kind: String, field: String) -> Mode {
        var path = Substring(field)
        while true {
            if let mode = fields["\(kind).\(path)"] ?? fields[String(path)] { return mode }
            guard let dot = path.lastIndex(of: ".") else { return mode }
            path = path[..<dot]
        }
    }
}
