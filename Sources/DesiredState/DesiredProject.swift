package import Diagnostics

/// Everything that git says a project shall be, stage by stage.
package struct DesiredProject: Sendable, Equatable {
    /// The project's folder inside the repository, empty for its root.
    package var path: String
    /// In the order in which they depend on each other: dev, prod, blue.
    package var stages: [DesiredStage]
    /// What is wrong or doubtful with the project as a whole, in a stable order; stages carry their own.
    ///
    /// An error here keeps every stage from acting.
    package var diagnostics: [Diagnostic]
    /// What was assumed because no file says it, one sentence each.
    package var assumptions: [String]

    package init(
        path: String = "", stages: [DesiredStage], diagnostics: [Diagnostic] = [], assumptions: [String] = []
    ) {
        self.path = path
        self.stages = stages
        self.diagnostics = diagnostics
        self.assumptions = assumptions
    }
}
