import Glibc
import Subprocess
import Workspace

/// The one HAProxy of a workspace: brought in line with the files of serving, whoever changed them.
///
/// Nothing is remembered here: the running process names its configuration in its own description.
package struct TrafficProxy: Sendable {
    private let layout: ServingLayout
    private let program: HAProxyProgram
    private let variables: [String: String]

    package init(_ layout: ServingLayout, program: HAProxyProgram, environment: [String: String]) {
        self.layout = layout
        self.program = program
        variables = program.environment(environment)
    }

    private var directory: String { layout.proxy }
    private var lock: String { "\(directory)/lock" }
    private var admin: ProxySocket { ProxySocket(directory: directory, name: "admin.sock") }
    private var master: ProxySocket { ProxySocket(directory: directory, name: "master.sock") }

    /// The port where requests come in, once one was chosen.
    package static func port(_ layout: ServingLayout) throws -> Int? {
        try ServingFiles.readJSON([String: Int].self, at: "\(layout.proxy)/port.json")?["port"]
    }

    /// Whether a worker answers.
    package var isAnswering: Bool { runningStructure != nil }

    /// Makes the proxy do what the files say: starts it, reloads it, or only sets weights.
    ///
    /// - Throws: ``WorkspaceError``.
    package func refresh() async throws {
        try Files.makeFolder(directory)
        try await FileLock.hold(lock) {
            let running = runningStructure
            let port = try Self.port(layout) ?? choosePort()
            let configuration = ProxyConfiguration(try ProxyModel(layout, port: port))
            if running != configuration.structure {
                if running == nil {
                    try await start(configuration)
                } else {
                    try await reload(configuration)
                }
            } else if try ServingFiles.read("\(directory)/haproxy.cfg") != Array(configuration.text.utf8) {
                try ServingFiles.write(Array(configuration.text.utf8), to: "\(directory)/haproxy.cfg")
            }
            try setWeights(configuration.weights)
            trimLog()
        }
    }

    /// HAProxy appends, so that it goes on at the new end.
    private func trimLog() {
        let path = "\(directory)/haproxy.log"
        if let size = Files.size(path), size > 16 << 20 { truncate(path, 0) }
    }

    /// Whether no worker of an earlier configuration is still answering its last requests.
    package var isSettled: Bool {
        guard let processes = try? master.ask("show proc") else { return true }
        // Old workers stand under a heading of their own.
        let old = processes.split(whereSeparator: \.isNewline).drop { !$0.hasPrefix("# old workers") }.dropFirst()
        return !old.contains { $0.contains("worker") }
    }

    /// What was answered by each deployment of an endpoint since it is known.
    package func counts() throws -> [String: [String: DeploymentCounts]] {
        (try storedCounts() + currentCounts()).counts
    }

    /// Ends the proxy; what it works on is answered first.
    package func stop() async throws {
        // Where nothing ever served there is no folder to lock, and nothing to stop.
        guard Files.exists(String(lock[..<(lock.lastIndex(of: "/") ?? lock.endIndex)])) else { return }
        try await FileLock.hold(lock) {
            try storeCounts()
            guard let pid = masterPID, let process = ProcessIdentity(of: pid) else { return }
            process.signal(SIGUSR1)
            if try await !wait(for: .seconds(3), until: { !process.isAlive }) { process.signalGroup(SIGKILL) }
        }
    }

    // MARK: Steps

    private var runningStructure: String? {
        guard let information = try? admin.ask("show info") else { return nil }
        let mark = "description: reconcile:"
        return information.split(whereSeparator: \.isNewline).first { $0.hasPrefix(mark) }.map {
            $0.dropFirst(mark.count).trimmingBlanks()
        }
    }

    private var masterPID: Int32? {
        guard let processes = try? master.ask("show proc") else { return nil }
        let line = processes.split(whereSeparator: \.isNewline).first { $0.contains("master") }
        return line?.split(separator: " ").first.flatMap { Int32($0) }
    }

    private func choosePort() throws -> Int {
        guard let port = LoopbackPort.free() else { throw WorkspaceError(.unavailable, "no port is free") }
        try ServingFiles.writeJSON(["port": port], to: "\(directory)/port.json")
        return port
    }

    private func start(_ configuration: ProxyConfiguration) async throws {
        // A master whose worker is gone, or that is about to end, would keep the sockets' names.
        if let pid = masterPID, let process = ProcessIdentity(of: pid) {
            process.signalGroup(SIGKILL)
            _ = try await wait(for: .seconds(2), until: { !process.isAlive })
        }
        try ServingFiles.write([], to: "\(directory)/server-state")
        var configuration = configuration
        for attempt in 0..<3 {
            try await install(configuration)
            let process = try DetachedProcess.spawn(
                [program.path, "-W", "-S", "unix@master.sock,mode,600", "-f", "haproxy.cfg"], environment: variables,
                workingDirectory: directory, standardOutput: "\(directory)/haproxy.log",
                standardError: "\(directory)/haproxy.log")
            let wanted = configuration.structure
            if try await wait(for: .seconds(15), until: { runningStructure == wanted || !process.isAlive }),
                runningStructure == wanted
            {
                return
            }
            process.signalGroup(SIGKILL)
            // Somebody may have taken the port while we were down; the address changes only then.
            if attempt < 2, let port = try Self.port(layout), !LoopbackPort.isFree(port) {
                configuration = ProxyConfiguration(try ProxyModel(layout, port: choosePort()))
            }
        }
        throw WorkspaceError(.unavailable, "the traffic proxy does not start: \(lastWords)")
    }

    private func reload(_ configuration: ProxyConfiguration) async throws {
        try await install(configuration)
        try storeCounts()
        try ServingFiles.write(Array(admin.ask("show servers state").utf8), to: "\(directory)/server-state")
        _ = try? master.ask("reload")
        guard try await wait(for: .seconds(15), until: { runningStructure == configuration.structure }) else {
            throw WorkspaceError(.unavailable, "the traffic proxy did not take its new configuration: \(lastWords)")
        }
    }

    /// Lays the files down after HAProxy has found them right.
    private func install(_ configuration: ProxyConfiguration) async throws {
        try ServingFiles.write(Array(configuration.text.utf8), to: "\(directory)/haproxy.new.cfg")
        for (name, text) in configuration.tables {
            try ServingFiles.write(Array(text.utf8), to: "\(directory)/\(name)")
        }
        let check = try await Subprocess.run(
            [program.path, "-c", "-q", "-f", "haproxy.new.cfg"], environment: variables, workingDirectory: directory,
            timeout: .seconds(30))
        guard check.status.isSuccess else {
            let lines = check.errorText.split(whereSeparator: \.isNewline)
            let reason = lines.first { $0.contains("ALERT") } ?? lines.last ?? "no reason given"
            throw WorkspaceError(.broken, "HAProxy refuses the configuration made for it: \(reason)")
        }
        try ServingFiles.write(Array(configuration.text.utf8), to: "\(directory)/haproxy.cfg")
        Files.remove("\(directory)/haproxy.new.cfg")
    }

    /// Brings the weights in line, those that grow first, and looks whether it took.
    private func setWeights(_ wanted: [String: [String: Int]]) throws {
        for attempt in 0..<3 {
            let present = try Self.weights(in: admin.ask("show servers state"))
            var changes: [(command: String, isGrowth: Bool)] = []
            for (backend, servers) in wanted.sorted(by: { $0.key < $1.key }) {
                for (server, weight) in servers.sorted(by: { $0.key < $1.key }) {
                    guard let now = present[backend]?[server] else {
                        throw WorkspaceError(.broken, "the traffic proxy does not know the instance \(server)")
                    }
                    if now != weight {
                        changes.append(("set server \(backend)/\(server) weight \(weight)", weight > now))
                    }
                }
            }
            if changes.isEmpty { return }
            guard attempt < 2 else { break }
            let ordered = changes.filter(\.isGrowth) + changes.filter { !$0.isGrowth }
            _ = try admin.ask(ordered.map(\.command).joined(separator: "; "))
        }
        throw WorkspaceError(.broken, "the traffic proxy does not take the weights it is given")
    }

    /// Reads the effective weights from `show servers state`, format version 1.
    static func weights(in state: String) -> [String: [String: Int]] {
        var weights: [String: [String: Int]] = [:]
        for line in state.split(whereSeparator: \.isNewline) where !line.hasPrefix("#") {
            let fields = line.split(separator: " ")
            guard fields.count > 7, let weight = Int(fields[7]) else { continue }
            weights[String(fields[1]), default: [:]][String(fields[3])] = weight
        }
        return weights
    }

    private func currentCounts() -> ProxyCounts {
        (try? admin.ask("show stat")).map { ProxyCounts(statistics: $0) } ?? ProxyCounts()
    }

    private func storedCounts() throws -> ProxyCounts {
        try ServingFiles.readJSON(ProxyCounts.self, at: "\(directory)/counts.json") ?? ProxyCounts()
    }

    /// A worker takes its counters with it.
    private func storeCounts() throws {
        try ServingFiles.writeJSON(storedCounts() + currentCounts(), to: "\(directory)/counts.json")
    }

    private var lastWords: String {
        let text = String(decoding: ServingFiles.tail("\(directory)/haproxy.log", limit: 4_096), as: UTF8.self)
        let lines = text.split(whereSeparator: \.isNewline)
        return String((lines.last { $0.contains("ALERT") } ?? lines.last ?? "it said nothing").prefix(300))
    }

    private func wait(for limit: Duration, until isDone: () -> Bool) async throws -> Bool {
        let deadline = ContinuousClock.now + limit
        while !isDone() {
            guard ContinuousClock.now < deadline else { return false }
            try await Task.sleep(for: .milliseconds(20))
        }
        return true
    }
}
