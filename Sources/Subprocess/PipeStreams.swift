internal import Glibc

/// What is still to be written to a child, and the descriptor it goes to.
struct InputSink: ~Copyable {
    private let bytes: [UInt8]
    private var written = 0
    private var descriptor: FileDescriptor?
    /// The descriptor's number, -1 once closed.
    private(set) var number: Int32

    init(_ descriptor: consuming FileDescriptor, _ bytes: [UInt8]) {
        number = descriptor.number
        self.descriptor = consume descriptor
        self.bytes = bytes
        if bytes.isEmpty { close() }
    }

    mutating func proceed() {
        while number >= 0, written < bytes.count {
            let count = bytes.withUnsafeBytes { buffer in
                write(number, buffer.baseAddress.map { $0 + written }, buffer.count - written)
            }
            if count < 0 {
                if errno == EINTR { continue }
                // A program need not read all it is given: EPIPE is its choice, not an error.
                if errno != EAGAIN { close() }
                return
            }
            written += count
        }
        close()
    }

    mutating func close() {
        descriptor = nil
        number = -1
    }
}

/// What a child has said so far, and the descriptor it comes from.
struct OutputSource: ~Copyable {
    private let limit: Int
    private var descriptor: FileDescriptor?
    private(set) var number: Int32
    private(set) var bytes: [UInt8] = []
    private(set) var isTruncated = false

    private static let chunk = 64 << 10

    init(_ descriptor: consuming FileDescriptor, limit: Int) {
        number = descriptor.number
        self.descriptor = consume descriptor
        self.limit = limit
    }

    /// Reads what is there, but not for ever: the other streams and the clock want their turn.
    mutating func proceed() {
        guard number >= 0 else { return }
        withUnsafeTemporaryAllocation(byteCount: Self.chunk, alignment: 16) { buffer in
            for _ in 0..<16 {
                let count = read(number, buffer.baseAddress, buffer.count)
                if count < 0 {
                    if errno == EINTR { continue }
                    if errno != EAGAIN { close() }
                    return
                }
                guard count > 0 else { return close() }
                let kept = min(count, limit - bytes.count)
                bytes.append(contentsOf: buffer.prefix(kept))
                if kept < count { isTruncated = true }
            }
        }
    }

    private mutating func close() {
        descriptor = nil
        number = -1
    }
}
