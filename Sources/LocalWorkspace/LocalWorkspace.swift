package import AssetSchema
internal import Glibc
internal import SQLite
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
    private let seen = Mutex<(version: Int64, changes: Int64, assets: [LiveAsset])?>(nil)
    private let started = StartedSupervisors()
    let startedSchedules = StartedSupervisors()

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
        let (assets, jobs) = try store.read { (try self.assets($0), try Store.jobs($0)) }
        let care = try care()
        var live = LiveState(
            assets: assets,
            jobs: try jobs.withStepMetrics().map { try care.lookAfter($0, isReadOnly: isReadOnly) })
        live.onlineEndpoints = try await liveOnlineEndpoints(store)
        live.batchEndpoints = try liveBatchEndpoints(store)
        live.resources = try liveResources(store)
        return live
    }

    /// All versions; the very array of the last time unless something was written to the database since.
    private func assets(_ connection: Connection) throws -> [LiveAsset] {
        // "The integer values returned by two invocations of 'PRAGMA data_version' from the same connection will be
        // different if changes were committed to the database by any other connection in the interim."
        // https://www.sqlite.org/pragma.html#pragma_data_version
        let version = try connection.value("PRAGMA data_version").integer ?? 0
        let changes = connection.totalChanges
        if let seen = seen.withLock({ $0 }), seen.version == version, seen.changes == changes { return seen.assets }
        let assets = try Store.assets(connection)
        seen.withLock { $0 = (version, changes, assets) }
        return assets
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
        case .putResource(let draft): return try await put(draft, content)
        case .deleteResource(let kind, let name):
            try store().deleteResource(kind, name)
            return OperationOutcome()
        default: return try await performOnEndpoints(operation, content)
        }
    }

    /// Who starts and looks after the supervisors of jobs.
    func care() throws -> JobCare {
        JobCare(store: try store(), layout: layout, launcher: launcher, clock: clock, started: started)
    }
}
