internal import Glibc

/// Looks programs up as a shell does.
package enum Executable {
    /// Finds a program: a name with a slash stands for itself, any other is looked up in `path`.
    ///
    /// - Parameters:
    ///   - name: `git`, `./tool` or `/usr/bin/git`.
    ///   - path: Folders separated by colons; our own `PATH` when nil. Empty and relative ones are skipped.
    package static func find(_ name: String, path: String? = nil) -> String? {
        guard !name.isEmpty, !name.utf8.contains(0) else { return nil }
        if name.contains("/") { return isExecutable(name) ? name : nil }
        let folders = path ?? environmentVariable("PATH") ?? "/usr/local/bin:/usr/bin:/bin"
        return folders.split(separator: ":").lazy
            // A relative folder in PATH would let the folder we happen to be in choose the program.
            .filter { $0.hasPrefix("/") }
            .map { "\($0)/\(name)" }
            .first(where: isExecutable)
    }

    private static func isExecutable(_ path: String) -> Bool {
        var status = stat()
        guard stat(path, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { return false }
        return access(path, X_OK) == 0
    }

    static func environmentVariable(_ name: String) -> String? {
        getenv(name).map { String(cString: $0) }
    }
}
