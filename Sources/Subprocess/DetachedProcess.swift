internal import Glibc

/// Starts programs that go on without us.
package enum DetachedProcess {
    /// Starts a program in a session of its own, reading nothing and appending what it says to files.
    ///
    /// It survives our death. While we live, its end is noted by a thread that reaps it, so that it
    /// never stays a zombie.
    ///
    /// - Parameters:
    ///   - argv: The program and its arguments. A name without a slash is looked up in `PATH`.
    ///   - environment: All of the program's variables; ours when nil.
    ///   - workingDirectory: Where it starts; our own when nil.
    ///   - standardOutput: A file to append to, made when missing, readable by its owner only.
    ///   - standardError: The same; may be the same file.
    ///   - onEnd: Told how the program ended, if we live to see it; what is left of its group has then been killed.
    package static func spawn(
        _ argv: [String], environment: [String: String]? = nil, workingDirectory: String? = nil,
        standardOutput: String = "/dev/null", standardError: String = "/dev/null",
        onEnd: (@Sendable (Subprocess.Status) -> Void)? = nil
    ) throws(SubprocessError) -> ProcessIdentity {
        let request = SpawnRequest(
            arguments: argv, environment: environment, workingDirectory: workingDirectory, isolation: .ownSession)
        let input = try FileDescriptor.open("/dev/null", O_RDONLY)
        let output = try FileDescriptor.open(standardOutput, O_WRONLY | O_APPEND | O_CREAT)
        let error = try FileDescriptor.open(standardError, O_WRONLY | O_APPEND | O_CREAT)
        let pid = try request.spawn(
            standardInput: input.number, standardOutput: output.number, standardError: error.number)
        // Not reaped yet, the number is still its own, even if it has ended already.
        let identity = ProcessIdentity(of: pid)
        let watch: @Sendable () -> Void = {
            if let onEnd {
                // Its number stays its own until it is reaped, so that only its own group can be hit.
                awaitEnd(pid)
                kill(-pid, SIGKILL)
                onEnd(reap(pid))
            } else {
                _ = reap(pid)
            }
        }
        if OwnThread.start(watch) != nil || identity == nil {
            kill(-pid, SIGKILL)
            throw SubprocessError(code: .systemFailure, message: "cannot keep watch over \(argv.first ?? "a program")")
        }
        guard let identity else { preconditionFailure("checked above") }
        return identity
    }
}

/// Waits until a child has ended, and leaves it to be reaped.
private func awaitEnd(_ pid: pid_t) {
    var information = siginfo_t()
    while waitid(P_PID, id_t(pid), &information, WEXITED | WNOWAIT) < 0, errno == EINTR {}
}
