import Glibc
import Subprocess
package import Workspace

/// Online endpoints and deployments of one workspace: asked for here, kept alive by supervisors, reached through the proxy.
package struct OnlineServing: Sendable {
    package let layout: ServingLayout
    private let proxies: any ProxyPreparing
    private let supervisorArguments: [String]
    private let variables: [String: String]

    /// - Parameters:
    ///   - layout: The workspace's serving folder.
    ///   - proxies: What gives the traffic proxy.
    ///   - supervisorArguments: The program and arguments that, with a deployment's folder added, run a
    ///     ``DeploymentSupervisor``.
    ///   - variables: The variables of this process.
    package init(
        layout: ServingLayout, proxies: any ProxyPreparing, supervisorArguments: [String], variables: [String: String]
    ) {
        self.layout = layout
        self.proxies = proxies
        self.supervisorArguments = supervisorArguments
        self.variables = variables
    }

    // MARK: Endpoints

    /// The endpoints there are.
    package func endpointNames() -> [String] {
        Files.list(layout.endpoints).filter { (try? record($0)) != nil }
    }

    /// Creates an endpoint with new keys, or sets what may change of one; its traffic stays as it is.
    package func putEndpoint(_ name: String, authMode: EndpointAuthMode = .key) async throws {
        guard ServingLayout.isValid(name: name) else {
            throw WorkspaceError(
                .invalid,
                "endpoint name '\(name.prefix(64))' must be 1 to 32 letters, digits and '-', beginning with a letter")
        }
        try await locked {
            try Files.makeFolder(layout.deployments(name))
            if try ServingFiles.read(layout.keys(name)) == nil {
                try ServingFiles.writeJSON(EndpointKeys(), to: layout.keys(name))
            }
            var record = try ServingFiles.readJSON(EndpointRecord.self, at: layout.endpointRecord(name))
            record = record ?? EndpointRecord(name: name, authMode: authMode)
            record?.authMode = authMode
            try ServingFiles.writeJSON(record, to: layout.endpointRecord(name))
        }
        try await refreshProxy()
    }

    /// Deletes an endpoint with its deployments; none is no error.
    package func deleteEndpoint(_ name: String) async throws {
        guard try ServingFiles.readJSON(EndpointRecord.self, at: layout.endpointRecord(name)) != nil else { return }
        try await locked {
            var record = try record(name)
            record.traffic = [:]
            try ServingFiles.writeJSON(record, to: layout.endpointRecord(name))
        }
        for deployment in deploymentNames(name) { try await deleteDeployment(endpoint: name, name: deployment) }
        try await locked { Files.remove(layout.endpoint(name)) }
        try await refreshProxy()
    }

    /// The address for requests, or nil before the proxy got its port.
    package func scoringURI(_ endpoint: String) throws -> String? {
        try TrafficProxy.port(layout).map { "http://127.0.0.1:\($0)/\(endpoint)/score" }
    }

    package func keys(_ endpoint: String) throws -> EndpointKeys {
        guard let keys = try ServingFiles.readJSON(EndpointKeys.self, at: layout.keys(endpoint)) else {
            throw noEndpoint(endpoint)
        }
        return keys
    }

    /// Replaces a key; the old one opens nothing any more when this returns.
    package func regenerateKey(_ kind: EndpointKeys.Kind, endpoint: String) async throws {
        try await locked {
            var keys = try keys(endpoint)
            keys.regenerate(kind)
            try ServingFiles.writeJSON(keys, to: layout.keys(endpoint))
        }
        try await refreshProxy()
    }

    // MARK: Traffic

    package func traffic(_ endpoint: String) throws -> [String: Int] { try record(endpoint).traffic }

    /// Sets the percent of requests by deployment; returns when requests are split so.
    ///
    /// - Parameter expected: What it must be before, if given: else somebody was faster and nothing is done.
    /// - Throws: ``WorkspaceError`` with `conflict` or `invalid`.
    package func setTraffic(_ endpoint: String, from expected: [String: Int]? = nil, to traffic: [String: Int])
        async throws
    {
        let wanted = traffic.filter { $0.value != 0 }
        guard wanted.values.allSatisfy({ (1...100).contains($0) }), [0, 100].contains(wanted.values.reduce(0, +)) else {
            throw WorkspaceError(.invalid, "the traffic of endpoint \(endpoint) must add up to 100 or to 0")
        }
        for name in wanted.keys.sorted() {
            guard let status = try status(endpoint: endpoint, name: name) else {
                throw WorkspaceError(.invalid, "endpoint \(endpoint) has no deployment \(name) to send traffic to")
            }
            guard status.instances.contains(where: \.isPublished) else {
                throw WorkspaceError(.conflict, "deployment \(endpoint)/\(name) has no instance that answers")
            }
        }
        let countsNow = (try? await counts(endpoint)) ?? [:]
        try await locked {
            var record = try record(endpoint)
            if record.traffic == wanted { return }
            if let expected, record.traffic != expected.filter({ $0.value != 0 }) {
                throw WorkspaceError(.conflict, "the traffic of endpoint \(endpoint) was changed by somebody else")
            }
            record.traffic = wanted
            record.countsBefore = countsNow.mapValues(\.requestCounts)
            try ServingFiles.writeJSON(record, to: layout.endpointRecord(endpoint))
        }
        try await refreshProxy()
    }

    // MARK: Deployments

    package func deploymentNames(_ endpoint: String) -> [String] {
        Files.list(layout.deployments(endpoint)).filter { ServingLayout.isValid(name: $0) }
    }

    /// Creates a deployment at no traffic or updates one; returns when it is asked for.
    ///
    /// ``status(endpoint:name:)`` tells how it fares. Asked for what is there already, nothing happens.
    package func putDeployment(_ spec: OnlineDeploymentSpec) async throws {
        try spec.validate()
        _ = try record(spec.endpoint)
        let files = layout.deployment(spec.endpoint, spec.name)
        try await locked {
            try Files.makeFolder(files.logs)
            let present = try ServingFiles.readJSON(DesiredDeployment.self, at: files.desired)
            if let present, present.spec == spec, !present.isStopping {
                let status = try ServingFiles.readJSON(DeploymentStatus.self, at: files.status)
                // Asking again for what failed is asking to try again.
                if status?.state != .failed { return }
            }
            let desired = DesiredDeployment(
                generation: (present?.generation ?? 0) + 1, spec: spec, isStopping: false, layout: layout)
            try ServingFiles.writeJSON(desired, to: files.desired)
        }
        try startSupervisor(files)
    }

    /// Deletes a deployment after its instances have answered what they had; none is no error.
    ///
    /// - Throws: ``WorkspaceError`` with `conflict` while it has traffic.
    package func deleteDeployment(endpoint: String, name: String) async throws {
        let files = layout.deployment(endpoint, name)
        try await locked {
            guard var desired = try ServingFiles.readJSON(DesiredDeployment.self, at: files.desired) else { return }
            guard try record(endpoint).traffic[name] == nil else {
                throw WorkspaceError(
                    .conflict, "deployment \(endpoint)/\(name) has traffic; set it to 0 before it is deleted")
            }
            guard !desired.isStopping else { return }
            desired.isStopping = true
            desired.generation += 1
            try ServingFiles.writeJSON(desired, to: files.desired)
        }
        guard try ServingFiles.read(files.desired) != nil else {
            Files.remove(files.directory)
            return
        }
        try await refreshProxy()
        try startSupervisor(files)
        let deadline = ContinuousClock.now + .seconds(90)
        while ContinuousClock.now < deadline {
            let status = try ServingFiles.readJSON(DeploymentStatus.self, at: files.status)
            if status?.instances.isEmpty ?? true, let lock = FileLock(files.supervisorLock) {
                Files.remove(files.directory)
                _ = consume lock
                return
            }
            try startSupervisor(files)
            try await Task.sleep(for: .milliseconds(50))
        }
        throw WorkspaceError(.unavailable, "deployment \(endpoint)/\(name) has not ended yet")
    }

    /// How a deployment fares, or nil when there is none.
    ///
    /// A request that its supervisor has not taken up yet shows as `Creating` or `Updating`.
    package func status(endpoint: String, name: String) throws -> DeploymentStatus? {
        let files = layout.deployment(endpoint, name)
        guard let desired = try ServingFiles.readJSON(DesiredDeployment.self, at: files.desired) else { return nil }
        var status = try ServingFiles.readJSON(DeploymentStatus.self, at: files.status) ?? DeploymentStatus()
        if desired.isStopping {
            status.state = .deleting
        } else if status.generation != desired.generation, status.state.isTerminal {
            status.message = nil
            status.state =
                status.serving.map { $0.revision == desired.spec.revision ? .scaling : .updating } ?? .creating
        }
        return status
    }

    /// What a deployment was asked to be.
    package func specification(endpoint: String, name: String) throws -> OnlineDeploymentSpec? {
        try ServingFiles.readJSON(DesiredDeployment.self, at: layout.deployment(endpoint, name).desired)?.spec
    }

    /// Whether all instances a deployment should have answer now.
    package func isHealthy(endpoint: String, name: String) throws -> Bool {
        guard let status = try status(endpoint: endpoint, name: name) else { return false }
        return status.instances.contains { $0.phase == .ready && $0.process?.isAlive == true }
    }

    /// The last lines of a deployment's instances, each under its number.
    package func logs(endpoint: String, name: String, tail: Int = 200) throws -> String {
        let files = layout.deployment(endpoint, name)
        guard try ServingFiles.read(files.desired) != nil else {
            throw WorkspaceError(.notFound, "there is no deployment \(endpoint)/\(name)")
        }
        let paths = [files.supervisorLog] + Files.list(files.logs).map { "\(files.logs)/\($0)" }
        let sections = paths.compactMap { path -> String? in
            let text = String(decoding: ServingFiles.tail(path, limit: 1 << 20), as: UTF8.self)
            let lines = text.split(separator: "\n", omittingEmptySubsequences: false).suffix(max(1, min(tail, 10_000)))
            let name = path.split(separator: "/").last ?? ""
            return text.isEmpty ? nil : "==> \(name) <==\n\(lines.joined(separator: "\n"))"
        }
        return sections.joined(separator: "\n")
    }

    // MARK: Requests

    /// Sends a request through the proxy, as a caller with a key would.
    package func invoke(
        endpoint: String, deployment: String? = nil, body: [UInt8], timeout: Duration = .seconds(120)
    ) async throws -> HTTPAnswer {
        guard let port = try TrafficProxy.port(layout) else { throw noEndpoint(endpoint) }
        var headers = ["Authorization": "Bearer \(try keys(endpoint).primary)", "Content-Type": "application/json"]
        if let deployment { headers["azureml-model-deployment"] = deployment }
        return try await LoopbackHTTP.request(
            "POST", port: port, path: "/\(endpoint)/score", headers: headers, body: body, timeout: timeout)
    }

    /// How the requests to each deployment ended, since it was made.
    package func counts(_ endpoint: String) async throws -> [String: DeploymentCounts] {
        try await proxies.proxy(for: layout, isNeeded: false)?.counts()[endpoint] ?? [:]
    }

    /// How the requests ended since the endpoint got its present traffic.
    package func requestsSinceTraffic(_ endpoint: String) async throws -> [String: RequestCounts] {
        let before = try record(endpoint).countsBefore
        var since: [String: RequestCounts] = [:]
        for (name, counts) in try await counts(endpoint) {
            let now = counts.requestCounts
            let then = before[name] ?? RequestCounts(succeeded: 0, failed: 0)
            since[name] = RequestCounts(
                succeeded: max(0, now.succeeded - then.succeeded), failed: max(0, now.failed - then.failed))
        }
        return since
    }

    // MARK: Keeping it alive

    /// Brings back what should run and does not: after a restart of the machine, or after somebody killed it.
    package func ensureRunning() async throws {
        let names = endpointNames()
        guard !names.isEmpty else { return }
        for endpoint in names {
            for deployment in deploymentNames(endpoint) { try startSupervisor(layout.deployment(endpoint, deployment)) }
        }
        try await refreshProxy()
    }

    /// Ends all processes of this workspace's serving; ``ensureRunning()`` brings them back.
    package func stopProcesses() async throws {
        for endpoint in endpointNames() {
            for deployment in deploymentNames(endpoint) {
                let files = layout.deployment(endpoint, deployment)
                let deadline = ContinuousClock.now + .seconds(5)
                while FileLock(files.supervisorLock) == nil, ContinuousClock.now < deadline {
                    try ServingFiles.readJSON(ProcessIdentity.self, at: files.supervisor)?.signal(SIGKILL)
                    try await Task.sleep(for: .milliseconds(20))
                }
                for (_, process) in ScoringProcesses.find(files) { process.signalGroup(SIGKILL) }
            }
        }
        try await proxies.proxy(for: layout, isNeeded: false)?.stop()
    }

    /// Starts a supervisor where none lives; one too many ends by itself.
    private func startSupervisor(_ files: DeploymentLayout) throws {
        guard let lock = FileLock(files.supervisorLock) else { return }
        _ = consume lock
        _ = try DetachedProcess.spawn(
            supervisorArguments + [files.directory], environment: variables, workingDirectory: files.directory,
            standardOutput: files.supervisorLog, standardError: files.supervisorLog)
    }

    private func refreshProxy() async throws { try await proxies.proxy(for: layout, isNeeded: true)?.refresh() }

    private func record(_ endpoint: String) throws -> EndpointRecord {
        guard ServingLayout.isValid(name: endpoint),
            let record = try ServingFiles.readJSON(EndpointRecord.self, at: layout.endpointRecord(endpoint))
        else { throw noEndpoint(endpoint) }
        return record
    }

    private func noEndpoint(_ name: String) -> WorkspaceError {
        WorkspaceError(.notFound, "there is no online endpoint \(name.prefix(64))")
    }

    private func locked<Result>(_ body: () async throws -> Result) async throws -> Result {
        try Files.makeFolder(layout.root)
        return try await FileLock.hold(layout.lock, body)
    }
}
