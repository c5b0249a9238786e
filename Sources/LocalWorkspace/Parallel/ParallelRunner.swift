internal import Digest
internal import Workspace

/// Runs a parallel job: the user's entry script over mini-batches of the input.
struct ParallelRunner: JobRunner {
    let job: Store.Job
    let context: JobContext

    static func check(_ draft: JobDraft, in submission: JobSubmission) throws { try check(draft.fields) }

    static func check(_ fields: JSONValue) throws {
        throw WorkspaceError(.unsupported, "not yet")
    }

    func run() async throws {
    }
}
