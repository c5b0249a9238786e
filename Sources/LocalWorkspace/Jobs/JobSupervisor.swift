internal import Glibc
internal import Subprocess
internal import TimeKeeping
internal import Workspace

/// Runs one job from its row in the database to its end, in a process of its own that outlives the controller.
package struct JobSupervisor: Sendable {
    private let context: JobContext

    /// The hidden subcommand's name: `reconcile internal supervise-job STATE WORKSPACE JOB`.
    package static let command = "supervise-job"

    /// Runs the supervisor of the job that the arguments name.
    ///
    /// - Parameter arguments: the state directory, the workspace's folder and the job's name.
    /// - Returns: the exit status.
    package static func main(_ arguments: [String]) async -> Int32 {
        guard arguments.count == 3 else { return 64 }
        let layout = WorkspaceLayout(state: StateLayout(root: arguments[0]), root: arguments[1])
        // Whoever wants the job to end says so in the database; a terminal's or a service manager's signal means the same.
        CancelSignal.install()
        do {
            let context = JobContext(
                store: try Store(layout), workspace: layout, name: arguments[2], clock: SystemClock(),
                launcher: .current)
            return try await JobSupervisor(context: context).run() ? 0 : 1
        } catch {
            _ = Files.writeAll(Array("\(error)\n".utf8), to: STDERR_FILENO)
            return 1
        }
    }

    /// - Returns: false when the job belongs to another supervisor.
    private func run() async throws -> Bool {
        let store = context.store
        let name = context.name
        guard let identity = ProcessIdentity.current, try store.claim(name, by: identity) else { return false }
        do {
            for folder in context.layout.folders { try Files.makeFolder(folder) }
            guard let job = try store.job(name) else { throw WorkspaceError(.notFound, "there is no job \(name)") }
            let runner = try JobRunners.type(job.live.kind, job.fields)
            if !runner.isParent { try await context.waitForSlot() }
            try await runner.init(job: job, context: context).run()
        } catch is JobContext.Cancelled {
            try store.setStatus(name, .canceled, at: context.clock.now())
        } catch let error as WorkspaceError {
            try store.setStatus(name, .failed, error: error.message, at: context.clock.now())
        } catch {
            try store.setStatus(name, .failed, error: "\(error)", at: context.clock.now())
        }
        return true
    }
}
