internal import Glibc
package import Workspace

/// Where everything of the state directory stands.
package struct StateLayout: Sendable, Hashable {
    /// The state directory itself.
    package let root: String

    /// - Parameter root: made absolute, since supervisors work in other folders.
    package init(root: String) {
        var root = root
        if !root.hasPrefix("/"), let folder = getcwd(nil, 0) {
            root = "\(String(cString: folder))/\(root)"
            free(folder)
        }
        self.root = root.count > 1 && root.hasSuffix("/") ? String(root.dropLast()) : root
    }

    /// Files by the SHA-256 of their bytes, shared by all workspaces.
    package var content: String { "\(root)/content" }
    /// Python environments, their locks and the package cache, shared by all workspaces.
    package var python: String { "\(root)/python" }
    /// Tools fetched from PyPI.
    package var tools: String { "\(root)/tools" }

    /// The folder of one workspace.
    package func workspace(_ identity: WorkspaceIdentity) -> WorkspaceLayout {
        // The names come from configuration files: nothing of them may leave the folder.
        let parts = [identity.subscriptionID, identity.resourceGroup, identity.name].map(Self.pathComponent)
        return WorkspaceLayout(state: self, root: "\(root)/workspaces/\(parts.joined(separator: "/"))")
    }

    static func pathComponent(_ text: String) -> String {
        let safe = text.utf8.map { byte -> String in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: "."):
                String(UnicodeScalar(byte))
            default: "%" + (byte < 16 ? "0" : "") + String(byte, radix: 16)
            }
        }.joined()
        return safe.isEmpty || safe == "." || safe == ".." ? "%\(safe)" : safe
    }
}

/// Where everything of one embedded workspace stands.
package struct WorkspaceLayout: Sendable, Hashable {
    package let state: StateLayout
    package let root: String

    package init(state: StateLayout, root: String) {
        self.state = state
        self.root = root
    }

    package var database: String { "\(root)/workspace.sqlite" }
    /// What serving keeps: proxy configuration, deployments' folders and logs.
    package var serving: String { "\(root)/serving" }

    /// The folder of one job.
    package func job(_ name: String) -> JobLayout {
        JobLayout(root: "\(root)/jobs/\(StateLayout.pathComponent(name))")
    }
}

/// Where everything of one job stands.
package struct JobLayout: Sendable, Hashable {
    package let root: String

    /// The folder of another job of the same workspace.
    func sibling(_ name: String) -> JobLayout {
        let jobs = root.lastIndex(of: "/").map { String(root[..<$0]) } ?? root
        return JobLayout(root: "\(jobs)/\(StateLayout.pathComponent(name))")
    }

    /// The job's code, which is its working directory.
    package var code: String { "\(root)/code" }
    package var inputs: String { "\(root)/inputs" }
    package var outputs: String { "\(root)/outputs" }
    package var artifacts: String { "\(root)/artifacts" }
    package var home: String { "\(root)/home" }
    package var temporary: String { "\(root)/tmp" }
    /// What the job itself says.
    package var log: String { "\(root)/user_logs/std_log.txt" }
    /// What the supervisor says.
    package var supervisorLog: String { "\(root)/system_logs/supervisor.log" }

    var folders: [String] {
        [code, inputs, outputs, artifacts, home, temporary, "\(root)/user_logs", "\(root)/system_logs"]
    }
}
