package import Git
internal import Subprocess

/// Commits one file in the user's name, by the user's own git and its configuration.
package struct RecordCommit: Sendable {
    /// What is written where.
    package struct Record: Hashable, Sendable {
        /// The path from the root of the repository.
        package var path: String
        /// The whole content; nil removes the file.
        package var content: [UInt8]?
        /// The commit's message.
        package var message: String

        /// Makes a record.
        package init(path: String, content: [UInt8]?, message: String) {
            self.path = path
            self.content = content
            self.message = message
        }
    }

    let repository: Repository
    let git: GitProgram

    /// Makes a committer for a repository on this machine, bare or not.
    package init(_ repository: Repository, git: GitProgram) {
        self.repository = repository
        self.git = git
    }

    /// Commits a file on a branch and answers the new commit.
    ///
    /// Where the branch is checked out the file appears there too, and everything else that is edited or
    /// staged stays as it is. Where it is not, no work tree is touched.
    ///
    /// - Parameters:
    ///   - record: The file.
    ///   - branch: A local branch, or one of origin's, which then becomes a local one.
    ///   - sign: True to sign, with whatever the user's git is configured to sign with.
    package func commit(
        _ record: Record, on branch: String, sign: Bool
    ) async throws(RecordCommitError) -> ObjectID {
        let parts = record.path.split(separator: "/", omittingEmptySubsequences: false)
        let isSafe = parts.allSatisfy { !["", ".", ".."].contains($0) && $0.lowercased() != ".git" }
        guard isSafe, !record.path.utf8.contains(0) else {
            throw RecordCommitError(.unsafePath, "\(record.path) is not a path inside the repository")
        }
        if let workTree = try await workTree(of: branch) {
            return try await CheckedOutCommit(git: git, root: workTree).commit(record, sign: sign)
        }
        return try await PlumbedCommit(repository: repository, git: git).commit(record, on: branch, sign: sign)
    }

    /// The folder in which a branch is checked out: the repository's own or one linked to it.
    private func workTree(of branch: String) async throws(RecordCommitError) -> String? {
        let listing = try await git.answer(["worktree", "list", "--porcelain", "-z"], in: repository.gitDirectory)
        var folder: String?
        for field in listing.split(separator: "\0", omittingEmptySubsequences: false) {
            if field.hasPrefix("worktree ") { folder = String(field.dropFirst("worktree ".count)) }
            if field == "branch refs/heads/\(branch)" { return folder }
            if field.isEmpty { folder = nil }
        }
        return nil
    }
}

extension GitProgram {
    /// Runs git and answers its first line, or says in a sentence why it failed.
    func line(
        _ arguments: [String], in directory: String, input: [UInt8] = [], variables: [String: String] = [:],
        asUser: Bool = false
    ) async throws(RecordCommitError) -> String {
        let text = try await answer(arguments, in: directory, input: input, variables: variables, asUser: asUser)
        return text.split(separator: "\n").first.map(String.init) ?? ""
    }

    /// Runs git and answers all it printed, or says in a sentence why it failed.
    @discardableResult
    func answer(
        _ arguments: [String], in directory: String, input: [UInt8] = [], variables: [String: String] = [:],
        asUser: Bool = false
    ) async throws(RecordCommitError) -> String {
        let output: Subprocess.Output
        do throws(GitError) {
            output = try await run(arguments, in: directory, input: input, variables: variables, asUser: asUser)
        } catch {
            throw RecordCommitError(error)
        }
        guard output.status.isSuccess else { throw RecordCommitError(arguments, output) }
        return output.text
    }
}
