import Synchronization

/// Holds the outcome of a task for whoever comes by to look.
final class Mailbox: Sendable {
    private let content = Mutex<Result<String, any Error>?>(nil)

    var result: Result<String, any Error>? { content.withLock { $0 } }

    func put(_ result: Result<String, any Error>) { content.withLock { $0 = result } }
}
