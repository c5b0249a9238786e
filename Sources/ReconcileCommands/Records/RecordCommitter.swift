import CommandLine
import Controller
import Diagnostics
import Git

/// Commits records in the name of the person at the keyboard, with that person's own git.
struct RecordCommitter {
    /// The person, as git's `user.email` says.
    let person: String
    private let context: CommandContext
    private let repository: Repository
    private let git: GitProgram
    /// The project's folder in the repository, with a slash behind it; empty for the root.
    private let projectFolder: String

    init(_ context: CommandContext, _ session: Session) async throws {
        guard let repository = session.source.localRepository else {
            throw CommandFailure(
                "records are committed in a clone of your own, not in a mirror of \(session.source.name)",
                hint: "run this in your clone, or name it with --repo")
        }
        self.context = context
        self.repository = repository
        let parts = (context.invocation.value("project") ?? "").split(separator: "/").filter { $0 != "." }
        projectFolder = parts.map { "\($0)/" }.joined()
        git = GitProgram(environment: context.environment)
        let folder = repository.workingDirectory ?? repository.gitDirectory
        let email = try? await git.text(["config", "--get", "user.email"], in: folder)
        let name = email.map { $0.filter { !$0.isNewline } } ?? ""
        guard !name.isEmpty else {
            throw CommandFailure(
                "git does not know who you are", hint: "git config user.email you@example.com")
        }
        person = name
    }

    /// Asks at the terminal, or takes `--yes` for the answer.
    func asks(_ question: String) throws -> Bool {
        let consent = Consent(isGiven: context.invocation.flag("yes"), isInteractive: context.isInteractive)
        let answer = try consent.answer(question, for: context.invocation) { prompt in
            context.console.writeError(prompt)
            return readLine()
        }
        return answer == .yes
    }

    /// Whether a path is taken on any of the repository's branches that matter: the work tree's, or HEAD's.
    func exists(_ path: String) -> Bool {
        guard let head = try? repository.resolve("HEAD") else { return false }
        let branches = ["main", "master", "develop"].compactMap { try? repository.branchTip($0) }
        return ([head] + branches).contains { commit in
            (try? repository.entry(in: commit, at: projectFolder + path)) != nil
        }
    }

    /// Commits a record and says what comes next.
    ///
    /// - Parameter mustSign: Whether a commit without a signature would be worth nothing.
    func commit(_ record: RecordCommit.Record, branch: String, mustSign: Bool) async throws {
        var record = record
        record.path = projectFolder + record.path
        let commit = try await RecordCommit(repository, git: git).commit(record, on: branch, sign: mustSign)
        context.console.print("Committed \(DisplayText.escaped(record.path)) on \(branch) as \(commit.short).")
        let folder = repository.workingDirectory ?? repository.gitDirectory
        let remote =
            (try? await git.text(["config", "--get", "branch.\(branch).remote"], in: folder))?
            .filter { !$0.isNewline } ?? ""
        let target = remote.isEmpty ? "origin" : remote
        if context.invocation.flag("push") {
            _ = try await git.text(
                ["push", "--quiet", target, "refs/heads/\(branch):refs/heads/\(branch)"], in: folder)
            context.console.print("Pushed \(branch) to \(target).")
        } else if !remote.isEmpty {
            context.console.complain("It counts where it is seen: git push \(target) \(branch)")
        }
    }
}
