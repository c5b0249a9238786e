import Dispatch
import Glibc
import Synchronization

/// A run that a signal ended.
struct SignalEnding: Error {
    var signal: Int32
    var status: Int32 { 128 + signal }
}

/// Runs work that SIGINT or SIGTERM cancels; a second signal ends the program at once.
func withSignals<Value: Sendable>(_ work: @escaping @Sendable () async throws -> Value) async throws -> Value {
    let task = Task { try await work() }
    let flag = SignalFlag()
    let sources = [SIGINT, SIGTERM].map { number in
        signal(number, SIG_IGN)
        let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
        source.setEventHandler {
            if flag.note(number) { task.cancel() } else { _exit(128 + number) }
        }
        source.resume()
        return source
    }
    defer { sources.forEach { $0.cancel() } }
    do {
        let value = try await task.value
        if let number = flag.first { throw SignalEnding(signal: number) }
        return value
    } catch {
        if let number = flag.first { throw SignalEnding(signal: number) }
        throw error
    }
}

/// The first signal that came.
private final class SignalFlag: Sendable {
    private let number = Mutex<Int32?>(nil)

    /// Notes a signal and says whether it was the first.
    func note(_ signal: Int32) -> Bool {
        number.withLock { first in
            guard first == nil else { return false }
            first = signal
            return true
        }
    }

    var first: Int32? { number.withLock { $0 } }
}
