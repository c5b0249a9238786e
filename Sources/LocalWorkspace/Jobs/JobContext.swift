internal import Digest
internal import Glibc
internal import Subprocess
internal import Synchronization
internal import TimeKeeping
internal import Workspace

/// What a supervisor's runner has at hand for its one job.
struct JobContext: Sendable {
    let store: Store
    let workspace: WorkspaceLayout
    let name: String
    let clock: any WallClock
    /// How the supervisors of child jobs are started.
    let launcher: LocalWorkspace.Launcher

    /// The job shall end, because somebody asked for it.
    struct Cancelled: Error {}

    /// How often it is looked whether the job shall be cancelled, a slot is free, or a child has ended.
    static let period = Duration.milliseconds(200)

    var layout: JobLayout { workspace.job(name) }
    var state: StateLayout { workspace.state }
    var content: ContentStore { ContentStore(workspace.state) }

    /// Whether the job shall end.
    var isCancelled: Bool {
        get throws { try CancelSignal.isRaised || store.status(name) == .cancelRequested }
    }

    /// Moves the job on.
    ///
    /// - Throws: ``Cancelled`` when it has ended or shall end.
    func enter(_ status: JobStatus, process: ProcessIdentity? = nil) throws {
        guard try store.setStatus(name, status, process: process, at: clock.now()) else { throw Cancelled() }
    }

    /// Waits until the job is one of those that may run at a time.
    func waitForSlot() async throws {
        let limit = max(
            1, Int(HostEnvironment.all["RECONCILE_JOB_LIMIT"] ?? "") ?? Int(sysconf(Int32(_SC_NPROCESSORS_ONLN))))
        while try !store.takeSlot(name, limit: limit) {
            if try isCancelled { throw Cancelled() }
            try await Task.sleep(for: Self.period)
        }
    }

    /// Does something long, and gives it up when the job is to be cancelled.
    func cancellable<Result: Sendable>(_ body: @escaping @Sendable () async throws -> Result) async throws -> Result {
        try await withThrowingTaskGroup(of: Result?.self) { group in
            group.addTask { try await body() }
            group.addTask {
                while try !isCancelled {
                    do { try await Task.sleep(for: Self.period) } catch { break }
                }
                return nil
            }
            defer { group.cancelAll() }
            guard let result = try await group.next() ?? nil else { throw Cancelled() }
            return result
        }
    }

    /// Writes a line to the supervisor's log, which is its standard error.
    func say(_ line: String) { _ = Files.writeAll(Array("\(line)\n".utf8), to: STDERR_FILENO) }

    /// Writes a line to what the job itself says, for jobs that have no program of their own.
    func tell(_ line: String) throws {
        let file = open(layout.log, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0o600)
        guard file >= 0 else { throw Files.failure("write", layout.log) }
        defer { close(file) }
        guard Files.writeAll(Array("\(line)\n".utf8), to: file) else { throw Files.failure("write", layout.log) }
    }
}

/// Whether this process was asked to end.
enum CancelSignal {
    private static let raised = Atomic(false)

    static var isRaised: Bool { raised.load(ordering: .relaxed) }

    static func install() {
        for number in [SIGTERM, SIGINT, SIGHUP] {
            // An atomic store is all that is allowed here: https://man7.org/linux/man-pages/man7/signal-safety.7.html
            signal(number) { _ in CancelSignal.raised.store(true, ordering: .relaxed) }
        }
    }
}
