import DesiredState
import Diagnostics

/// Makes the plan: a pure function of what git, the workspaces, the ledgers and the clock say.
package enum Planner {
    /// Plans all stages that have objects of their own, each with the stage that releases it.
    package static func plan(_ input: PlanningInput) -> Plan {
        var none: PlanMemory?
        return plan(input, memory: &none)
    }

    /// The same plan, made quicker by what the plan before left; nil leaves nothing.
    package static func plan(_ input: PlanningInput, memory: inout PlanMemory?) -> Plan {
        let project = input.project
        let isBroken = project.diagnostics.contains { $0.severity == .error }
        var assumptions = project.assumptions
        let stages = project.stages.filter { $0.releases == nil }.map { stage in
            var planner = StagePlanner(
                stage: stage,
                release: project.stages.first { $0.releases == stage.name },
                isPromoted: project.stages.contains { $0.promotes == stage.name },
                input: input, memory: memory?.stages.removeValue(forKey: stage.name), keeps: memory != nil)
            var plan = planner.plan()
            if let left = planner.memory { memory?.stages[stage.name] = left }
            assumptions += planner.assumptions.filter { !assumptions.contains($0) }
            if isBroken || plan.diagnostics.contains(where: { $0.severity == .error }) { plan.holdEverything() }
            return plan
        }
        return Plan(stages: stages, diagnostics: project.diagnostics, assumptions: assumptions)
    }
}

extension StagePlan {
    /// Takes every operation out: what git says is wrong somewhere, so nothing of it is done.
    fileprivate mutating func holdEverything() {
        for index in actions.indices where actions[index].isDue {
            actions[index].operations = []
            actions[index].verb = .blocked
            actions[index].reason += "; held until the errors are mended"
        }
        // What comes after something that is held does not come to pass either.
        var held = Set(actions.filter { $0.verb == .blocked }.map(\.id))
        for index in actions.indices where actions[index].verb.isChange && actions[index].verb != .wait {
            guard actions[index].requires.contains(where: held.contains) else { continue }
            actions[index].verb = .blocked
            held.insert(actions[index].id)
        }
    }
}
