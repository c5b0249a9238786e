import Diagnostics
import Planning
import Telemetry

/// What a daemon's log says of its passes: what is new, and nothing while all stays as it is.
struct DaemonLog {
    private let logger: Logger
    private var reported: Set<Diagnostic> = []
    private var problems: Set<String> = []
    private var drifts: Set<String> = []
    private var counts: [Int] = []

    init(_ logger: Logger) { self.logger = logger }

    /// Notes a pass that ended.
    mutating func ended(_ outcome: PassOutcome) {
        let plan = outcome.plan
        report(plan.diagnostics + plan.stages.flatMap(\.diagnostics))
        reportStops(plan.actions.filter { $0.isFailure || $0.isAtGate })
        report(plan.stages.flatMap(\.drift))
        let counts = [outcome.failures.count, plan.actions.count { $0.verb.isChange }]
        let fields: LogFields = [
            "pass.performed": .integer(outcome.performed), "pass.failures": .integer(counts[0]),
            "plan.pending": .integer(counts[1]),
        ]
        if outcome.performed > 0 || counts != self.counts {
            logger.info("pass ended", fields)
        } else {
            logger.debug("pass ended", fields)
        }
        self.counts = counts
    }

    private mutating func report(_ diagnostics: [Diagnostic]) {
        for diagnostic in Diagnostics(diagnostics).unique().sorted() where !reported.contains(diagnostic) {
            let place = diagnostic.location.map { "\($0)" } ?? ""
            let fields: LogFields = ["source": .string(place), "error": .string(diagnostic.message)]
            switch diagnostic.severity {
            case .error: logger.error("project has a mistake", fields)
            default: logger.warning("project is doubtful", fields)
            }
        }
        reported = Set(diagnostics)
    }

    private mutating func reportStops(_ actions: [PlanAction]) {
        var seen: Set<String> = []
        for action in actions {
            guard seen.insert("\(action.id) \(action.reason)").inserted,
                !problems.contains("\(action.id) \(action.reason)")
            else { continue }
            let fields: LogFields = ["action.id": .string(action.id), "action.reason": .string(action.reason)]
            if action.isAtGate { logger.info("stopped at a gate", fields) } else { logger.error("blocked", fields) }
        }
        problems = seen
    }

    private mutating func report(_ found: [PlanDrift]) {
        var seen: Set<String> = []
        for drift in found {
            let object = drift.id
            guard seen.insert(object).inserted, !drifts.contains(object) else { continue }
            logger.warning("drift", ["object": .string(object), "drift.action": .string(drift.policy)])
        }
        drifts = seen
    }
}

extension PlanAction {
    fileprivate var isAtGate: Bool {
        if case .gate = awaiting { true } else { false }
    }
}
