internal import Glibc

/// What a handler answers.
package struct HTTPResponse: Sendable {
    /// The bytes, and where they come from.
    package enum Body: Sendable {
        case bytes([UInt8])
        case file(FileSlice)
        /// Produced while it is sent, in chunks; the closure ends the response by returning.
        case stream(@Sendable (ResponseStream) async throws -> Void)
    }

    package var status: Int
    package var headers: HTTPHeaders
    package var body: Body

    package init(status: Int = 200, headers: HTTPHeaders = [:], body: Body = .bytes([])) {
        self.status = status
        self.headers = headers
        self.body = body
    }

    /// A short text.
    package static func text(
        _ text: String, status: Int = 200, contentType: String = "text/plain; charset=utf-8"
    ) -> HTTPResponse {
        HTTPResponse(status: status, headers: ["Content-Type": contentType], body: .bytes(Array(text.utf8)))
    }

    /// Bytes of JSON.
    package static func json(_ bytes: [UInt8], status: Int = 200) -> HTTPResponse {
        HTTPResponse(status: status, headers: ["Content-Type": "application/json"], body: .bytes(bytes))
    }

    /// A file, whole or the one range the request asks for; 404 when there is no such regular file.
    ///
    /// - Parameter range: the range asked for by other means than the `Range` field.
    package static func file(
        _ path: String, for request: HTTPRequest, contentType: String = "application/octet-stream",
        range: String? = nil
    ) -> HTTPResponse {
        guard let file = FileSlice(path: path) else { return .text("not found\n", status: 404) }
        var response = HTTPResponse(
            headers: ["Content-Type": contentType, "Accept-Ranges": "bytes"], body: .file(file))
        switch ByteRange.parse(range ?? request.headers["Range"], size: file.length) {
        case .whole: break
        case .part(let range):
            response.status = 206
            response.headers.append(
                "Content-Range", "bytes \(range.lowerBound)-\(range.upperBound - 1)/\(file.length)")
            file.offset = range.lowerBound
            file.length = range.upperBound - range.lowerBound
        case .unsatisfiable:
            return HTTPResponse(status: 416, headers: ["Content-Range": "bytes */\(file.length)"])
        }
        return response
    }
}

/// A part of an open file that will be sent once.
package final class FileSlice: @unchecked Sendable {  // Unchanged once shared.
    fileprivate(set) var offset: Int64 = 0
    fileprivate(set) var length: Int64
    private var descriptor: Int32

    init?(path: String) {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK)
        guard descriptor >= 0 else { return nil }
        var status = stat()
        guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
            close(descriptor)
            return nil
        }
        self.descriptor = descriptor
        length = Int64(status.st_size)
    }

    deinit {
        close(descriptor)
    }

    /// A descriptor of the same file for a new owner.
    func duplicate() -> Int32 { fcntl(descriptor, F_DUPFD_CLOEXEC, 3) }
}

enum ByteRange: Equatable {
    case whole
    case part(Range<Int64>)
    case unsatisfiable

    /// Reads a Range header; anything but one range of bytes is answered with the whole, as RFC 9110 allows.
    static func parse(_ header: String?, size: Int64) -> ByteRange {
        guard let header, header.hasPrefix("bytes="), !header.contains(",") else { return .whole }
        let halves = header.dropFirst(6).split(separator: "-", maxSplits: 1, omittingEmptySubsequences: false)
        guard halves.count == 2 else { return .whole }
        if halves[0].isEmpty {
            guard let count = Int64(halves[1]), count >= 0 else { return .whole }
            return count == 0 || size == 0 ? .unsatisfiable : .part(max(0, size - count)..<size)
        }
        guard let first = Int64(halves[0]), first >= 0 else { return .whole }
        guard first < size else { return .unsatisfiable }
        guard !halves[1].isEmpty else { return .part(first..<size) }
        guard let last = Int64(halves[1]), last >= first else { return .whole }
        return .part(first..<min(last, size - 1) + 1)
    }
}
