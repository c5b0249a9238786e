internal import AssetSchema
internal import Digest
internal import TimeKeeping
internal import Workspace

/// Notes jobs in the database: those that somebody submits, and those that a parent's supervisor does.
struct JobSubmission: Sendable {
    let store: Store
    let content: ContentStore
    let clock: any WallClock

    var environments: EnvironmentResolver { EnvironmentResolver(store: store, content: content) }

    /// Says why a job cannot be run, before anything of it is kept.
    func check(_ draft: JobDraft) throws {
        guard draft.kind.isJob else { throw WorkspaceError(.invalid, "a \(draft.kind.title) is no job") }
        try JobRunners.type(draft.kind, draft.fields).check(draft, in: self)
    }

    /// Notes a job that has been checked; a job of that name is left as it is.
    ///
    /// - Parameter child: its place, when it is a step or trial of another.
    func submit(_ draft: JobDraft, content trees: [String: StoredTree], child: ChildPlace? = nil) throws {
        let runner = try JobRunners.type(draft.kind, draft.fields)
        var draft = draft
        // What applies to the steps goes to them with the parent's row.
        if runner.isParent { draft.fields["environment_override"] = draft.environmentOverride }
        let environment = try runner.environment(draft, content: trees, in: self)
        _ = try store.submit(
            draft, experiment: draft.fields["experiment_name"]?.stringValue ?? "Default", content: trees,
            environment: environment, isParent: runner.isParent, child: child, at: clock.now())
    }
}
