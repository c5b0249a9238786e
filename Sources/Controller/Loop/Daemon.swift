package import TimeKeeping
import Planning
package import Telemetry

/// Reconciles for ever: at once when git changes, else at an interval, and at the moments that the plan names.
package struct Daemon: Sendable {
    private let reconciler: Reconciler
    private let changes: AsyncStream<Void>
    private let interval: Duration
    private let clock: any WallClock
    private let logger: Logger
    private let report: @Sendable (PassOutcome) -> Void

    /// A daemon.
    ///
    /// - Parameters:
    ///   - changes: Ticks when git may have changed.
    ///   - interval: The longest time between two looks, which bounds how long drift goes unseen.
    ///   - report: Told of every pass that ended.
    package init(
        reconciler: Reconciler, changes: AsyncStream<Void>, interval: Duration, clock: any WallClock, logger: Logger,
        report: @escaping @Sendable (PassOutcome) -> Void = { _ in }
    ) {
        self.reconciler = reconciler
        self.changes = changes
        self.interval = interval
        self.clock = clock
        self.logger = logger
        self.report = report
    }

    /// Runs until the task is cancelled.
    package func run(stages: Set<String>? = nil) async throws {
        let wakeUps = WakeUps(changes)
        defer { wakeUps.stop() }
        var failures = 0
        var log = DaemonLog(logger)
        while !Task.isCancelled {
            var next = interval
            do {
                let outcome = try await reconciler.pass(stages: stages)
                report(outcome)
                failures = 0
                // An idle pass has nothing new to tell, and its plan waits for no moment.
                if !outcome.isIdle {
                    log.ended(outcome)
                    next = min(interval, self.next(in: outcome.plan) ?? interval)
                }
            } catch is CancellationError {
                return
            } catch {
                if Task.isCancelled { return }
                failures += 1
                logger.error("pass failed", ["error": .string("\(error)"), "pass.failures_in_row": .integer(failures)])
                next = min(interval * (1 << min(failures, 5)), .seconds(300))
            }
            await wakeUps.next(within: next)
        }
    }

    /// How long until the next moment that the plan waits for.
    private func next(in plan: Plan) -> Duration? {
        let moments = plan.actions.compactMap { action -> Timestamp? in
            if case .clock(let moment) = action.awaiting { moment } else { nil }
        }
        return moments.min().map { .seconds(max(1, ($0 - clock.now()).seconds)) }
    }
}
