package import AssetSchema
package import DesiredState
package import Planning
package import Workspace

/// What one look found: everything a plan is made of, and where contents come from.
package struct Look: Sendable {
    package var input: PlanningInput
    /// By stage.
    package var contents: [String: any ContentProvider]
    /// Stages whose workspace could not be read, and why; nothing is planned for them.
    package var unreachable: [String: WorkspaceError]
    /// How git was read, for messages that show lines of files and for explanations.
    package var reading: ProjectReading?
    /// What a person should know of the policy in force: what was trusted at first sight, what does not count and why.
    package var notes: [String] = []
    /// The plan of the input, where it was made already.
    package var planned: Plan?
    /// Whether nothing differs from the look before, whose plan neither asks for anything nor waits for a moment.
    package var isIdle = false

    /// The plan of what was seen.
    package var plan: Plan { planned ?? Planner.plan(input) }

    package init(
        input: PlanningInput, contents: [String: any ContentProvider] = [:],
        unreachable: [String: WorkspaceError] = [:],
        reading: ProjectReading? = nil
    ) {
        self.input = input
        self.contents = contents
        self.unreachable = unreachable
        self.reading = reading
    }
}

/// Looks at git, the workspaces, the approvals and the clock.
package protocol Looking: Sendable {
    /// One look; what has not changed since the last is not read again.
    func look() async throws -> Look
}
