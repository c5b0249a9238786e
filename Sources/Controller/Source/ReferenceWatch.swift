internal import Glibc
internal import Subprocess
internal import Synchronization

/// The folders in which git keeps what branches point at.
struct ReferenceFolders: Sendable {
    let gitDirectory: String
    let commonDirectory: String
}

/// Watches the references of one repository through inotify.
///
/// Folders are watched and not files: git writes a lock file and renames it, so that a watch on a file
/// would stay with the old one. One thread uses it at a time.
final class ReferenceWatch: Sendable {
    let descriptor: FileDescriptor
    private let paths = Mutex<[Int32: Folder]>([:])

    private enum Folder {
        /// Holds HEAD and packed-refs beside much else.
        case git(String)
        /// Holds references and folders of them.
        case references(String)
    }

    /// More folders than this are left to the interval.
    private static let limit = 4_096
    private static let mask = UInt32(
        IN_CREATE | IN_DELETE | IN_MOVED_TO | IN_MOVED_FROM | IN_CLOSE_WRITE | IN_ONLYDIR)

    init(_ folders: ReferenceFolders) throws(SubprocessError) {
        let number = inotify_init1(Int32(IN_CLOEXEC | IN_NONBLOCK))
        guard number >= 0 else { throw .system("inotify_init1") }
        descriptor = FileDescriptor(owning: number)
        watch(.git(folders.commonDirectory))
        if folders.gitDirectory != folders.commonDirectory { watch(.git(folders.gitDirectory)) }
        watch(.references(folders.commonDirectory + "/refs"))
    }

    /// Reads all that has happened; answers whether any of it can have moved a branch.
    func takeChanges() -> Bool {
        var isChanged = false
        withUnsafeTemporaryAllocation(byteCount: 64 << 10, alignment: 8) { buffer in
            while true {
                let count = read(descriptor.number, buffer.baseAddress, buffer.count)
                if count < 0, errno == EINTR { continue }
                guard count > 0 else { return }
                var offset = 0
                let header = MemoryLayout<inotify_event>.size
                while offset + header <= count {
                    let event = buffer.load(fromByteOffset: offset, as: inotify_event.self)
                    let end = min(count, offset + header + Int(event.len))
                    let name = buffer[(offset + header)..<end].prefix { $0 != 0 }
                    if isTelling(event, String(decoding: name, as: UTF8.self)) { isChanged = true }
                    offset = end
                }
            }
        }
        return isChanged
    }

    private func isTelling(_ event: inotify_event, _ name: String) -> Bool {
        // The kernel dropped events: anything may have happened.
        if event.mask & UInt32(IN_Q_OVERFLOW) != 0 { return true }
        let folder = paths.withLock { paths in
            if event.mask & UInt32(IN_IGNORED) != 0 { return paths.removeValue(forKey: event.wd) }
            return paths[event.wd]
        }
        if event.mask & UInt32(IN_IGNORED) != 0 || name.hasSuffix(".lock") { return false }
        switch folder {
        case .git(let path):
            // refs itself may be made anew, as by a repository that is replaced.
            if name == "refs" { watch(.references(path + "/refs")) }
            return ["HEAD", "packed-refs", "refs"].contains(name)
        case .references(let path):
            // References made in a new folder before it is watched are found by the look that this causes.
            if event.mask & UInt32(IN_ISDIR) != 0 { watch(.references("\(path)/\(name)")) }
            return true
        case nil:
            return false
        }
    }

    private func watch(_ folder: Folder) {
        let path =
            switch folder {
            case .git(let path), .references(let path): path
            }
        let number = inotify_add_watch(descriptor.number, path, Self.mask)
        // Gone again already, or the user's limit of watches is reached: the interval remains.
        guard number >= 0 else { return }
        let isFull = paths.withLock { paths in
            paths[number] = folder
            return paths.count >= Self.limit
        }
        guard !isFull, case .references = folder, let listing = opendir(path) else { return }
        defer { closedir(listing) }
        while let entry = readdir(listing) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) { pointer in
                pointer.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            let isFolder = entry.pointee.d_type == UInt8(DT_DIR) || entry.pointee.d_type == UInt8(DT_UNKNOWN)
            // Tags are no branches, and there can be many.
            if isFolder, name != ".", name != "..", !path.hasSuffix("/refs") || name != "tags" {
                watch(.references("\(path)/\(name)"))
            }
        }
    }
}
