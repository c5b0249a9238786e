import Synchronization

/// Turns a stream of changes into "the next one, or that much later": changes during a pass are not lost.
final class WakeUps: Sendable {
    private let state = Mutex(State())
    private let task: Mutex<Task<Void, Never>?> = Mutex(nil)

    private struct State {
        var hasChange = false
        var sleeper: CheckedContinuation<Void, Never>?
    }

    init(_ changes: AsyncStream<Void>) {
        let listener = Task { [weak self] in
            for await _ in changes { self?.wake() }
        }
        task.withLock { $0 = listener }
    }

    func stop() {
        task.withLock { $0?.cancel() }
        wake()
    }

    private func wake() {
        let sleeper = state.withLock { state in
            state.hasChange = true
            defer { state.sleeper = nil }
            return state.sleeper
        }
        sleeper?.resume()
    }

    /// Returns at the next change, after the time given, or when the task is cancelled.
    func next(within duration: Duration) async {
        let timer = Task { [weak self] in
            // A timer that is called off must stay silent: its word would count as a change, and so on for ever.
            do { try await Task.sleep(for: duration) } catch { return }
            self?.wake()
        }
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let isAwake = state.withLock { state in
                    if state.hasChange || Task.isCancelled { return true }
                    state.sleeper = continuation
                    return false
                }
                if isAwake { continuation.resume() }
            }
        } onCancel: {
            wake()
        }
        timer.cancel()
        state.withLock { $0.hasChange = false }
    }
}
