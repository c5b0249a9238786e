package import Workspace

/// When an operation that failed is tried again; decided here and nowhere else.
package enum RetryPolicy {
    package enum Decision: Sendable, Equatable {
        /// Look again at once: the world is not as it was planned for.
        case now
        /// Try again after that long.
        case after(Duration)
        /// Trying again changes nothing.
        case never
    }

    /// How often one action is tried in a pass before its failure is reported.
    package static let attemptLimit = 5

    /// The decision after the given number of attempts.
    ///
    /// - Parameter jitter: A number from 0 to 1 that spreads the retries of many; it comes from outside.
    package static func decide(_ error: WorkspaceError, attempts: Int, jitter: Double) -> Decision {
        guard attempts < attemptLimit else { return .never }
        switch error.code {
        case .conflict: return .now
        case .unavailable, .throttled:
            if let seconds = error.retryAfterSeconds { return .after(.seconds(min(seconds, 300))) }
            let base = 0.5 * Double(1 << min(attempts, 7))
            return .after(.milliseconds(Int(1000 * base * (0.5 + jitter / 2))))
        case .notFound, .invalid, .unauthorized, .unsupported, .broken: return .never
        }
    }
}
