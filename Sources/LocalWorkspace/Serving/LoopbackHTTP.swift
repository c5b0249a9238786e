import Glibc
import Synchronization
import Workspace

/// One answer to one request.
package struct HTTPAnswer: Sendable, Equatable {
    package var status: Int
    /// Header values by lower-case name; the last of equal names counts.
    package var headers: [String: String]
    package var body: [UInt8]

    package var text: String { String(decoding: body, as: UTF8.self) }
}

/// Asks servers on this machine: one connection a request, everything bounded.
package enum LoopbackHTTP {
    /// Sends a request to `127.0.0.1` and reads all of the answer, on a thread of its own.
    ///
    /// - Throws: ``WorkspaceError`` with `unavailable` when there is no answer in time or it is none.
    package static func request(
        _ method: String, port: Int, path: String, headers: [String: String] = [:], body: [UInt8] = [],
        timeout: Duration = .seconds(30), limit: Int = 64 << 20
    ) async throws -> HTTPAnswer {
        var text = "\(method) \(path) HTTP/1.1\r\nHost: 127.0.0.1:\(port)\r\nConnection: close\r\n"
        for (name, value) in headers.sorted(by: { $0.key < $1.key }) {
            guard !(name + value).utf8.contains(where: { $0 < 0x20 }) else {
                throw WorkspaceError(.invalid, "a header holds a character that it must not")
            }
            text += "\(name): \(value)\r\n"
        }
        if !body.isEmpty || method == "POST" { text += "Content-Length: \(body.count)\r\n" }
        let message = Array((text + "\r\n").utf8) + body
        let deadline = ContinuousClock.now + timeout
        return try await withCheckedThrowingContinuation { continuation in
            let work = Box {
                continuation.resume(with: Result { try exchange(message, port: port, until: deadline, limit: limit) })
            }
            var thread = pthread_t()
            let argument = Unmanaged.passRetained(work)
            let result = pthread_create(
                &thread, nil,
                { argument in
                    guard let argument else { return nil }
                    Unmanaged<Box>.fromOpaque(argument).takeRetainedValue().run()
                    return nil
                }, argument.toOpaque())
            guard result == 0 else {
                argument.release()
                continuation.resume(throwing: WorkspaceError(.unavailable, "no thread can be started"))
                return
            }
            pthread_detach(thread)
        }
    }

    private final class Box: Sendable {
        let run: @Sendable () -> Void
        init(_ run: @escaping @Sendable () -> Void) { self.run = run }
    }

    private static func exchange(
        _ message: [UInt8], port: Int, until deadline: ContinuousClock.Instant, limit: Int
    ) throws -> HTTPAnswer {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { throw failure("no socket", port) }
        defer { close(descriptor) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = in_port_t(truncatingIfNeeded: port).bigEndian
        address.sin_addr.s_addr = in_addr_t(0x7F00_0001).bigEndian
        let connected = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        guard connected == 0 else { throw failure("nobody listens", port) }
        var offset = 0
        while offset < message.count {
            try wait(descriptor, Int16(POLLOUT), until: deadline, port)
            let count = message.withUnsafeBytes { buffer in
                send(
                    descriptor, buffer.baseAddress?.advanced(by: offset), buffer.count - offset,
                    Int32(MSG_NOSIGNAL) | Int32(MSG_DONTWAIT))
            }
            if count < 0 && (errno == EINTR || errno == EAGAIN) { continue }
            // The answer may already be there: a refusal before the whole body was read.
            guard count > 0 else { break }
            offset += count
        }
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 1 << 16)
        while true {
            try wait(descriptor, Int16(POLLIN), until: deadline, port)
            let count = recv(descriptor, &chunk, chunk.count, 0)
            if count < 0 && errno == EINTR { continue }
            guard count > 0 else { break }
            bytes.append(contentsOf: chunk[..<count])
            guard bytes.count <= limit else { throw failure("the answer is too long", port) }
        }
        guard let answer = HTTPAnswer(bytes) else { throw failure("the answer is cut short", port) }
        return answer
    }

    private static func wait(
        _ descriptor: Int32, _ events: Int16, until deadline: ContinuousClock.Instant, _ port: Int
    ) throws {
        while true {
            let left = ContinuousClock.now.duration(to: deadline).components
            let milliseconds = left.seconds < 0 ? 0 : left.seconds * 1_000 + left.attoseconds / 1_000_000_000_000_000
            guard milliseconds > 0 else { throw failure("no answer in time", port) }
            var polled = pollfd(fd: descriptor, events: events, revents: 0)
            let ready = poll(&polled, 1, Int32(min(milliseconds, 3_600_000)))
            if ready > 0 { return }
            if ready < 0 && errno != EINTR { throw failure("the connection broke", port) }
        }
    }

    private static func failure(_ what: String, _ port: Int) -> WorkspaceError {
        WorkspaceError(.unavailable, "127.0.0.1:\(port): \(what)")
    }
}

extension HTTPAnswer {
    /// Reads an answer that ended with its connection; nil when it is no answer or lacks some of its body.
    init?(_ bytes: [UInt8]) {
        let end: [UInt8] = [13, 10, 13, 10]
        guard let split = bytes.indices.first(where: { bytes[$0...].starts(with: end) }) else { return nil }
        // A line end is one character of Swift's, "\r\n".
        let lines = String(decoding: bytes[..<split], as: UTF8.self).split(separator: "\r\n")
        let first = lines.first?.split(separator: " ", maxSplits: 2) ?? []
        guard first.count >= 2, first[0].hasPrefix("HTTP/1."), let status = Int(first[1]) else { return nil }
        self.status = status
        headers = [:]
        for line in lines.dropFirst() {
            guard let colon = line.firstIndex(of: ":") else { continue }
            headers[line[..<colon].lowercased()] = line[line.index(after: colon)...].trimmingBlanks()
        }
        let rest = bytes[(split + 4)...]
        if headers["transfer-encoding"]?.lowercased() == "chunked" {
            guard let whole = Self.unchunked(rest) else { return nil }
            body = whole
        } else if let length = headers["content-length"].flatMap({ Int($0) }) {
            guard length >= 0, rest.count >= length else { return nil }
            body = Array(rest.prefix(length))
        } else {
            body = Array(rest)
        }
    }

    private static func unchunked(_ bytes: ArraySlice<UInt8>) -> [UInt8]? {
        var body: [UInt8] = []
        var rest = bytes
        while let end = rest.firstIndex(of: 10) {
            let line = String(decoding: rest[..<end], as: UTF8.self)
            guard let size = Int(line.prefix { $0.isHexDigit }, radix: 16), size >= 0 else { return nil }
            rest = rest[(end + 1)...]
            if size == 0 { return body }
            guard rest.count >= size + 2 else { return nil }
            body.append(contentsOf: rest.prefix(size))
            rest = rest.dropFirst(size + 2)
        }
        return nil
    }
}
