import FoundationEssentials
import Glibc
import Workspace

/// Small files that are there in whole or not at all, and locks that end with their holder.
package enum ServingFiles {
    /// A file's bytes, or nil when there is none; a file beyond the bound is an error.
    package static func read(_ path: String, limit: Int = 16 << 20) throws -> [UInt8]? {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else {
            if errno == ENOENT || errno == ENOTDIR { return nil }
            throw broken("cannot open \(path)")
        }
        defer { close(descriptor) }
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 1 << 16)
        while true {
            let count = Glibc.read(descriptor, &chunk, chunk.count)
            if count < 0 && errno == EINTR { continue }
            guard count >= 0 else { throw broken("cannot read \(path)") }
            if count == 0 { return bytes }
            bytes.append(contentsOf: chunk[..<count])
            guard bytes.count <= limit else { throw WorkspaceError(.broken, "\(path) is larger than it can be") }
        }
    }

    /// A file's last bytes.
    package static func tail(_ path: String, limit: Int) -> [UInt8] {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return [] }
        defer { close(descriptor) }
        let size = Int(lseek(descriptor, 0, SEEK_END))
        let length = min(max(0, size), limit)
        var bytes = [UInt8](repeating: 0, count: length)
        let count = pread(descriptor, &bytes, length, off_t(size - length))
        return count > 0 ? Array(bytes.prefix(count)) : []
    }

    /// Replaces a file at one stroke; only its owner may read it.
    package static func write(_ bytes: [UInt8], to path: String) throws {
        try Files.write(bytes, to: path, mode: 0o600)
    }

    package static func readJSON<Value: Decodable>(_ type: Value.Type, at path: String) throws -> Value? {
        guard let bytes = try read(path) else { return nil }
        do {
            return try JSONDecoder().decode(type, from: Data(bytes))
        } catch {
            throw WorkspaceError(.broken, "\(path) is not what was written there: \(error)")
        }
    }

    package static func writeJSON(_ value: some Encodable, to path: String) throws {
        try write(encode(value), to: path)
    }

    /// JSON with its keys in order, so that equal values are equal bytes.
    package static func encode(_ value: some Encodable) throws -> [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return try [UInt8](encoder.encode(value))
    }

    private static func broken(_ what: String) -> WorkspaceError {
        WorkspaceError(.broken, "\(what): \(String(cString: strerror(errno)))")
    }
}

/// A lock on a file, which the kernel lifts when its holder lets go or dies.
package struct FileLock: ~Copyable, Sendable {
    private let descriptor: Int32

    /// Takes the lock, or gives nil when somebody has it.
    package init?(_ path: String) {
        descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { return nil }
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
            close(descriptor)
            return nil
        }
    }

    deinit { close(descriptor) }

    /// Does something while holding the lock, waiting for it as long as is given.
    package static func hold<Result>(
        _ path: String, timeout: Duration = .seconds(60), _ body: () async throws -> Result
    ) async throws -> Result {
        let deadline = ContinuousClock.now + timeout
        while true {
            if let lock = FileLock(path) {
                let result = try await body()
                _ = consume lock
                return result
            }
            guard ContinuousClock.now < deadline else {
                throw WorkspaceError(.unavailable, "somebody else is changing \(path) for too long")
            }
            try await Task.sleep(for: .milliseconds(20))
        }
    }
}
