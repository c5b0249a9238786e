internal import Digest
internal import Glibc
internal import Subprocess
internal import TimeKeeping
internal import Workspace

/// Runs a job that is one program: prepares its environment, starts it, watches it, and keeps what it left.
struct JobProgramRun: Sendable {
    let job: Store.Job
    let context: JobContext
    /// The time between TERM and KILL.
    private static let grace = Duration.seconds(10)

    private var layout: JobLayout { context.layout }

    /// - Parameter make: gives the program for the job with all its files, once its environment and the tracking API
    ///   are there.
    func run(_ make: (Store.Job, PreparedEnvironment, [String: String]) throws -> JobProgram) async throws {
        try context.enter(.preparing)
        let content = context.content
        let spec = job.environment
        let context = context
        let python = try await context.cancellable {
            try await PythonEnvironments(context.state).prepare(spec) { context.say("environment: \($0)") }
        }
        let job = try await RemoteInputs(context: context, python: python).fetch(for: job)
        if let tree = job.content["code"] { try content.export(tree, to: layout.code) }
        let tracking = try TrackingServer.start(
            store: context.store, job: job.live.name, experiment: job.live.experimentName, layout: layout)
        do {
            let program = try make(
                job, python,
                JobProgram.environment(
                    job: job, root: context.store.ancestors(of: job.live.name).last, layout: layout, python: python,
                    tracking: tracking))
            try context.enter(.starting)
            let status = try await execute(program)
            await tracking.stop()
            try context.enter(.finalizing)
            try finish(status, timeout: program.timeoutSeconds)
        } catch {
            await tracking.stop()
            throw error
        }
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
            try context.enter(.running, process: process)
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
            if try context.isCancelled { return .cancelled }
            if let deadline, clock.now >= deadline { return .timedOut }
            do { try await Task.sleep(for: JobContext.period) } catch { return nil }
        }
        return nil
    }

    private func finish(_ end: End, timeout: Int?) throws {
        let results = try JobResults.collect(layout, context.content)
        let now = context.clock.now()
        func fail(_ error: String) throws {
            try context.store.setStatus(
                job.live.name, .failed, error: error + JobResults.lastWords(layout), results: results, at: now)
        }
        switch end {
        case .ended(let status) where status.isSuccess:
            try OutputPlaces(job: job, context: context).place(results)
            try context.store.setStatus(job.live.name, .completed, results: results, at: now)
        case .ended(.exited(let code)): try fail("exited with status \(code)")
        case .ended(.signaled(let number)): try fail("was ended by signal \(number)")
        case .timedOut: try fail("did not end within its timeout of \(timeout ?? 0) seconds")
        case .cancelled: try context.store.setStatus(job.live.name, .canceled, results: results, at: now)
        }
    }
}

/// What a job leaves behind.
enum JobResults {
    /// Keeps a job's artifacts, what it wrote to `./outputs`, and its named outputs.
    static func collect(_ layout: JobLayout, _ content: ContentStore) throws -> [String: StoredTree] {
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

    /// The last line of a job's log behind a colon; empty when it said nothing.
    static func lastWords(_ layout: JobLayout) -> String {
        let size = Files.size(layout.log) ?? 0
        guard let bytes = try? Files.read(layout.log, from: max(0, size - 4096), limit: 4096) else { return "" }
        let text = String(decoding: bytes, as: UTF8.self)
        let line = BatchScoring.failure(inLog: text) ?? text.lastLine.trimmed
        return line.isEmpty ? "" : ": \(line.prefix(300))"
    }
}
