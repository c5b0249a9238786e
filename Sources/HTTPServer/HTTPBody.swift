internal import FoundationEssentials
internal import Glibc
internal import Synchronization

/// The body of a request.
package enum HTTPBody: Sendable {
    case bytes([UInt8])
    case file(UploadedFile)

    /// The number of bytes.
    package var count: Int64 {
        switch self {
        case .bytes(let bytes): Int64(bytes.count)
        case .file(let file): file.size
        }
    }

    /// The whole body in memory, read from its file when it was large.
    package func read() throws -> [UInt8] {
        switch self {
        case .bytes(let bytes): bytes
        case .file(let file): try [UInt8](Data(contentsOf: URL(filePath: file.path)))
        }
    }
}

/// A body that was too large for memory; the file goes away with the last reference unless it was moved.
package final class UploadedFile: Sendable {
    /// Where the bytes are.
    package let path: String
    /// How many there are.
    package let size: Int64
    private let isMoved = Atomic(false)

    init(path: String, size: Int64) {
        self.path = path
        self.size = size
    }

    deinit {
        if !isMoved.load(ordering: .acquiring) { unlink(path) }
    }

    /// Renames the file to its final place, on the same file system, replacing what is there.
    package func move(to destination: String) throws {
        guard rename(path, destination) == 0 else {
            throw UploadError(path: destination, reason: String(cString: strerror(errno)))
        }
        isMoved.store(true, ordering: .releasing)
    }
}

/// Why an upload did not come to its place.
package struct UploadError: Error, Equatable, Sendable, CustomStringConvertible {
    package let path: String
    package let reason: String

    package var description: String { "cannot write \(path): \(reason)" }
}

/// Collects a body as it arrives: in memory first, in a file beyond the limit.
struct BodyCollector: ~Copyable {
    private var bytes: [UInt8] = []
    private var file: (descriptor: Int32, path: String)?
    private(set) var count: Int64 = 0
    private let memoryLimit: Int
    private let folder: String

    init(memoryLimit: Int, folder: String) {
        self.memoryLimit = memoryLimit
        self.folder = folder
    }

    deinit {
        guard let file else { return }
        close(file.descriptor)
        unlink(file.path)
    }

    /// - Returns: false when the file cannot be written.
    mutating func append(_ chunk: UnsafeBufferPointer<UInt8>) -> Bool {
        count += Int64(chunk.count)
        if file == nil, bytes.count + chunk.count <= memoryLimit {
            bytes.append(contentsOf: chunk)
            return true
        }
        if file == nil {
            let path = "\(folder)/upload-\(UUID().uuidString)"
            let descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
            guard descriptor >= 0 else { return false }
            file = (descriptor, path)
            let collected = bytes
            bytes = []
            guard collected.withUnsafeBufferPointer({ writeAll($0) }) else { return false }
        }
        return writeAll(chunk)
    }

    private func writeAll(_ chunk: UnsafeBufferPointer<UInt8>) -> Bool {
        guard let file else { return false }
        var offset = 0
        while offset < chunk.count {
            let written = write(file.descriptor, chunk.baseAddress?.advanced(by: offset), chunk.count - offset)
            if written < 0, errno == EINTR { continue }
            guard written > 0 else { return false }
            offset += written
        }
        return true
    }

    /// Gives what was collected, and starts again from nothing.
    mutating func finish() -> HTTPBody {
        defer {
            bytes = []
            file = nil
        }
        guard let file else { return .bytes(bytes) }
        close(file.descriptor)
        return .file(UploadedFile(path: file.path, size: count))
    }
}
