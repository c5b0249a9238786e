/// Where serving keeps what it knows: one folder an endpoint, one a deployment, one for the proxy.
package struct ServingLayout: Sendable, Hashable, Codable {
    /// The folder of one workspace's serving.
    package var root: String
    /// The folder for things that workspaces share: Python environments, tools.
    package var stateDirectory: String

    /// Names the folders; nothing is made yet.
    package init(root: String, stateDirectory: String) {
        self.root = root
        self.stateDirectory = stateDirectory
    }

    /// The folder of a workspace's serving.
    package init(_ workspace: WorkspaceLayout) {
        self.init(root: workspace.serving, stateDirectory: workspace.state.root)
    }

    package var lock: String { "\(root)/lock" }
    package var proxy: String { "\(root)/proxy" }
    package var endpoints: String { "\(root)/endpoints" }
    package var tools: String { "\(stateDirectory)/tools" }
    package var resources: String { "\(stateDirectory)/tools/python" }

    package func endpoint(_ name: String) -> String { "\(endpoints)/\(name)" }
    package func endpointRecord(_ name: String) -> String { "\(endpoint(name))/endpoint.json" }
    package func keys(_ name: String) -> String { "\(endpoint(name))/keys.json" }
    package func deployments(_ endpoint: String) -> String { "\(self.endpoint(endpoint))/deployments" }

    /// The folder of one deployment.
    package func deployment(_ endpoint: String, _ name: String) -> DeploymentLayout {
        DeploymentLayout(directory: "\(deployments(endpoint))/\(name)")
    }

    /// Whether a name may stand in a path, a configuration and a header: Azure's own rule for endpoints and deployments.
    package static func isValid(name: String) -> Bool {
        guard let first = name.utf8.first, let last = name.utf8.last, name.utf8.count <= 32 else { return false }
        func isLetter(_ byte: UInt8) -> Bool {
            (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20)
        }
        func isWord(_ byte: UInt8) -> Bool {
            isLetter(byte) || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
        }
        return isLetter(first) && isWord(last) && name.utf8.allSatisfy { isWord($0) || $0 == UInt8(ascii: "-") }
    }
}

/// The files of one deployment: what is wanted, what is, and each instance's log.
package struct DeploymentLayout: Sendable, Hashable {
    package var directory: String

    package init(directory: String) { self.directory = directory }

    /// What was asked for; written by whoever asks.
    package var desired: String { "\(directory)/desired.json" }
    /// What is; written by the supervisor only.
    package var status: String { "\(directory)/status.json" }
    /// Held by the supervisor as long as it lives.
    package var supervisorLock: String { "\(directory)/supervisor.lock" }
    /// Who holds it.
    package var supervisor: String { "\(directory)/supervisor.json" }
    package var supervisorLog: String { "\(directory)/supervisor.log" }
    package var logs: String { "\(directory)/logs" }
    package func log(_ serial: Int) -> String { "\(logs)/\(serial).log" }
}
