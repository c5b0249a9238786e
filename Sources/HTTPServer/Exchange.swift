internal import CMicrohttpd
internal import Synchronization

/// One request and its response, from the first line to the last byte.
///
/// The daemon's thread calls in; the handler's task answers; a lock stands between the two.
final class Exchange: @unchecked Sendable {  // Receiving fields belong to the daemon's thread, the rest to `state`.
    private enum Phase {
        case receiving
        /// The connection is suspended until the handler has answered.
        case waiting
        case answered(HTTPResponse)
        case queued
    }

    private struct State {
        var phase = Phase.receiving
        var isAborted = false
        var task: Task<Void, Never>?
        var stream: ResponseStream?
    }

    private let target: String
    private let connection: OpaquePointer
    private let core: ServerCore
    private var isBegun = false
    private var refusal: HTTPResponse?
    private var bodyLimit: Int64 = 0
    private var parts: RequestTarget?
    private var collector: BodyCollector
    private let state = Mutex(State())

    init(target: String, connection: OpaquePointer, core: ServerCore) {
        self.target = target
        self.connection = connection
        self.core = core
        collector = BodyCollector(memoryLimit: core.limits.bodyInMemory, folder: core.limits.uploadFolder)
    }

    /// The daemon's callback: once for the head, once per piece of the body, once at the end, once after a resume.
    func advance(method: String, upload: UnsafePointer<CChar>?, size: UnsafeMutablePointer<Int>) -> MHD_Result {
        if !isBegun {
            isBegun = true
            return begin(method: method)
        }
        if size.pointee > 0 {
            defer { size.pointee = 0 }
            return receive(upload, size.pointee)
        }
        if let refusal { return queue(refusal) }
        let answer: HTTPResponse? = state.withLock { state in
            guard case .answered(let response) = state.phase else { return nil }
            return response
        }
        if let answer { return queue(answer) }
        return dispatch(method: method)
    }

    private func begin(method: String) -> MHD_Result {
        guard core.register(self) else {
            return queue(.text("the server is stopping\n", status: 503), closing: true)
        }
        guard let parts = RequestTarget(target) else {
            return queue(.text("malformed request target\n", status: 400), closing: true)
        }
        self.parts = parts
        bodyLimit = core.limits.bodyLimit(method, "/" + parts.segments.joined(separator: "/"))
        if let text = lookup("Content-Length"), let length = Int64(text), length > bodyLimit {
            return queue(.text("the body is larger than \(bodyLimit) bytes\n", status: 413), closing: true)
        }
        return .YES
    }

    private func receive(_ upload: UnsafePointer<CChar>?, _ size: Int) -> MHD_Result {
        guard let upload else { return .YES }
        if collector.count + Int64(size) > bodyLimit {
            // A chunked body tells its length only by going on; a reader who does not stop is cut off.
            refusal = .text("the body is larger than \(bodyLimit) bytes\n", status: 413)
            return .NO
        }
        let isWritten = upload.withMemoryRebound(to: UInt8.self, capacity: size) {
            collector.append(UnsafeBufferPointer(start: $0, count: size))
        }
        if !isWritten { refusal = .text("the body cannot be stored\n", status: 507) }
        return .YES
    }

    private func dispatch(method: String) -> MHD_Result {
        guard let parts else { return .NO }
        let request = HTTPRequest(
            method: method, target: target, parts: parts, headers: headers(), body: collector.finish())
        let isWaiting = state.withLock { state in
            guard !state.isAborted else { return false }
            state.phase = .waiting
            // Before the task exists, so that its resume always finds a suspended connection.
            MHD_suspend_connection(connection)
            state.task = Task {
                let response = await self.core.handler(request)
                self.answer(response)
            }
            return true
        }
        return isWaiting ? .YES : queue(.text("the server is stopping\n", status: 503), closing: true)
    }

    private func answer(_ response: HTTPResponse) {
        state.withLock { state in
            // Not waiting: the server has stopped meanwhile and answered for us.
            guard case .waiting = state.phase else { return }
            state.phase = .answered(response)
            MHD_resume_connection(connection)
        }
    }

    /// Ends the exchange from outside, when the server stops.
    func abort() {
        let (task, stream) = state.withLock { state in
            state.isAborted = true
            if case .waiting = state.phase {
                state.phase = .answered(.text("the server is stopping\n", status: 503))
                MHD_resume_connection(connection)
            }
            return (state.task, state.stream)
        }
        task?.cancel()
        stream?.abort()
    }

    /// The daemon is done with the request.
    func complete() {
        let task = state.withLock { state in
            state.phase = .queued
            return state.task
        }
        task?.cancel()
        core.unregister(self)
    }

    private func queue(_ response: HTTPResponse, closing: Bool = false) -> MHD_Result {
        guard let native = makeNative(response) else { return .NO }
        defer { MHD_destroy_response(native) }
        for field in response.headers.fields { MHD_add_response_header(native, field.name, field.value) }
        if closing { MHD_add_response_header(native, "Connection", "close") }
        state.withLock { $0.phase = .queued }
        return MHD_queue_response(connection, UInt32(clamping: response.status), native)
    }

    private func makeNative(_ response: HTTPResponse) -> OpaquePointer? {
        switch response.body {
        case .bytes(let bytes):
            return bytes.withUnsafeBytes { buffer in
                MHD_create_response_from_buffer(
                    buffer.count, UnsafeMutableRawPointer(mutating: buffer.baseAddress), .RESPMEM_MUST_COPY)
            }
        case .file(let file):
            // The daemon closes the descriptor with the response.
            let descriptor = file.duplicate()
            guard descriptor >= 0 else { return nil }
            return MHD_create_response_from_fd_at_offset64(
                UInt64(file.length), descriptor, UInt64(file.offset))
        case .stream(let produce):
            return makeStream(produce)
        }
    }

    private func makeStream(_ produce: @escaping @Sendable (ResponseStream) async throws -> Void) -> OpaquePointer? {
        let stream = ResponseStream(connection: connection)
        let isAborted = state.withLock { state in
            state.stream = stream
            return state.isAborted
        }
        // The response keeps the stream until the daemon releases it.
        let box = Unmanaged.passRetained(stream)
        let native = MHD_create_response_from_callback(
            UInt64.max, 16 * 1024,
            { context, _, buffer, limit in
                guard let context, let buffer else { return -2 }
                return Unmanaged<ResponseStream>.fromOpaque(context).takeUnretainedValue().read(
                    into: buffer, limit: limit)
            },
            box.toOpaque(),
            { context in
                guard let context else { return }
                Unmanaged<ResponseStream>.fromOpaque(context).takeRetainedValue().release()
            })
        guard let native else {
            box.release()
            return nil
        }
        if isAborted { stream.abort() } else { stream.start(produce) }
        return native
    }

    private func lookup(_ name: String) -> String? {
        MHD_lookup_connection_value(connection, .HEADER_KIND, name).map { String(cString: $0) }
    }

    private func headers() -> HTTPHeaders {
        var headers = HTTPHeaders()
        withUnsafeMutablePointer(to: &headers) { pointer in
            _ = MHD_get_connection_values(
                connection, .HEADER_KIND,
                { context, _, name, value in
                    guard let context, let name else { return .YES }
                    context.assumingMemoryBound(to: HTTPHeaders.self).pointee.append(
                        String(cString: name), value.map { String(cString: $0) } ?? "")
                    return .YES
                }, pointer)
        }
        return headers
    }
}
