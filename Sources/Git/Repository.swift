internal import CLibgit2
internal import Synchronization

/// A repository whose objects and references are read, never its checkout, hooks or filters.
package final class Repository: Sendable {
    /// The repository and its object database; libgit2 wants each used by one thread at a time.
    struct Handle: ~Copyable {
        let repository: CObject
        let database: CObject
    }

    private let handle: Mutex<Handle>
    /// The `.git` folder, or the bare repository itself; no slash at the end.
    package let gitDirectory: String
    /// The folder with references and objects; differs from `gitDirectory` in a linked work tree.
    package let commonDirectory: String
    /// The folder with the checked out files, nil for a bare repository.
    package let workingDirectory: String?
    /// The bounds that hold for this repository.
    package let limits: GitLimits

    /// True for a repository without checked out files.
    package var isBare: Bool { workingDirectory == nil }

    private init(path: String, flags: UInt32, limits: GitLimits) throws(GitError) {
        Libgit2.start()
        let found = try CObject.ifFound(
            "git_repository_open_ext", "cannot open \(path)", release: git_repository_free
        ) { git_repository_open_ext(&$0, path, flags, nil) }
        guard let repository = consume found else {
            throw GitError(
                code: .notARepository, message: "\(path) is not a git repository",
                pointOfFailure: "git_repository_open_ext")
        }
        let database = try CObject("git_repository_odb", "cannot read the objects of \(path)", release: git_odb_free) {
            git_repository_odb(&$0, repository.pointer)
        }
        gitDirectory = Self.folder(git_repository_path(repository.pointer)) ?? path
        commonDirectory = Self.folder(git_repository_commondir(repository.pointer)) ?? gitDirectory
        workingDirectory = Self.folder(git_repository_workdir(repository.pointer))
        self.limits = limits
        handle = Mutex(Handle(repository: repository, database: database))
    }

    /// Opens the repository at a path: a work tree, its `.git`, or a bare repository.
    package static func open(_ path: String, limits: GitLimits = GitLimits()) throws(GitError) -> Repository {
        try Repository(path: path, flags: GIT_REPOSITORY_OPEN_NO_SEARCH.rawValue, limits: limits)
    }

    /// Opens the repository that a folder lies in.
    package static func discover(from path: String, limits: GitLimits = GitLimits()) throws(GitError) -> Repository {
        try Repository(path: path, flags: 0, limits: limits)
    }

    /// Lends the C objects to one caller at a time; nothing of them may leave the closure.
    func withHandle<Value>(
        _ body: (borrowing Handle) throws(GitError) -> sending Value
    ) throws(GitError) -> sending Value {
        try handle.withLock { (handle) throws(GitError) in try body(handle) }
    }

    private static func folder(_ path: UnsafePointer<CChar>?) -> String? {
        guard let path else { return nil }
        var text = String(cString: path)
        while text.count > 1, text.hasSuffix("/") { text.removeLast() }
        return text
    }
}
