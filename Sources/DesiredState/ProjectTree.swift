package import Git
internal import Synchronization

/// One file of a snapshot.
package struct ProjectFile: Sendable, Hashable {
    /// The path inside the project, with `/`.
    package var path: String
    package var kind: TreeEntry.Kind
    /// The identity of its content.
    package var id: ObjectID

    package init(path: String, kind: TreeEntry.Kind, id: ObjectID) {
        self.path = path
        self.kind = kind
        self.id = id
    }
}

/// One snapshot of a project to read from: the files of a commit, or those of a work tree.
///
/// Listed once. Nothing follows symbolic links. Paths that begin with `../` name files of the same repository outside
/// the project's folder, and no path leads out of the repository.
package struct ProjectTree: Sendable {
    /// The files of the project's folder, sorted by the bytes of their paths, so that a folder's files stand together.
    package let files: [ProjectFile]
    /// The project's folder inside the repository, empty for its root.
    let folder: String
    private let whole = WholeTree()
    private let source: any SourceTree
    /// The same files as they were listed, where the source can list a changed tree by what changed.
    private let listing: FileListing?

    /// - Parameter folder: The project's folder inside the repository, empty for its root.
    package init(_ source: any SourceTree, folder: String = "") throws(GitError) {
        self.init(try source.entries(under: folder, recursive: true), of: source, folder: folder, listing: nil)
    }

    /// The files of a commit; folders that are as in an earlier tree are not read again.
    init(_ source: CommitTree, folder: String, earlier: ProjectTree?) throws(GitError) {
        let listing = try source.listing(under: folder, earlier: earlier?.listing)
        self.init(listing.entries, of: source, folder: folder, listing: listing)
    }

    private init(_ entries: [TreeEntry], of source: any SourceTree, folder: String, listing: FileListing?) {
        self.folder = folder
        let cut = folder.isEmpty ? 0 : folder.utf8.count + 1
        files = entries.map { entry in
            ProjectFile(
                path: cut == 0 ? entry.path : String(decoding: entry.path.utf8.dropFirst(cut), as: UTF8.self),
                kind: entry.kind, id: entry.id)
        }
        self.source = source
        self.listing = listing
    }

    /// The file at a path; nil for folders and for what is not there.
    package func file(_ path: String) -> ProjectFile? {
        if let (root, path) = outside(path) { return root.file(path).map(relative) }
        // Of a path that was given twice the last, as before the first: all but one are malformed.
        let next = files.partitioningIndex { path.precedesByBytes($0.path) }
        guard next > files.startIndex, files[next - 1].path == path else { return nil }
        return files[next - 1]
    }

    /// Everything below a folder; the empty path is the project itself.
    package func files(below folder: String) -> ArraySlice<ProjectFile> {
        guard !folder.isEmpty else { return files[...] }
        if let (root, path) = outside(folder) { return root.files(below: path).map(relative)[...] }
        let prefix = folder + "/"
        let start = files.partitioningIndex { !$0.path.precedesByBytes(prefix) }
        let rest = files[start...]
        let count = rest.prefix { $0.path.utf8.starts(with: prefix.utf8) }.count
        return files[start..<start + count]
    }

    package func isFolder(_ path: String) -> Bool {
        !files(below: path).isEmpty
    }

    /// The whole repository, for what projects share: listed when something outside the folder is asked for.
    var repository: ProjectTree {
        if folder.isEmpty { return self }
        return whole.tree { () throws(GitError) in try ProjectTree(source) } ?? self
    }

    private func outside(_ path: String) -> (ProjectTree, String)? {
        guard !folder.isEmpty, path == ".." || path.utf8.starts(with: "../".utf8),
            case .success(let root) = ProjectPath.normalized(path, from: folder)
        else { return nil }
        return (repository, root)
    }

    private func relative(_ file: ProjectFile) -> ProjectFile {
        ProjectFile(path: ProjectPath.relative(file.path, to: folder), kind: file.kind, id: file.id)
    }

    /// The bytes of a file of at most so many bytes.
    package func read(_ file: ProjectFile, limit: Int = 4 << 20) throws(GitError) -> [UInt8] {
        try source.blob(file.id, limit: limit)
    }

}

/// The listing of a whole repository, made at most once.
private final class WholeTree: Sendable {
    private let listed = Mutex<ProjectTree?>(nil)

    func tree(_ list: () throws(GitError) -> ProjectTree) -> ProjectTree? {
        listed.withLock { listed in
            if listed == nil { listed = try? list() }
            return listed
        }
    }
}

extension Array {
    /// The first index whose element satisfies a condition that, once true, stays true.
    fileprivate func partitioningIndex(_ isAfter: (Element) -> Bool) -> Int {
        var low = startIndex
        var high = endIndex
        while low < high {
            let middle = low + (high - low) / 2
            if isAfter(self[middle]) { high = middle } else { low = middle + 1 }
        }
        return low
    }
}
