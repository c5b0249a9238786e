package import DesiredState
package import Diagnostics

/// What is to be done so that the workspaces become what git wants: a value, the same for the same look.
package struct Plan: Sendable, Equatable, Codable {
    /// One for each stage that has objects of its own; a release stage's steps stand with the stage it releases.
    package var stages: [StagePlan]
    /// What is wrong or doubtful with the project as a whole.
    package var diagnostics: [Diagnostic]
    /// What was assumed because no file says it.
    package var assumptions: [String]

    package init(stages: [StagePlan], diagnostics: [Diagnostic] = [], assumptions: [String] = []) {
        self.stages = stages
        self.diagnostics = diagnostics
        self.assumptions = assumptions
    }

    /// All actions of all stages, in order.
    package var actions: [PlanAction] { stages.flatMap(\.actions) }

    /// The actions that can be done now.
    package var due: [PlanAction] { actions.filter(\.isDue) }

    /// Whether anything differs from what git wants, or waits.
    package var hasChanges: Bool { actions.contains { $0.verb.isChange } }

    /// Whether all is as git wants it, and time alone changes nothing of that.
    package var isSettled: Bool {
        stages.allSatisfy { stage in
            stage.drift.isEmpty && stage.actions.allSatisfy { $0.verb == .unchanged && $0.awaiting == nil }
        }
    }

    /// Whether anything keeps the plan from being right or from being done that a person has to mend.
    package var hasFailures: Bool {
        hasErrors || actions.contains { $0.isFailure }
    }

    /// Whether what git says is wrong somewhere.
    package var hasErrors: Bool {
        (diagnostics + stages.flatMap(\.diagnostics)).contains { $0.severity == .error }
    }

    /// Whether something waits for people at a gate.
    package var isAtClosedGate: Bool {
        actions.contains { action in
            if case .gate = action.awaiting { true } else { false }
        }
    }
}

/// The plan of one stage.
package struct StagePlan: Sendable, Equatable, Codable {
    package var stage: String
    package var branch: String
    package var commit: CommitInfo?
    package var workspace: WorkspaceTarget
    /// In the order in which they come to pass.
    package var actions: [PlanAction]
    package var drift: [PlanDrift]
    package var diagnostics: [Diagnostic]

    package init(
        stage: String, branch: String, commit: CommitInfo?, workspace: WorkspaceTarget, actions: [PlanAction],
        drift: [PlanDrift] = [], diagnostics: [Diagnostic] = []
    ) {
        self.stage = stage
        self.branch = branch
        self.commit = commit
        self.workspace = workspace
        self.actions = actions
        self.drift = drift
        self.diagnostics = diagnostics
    }
}
