internal import Digest
internal import Workspace

/// Turns a batch invocation into the program that scores it.
struct BatchProgram {
    let store: Store
    let content: ContentStore
    let job: Store.Job
    let layout: JobLayout
    let state: StateLayout

    func make(
        _ batch: JSONValue, python: PreparedEnvironment, environment: [String: String]
    ) throws -> JobProgram {
        throw WorkspaceError(.unsupported, "batch scoring is not there yet")
    }
}
