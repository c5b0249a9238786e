internal import AssetSchema
internal import Digest
internal import Workspace

/// Runs a pipeline job: its steps are child jobs, each started once what it needs is there.
struct PipelineRunner: JobRunner {
    let job: Store.Job
    let context: JobContext

    static let isParent = true

    static func check(_ draft: JobDraft, in submission: JobSubmission) throws {
        throw WorkspaceError(.unsupported, "the embedded workspace does not run a \(draft.kind.title) yet")
    }

    func run() async throws {
    }
}
