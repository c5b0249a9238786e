/// Files to read a project from: those of a commit, or the working tree with its uncommitted edits.
package protocol SourceTree: Sendable {
    /// The commit the files are of, or stand upon.
    var commit: ObjectID? { get }
    /// True when the files may differ from that commit's.
    var isWorkingTree: Bool { get }

    /// The entries under a path, in the order of their paths' bytes.
    func entries(under path: String, recursive: Bool) throws(GitError) -> [TreeEntry]
    /// What is at a path; nil when nothing is.
    func entry(at path: String) throws(GitError) -> TreeEntry?
    /// The bytes of a file that was listed.
    func blob(_ id: ObjectID, limit: Int) throws(GitError) -> [UInt8]
    /// The size in bytes of a file that was listed.
    func blobSize(_ id: ObjectID) throws(GitError) -> Int
}

/// The files of one commit.
package struct CommitTree: SourceTree {
    /// Where the objects are read from.
    package let repository: Repository
    package let commit: ObjectID?
    package let isWorkingTree = false
    private let tree: ObjectID

    /// Makes the files of a commit readable.
    package init(_ repository: Repository, at commit: ObjectID) throws(GitError) {
        self.repository = repository
        self.commit = commit
        tree = try repository.commit(commit).tree
    }

    package func entries(under path: String, recursive: Bool) throws(GitError) -> [TreeEntry] {
        try repository.entries(in: tree, under: path, recursive: recursive)
    }

    /// Everything below a path that is no folder; folders that are as in an earlier listing are not read again.
    package func listing(under path: String, earlier: FileListing?) throws(GitError) -> FileListing {
        try repository.listing(in: tree, under: path, earlier: earlier)
    }

    package func entry(at path: String) throws(GitError) -> TreeEntry? {
        try repository.entry(in: tree, at: path)
    }

    package func blob(_ id: ObjectID, limit: Int) throws(GitError) -> [UInt8] {
        try repository.blob(id, limit: limit)
    }

    package func blobSize(_ id: ObjectID) throws(GitError) -> Int {
        try repository.blobSize(id)
    }
}
