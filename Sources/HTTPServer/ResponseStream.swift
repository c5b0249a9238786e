internal import CMicrohttpd
internal import Synchronization

/// The writing end of a response that is produced while it is sent.
///
/// A client that has gone away is noticed by the next write, so a producer with little to say should
/// send a comment or an empty line now and then.
package final class ResponseStream: @unchecked Sendable {  // `connection` is only used while `state` is locked.
    /// The client has gone, or the server stops.
    package struct Closed: Error {}

    private struct State {
        var pending: [UInt8] = []
        var end: End?
        /// The daemon has parked the connection until there is something to send.
        var isSuspended = false
        /// The daemon is done with the response.
        var isReleased = false
        var writer: CheckedContinuation<Void, Never>?
        var producer: Task<Void, Never>?
    }

    private enum End {
        case complete, broken
    }

    private static let highWater = 256 * 1024
    private let connection: OpaquePointer
    private let state = Mutex(State())

    init(connection: OpaquePointer) {
        self.connection = connection
    }

    /// Sends bytes, waiting while the client is far behind.
    package func write(_ bytes: [UInt8]) async throws {
        guard !bytes.isEmpty else { return }
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let goesOn = state.withLock { state in
                    guard state.end == nil, !state.isReleased else { return true }
                    state.pending.append(contentsOf: bytes)
                    wake(&state)
                    guard state.pending.count > Self.highWater else { return true }
                    state.writer = continuation
                    return false
                }
                if goesOn { continuation.resume() }
            }
        } onCancel: {
            abort()
        }
        guard state.withLock({ $0.end == nil && !$0.isReleased }) else { throw Closed() }
    }

    /// Sends a text.
    package func write(_ text: String) async throws { try await write(Array(text.utf8)) }

    /// Starts what fills the stream.
    func start(_ produce: @escaping @Sendable (ResponseStream) async throws -> Void) {
        let task = Task {
            do {
                try await produce(self)
                self.end(.complete)
            } catch {
                // The status is sent already; a broken transfer is the one way left to tell the client.
                self.end(.broken)
            }
        }
        let isOver = state.withLock { state in
            state.producer = task
            return state.isReleased
        }
        if isOver { task.cancel() }
    }

    /// Fills the daemon's buffer; called on its thread.
    func read(into buffer: UnsafeMutablePointer<CChar>, limit: Int) -> Int {
        var writer: CheckedContinuation<Void, Never>?
        let count = state.withLock { state -> Int in
            if state.end == .broken { return -2 }  // MHD_CONTENT_READER_END_WITH_ERROR
            if state.pending.isEmpty {
                if state.end == .complete { return -1 }  // MHD_CONTENT_READER_END_OF_STREAM
                state.isSuspended = true
                MHD_suspend_connection(connection)
                return 0
            }
            let count = min(limit, state.pending.count)
            state.pending.withUnsafeBytes { bytes in
                UnsafeMutableRawPointer(buffer).copyMemory(from: UnsafeRawBufferPointer(rebasing: bytes[..<count]))
            }
            state.pending.removeFirst(count)
            if state.pending.count <= Self.highWater / 2 {
                writer = state.writer
                state.writer = nil
            }
            return count
        }
        writer?.resume()
        return count
    }

    /// Breaks the response off.
    func abort() { end(.broken) }

    /// The daemon lets go of the response; called on its thread.
    func release() {
        let (writer, producer) = state.withLock { state in
            state.isReleased = true
            state.pending = []
            defer { state.writer = nil }
            return (state.writer, state.producer)
        }
        writer?.resume()
        producer?.cancel()
    }

    private func end(_ end: End) {
        let writer = state.withLock { state in
            if state.end == nil || end == .broken { state.end = end }
            wake(&state)
            defer { state.writer = nil }
            return state.writer
        }
        writer?.resume()
    }

    private func wake(_ state: inout State) {
        // A suspended connection cannot be closed by the daemon, so it is valid here; resumed once per suspension.
        guard state.isSuspended, !state.isReleased else { return }
        state.isSuspended = false
        MHD_resume_connection(connection)
    }
}

extension UnsafeMutableRawPointer {
    fileprivate func copyMemory(from bytes: UnsafeRawBufferPointer) {
        guard let base = bytes.baseAddress else { return }
        copyMemory(from: base, byteCount: bytes.count)
    }
}
