internal import Glibc

/// Reads files below one folder and never one outside of it, whatever symlinks say.
package final class RootedFiles: Sendable {
    /// The folder.
    package let root: String
    private let descriptor: Int32

    /// Opens the folder.
    package init(_ root: String) throws(GitError) {
        self.root = root
        descriptor = Glibc.open(root, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { throw .file(root, errno) }
    }

    deinit {
        close(descriptor)
    }

    /// The bytes of a regular file.
    package func read(_ path: String, limit: Int = 64 << 20) throws(GitError) -> [UInt8] {
        // Non-blocking, or opening a pipe somebody put there would wait for ever.
        let file = try open(path, O_RDONLY | O_NONBLOCK)
        defer { close(file) }
        let size = try regularSize(file, path)
        guard size <= limit else { throw .fileTooLarge(path, size, limit) }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(size)
        try withUnsafeTemporaryAllocation(byteCount: 64 << 10, alignment: 16) { (buffer) throws(GitError) in
            while true {
                let count = Glibc.read(file, buffer.baseAddress, buffer.count)
                if count < 0, errno == EINTR { continue }
                guard count >= 0 else { throw .file(path, errno) }
                guard count > 0 else { return }
                bytes.append(contentsOf: buffer.prefix(count))
                guard bytes.count <= limit else { throw .fileTooLarge(path, bytes.count, limit) }
            }
        }
        return bytes
    }

    /// The size of a regular file in bytes.
    package func size(_ path: String) throws(GitError) -> Int {
        let file = try open(path, O_RDONLY | O_NONBLOCK)
        defer { close(file) }
        return try regularSize(file, path)
    }

    /// The text of a symlink.
    func target(ofSymlink path: String) throws(GitError) -> [UInt8] {
        let (folder, name) = try parent(of: path)
        defer { if folder != descriptor { close(folder) } }
        var buffer = [UInt8](repeating: 0, count: 4_096)
        let count = buffer.withUnsafeMutableBytes { bytes in
            bytes.withMemoryRebound(to: CChar.self) { text in
                text.baseAddress.map { readlinkat(folder, name, $0, text.count) } ?? -1
            }
        }
        guard count >= 0 else { throw .file(path, errno) }
        return Array(buffer.prefix(count))
    }

    private func open(_ path: String, _ flags: Int32) throws(GitError) -> Int32 {
        let (folder, name) = try parent(of: path)
        defer { if folder != descriptor { close(folder) } }
        let file = openat(folder, name, flags | O_NOFOLLOW | O_CLOEXEC)
        guard file >= 0 else { throw .file(path, errno) }
        return file
    }

    /// Opens the folder a path lies in, part by part: O_NOFOLLOW looks only at the last part of a path.
    private func parent(of path: String) throws(GitError) -> (folder: Int32, name: String) {
        var parts = path.split(separator: "/", omittingEmptySubsequences: false)
        guard let name = parts.popLast(), RawTree.isSafe(Array(name.utf8).span), !path.utf8.contains(0),
            parts.allSatisfy({ RawTree.isSafe(Array($0.utf8).span) })
        else {
            throw GitError(
                code: .unsafePath, message: "\(path) is not a path inside the project", pointOfFailure: "openat")
        }
        var folder = descriptor
        for part in parts {
            let next = openat(folder, String(part), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
            let failure = errno
            if folder != descriptor { close(folder) }
            guard next >= 0 else { throw .file(path, failure) }
            folder = next
        }
        return (folder, String(name))
    }

    private func regularSize(_ file: Int32, _ path: String) throws(GitError) -> Int {
        var status = stat()
        guard fstat(file, &status) == 0 else { throw .file(path, errno) }
        guard status.st_mode & S_IFMT == S_IFREG else {
            throw GitError(code: .unsafePath, message: "\(path) is not a file", pointOfFailure: "fstat")
        }
        return Int(status.st_size)
    }
}

extension GitError {
    static func file(_ path: String, _ number: Int32) -> GitError {
        // openat(2) with O_NOFOLLOW: "ELOOP: … the trailing component is a symbolic link".
        if number == ELOOP {
            return GitError(
                code: .unsafePath, message: "\(path) is a symbolic link, which is not followed",
                pointOfFailure: "openat")
        }
        let text = strerror(number).map { String(cString: $0) } ?? "error \(number)"
        return GitError(
            code: number == ENOENT || number == ENOTDIR ? .notFound : .malformed,
            message: "cannot read \(path): \(text)", pointOfFailure: "openat")
    }

    static func fileTooLarge(_ path: String, _ size: Int, _ limit: Int) -> GitError {
        GitError(
            code: .tooLarge, message: "\(path) has \(size) bytes, more than the \(limit) allowed",
            pointOfFailure: "read")
    }
}
