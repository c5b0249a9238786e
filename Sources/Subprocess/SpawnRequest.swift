internal import CLinux
internal import Glibc

/// Everything posix_spawn is told; made, used once and forgotten.
struct SpawnRequest {
    /// Where the child stands among sessions and groups.
    enum Isolation {
        case ownGroup
        /// With us, so that it may ask a person at our terminal; only it, not its helpers, can be stopped.
        case sharedGroup
        case ownSession
    }

    let arguments: [String]
    let environment: [String: String]?
    let workingDirectory: String?
    let isolation: Isolation

    /// Starts the program with the three descriptors as its standard streams, and nothing else open.
    func spawn(standardInput: Int32, standardOutput: Int32, standardError: Int32) throws(SubprocessError) -> pid_t {
        let executable = try check()
        var actions = posix_spawn_file_actions_t()
        guard posix_spawn_file_actions_init(&actions) == 0 else {
            throw .system("posix_spawn_file_actions_init", ENOMEM)
        }
        defer { posix_spawn_file_actions_destroy(&actions) }
        var attributes = posix_spawnattr_t()
        guard posix_spawnattr_init(&attributes) == 0 else { throw .system("posix_spawnattr_init", ENOMEM) }
        defer { posix_spawnattr_destroy(&attributes) }

        for (source, target) in [(standardInput, 0), (standardOutput, 1), (standardError, 2)] as [(Int32, Int32)] {
            try Self.require(posix_spawn_file_actions_adddup2(&actions, source, target), "dup2 action")
        }
        // Libraries of ours may open descriptors without close-on-exec; none of them is the child's.
        try Self.require(linux_spawn_add_closefrom(&actions, 3), "closefrom action")
        if let workingDirectory {
            try Self.require(linux_spawn_add_chdir(&actions, workingDirectory), "chdir action")
        }

        var none = sigset_t()
        sigemptyset(&none)
        var all = sigset_t()
        sigfillset(&all)
        // The child starts as from a shell, whatever we ignore or block.
        var flags = Int16(POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF)
        try Self.require(posix_spawnattr_setsigmask(&attributes, &none), "signal mask")
        try Self.require(posix_spawnattr_setsigdefault(&attributes, &all), "signal defaults")
        switch isolation {
        case .ownGroup:
            flags |= Int16(POSIX_SPAWN_SETPGROUP)
            try Self.require(posix_spawnattr_setpgroup(&attributes, 0), "process group")
        case .sharedGroup:
            break
        case .ownSession:
            flags |= linux_spawn_setsid
        }
        try Self.require(posix_spawnattr_setflags(&attributes, flags), "spawn flags")

        var pid: pid_t = 0
        let result = withCStrings(arguments) { argv in
            guard let environment else {
                return posix_spawn(&pid, executable, &actions, &attributes, argv, linux_environ())
            }
            return withCStrings(environment.map { "\($0.key)=\($0.value)" }) { variables in
                posix_spawn(&pid, executable, &actions, &attributes, argv, variables)
            }
        }
        guard result == 0 else {
            throw SubprocessError(
                code: .spawnFailed, message: "cannot start \(executable): \(SubprocessError.text(of: result))")
        }
        return pid
    }

    /// Says beforehand, in words, what posix_spawn would only answer with a number.
    private func check() throws(SubprocessError) -> String {
        guard let name = arguments.first, !name.isEmpty else {
            throw SubprocessError(code: .invalidArgument, message: "no program was named")
        }
        let variables = environment ?? [:]
        guard
            arguments.allSatisfy({ !$0.utf8.contains(0) }),
            variables.allSatisfy({
                !$0.key.isEmpty && !$0.key.utf8.contains(0) && !$0.key.utf8.contains(UInt8(ascii: "="))
                    && !$0.value.utf8.contains(0)
            }),
            workingDirectory.map({ !$0.utf8.contains(0) }) ?? true
        else {
            throw SubprocessError(
                code: .invalidArgument, message: "an argument or environment variable for \(name) cannot be passed on")
        }
        if let workingDirectory {
            var status = stat()
            guard stat(workingDirectory, &status) == 0, status.st_mode & S_IFMT == S_IFDIR else {
                throw SubprocessError(
                    code: .workingDirectoryNotFound,
                    message: "cannot start \(name): there is no folder \(workingDirectory)")
            }
        }
        if name.contains("/") {
            // Looked up from the child's own working directory, as posix_spawn does.
            let seen = name.hasPrefix("/") ? name : "\(workingDirectory ?? ".")/\(name)"
            guard Executable.find(seen) != nil else { throw notFound(name) }
            return name
        }
        guard let found = Executable.find(name, path: environment?["PATH"]) else { throw notFound(name) }
        return found
    }

    private func notFound(_ name: String) -> SubprocessError {
        SubprocessError(code: .executableNotFound, message: "there is no program \(name) that can be run here")
    }

    private static func require(_ result: Int32, _ what: String) throws(SubprocessError) {
        guard result == 0 else { throw .system(what, result) }
    }
}

/// Lends a null-terminated array of C strings, as argv and envp want it.
private func withCStrings<Result>(
    _ strings: [String], _ body: (UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>) -> Result
) -> Result {
    let pointers = UnsafeMutableBufferPointer<UnsafeMutablePointer<CChar>?>.allocate(capacity: strings.count + 1)
    for (index, string) in strings.enumerated() {
        pointers.initializeElement(at: index, to: strdup(string))
    }
    pointers.initializeElement(at: strings.count, to: nil)
    defer {
        for pointer in pointers { free(pointer) }
        pointers.deallocate()
    }
    guard let base = pointers.baseAddress else {
        preconditionFailure("an array of at least one element has an address")
    }
    return body(base)
}
