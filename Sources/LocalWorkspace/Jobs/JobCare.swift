internal import Glibc
internal import Subprocess
internal import Synchronization
internal import TimeKeeping
internal import Workspace

/// The supervisors that this process has started and that may not have taken their jobs yet.
final class StartedSupervisors: Sendable {
    private let byJob = Mutex<[String: ProcessIdentity]>([:])

    func isAlive(_ job: String) -> Bool { byJob.withLock { $0[job] }?.isAlive == true }

    func note(_ job: String, _ supervisor: ProcessIdentity) { byJob.withLock { $0[job] = supervisor } }
}

/// Starts the supervisors of jobs, and notices those that have died.
struct JobCare: Sendable {
    let store: Store
    let layout: WorkspaceLayout
    let launcher: LocalWorkspace.Launcher
    let clock: any WallClock
    let started: StartedSupervisors

    /// Starts the supervisor of a job that nobody has taken yet.
    func startIfNew(_ name: String) throws {
        guard let job = try store.job(name), job.live.status == .notStarted, job.supervisor == nil else { return }
        try start(name)
    }

    /// Starts a job's supervisor, unless one that we started is at it.
    private func start(_ job: String) throws {
        if started.isAlive(job) { return }
        let log = layout.job(job).supervisorLog
        try Files.makeFolder(String(log[..<(log.lastIndex(of: "/") ?? log.endIndex)]))
        do {
            let supervisor = try DetachedProcess.spawn(
                launcher.arguments + [JobSupervisor.command, layout.state.root, layout.root, job],
                environment: launcher.environment, workingDirectory: layout.root, standardOutput: log,
                standardError: log)
            started.note(job, supervisor)
        } catch {
            throw WorkspaceError(.broken, "the supervisor of job \(job) cannot be started: \(error.message)")
        }
    }

    /// What a job's row says, corrected by whether its supervisor lives.
    ///
    /// - Parameter isReadOnly: whether nothing may be mended.
    func lookAfter(_ job: Store.Job, isReadOnly: Bool = false) throws -> LiveJob {
        var live = job.live
        guard !live.status.isTerminal else { return live }
        guard let supervisor = job.supervisor else {
            // Noted, and then we died before its supervisor was started.
            if !isReadOnly { try start(live.name) }
            return live
        }
        guard !supervisor.isAlive else { return live }
        if job.isParent {
            // Another takes over where it was killed, since everything it knew stands in the database.
            if !isReadOnly { try start(live.name) }
            return live
        }
        let error = "its supervisor was killed"
        if !isReadOnly {
            job.process?.signalGroup(SIGKILL)
            try store.setStatus(live.name, .notResponding, error: error, at: clock.now())
            // It may have ended the job between the two looks.
            return try store.job(live.name)?.live ?? live
        }
        live.status = .notResponding
        live.error = error
        return live
    }
}
