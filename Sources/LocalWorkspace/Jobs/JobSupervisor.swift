internal import Digest
internal import Glibc
internal import Subprocess
internal import Synchronization
internal import TimeKeeping
internal import Workspace

/// Runs one job from its row in the database to its end, in a process of its own that outlives the controller.
package struct JobSupervisor: Sendable {
    private let store: Store
    private let layout: JobLayout
    private let state: StateLayout
    private let name: String
    private let clock: any WallClock
    /// How often it is looked whether the job shall be cancelled, or a slot is free.
    private static let period = Duration.milliseconds(200)
    /// The time between TERM and KILL.
    private static let grace = Duration.seconds(10)

    /// The hidden subcommand's name: `reconcile internal supervise-job STATE WORKSPACE JOB`.
    package static let command = "supervise-job"

    /// Runs the supervisor of the job that the arguments name.
    ///
    /// - Parameter arguments: the state directory, the workspace's folder and the job's name.
    /// - Returns: the exit status.
    package static func main(_ arguments: [String]) async -> Int32 {
        guard arguments.count == 3 else { return 64 }
        let state = StateLayout(root: arguments[0])
        let layout = WorkspaceLayout(state: state, root: arguments[1])
        // Whoever wants the job to end says so in the database; a terminal's or a service manager's signal means the same.
        CancelSignal.install()
        do {
            let supervisor = JobSupervisor(
                store: try Store(layout), layout: layout.job(arguments[2]), state: state, name: arguments[2],
                clock: SystemClock())
            return try await supervisor.run() ? 0 : 1
        } catch {
            say("\(error)")
            return 1
        }
    }

    /// - Returns: false when the job belongs to another supervisor.
    private func run() async throws -> Bool {
        guard let identity = ProcessIdentity.current, try store.claim(name, by: identity) else { return false }
        do {
            for folder in layout.folders { try Files.makeFolder(folder) }
            try await waitForSlot()
            try await perform()
        } catch is Cancelled {
            try store.setStatus(name, .canceled, at: clock.now())
        } catch let error as WorkspaceError {
            try store.setStatus(name, .failed, error: error.message, at: clock.now())
        } catch {
            try store.setStatus(name, .failed, error: "\(error)", at: clock.now())
        }
        return true
    }

    private struct Cancelled: Error {}

    private var isCancelled: Bool {
        get throws { try CancelSignal.isRaised || store.status(name) == .cancelRequested }
    }

    private func enter(_ status: JobStatus, process: ProcessIdentity? = nil) throws {
        guard try store.setStatus(name, status, process: process, at: clock.now()) else { throw Cancelled() }
    }

    private func waitForSlot() async throws {
        let limit = max(
            1, Int(HostEnvironment.all["RECONCILE_JOB_LIMIT"] ?? "") ?? Int(sysconf(Int32(_SC_NPROCESSORS_ONLN))))
        while try !store.takeSlot(name, limit: limit) {
            if try isCancelled { throw Cancelled() }
            try await Task.sleep(for: Self.period)
        }
    }

    private func perform() async throws {
        guard let job = try store.job(name) else { throw WorkspaceError(.notFound, "there is no job \(name)") }
        try enter(.preparing)
        let content = ContentStore(state)
        let python = try await cancellable {
            try await PythonEnvironments(state).prepare(job.environment) { line in
                say("environment: \(line)")
            }
        }
        if let tree = job.content["code"] { try content.export(tree, to: layout.code) }
        let tracking = try TrackingServer.start(
            store: store, job: name, experiment: job.live.experimentName, layout: layout)
        let program: JobProgram
        do {
            program = try makeProgram(job, content: content, python: python, tracking: tracking)
            try enter(.starting)
            let status = try await execute(program)
            await tracking.stop()
            try enter(.finalizing)
            try finish(status, content: content, timeout: program.timeoutSeconds)
        } catch {
            await tracking.stop()
            throw error
        }
    }

    private func makeProgram(
        _ job: Store.Job, content: ContentStore, python: PreparedEnvironment, tracking: TrackingServer
    ) throws -> JobProgram {
        var environment = JobProgram.environment(job: job, layout: layout, python: python, tracking: tracking)
        if let batch = job.fields["batch"] {
            return try BatchProgram(store: store, content: content, job: job, layout: layout, state: state)
                .make(batch, python: python, environment: environment)
        }
        let command = try JobInputs(store: store, content: content, job: job, layout: layout).prepare()
        for (prefix, values) in [("AZURE_ML_INPUT_", command.inputs), ("AZURE_ML_OUTPUT_", command.outputs)] {
            for (name, value) in values {
                switch value {
                case .literal(let text), .path(let text): environment[prefix + name] = text
                }
            }
        }
        // The command is the user's own shell text: that is Azure's contract.
        let shell = Executable.find("/bin/bash") ?? "/bin/sh"
        let text = try command.resolve(job.fields["command"]?.stringValue ?? "")
        return JobProgram(
            arguments: [shell, "-c", text], environment: environment, workingDirectory: layout.code,
            timeoutSeconds: job.fields["limits"]?["timeout"]?.intValue)
    }

    private enum End {
        case ended(Subprocess.Status)
        case timedOut
        case cancelled
    }

    private func execute(_ program: JobProgram) async throws -> End {
        let (ends, signal) = AsyncStream.makeStream(of: Subprocess.Status.self, bufferingPolicy: .bufferingNewest(1))
        let process: ProcessIdentity
        do {
            process = try DetachedProcess.spawn(
                program.arguments, environment: program.environment, workingDirectory: program.workingDirectory,
                standardOutput: layout.log, standardError: layout.log
            ) { status in
                signal.yield(status)
                signal.finish()
            }
        } catch {
            throw WorkspaceError(.broken, "the job's program cannot be started: \(error.message)")
        }
        do {
            try enter(.running, process: process)
        } catch {
            process.signalGroup(SIGKILL)
            for await _ in ends {}
            throw error
        }
        return try await withThrowingTaskGroup(of: End?.self) { group in
            group.addTask {
                for await status in ends { return .ended(status) }
                return nil
            }
            group.addTask { try await self.watch(timeoutSeconds: program.timeoutSeconds) }
            let first = try await group.next() ?? nil
            if case .ended? = first {
                group.cancelAll()
                return first ?? .cancelled
            }
            process.signalGroup(SIGTERM)
            group.addTask {
                try await Task.sleep(for: Self.grace)
                process.signalGroup(SIGKILL)
                return nil
            }
            while let next = try await group.next() {
                guard case .ended? = next else { continue }
                group.cancelAll()
                break
            }
            return first ?? .cancelled
        }
    }

    private func watch(timeoutSeconds: Int?) async throws -> End? {
        let clock = ContinuousClock()
        let deadline = timeoutSeconds.map { clock.now + .seconds($0) }
        while !Task.isCancelled {
            if try isCancelled { return .cancelled }
            if let deadline, clock.now >= deadline { return .timedOut }
            do { try await Task.sleep(for: Self.period) } catch { return nil }
        }
        return nil
    }

    private func finish(_ end: End, content: ContentStore, timeout: Int?) throws {
        let results = try collect(content)
        let now = clock.now()
        switch end {
        case .ended(let status) where status.isSuccess:
            try store.setStatus(name, .completed, results: results, at: now)
        case .ended(.exited(let code)):
            try store.setStatus(
                name, .failed, error: "exited with status \(code)" + lastWords(), results: results, at: now)
        case .ended(.signaled(let number)):
            try store.setStatus(
                name, .failed, error: "was ended by signal \(number)" + lastWords(), results: results, at: now)
        case .timedOut:
            try store.setStatus(
                name, .failed, error: "did not end within its timeout of \(timeout ?? 0) seconds" + lastWords(),
                results: results, at: now)
        case .cancelled:
            try store.setStatus(name, .canceled, results: results, at: now)
        }
    }

    /// Keeps what the job left: its artifacts, what it wrote to `./outputs`, and its named outputs.
    private func collect(_ content: ContentStore) throws -> [String: StoredTree] {
        var artifacts = try content.collect(layout.artifacts)
        for folder in ["outputs", "logs"] where Files.isFolder("\(layout.code)/\(folder)") {
            // Azure ML takes ./outputs and ./logs of the working directory over into the run's artifacts.
            let extra = try content.collect("\(layout.code)/\(folder)")
            let present = Set(artifacts.entries.map(\.path))
            artifacts = StoredTree(
                entries: artifacts.entries
                    + extra.entries.map { entry in
                        var entry = entry
                        entry.path = "\(folder)/\(entry.path)"
                        return entry
                    }.filter { !present.contains($0.path) }, isFile: false)
        }
        var results = ["artifacts": artifacts]
        for output in Files.list(layout.outputs) {
            let tree = try content.collect("\(layout.outputs)/\(output)")
            // What begins with a dot is the machinery's own, such as the finished parts of a scoring.
            results["outputs.\(output)"] = StoredTree(
                entries: tree.entries.filter { !$0.path.hasPrefix(".") }, isFile: tree.isFile)
        }
        return results
    }

    private func lastWords() -> String {
        let size = Files.size(layout.log) ?? 0
        guard let bytes = try? Files.read(layout.log, from: max(0, size - 4096), limit: 4096) else { return "" }
        let text = String(decoding: bytes, as: UTF8.self)
        let line = BatchScoring.failure(inLog: text) ?? text.lastLine.trimmed
        return line.isEmpty ? "" : ": \(line.prefix(300))"
    }

    /// Does something long, and gives it up when the job is to be cancelled.
    private func cancellable<Result: Sendable>(_ body: @escaping @Sendable () async throws -> Result) async throws
        -> Result
    {
        try await withThrowingTaskGroup(of: Result?.self) { group in
            group.addTask { try await body() }
            group.addTask {
                _ = try await self.watch(timeoutSeconds: nil)
                return nil
            }
            defer { group.cancelAll() }
            guard let result = try await group.next() ?? nil else { throw Cancelled() }
            return result
        }
    }
}

/// Writes a line to the supervisor's log, which is its standard error.
private func say(_ line: String) { _ = Files.writeAll(Array("\(line)\n".utf8), to: STDERR_FILENO) }

/// Whether this process was asked to end.
private enum CancelSignal {
    private static let raised = Atomic(false)

    static var isRaised: Bool { raised.load(ordering: .relaxed) }

    static func install() {
        for number in [SIGTERM, SIGINT, SIGHUP] {
            // An atomic store is all that is allowed here: https://man7.org/linux/man-pages/man7/signal-safety.7.html
            signal(number) { _ in CancelSignal.raised.store(true, ordering: .relaxed) }
        }
    }
}
