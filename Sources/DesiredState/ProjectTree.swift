package import Git

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
/// Listed once. Nothing follows symbolic links, and no path leads out.
package struct ProjectTree: Sendable {
    /// Sorted by the bytes of their paths, so that a folder's files stand together.
    package let files: [ProjectFile]
    private let index: [String: Int]
    private let source: any SourceTree

    /// - Parameter folder: The project's folder inside the repository, empty for its root.
    package init(_ source: any SourceTree, folder: String = "") throws(GitError) {
        let cut = folder.isEmpty ? 0 : folder.utf8.count + 1
        files = try source.entries(under: folder, recursive: true).map { entry in
            ProjectFile(
                path: cut == 0 ? entry.path : String(decoding: entry.path.utf8.dropFirst(cut), as: UTF8.self),
                kind: entry.kind, id: entry.id)
        }
        var index: [String: Int] = [:]
        index.reserveCapacity(files.count)
        for (position, file) in files.enumerated() { index[file.path] = position }
        self.index = index
        self.source = source
    }

    /// The file at a path; nil for folders and for what is not there.
    package func file(_ path: String) -> ProjectFile? {
        index[path].map { files[$0] }
    }

    /// Everything below a folder; the empty path is the project itself.
    package func files(below folder: String) -> ArraySlice<ProjectFile> {
        guard !folder.isEmpty else { return files[...] }
        let prefix = folder + "/"
        let start = files.partitioningIndex { !Self.precedes($0.path, prefix) }
        let rest = files[start...]
        let count = rest.prefix { $0.path.utf8.starts(with: prefix.utf8) }.count
        return files[start..<start + count]
    }

    package func isFolder(_ path: String) -> Bool {
        !files(below: path).isEmpty
    }

    /// The bytes of a file of at most so many bytes.
    package func read(_ file: ProjectFile, limit: Int = 4 << 20) throws(GitError) -> [UInt8] {
        try source.blob(file.id, limit: limit)
    }

    private static func precedes(_ left: String, _ right: String) -> Bool {
        left.utf8.lexicographicallyPrecedes(right.utf8)
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
