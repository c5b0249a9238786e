internal import Git
internal import TimeKeeping

/// What a project is read from.
package enum ProjectSource: Sendable, Hashable {
    /// Each stage from the tip of its own branch.
    case branches
    /// All stages from one commit.
    case revision(String)
    /// All stages from the files in the work tree, committed or not.
    case worktree
}

/// The files of one branch, with the commit they are from.
struct Snapshot: Sendable {
    var tree: ProjectTree
    /// Nil for a work tree.
    var commit: CommitInfo?
    /// The branch it was asked for by.
    var branch: String
}

/// Gives each branch's snapshot, listing every commit once.
struct SnapshotReader {
    let repository: Repository
    let source: ProjectSource
    /// The project's folder inside the repository.
    let folder: String
    private var known: [String: Snapshot?] = [:]
    private var byCommit: [ObjectID: Snapshot] = [:]
    /// Trees that branches had before; what did not change in them is not listed again.
    ///
    /// Nil where nothing is read again.
    private let earlier: [String: ProjectTree]?
    /// The trees of the branches that were asked for.
    private(set) var trees: [String: ProjectTree] = [:]

    init(repository: Repository, source: ProjectSource, folder: String, earlier: [String: ProjectTree]? = nil) {
        self.earlier = earlier
        self.repository = repository
        self.source = source
        self.folder = folder
    }

    /// Where stage files are looked for first: `main`, else `master`, else `develop`, else what HEAD names.
    mutating func home() throws(GitError) -> Snapshot? {
        guard source == .branches else { return try snapshot(of: "HEAD") }
        for branch in ["main", "master", "develop"] {
            if let snapshot = try snapshot(of: branch) { return snapshot }
        }
        guard let head = try repository.headBranch() else { return try snapshot(of: "HEAD") }
        return try snapshot(of: head)
    }

    /// The tree of the default branch.
    mutating func homeTree() throws(GitError) -> ProjectTree? {
        try home()?.tree
    }

    /// The files at the tip of a branch; nil when there is no such branch.
    mutating func snapshot(of branch: String) throws(GitError) -> Snapshot? {
        if let snapshot = known[branch] { return snapshot }
        let snapshot = try read(branch)
        known[branch] = .some(snapshot)
        return snapshot
    }

    private mutating func read(_ branch: String) throws(GitError) -> Snapshot? {
        let id: ObjectID?
        switch source {
        case .branches: id = branch == "HEAD" ? try repository.resolve("HEAD") : try repository.branchTip(branch)
        case .revision(let revision):
            id = try repository.resolve(revision)
            if id == nil {
                throw GitError(
                    code: .notFound, message: "no commit is named \(revision)", pointOfFailure: "git_revparse_single")
            }
        case .worktree:
            return Snapshot(tree: try ProjectTree(try WorkTree(repository), folder: folder), branch: branch)
        }
        guard let id else { return nil }
        if var snapshot = byCommit[id] {
            snapshot.branch = branch
            trees[branch] = snapshot.tree
            return snapshot
        }
        let commit = try repository.commit(id)
        let source = try CommitTree(repository, at: id)
        let tree =
            if let earlier {
                try ProjectTree(source, folder: folder, earlier: earlier[branch])
            } else {
                try ProjectTree(source, folder: folder)
            }
        let snapshot = Snapshot(
            tree: tree,
            commit: CommitInfo(
                id: id.description, author: commit.author.name, authorEmail: commit.author.email,
                time: Timestamp(seconds: commit.committer.time), summary: commit.summary),
            branch: branch)
        byCommit[id] = snapshot
        trees[branch] = snapshot.tree
        return snapshot
    }
}
