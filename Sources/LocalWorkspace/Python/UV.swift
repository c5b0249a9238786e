internal import Subprocess
internal import Workspace

/// The package installer: found, or fetched once from PyPI into the state directory.
struct UV: Sendable {
    /// The version that is fetched; any other that is found will do.
    static let pinned = "0.13.8"

    let path: String
    private let environment: [String: String]

    /// - Parameters:
    ///   - cache: must be on the file system of the environments, so that files are linked and not copied.
    init(path: String, cache: String, environment: [String: String] = HostEnvironment.all) {
        self.path = path
        var variables = HostEnvironment.fetching(environment)
        variables["UV_CACHE_DIR"] = cache
        variables["UV_PYTHON_DOWNLOADS"] = "never"
        variables["UV_NO_PROGRESS"] = "1"
        variables["UV_LINK_MODE"] = "hardlink"
        // A user's own settings would make environments of equal digest differ.
        variables["UV_NO_CONFIG"] = "1"
        self.environment = variables
    }

    /// Finds uv: `RECONCILE_UV`, the state directory, PATH; else installs it.
    static func locate(_ layout: StateLayout, environment: [String: String] = HostEnvironment.all) async throws -> UV {
        let cache = "\(layout.python)/uv-cache"
        if let path = environment["RECONCILE_UV"], !path.isEmpty {
            guard Executable.find(path) != nil else {
                throw WorkspaceError(.broken, "RECONCILE_UV names \(path), which cannot be run")
            }
            return UV(path: path, cache: cache, environment: environment)
        }
        let own = "\(layout.tools)/uv-\(pinned)"
        if let path = installed(own) ?? Executable.find("uv", path: environment["PATH"]) {
            return UV(path: path, cache: cache, environment: environment)
        }
        try Files.makeFolder(layout.tools)
        let lock = try await AwaitedLock.take("\(layout.tools)/uv.lock")
        defer { lock.release() }
        if let path = installed(own) { return UV(path: path, cache: cache, environment: environment) }
        try await install(into: own, environment: environment)
        return UV(path: "\(own)/bin/uv", cache: cache, environment: environment)
    }

    private static func installed(_ folder: String) -> String? {
        // The marker comes last: without it the installation was cut short.
        Files.exists("\(folder)/.complete") ? Executable.find("\(folder)/bin/uv") : nil
    }

    private static func install(into folder: String, environment: [String: String]) async throws {
        let missing =
            "python3 with venv and pip is needed once to fetch uv; type: apt-get install -y python3-venv python3-pip"
        guard let python = Executable.find("python3", path: environment["PATH"]) else {
            throw WorkspaceError(.broken, missing)
        }
        Files.remove(folder)
        try Files.makeFolder(folder)
        let variables = HostEnvironment.fetching(environment)
        let venv = try await Subprocess.run(
            [python, "-m", "venv", "\(folder)/venv"], environment: variables, timeout: .seconds(120))
        guard venv.status.isSuccess else { throw WorkspaceError(.broken, missing) }
        let pip = try await Subprocess.run(
            ["\(folder)/venv/bin/python", "-m", "pip", "install", "--quiet", "--no-input", "uv==\(pinned)"],
            environment: variables, timeout: .seconds(600))
        guard pip.status.isSuccess else {
            throw WorkspaceError(.unavailable, "uv \(pinned) cannot be fetched from PyPI: \(pip.errorText.lastLine)")
        }
        try Files.makeFolder("\(folder)/bin")
        let link = try await Subprocess.run(["ln", "-sf", "../venv/bin/uv", "\(folder)/bin/uv"])
        guard link.status.isSuccess else { throw WorkspaceError(.broken, "uv cannot be put into \(folder)") }
        try Files.write([], to: "\(folder)/.complete")
    }

    /// Runs one uv command.
    func run(_ arguments: [String], input: String = "", timeout: Duration = .seconds(1800)) async throws
        -> Subprocess.Output
    {
        try await Subprocess.run(
            [path] + arguments, environment: environment, standardInput: Array(input.utf8), timeout: timeout)
    }
}

extension String {
    /// The last line that is not empty.
    var lastLine: String {
        split(separator: "\n").last { !$0.allSatisfy(\.isWhitespace) }.map(String.init) ?? ""
    }
}
