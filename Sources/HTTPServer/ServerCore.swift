internal import Synchronization

/// What the exchanges of one server share.
final class ServerCore: Sendable {
    private struct State {
        var isStopping = false
        var live: [ObjectIdentifier: Exchange] = [:]
        var idle: [CheckedContinuation<Void, Never>] = []
    }

    let limits: HTTPServer.Limits
    let handler: HTTPServer.Handler
    private let state = Mutex(State())

    init(limits: HTTPServer.Limits, handler: @escaping HTTPServer.Handler) {
        self.limits = limits
        self.handler = handler
    }

    /// - Returns: false when the server takes no more requests.
    func register(_ exchange: Exchange) -> Bool {
        state.withLock { state in
            guard !state.isStopping else { return false }
            state.live[ObjectIdentifier(exchange)] = exchange
            return true
        }
    }

    func unregister(_ exchange: Exchange) {
        let idle = state.withLock { state -> [CheckedContinuation<Void, Never>] in
            state.live[ObjectIdentifier(exchange)] = nil
            guard state.live.isEmpty else { return [] }
            defer { state.idle = [] }
            return state.idle
        }
        for waiter in idle { waiter.resume() }
    }

    func refuseMore() { state.withLock { $0.isStopping = true } }

    /// Returns when no request is being worked on.
    func waitUntilIdle() async {
        await withCheckedContinuation { continuation in
            let isIdle = state.withLock { state in
                guard !state.live.isEmpty else { return true }
                state.idle.append(continuation)
                return false
            }
            if isIdle { continuation.resume() }
        }
    }

    func abortAll() {
        let live = state.withLock { Array($0.live.values) }
        for exchange in live { exchange.abort() }
    }
}
