package import Approvals

/// How much there is to do, counted over the actions of a stage or of a plan.
package struct PlanSummary: Sendable, Equatable, Codable {
    /// Objects to be made.
    package var add = 0
    /// Objects to be changed, and traffic to be moved.
    package var change = 0
    /// Objects to be deleted or archived.
    package var delete = 0
    /// Jobs and tests to be run.
    package var run = 0
    /// Objects that wait for people, for a job, for another stage or for the clock.
    package var wait = 0
    /// Gates that keep something closed: those that wait for people, and those that will be asked later.
    package var gates = 0
    /// Objects for which something went wrong, or that are held.
    package var blocked = 0
    /// Objects that are as git wants them.
    package var unchanged = 0
    /// Objects that somebody changed in the workspace.
    package var drifted = 0

    /// Counts the actions and drifts of some stages; a gate that keeps several objects closed counts once.
    package init(_ stages: [StagePlan]) {
        var closed: Set<GateName> = []
        for action in stages.flatMap(\.actions) {
            switch action.verb {
            case .create: add += 1
            case .update, .shift: change += 1
            case .delete, .archive: delete += 1
            case .run: run += 1
            case .wait: wait += 1
            case .blocked: blocked += 1
            case .unchanged: unchanged += 1
            }
            if let gate = action.closedGate { closed.insert(gate) }
        }
        gates = closed.count
        drifted = stages.reduce(0) { $0 + $1.drift.count }
    }
}

extension PlanAction {
    /// The gate that keeps this action from going on, now or when it is asked, unless it was rejected.
    package var closedGate: GateName? {
        if let upcomingGate { return upcomingGate.name }
        guard let gate, gate.evaluation.state == .waiting else { return nil }
        return gate.evaluation.gate
    }
}

extension Plan {
    /// How much there is to do in all stages.
    package var summary: PlanSummary { PlanSummary(stages) }
}

extension StagePlan {
    /// How much there is to do in this stage.
    package var summary: PlanSummary { PlanSummary([self]) }
}
