internal import CLinux
internal import Glibc

/// Owner of one open descriptor: closed exactly once, when its owner goes away.
package struct FileDescriptor: ~Copyable, Sendable {
    /// The number, negative for none.
    package let number: Int32

    /// Takes over an open descriptor.
    package init(owning number: Int32) {
        self.number = number
    }

    deinit {
        // close(2): "retrying the close() after a failure return is the wrong thing to do".
        if number >= 0 { _ = Glibc.close(number) }
    }

    /// Closes it now.
    package consuming func close() {}

    /// Opens a file; never for inheritance, never at 0, 1 or 2 where a child's standard streams go.
    package static func open(_ path: String, _ flags: Int32, mode: UInt32 = 0o600) throws(SubprocessError)
        -> FileDescriptor
    {
        let number = Glibc.open(path, flags | O_CLOEXEC, mode)
        guard number >= 0 else {
            throw SubprocessError(
                code: .systemFailure, message: "cannot open \(path): \(SubprocessError.text(of: errno))")
        }
        return try FileDescriptor(owning: number).aboveStandardStreams()
    }

    /// A counter that polls readable once something was written to it (eventfd).
    package static func event() throws(SubprocessError) -> FileDescriptor {
        let number = linux_eventfd(linux_eventfd_flags)
        guard number >= 0 else { throw .system("eventfd") }
        return FileDescriptor(owning: number)
    }

    /// A descriptor that polls readable when the process ends; number -1 on a kernel without them.
    static func process(_ pid: pid_t) -> FileDescriptor {
        FileDescriptor(owning: linux_pidfd_open(pid))
    }

    /// Takes the file's lock for itself alone, if nobody has it; the end of this process gives it back.
    package func tryLock() -> Bool {
        linux_flock(number, LOCK_EX | LOCK_NB) == 0
    }

    /// Gives the lock back.
    ///
    /// Closing alone would not always do it at once: a child that is just being spawned shares the open file
    /// until it has become its program.
    package func unlock() {
        _ = linux_flock(number, LOCK_UN)
    }

    func setNonBlocking() throws(SubprocessError) {
        let flags = fcntl(number, F_GETFL)
        guard flags >= 0, fcntl(number, F_SETFL, flags | O_NONBLOCK) == 0 else { throw .system("fcntl") }
    }

    /// The same file at a number a child's standard streams never have.
    consuming func aboveStandardStreams() throws(SubprocessError) -> FileDescriptor {
        guard number <= 2 else { return self }
        // Somebody closed our own standard streams; the dup2s of a spawn would overwrite this one.
        let moved = fcntl(number, F_DUPFD_CLOEXEC, 3)
        guard moved >= 0 else { throw .system("fcntl") }
        return FileDescriptor(owning: moved)
    }
}

/// Both ends of a pipe that no other child inherits.
struct Pipe: ~Copyable {
    let readEnd: FileDescriptor
    let writeEnd: FileDescriptor

    init() throws(SubprocessError) {
        var ends: [Int32] = [-1, -1]
        guard linux_pipe2(&ends, O_CLOEXEC) == 0 else { throw .system("pipe") }
        let lowRead = FileDescriptor(owning: ends[0])
        let lowWrite = FileDescriptor(owning: ends[1])
        let readEnd = try lowRead.aboveStandardStreams()
        let writeEnd = try lowWrite.aboveStandardStreams()
        self.readEnd = readEnd
        self.writeEnd = writeEnd
    }
}
