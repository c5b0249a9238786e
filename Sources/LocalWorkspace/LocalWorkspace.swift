package import AssetSchema
internal import Glibc
internal import Subprocess
internal import Synchronization
package import TimeKeeping
package import Workspace

/// The workspace on this machine: assets in SQLite and files by content, jobs and deployments as processes.
package final class LocalWorkspace: Workspace {
    /// How this program starts its own supervisors.
    package struct Launcher: Sendable {
        /// The program and the arguments that come before a supervisor's name.
        package var arguments: [String]
        /// The variables of supervisors; ours when nil.
        package var environment: [String: String]?

        package init(arguments: [String], environment: [String: String]? = nil) {
            self.arguments = arguments
            self.environment = environment
        }

        /// This very program.
        package static var current: Launcher {
            var buffer = [CChar](repeating: 0, count: 4096)
            let count = readlink("/proc/self/exe", &buffer, buffer.count - 1)
            let path =
                count > 0
                ? String(decoding: buffer[..<count].map { UInt8(bitPattern: $0) }, as: UTF8.self) : "reconcile"
            return Launcher(arguments: [path, "internal"])
        }
    }

    package let identity: WorkspaceIdentity
    package let layout: WorkspaceLayout
    let launcher: Launcher
    let clock: any WallClock
    let isReadOnly: Bool
    let content: ContentStore
    private let opened = Mutex<Store?>(nil)
    private let started = Mutex<[String: ProcessIdentity]>([:])

    /// - Parameter isReadOnly: whether looking may neither make nor mend anything, as for a dry run.
    package init(
        identity: WorkspaceIdentity, state: StateLayout, launcher: Launcher = .current,
        clock: any WallClock = SystemClock(), isReadOnly: Bool = false
    ) {
        self.identity = identity
        layout = state.workspace(identity)
        self.launcher = launcher
        self.clock = clock
        self.isReadOnly = isReadOnly
        content = ContentStore(state)
    }

    /// The database, opened when it is first needed.
    func store() throws -> Store {
        try opened.withLock { opened in
            if let opened { return opened }
            let store = try Store(layout)
            opened = store
            return store
        }
    }

    /// The database if there is one; looking at a workspace that nobody has used makes none.
    func existingStore() throws -> Store? { Files.exists(layout.database) ? try store() : nil }

    package func liveState() async throws -> LiveState {
        guard let store = try existingStore() else { return LiveState() }
        let (assets, jobs) = try store.read { (try Store.assets($0), try Store.jobs($0)) }
        var live = LiveState(assets: assets, jobs: try jobs.map { try lookAfter($0, store) })
        live.onlineEndpoints = try await liveOnlineEndpoints(store)
        live.batchEndpoints = try liveBatchEndpoints(store)
        return live
    }

    package func perform(_ operation: Operation, content: any ContentProvider) async throws -> OperationOutcome {
        guard !isReadOnly else { throw WorkspaceError(.unsupported, "this workspace was opened for looking only") }
        switch operation {
        case .createAsset(let draft): return try await create(draft, content)
        case .registerModel(let draft): return try await register(draft, content)
        case .archiveAsset(let kind, let name, let version):
            try store().setArchived(true, kind, name, version)
            return OperationOutcome(version: version)
        case .restoreAsset(let kind, let name, let version):
            try store().setArchived(false, kind, name, version)
            return OperationOutcome(version: version)
        case .updateAssetMetadata(let kind, let name, let version, let description, let tags):
            try store().updateAsset(kind, name, version, description: description, tags: tags)
            return OperationOutcome(version: version)
        case .submitJob(let draft): return try await submit(draft, content)
        case .cancelJob(let name): return try cancel(name)
        case .updateJobTags(let name, let tags):
            try store().setJobTags(name, tags)
            return OperationOutcome()
        default: return try await performOnEndpoints(operation, content)
        }
    }

    /// Starts a job's supervisor, unless one that we started is at it.
    func startSupervisor(of job: String) throws {
        let running = started.withLock { $0[job] }
        if running?.isAlive == true { return }
        let log = layout.job(job).supervisorLog
        try Files.makeFolder(String(log[..<(log.lastIndex(of: "/") ?? log.endIndex)]))
        do {
            let supervisor = try DetachedProcess.spawn(
                launcher.arguments + [JobSupervisor.command, layout.state.root, layout.root, job],
                environment: launcher.environment, workingDirectory: layout.root, standardOutput: log,
                standardError: log)
            started.withLock { $0[job] = supervisor }
        } catch {
            throw WorkspaceError(.broken, "the supervisor of job \(job) cannot be started: \(error.message)")
        }
    }

    /// What a job's row says, corrected by whether its supervisor lives.
    private func lookAfter(_ job: Store.Job, _ store: Store) throws -> LiveJob {
        var live = job.live
        guard !live.status.isTerminal else { return live }
        guard let supervisor = job.supervisor else {
            // Noted, and then we died before its supervisor was started.
            if !isReadOnly { try startSupervisor(of: live.name) }
            return live
        }
        guard !supervisor.isAlive else { return live }
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
