internal import AssetSchema
internal import Digest
internal import Glibc
internal import Workspace

/// Files by the SHA-256 of their bytes: written once, synced, renamed into place, read-only ever after.
package struct ContentStore: Sendable {
    private let folder: String
    /// More files than any model or code folder has; beyond it a job has run wild.
    private static let fileLimit = 100_000

    package init(_ layout: StateLayout) {
        folder = layout.content
    }

    /// Where a content stands, whether it is there or not.
    package func path(_ sha256: String) -> String { "\(folder)/\(sha256.prefix(2))/\(sha256)" }

    /// Keeps bytes; gives their SHA-256.
    package func store(_ bytes: [UInt8]) throws -> String {
        let hex = ContentDigest(of: bytes).hex
        let path = path(hex)
        if Files.size(path) == Int64(bytes.count) { return hex }
        try Files.makeFolder("\(folder)/\(hex.prefix(2))")
        try Files.write(bytes, to: path, mode: 0o444)
        return hex
    }

    /// Keeps a copy of a file, whatever its size; gives its SHA-256 and size.
    package func store(fileAt source: String) throws -> (sha256: String, size: Int64) {
        let input = open(source, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK)
        guard input >= 0, Files.isRegular(input) else {
            if input >= 0 { close(input) }
            throw Files.failure("read", source)
        }
        defer { close(input) }
        try Files.makeFolder("\(folder)/tmp")
        let draft = "\(folder)/tmp/\(getpid())-\(UInt64.random(in: 0...UInt64.max))"
        let output = open(draft, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o444)
        guard output >= 0 else { throw Files.failure("write", draft) }
        defer {
            close(output)
            unlink(draft)
        }
        var hasher = SHA256Hasher()
        var buffer = [UInt8](repeating: 0, count: 1 << 18)
        var size: Int64 = 0
        while true {
            let count = Glibc.read(input, &buffer, buffer.count)
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { throw Files.failure("read", source) }
            if count == 0 { break }
            let isWritten = buffer.withUnsafeBytes { bytes in
                let piece = UnsafeRawBufferPointer(rebasing: bytes[..<count])
                hasher.update(piece)
                return Files.writeAll(piece, to: output)
            }
            guard isWritten else { throw Files.failure("write", draft) }
            size += Int64(count)
        }
        let hex = hasher.finalize().hex
        let path = path(hex)
        if Files.size(path) != size {
            try Files.makeFolder("\(folder)/\(hex.prefix(2))")
            guard fsync(output) == 0, rename(draft, path) == 0 else { throw Files.failure("write", path) }
            Files.syncFolder(of: path)
        }
        return (hex, size)
    }

    /// Keeps every regular file of a folder, or one file; links and special files are left out.
    package func collect(_ source: String) throws -> StoredTree {
        if let name = source.split(separator: "/").last, Files.size(source) != nil {
            let (hex, size) = try store(fileAt: source)
            return StoredTree(
                entries: [.init(path: String(name), isExecutable: access(source, X_OK) == 0, sha256: hex, size: size)],
                isFile: true)
        }
        var entries: [StoredTree.Entry] = []
        try collect(source, prefix: "", into: &entries)
        return StoredTree(entries: entries, isFile: false)
    }

    private func collect(_ folder: String, prefix: String, into entries: inout [StoredTree.Entry]) throws {
        for name in Files.list(folder) {
            let path = "\(folder)/\(name)"
            var status = stat()
            guard lstat(path, &status) == 0 else { continue }
            switch status.st_mode & S_IFMT {
            case S_IFDIR: try collect(path, prefix: "\(prefix)\(name)/", into: &entries)
            case S_IFREG:
                guard entries.count < Self.fileLimit else {
                    throw WorkspaceError(.invalid, "\(folder) holds more than \(Self.fileLimit) files")
                }
                let (hex, size) = try store(fileAt: path)
                entries.append(
                    .init(path: prefix + name, isExecutable: status.st_mode & 0o100 != 0, sha256: hex, size: size))
            default: continue
            }
        }
    }

    /// Writes a tree out: a folder becomes that folder, a file stands in it under its own name.
    ///
    /// Copies, never links: whoever gets them may write to them, and the store must not change.
    ///
    /// - Returns: the path of the folder, or of the one file.
    @discardableResult
    package func export(_ tree: StoredTree, to destination: String) throws -> String {
        try Files.makeFolder(destination)
        for entry in tree.entries {
            try Self.check(entry.path)
            let target = "\(destination)/\(entry.path)"
            if let slash = entry.path.lastIndex(of: "/") {
                try Files.makeFolder("\(destination)/\(entry.path[..<slash])")
            }
            try copy(entry, to: target)
        }
        return tree.isFile ? "\(destination)/\(tree.entries.first?.path ?? "")" : destination
    }

    private func copy(_ entry: StoredTree.Entry, to target: String) throws {
        let source = path(entry.sha256)
        let input = open(source, O_RDONLY | O_CLOEXEC)
        guard input >= 0 else { throw Files.failure("read", source) }
        defer { close(input) }
        let output = open(
            target, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, entry.isExecutable ? 0o755 : 0o644)
        guard output >= 0 else { throw Files.failure("write", target) }
        defer { close(output) }
        var buffer = [UInt8](repeating: 0, count: 1 << 18)
        while true {
            let count = Glibc.read(input, &buffer, buffer.count)
            if count < 0, errno == EINTR { continue }
            if count == 0 { break }
            let isCopied =
                count > 0
                && buffer.withUnsafeBytes {
                    Files.writeAll(UnsafeRawBufferPointer(rebasing: $0[..<count]), to: output)
                }
            guard isCopied else { throw Files.failure("copy \(source) to", target) }
        }
    }

    /// The bytes of one file of a tree.
    package func bytes(_ tree: StoredTree, _ path: String? = nil, limit: Int = 64 << 20) throws -> [UInt8]? {
        guard let entry = path.map({ path in tree.entries.first { $0.path == path } }) ?? tree.entries.first else {
            return nil
        }
        return try Files.read(self.path(entry.sha256), limit: limit)
    }

    /// Keeps the files of a tree that git describes.
    ///
    /// - Parameter known: the SHA-256 and size of blobs that were kept before.
    func store(
        _ tree: ContentTree, from provider: any ContentProvider,
        known: (String) throws -> (sha256: String, size: Int64)?,
        note: (String, String, Int64) throws -> Void
    ) async throws -> StoredTree {
        var entries: [StoredTree.Entry] = []
        for entry in tree.entries {
            try Self.check(entry.path)
            if let (hex, size) = try known(entry.blob), Files.size(path(hex)) == size {
                entries.append(.init(path: entry.path, isExecutable: entry.isExecutable, sha256: hex, size: size))
                continue
            }
            let bytes = try await provider.bytes(ofBlob: entry.blob)
            let hex = try store(bytes)
            try note(entry.blob, hex, Int64(bytes.count))
            entries.append(
                .init(path: entry.path, isExecutable: entry.isExecutable, sha256: hex, size: Int64(bytes.count)))
        }
        return StoredTree(entries: entries, isFile: tree.isFile)
    }

    /// Whether a path stays inside the folder it is written to.
    static func check(_ path: String) throws {
        let parts = path.split(separator: "/", omittingEmptySubsequences: false)
        guard !path.isEmpty, !path.utf8.contains(0), !parts.contains(""), !parts.contains("."), !parts.contains("..")
        else { throw WorkspaceError(.invalid, "'\(path)' is no path inside a folder") }
    }
}
