internal import Glibc

/// One run of one program, on one thread: feeds it, listens to it, ends it, reaps it.
struct ProcessRun {
    let request: SpawnRequest
    let input: [UInt8]
    let timeout: Duration?
    let outputLimit: Int
    let gracePeriod: Duration
    let cancellation: Int32

    /// How long helpers that still hold the pipes may go on after the program itself has ended.
    private static let drainPeriod = Duration.milliseconds(500)
    /// How often an end is looked for on a kernel without pidfd.
    private static let fallbackPeriod = Duration.milliseconds(20)

    func perform() throws(SubprocessError) -> Subprocess.Output {
        let clock = ContinuousClock()
        let deadline = timeout.map { clock.now + $0 }
        let inputPipe = try Pipe()
        let outputPipe = try Pipe()
        let errorPipe = try Pipe()
        try inputPipe.writeEnd.setNonBlocking()
        try outputPipe.readEnd.setNonBlocking()
        try errorPipe.readEnd.setNonBlocking()
        let pid = try request.spawn(
            standardInput: inputPipe.readEnd.number, standardOutput: outputPipe.writeEnd.number,
            standardError: errorPipe.writeEnd.number)
        let target = request.isolation == .ownGroup ? -pid : pid
        inputPipe.readEnd.close()
        outputPipe.writeEnd.close()
        errorPipe.writeEnd.close()

        let process = FileDescriptor.process(pid)
        var sink = InputSink(inputPipe.writeEnd, input)
        var output = OutputSource(outputPipe.readEnd, limit: outputLimit)
        var error = OutputSource(errorPipe.readEnd, limit: outputLimit)
        var stopping: SubprocessError.Code?
        var killAt: ContinuousClock.Instant?
        var drainUntil: ContinuousClock.Instant?

        while true {
            let hasEnded = drainUntil != nil
            var waits: [ContinuousClock.Instant] = []
            if stopping == nil, !hasEnded, let deadline { waits.append(deadline) }
            if !hasEnded, let killAt { waits.append(killAt) }
            if let drainUntil { waits.append(drainUntil) }
            let processNumber = process.number
            if processNumber < 0 { waits.append(clock.now + Self.fallbackPeriod) }

            // poll(2) ignores negative descriptors: what is closed or not waited for stands as -1.
            var polled = [
                pollfd(fd: sink.number, events: Int16(POLLOUT), revents: 0),
                pollfd(fd: output.number, events: Int16(POLLIN), revents: 0),
                pollfd(fd: error.number, events: Int16(POLLIN), revents: 0),
                pollfd(fd: hasEnded ? -1 : processNumber, events: Int16(POLLIN), revents: 0),
                pollfd(fd: stopping == nil ? cancellation : -1, events: Int16(POLLIN), revents: 0),
            ]
            _ = poll(&polled, nfds_t(polled.count), waits.min().map { milliseconds(until: $0, clock) } ?? -1)

            sink.proceed()
            output.proceed()
            error.proceed()
            let now = clock.now
            if !hasEnded, isZombie(pid) {
                drainUntil = now + Self.drainPeriod
                sink.close()
            }
            if stopping == nil, polled[4].revents != 0 {
                stopping = .cancelled
            } else if stopping == nil, !hasEnded, let deadline, now >= deadline {
                stopping = .timedOut
            }
            if let drainUntil {
                // A stopped program's helpers get no time of their own once it is gone.
                let isSilent = output.number < 0 && error.number < 0
                if isSilent || now >= drainUntil { break }
            } else if stopping != nil, killAt == nil {
                kill(target, SIGTERM)
                // A stopped (SIGSTOP) program cannot act on TERM before it goes on.
                kill(target, SIGCONT)
                killAt = now + gracePeriod
            } else if let at = killAt, now >= at {
                kill(target, SIGKILL)
                killAt = now + .seconds(1)
            }
        }
        // The leader is still a zombie, so its number cannot have been given to another group.
        kill(target, SIGKILL)
        let status = reap(pid)
        if let stopping { throw stopped(stopping) }
        return Subprocess.Output(
            status: status, stdout: output.bytes, stderr: error.bytes,
            truncated: output.isTruncated || error.isTruncated)
    }

    private func stopped(_ code: SubprocessError.Code) -> SubprocessError {
        let name = request.arguments.first.map { $0.split(separator: "/").last.map(String.init) ?? $0 } ?? ""
        guard code == .timedOut, let timeout else {
            return SubprocessError(code: code, message: "\(name) was stopped because its task was cancelled")
        }
        return SubprocessError(code: code, message: "\(name) did not end within \(timeout) and was stopped")
    }

    private func milliseconds(until instant: ContinuousClock.Instant, _ clock: ContinuousClock) -> Int32 {
        let left = clock.now.duration(to: instant).components
        guard left.seconds >= 0, left.attoseconds >= 0 else { return 0 }
        // Rounded up, or the last millisecond would be spent spinning.
        return Int32(min(left.seconds, 3_600)) * 1_000 + Int32(left.attoseconds / 1_000_000_000_000_000) + 1
    }
}

/// True when our child has ended and waits to be reaped; leaves it so.
private func isZombie(_ pid: pid_t) -> Bool {
    var info = siginfo_t()
    let result = waitid(P_PID, id_t(pid), &info, WEXITED | WNOHANG | WNOWAIT)
    // ECHILD: somebody in this process waits for all children; then there is nothing left to wait for.
    if result < 0 { return errno == ECHILD }
    return info.si_signo == SIGCHLD
}

/// Takes the child out of the process table and says how it ended.
func reap(_ pid: pid_t) -> Subprocess.Status {
    var raw: Int32 = 0
    while waitpid(pid, &raw, 0) < 0 {
        guard errno == EINTR else { return .signaled(SIGKILL) }
    }
    let signal = raw & 0x7f
    return signal == 0 ? .exited((raw >> 8) & 0xff) : .signaled(signal)
}
