import FoundationEssentials
import Glibc
import Subprocess
import Workspace

/// Keeps one deployment as it was asked for, in a process of its own that needs nobody else.
///
/// What it knows stands in its status file; killed and started again, it finds its instances and goes on.
package struct DeploymentSupervisor: Sendable {
    private let files: DeploymentLayout
    private let environments: any ScoringEnvironments
    private let proxies: any ProxyPreparing
    private let variables: [String: String]

    /// - Parameters:
    ///   - directory: The deployment's folder.
    ///   - environments: What makes Python environments.
    ///   - proxies: What gives the workspace's traffic proxy.
    ///   - variables: The variables of this process.
    package init(
        directory: String, environments: any ScoringEnvironments, proxies: any ProxyPreparing,
        variables: [String: String]
    ) {
        files = DeploymentLayout(directory: directory)
        self.environments = environments
        self.proxies = proxies
        self.variables = variables
    }

    /// Supervises until the deployment is to end; returns at once when somebody else does already.
    ///
    /// - Throws: ``WorkspaceError`` when the deployment's own files cannot be read or written.
    package func run() async throws {
        guard let lock = FileLock(files.supervisorLock) else { return }
        try Files.makeFolder(files.logs)
        // Only who holds the lock says who it is: of two started at once the other ends.
        try ServingFiles.writeJSON(ProcessIdentity.current, to: files.supervisor)
        var watch = try Watch(files)
        while let desired = try ServingFiles.readJSON(DesiredDeployment.self, at: files.desired) {
            let isSteady = try await tick(desired, &watch)
            if desired.isStopping && watch.machine.status.instances.isEmpty { break }
            try await Task.sleep(for: isSteady ? .milliseconds(400) : .milliseconds(100))
        }
        watch.building?.cancel()
        // Somebody removed the folder: what served from it has no owner any more.
        for instance in watch.machine.status.instances { instance.process?.signalGroup(SIGTERM) }
        _ = consume lock
    }

    /// What the supervisor holds in memory; all of it can be lost.
    private struct Watch: Sendable {
        var machine: DeploymentMachine
        var written: DeploymentStatus
        let clock = ContinuousClock()
        let start: ContinuousClock.Instant
        /// What the proxy was last told: the published instances.
        var published: [DeploymentStatus.Instance]?
        var toldAt: Duration = .zero
        var probedAt: [Int: Duration] = [:]
        var rotatedAt: Duration = .zero
        /// What was last wrong with the proxy, told once.
        var complaint: String?
        /// The making of the environment for one revision; it takes minutes at worst, and instances need watching meanwhile.
        var building: Task<String, any Error>?
        var buildingRevision: String?
        var outcome: Mailbox?
        var interpreter: (revision: String, path: String)?
        var retryBuildAt: Duration?

        init(_ files: DeploymentLayout) throws {
            let status = try ServingFiles.readJSON(DeploymentStatus.self, at: files.status) ?? DeploymentStatus()
            written = status
            start = clock.now
            // Started between two writes of the status: nobody knows them, so nobody must need them.
            for (serial, process) in ScoringProcesses.find(files) {
                let isKnown = status.instances.contains { $0.serial == serial && $0.process == process }
                if !isKnown { process.signalGroup(SIGKILL) }
            }
            machine = DeploymentMachine(status)
        }

        var now: Duration { clock.now - start }
    }

    private func tick(_ desired: DesiredDeployment, _ watch: inout Watch) async throws -> Bool {
        let spec = desired.spec
        let goal = DeploymentMachine.Goal(
            generation: desired.generation, revision: spec.revision, count: spec.instanceCount,
            isStopping: desired.isStopping, startLimit: spec.readinessProbe.startLimit,
            livenessThreshold: spec.livenessProbe.failureThreshold,
            grace: .seconds(ScoringProcess.graceSeconds(spec.requestSettings)))
        prepare(spec, isStopping: desired.isStopping, &watch)
        let sights = await look(spec, &watch)
        let proxy = try await proxies.proxy(for: desired.layout, isNeeded: false)
        let canStart = watch.interpreter?.revision == goal.revision
        let isWithdrawing = watch.machine.status.instances.contains { $0.phase == .draining }
        let isSettled = !isWithdrawing || proxy?.isSettled ?? true
        let effects = watch.machine.step(
            goal: goal, sights: sights, canStart: canStart, isProxySettled: isSettled, now: watch.now)
        try perform(effects, desired, &watch)
        try await publish(desired, goal, &watch)
        try writeStatus(&watch)
        rotateLogs(&watch)
        return watch.machine.isSteady(goal)
    }

    // MARK: The environment

    private func prepare(_ spec: OnlineDeploymentSpec, isStopping: Bool, _ watch: inout Watch) {
        let revision = spec.revision
        if case .program = spec.scorer {
            watch.interpreter = (revision, "/usr/bin/python3")
            return
        }
        guard !isStopping, watch.interpreter?.revision != revision else { return }
        if watch.buildingRevision == revision, let result = watch.outcome?.result {
            watch.building = nil
            watch.buildingRevision = nil
            switch result {
            case .success(let path):
                watch.interpreter = (revision, path)
                watch.retryBuildAt = nil
                watch.machine.noteEnvironment(failure: nil)
            case .failure(let error):
                watch.machine.noteEnvironment(failure: "its Python environment cannot be made: \(error)")
                watch.retryBuildAt = watch.now + .seconds(30)
            }
        }
        if watch.buildingRevision == nil, watch.interpreter?.revision != revision,
            watch.now >= watch.retryBuildAt ?? .zero
        {
            watch.building?.cancel()
            let mailbox = Mailbox()
            let environments = environments
            watch.outcome = mailbox
            watch.buildingRevision = revision
            watch.building = Task {
                do {
                    let path = try await environments.prepare(spec.environment).python
                    mailbox.put(.success(path))
                    return path
                } catch {
                    mailbox.put(.failure(error))
                    throw error
                }
            }
        } else if let building = watch.buildingRevision, building != revision {
            watch.building?.cancel()
            watch.buildingRevision = nil
            watch.retryBuildAt = nil
        }
    }

    // MARK: Looking

    private func look(_ spec: OnlineDeploymentSpec, _ watch: inout Watch) async -> [Int: DeploymentMachine.Sight] {
        var sights: [Int: DeploymentMachine.Sight] = [:]
        for instance in watch.machine.status.instances {
            guard let process = instance.process else { continue }
            guard process.isAlive else {
                sights[instance.serial] = .init(isAlive: false, answered: nil, lastWords: lastWords(instance.serial))
                continue
            }
            let isStarting = instance.phase == .starting
            let period = isStarting ? Duration.milliseconds(100) : .seconds(spec.livenessProbe.periodSeconds)
            var answered: Bool?
            if instance.phase != .draining, watch.probedAt[instance.serial].map({ watch.now - $0 >= period }) ?? true {
                watch.probedAt[instance.serial] = watch.now
                let timeout = isStarting ? spec.readinessProbe.timeoutSeconds : spec.livenessProbe.timeoutSeconds
                let answer = try? await LoopbackHTTP.request(
                    "GET", port: instance.port, path: "/", timeout: .seconds(timeout), limit: 1 << 20)
                answered = answer.map { (200..<400).contains($0.status) } ?? false
            }
            sights[instance.serial] = .init(isAlive: true, answered: answered, lastWords: nil)
        }
        return sights
    }

    /// The line of an instance's log that says best why it ended.
    private func lastWords(_ serial: Int) -> String? {
        let text = String(decoding: ServingFiles.tail(files.log(serial), limit: 16_384), as: UTF8.self)
        let lines = text.split(whereSeparator: \.isNewline).map { $0.trimmingBlanks() }.filter { !$0.isEmpty }
        let fatal = lines.last { $0.contains("FATAL ") }.map { $0.drop { $0 != "F" } }
        let error = lines.last { line in
            line.prefix { $0.isLetter || $0.isNumber || "._".contains($0) }.hasSuffix("Error")
        }
        return (fatal.map(String.init) ?? error ?? lines.last).map { String($0.prefix(400)) }
    }

    // MARK: Doing

    private func perform(
        _ effects: [DeploymentMachine.Effect], _ desired: DesiredDeployment, _ watch: inout Watch
    ) throws {
        for effect in effects {
            switch effect {
            case .start(let serial): try start(serial, desired, &watch)
            case .terminate(let serial): process(serial, watch)?.signal(SIGTERM)
            case .kill(let serial): process(serial, watch)?.signalGroup(SIGKILL)
            }
        }
    }

    private func process(_ serial: Int, _ watch: Watch) -> ProcessIdentity? {
        watch.machine.status.instances.first { $0.serial == serial }?.process
    }

    private func start(_ serial: Int, _ desired: DesiredDeployment, _ watch: inout Watch) throws {
        guard let instance = watch.machine.status.instances.first(where: { $0.serial == serial }) else { return }
        let status = watch.machine.status
        let isWanted = instance.revision == desired.spec.revision
        let spec = isWanted ? desired.spec : status.serving ?? desired.spec
        let interpreter = isWanted ? watch.interpreter?.path : status.servingInterpreter
        let port = instance.port > 0 ? instance.port : LoopbackPort.free() ?? 0
        let resources = try EmbeddedPython.directory(in: desired.layout.resources)
        let scoring = ScoringProcess(
            spec, port: port, instance: ScoringProcesses.marker(files, serial: serial),
            interpreter: interpreter ?? "python3", resources: resources, inherited: variables)
        let process = try? DetachedProcess.spawn(
            scoring.arguments, environment: scoring.environment, workingDirectory: scoring.workingDirectory,
            standardOutput: files.log(serial), standardError: files.log(serial))
        watch.probedAt[serial] = nil
        watch.machine.noteStart(serial: serial, process: process, port: port, now: watch.now)
        try writeStatus(&watch)
    }

    /// Tells the proxy of instances that came or went, and only then calls the request fulfilled.
    private func publish(
        _ desired: DesiredDeployment, _ goal: DeploymentMachine.Goal, _ watch: inout Watch
    ) async throws {
        let published = watch.machine.status.instances.filter(\.isPublished).map { instance in
            // Only what the proxy knows of it.
            DeploymentStatus.Instance(serial: instance.serial, revision: "", port: instance.port)
        }
        let isNew = watch.published != published || watch.machine.status.generation != desired.generation
        let isDue = watch.now - watch.toldAt > .seconds(2)
        if isNew || isDue {
            try writeStatus(&watch)
            watch.toldAt = watch.now
            do {
                let proxy = try await proxies.proxy(for: desired.layout, isNeeded: true)
                if isNew || proxy?.isAnswering != true { try await proxy?.refresh() }
                watch.published = published
            } catch {
                // Tried again in two seconds; meanwhile the old configuration serves on.
                if watch.complaint != "\(error)" { log("\(error)") }
                watch.complaint = "\(error)"
                return
            }
        }
        let interpreter = watch.interpreter?.path
        watch.machine.noteSettled(goal: goal, spec: desired.spec, interpreter: interpreter)
    }

    private func writeStatus(_ watch: inout Watch) throws {
        let status = watch.machine.status
        guard status != watch.written else { return }
        if status.state != watch.written.state || status.message != watch.written.message {
            log("\(status.state.rawValue)\(status.message.map { ": \($0)" } ?? "")")
        }
        try ServingFiles.writeJSON(status, to: files.status)
        watch.written = status
    }

    // MARK: Logs

    private static let logLimit = 16 << 20

    private func rotateLogs(_ watch: inout Watch) {
        guard watch.now - watch.rotatedAt > .seconds(10) else { return }
        watch.rotatedAt = watch.now
        let serials = Set(watch.machine.status.instances.map(\.serial))
        let newest = watch.machine.status.nextSerial - 1
        for name in Files.list(files.logs) {
            guard let serial = name.split(separator: ".").first.flatMap({ Int($0) }) else { continue }
            let path = "\(files.logs)/\(name)"
            // The logs of the last few that are gone may tell why they went.
            if !serials.contains(serial), serial < newest - 8 { Files.remove(path) }
            var status = stat()
            guard stat(path, &status) == 0, status.st_size > Self.logLimit, name.hasSuffix(".log") else { continue }
            // Whoever writes appends, so that it goes on at the new end.
            try? ServingFiles.write(ServingFiles.tail(path, limit: 1 << 20), to: "\(files.logs)/\(serial).1.log")
            truncate(path, 0)
        }
    }

    private func log(_ text: String) {
        let line = Array("\(Date().formatted(.iso8601)) \(text)\n".utf8)
        _ = Glibc.write(STDOUT_FILENO, line, line.count)
    }
}
