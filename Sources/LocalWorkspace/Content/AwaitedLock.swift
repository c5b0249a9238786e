internal import Glibc

/// An exclusive lock on a file, held across processes; the kernel lets go of it when its owner dies.
final class AwaitedLock: Sendable {
    private let file: Int32

    private init(file: Int32) { self.file = file }

    deinit { close(file) }

    /// Waits for the lock, in a way that can be cancelled.
    static func take(_ path: String) async throws -> AwaitedLock {
        let file = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o644)
        guard file >= 0 else { throw Files.failure("lock", path) }
        let lock = AwaitedLock(file: file)
        while flock(file, LOCK_EX | LOCK_NB) != 0 {
            guard errno == EWOULDBLOCK || errno == EINTR else { throw Files.failure("lock", path) }
            try await Task.sleep(for: .milliseconds(50))
        }
        return lock
    }

    /// Lets go; also what happens when the last reference goes.
    func release() { flock(file, LOCK_UN) }
}
