internal import Digest
internal import Glibc
internal import Workspace

/// Files written so that they are there in whole or not at all.
enum Files {
    /// Makes a folder and those above it.
    static func makeFolder(_ path: String) throws(WorkspaceError) {
        var made = path.hasPrefix("/") ? "" : "."
        for part in path.split(separator: "/") {
            made += "/\(part)"
            guard mkdir(made, 0o755) == 0 || errno == EEXIST || errno == EISDIR else {
                throw failure("make the folder", made)
            }
        }
    }

    /// Replaces a file by bytes that survive a crash from the moment this returns.
    static func write(_ bytes: [UInt8], to path: String, mode: mode_t = 0o644) throws(WorkspaceError) {
        let draft = "\(path).\(getpid())-\(UInt32.random(in: 0...UInt32.max)).part"
        let file = open(draft, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode)
        guard file >= 0 else { throw failure("write", path) }
        var isWritten = writeAll(bytes, to: file)
        isWritten = fsync(file) == 0 && isWritten
        isWritten = close(file) == 0 && isWritten
        guard isWritten, Glibc.rename(draft, path) == 0 else {
            let error = failure("write", path)
            unlink(draft)
            throw error
        }
        syncFolder(of: path)
    }

    static func writeAll(_ bytes: [UInt8], to file: Int32) -> Bool {
        bytes.withUnsafeBytes { writeAll($0, to: file) }
    }

    static func writeAll(_ bytes: UnsafeRawBufferPointer, to file: Int32) -> Bool {
        var offset = 0
        while offset < bytes.count {
            let count = Glibc.write(file, bytes.baseAddress?.advanced(by: offset), bytes.count - offset)
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { return false }
            offset += count
        }
        return true
    }

    /// Puts a rename on the disk, which only its folder does.
    ///
    /// https://man7.org/linux/man-pages/man2/fsync.2.html
    static func syncFolder(of path: String) {
        let folder = path.lastIndex(of: "/").map { String(path[..<$0]) } ?? "."
        let file = open(folder.isEmpty ? "/" : folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard file >= 0 else { return }
        fsync(file)
        close(file)
    }

    /// The bytes of a regular file, or its last ones when it is longer than the limit.
    static func read(_ path: String, from offset: Int64 = 0, limit: Int = 64 << 20) throws(WorkspaceError) -> [UInt8] {
        let file = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard file >= 0 else { throw failure("read", path) }
        defer { close(file) }
        guard isRegular(file) else { throw WorkspaceError(.notFound, "\(path) is no file") }
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 1 << 16)
        var position = offset
        while bytes.count < limit {
            let count = pread(file, &buffer, min(buffer.count, limit - bytes.count), off_t(position))
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { throw failure("read", path) }
            guard count > 0 else { break }
            bytes.append(contentsOf: buffer[..<count])
            position += Int64(count)
        }
        return bytes
    }

    /// Puts a folder into its final place; one that is there already is as good.
    static func rename(_ source: String, to destination: String) throws(WorkspaceError) {
        if Glibc.rename(source, destination) == 0 { return }
        let error = failure("write", destination)
        remove(source)
        if !isFolder(destination) { throw error }
    }

    static func exists(_ path: String) -> Bool { access(path, F_OK) == 0 }

    static func isFolder(_ path: String) -> Bool {
        var status = stat()
        return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
    }

    static func isLink(_ path: String) -> Bool {
        var status = stat()
        return lstat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFLNK
    }

    static func size(_ path: String) -> Int64? {
        var status = stat()
        guard stat(path, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { return nil }
        return Int64(status.st_size)
    }

    static func isRegular(_ file: Int32) -> Bool {
        var status = stat()
        return fstat(file, &status) == 0 && status.st_mode & S_IFMT == S_IFREG
    }

    /// The names in a folder, sorted; empty when there is none.
    static func list(_ folder: String) -> [String] {
        guard let stream = opendir(folder) else { return [] }
        defer { closedir(stream) }
        var names: [String] = []
        while let entry = readdir(stream) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) { pointer in
                pointer.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            if name != ".", name != ".." { names.append(name) }
        }
        return names.sorted()
    }

    /// Removes a file or a folder with all in it; links are removed, never followed.
    static func remove(_ path: String) {
        var status = stat()
        guard lstat(path, &status) == 0 else { return }
        if status.st_mode & S_IFMT == S_IFDIR {
            for name in list(path) { remove("\(path)/\(name)") }
            rmdir(path)
        } else {
            unlink(path)
        }
    }

    static func failure(_ what: String, _ path: String) -> WorkspaceError {
        let number = errno
        let code: WorkspaceError.Code = number == ENOENT ? .notFound : number == ENOSPC ? .unavailable : .broken
        return WorkspaceError(code, "cannot \(what) \(path): \(String(cString: strerror(number)))")
    }
}
