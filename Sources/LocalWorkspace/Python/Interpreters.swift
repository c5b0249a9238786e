internal import Glibc
internal import Subprocess

/// Finds the Python interpreters of this machine.
struct Interpreters: Sendable {
    /// One interpreter that has answered for itself.
    struct Found: Sendable, Hashable {
        let path: String
        let version: PythonVersion
    }

    private let environment: [String: String]

    init(environment: [String: String] = HostEnvironment.all) {
        self.environment = environment
    }

    /// All interpreters, one a minor version, the newest first.
    ///
    /// `uv python find` does not look into pyenv's folder, so that folders are searched here.
    func all() async -> [Found] {
        var best: [PythonVersion: Found] = [:]
        for path in candidates() {
            // A shim of pyenv stands for versions that may not be active: ask, with nothing of ours in its environment.
            guard
                let output = try? await Subprocess.run(
                    [
                        path, "-I", "-S", "-c",
                        "import sys; print('%d.%d.%d' % sys.version_info[:3]); print(sys.executable)",
                    ],
                    environment: HostEnvironment.minimal(environment), timeout: .seconds(10), outputLimit: 4096),
                output.status.isSuccess
            else { continue }
            let lines = output.text.split(separator: "\n")
            guard lines.count == 2, let version = PythonVersion(lines[0]), version >= PythonVersion("3.6") ?? version
            else {
                continue
            }
            // The first in PATH is the one its owner wants.
            if best[version.minor] == nil { best[version.minor] = Found(path: String(lines[1]), version: version) }
        }
        return best.values.sorted { $0.version > $1.version }
    }

    private func candidates() -> [String] {
        var folders = (environment["PATH"] ?? "").split(separator: ":").map(String.init).filter { $0.hasPrefix("/") }
        folders += ["/usr/local/bin", "/usr/bin"]
        let roots = [environment["PYENV_ROOT"], environment["HOME"].map { "\($0)/.pyenv" }].compactMap(\.self)
        for root in Set(roots) {
            folders += Files.list("\(root)/versions").sorted(by: >).map { "\(root)/versions/\($0)/bin" }
        }
        if let home = environment["HOME"] {
            folders += Files.list("\(home)/.local/share/uv/python").sorted(by: >)
                .map { "\(home)/.local/share/uv/python/\($0)/bin" }
        }
        var seen: Set<String> = []
        var paths: [String] = []
        for folder in folders where seen.insert(folder).inserted && !folder.contains("/.pyenv/shims") {
            for name in Files.list(folder) where name.hasPrefix("python3") {
                guard name.dropFirst(7).allSatisfy({ $0.isNumber || $0 == "." }) else { continue }
                let path = "\(folder)/\(name)"
                guard access(path, X_OK) == 0, let real = realpath(path, nil) else { continue }
                defer { free(real) }
                if seen.insert(String(cString: real)).inserted { paths.append(path) }
            }
        }
        return paths
    }
}

/// The variables of our own process, and what of them others may see.
package enum HostEnvironment {
    /// All of our variables.
    package static var all: [String: String] {
        var result: [String: String] = [:]
        var next = environ
        while let entry = next.pointee {
            let text = String(cString: entry)
            if let equals = text.firstIndex(of: "=") {
                result[String(text[..<equals])] = String(text[text.index(after: equals)...])
            }
            next += 1
        }
        return result
    }

    /// What every program needs, and nothing that could be a secret.
    package static func minimal(_ environment: [String: String] = all) -> [String: String] {
        var result = environment.filter { ["HOME", "LANG", "LC_ALL", "TZ", "USER", "LOGNAME"].contains($0.key) }
        result["PATH"] = environment["PATH"] ?? "/usr/local/bin:/usr/bin:/bin"
        return result
    }

    /// What a program that fetches packages needs: where the index is, and how to get there.
    static func fetching(_ environment: [String: String] = all) -> [String: String] {
        let proxies = ["http_proxy", "https_proxy", "no_proxy", "all_proxy"]
        return minimal(environment).merging(
            environment.filter { name, _ in
                name.hasPrefix("UV_") || name.hasPrefix("PIP_") || name.hasPrefix("SSL_CERT_")
                    || name == "REQUESTS_CA_BUNDLE" || name == "XDG_CONFIG_HOME" || proxies.contains(name.lowercased())
            }, uniquingKeysWith: { _, new in new })
    }
}
