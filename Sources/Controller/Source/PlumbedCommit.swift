internal import Git
internal import Glibc

/// Commits a file on a branch that is checked out nowhere: objects and one reference, no work tree.
struct PlumbedCommit {
    let repository: Repository
    let git: GitProgram

    /// Somebody else may move the branch between our reading and our writing of it.
    private static let attempts = 5

    func commit(
        _ record: RecordCommit.Record, on branch: String, sign: Bool
    ) async throws(RecordCommitError) -> ObjectID {
        var attempt = 1
        while true {
            do throws(RecordCommitError) {
                return try await tryCommit(record, on: branch, sign: sign)
            } catch  where error.code == .branchMoved && attempt < Self.attempts {
                attempt += 1
            }
        }
    }

    private func tryCommit(
        _ record: RecordCommit.Record, on branch: String, sign: Bool
    ) async throws(RecordCommitError) -> ObjectID {
        let folder = repository.gitDirectory
        let local = try tip("refs/heads/\(branch)")
        let remote = try tip("refs/remotes/origin/\(branch)")
        guard let parent = local ?? remote else {
            throw RecordCommitError(.noBranch, "there is no branch \(branch)", hint: "git branch \(branch)")
        }
        let index = "\(folder)/reconcile-index-\(getpid())-\(UInt64.random(in: .min ... .max))"
        let variables = ["GIT_INDEX_FILE": index]
        defer {
            unlink(index)
            unlink(index + ".lock")
        }
        try await git.answer(["read-tree", parent.description], in: folder, variables: variables)
        if let content = record.content {
            let blob = try await git.line(["hash-object", "-w", "--no-filters", "--stdin"], in: folder, input: content)
            try await git.answer(
                ["update-index", "--add", "--cacheinfo", "100644,\(blob),\(record.path)"], in: folder,
                variables: variables)
        } else {
            // By a mode of 0 on standard input: --force-remove would want a work tree.
            let removal = "0 \(String(repeating: "0", count: 40))\t\(record.path)\0"
            try await git.answer(
                ["update-index", "-z", "--index-info"], in: folder, input: Array(removal.utf8), variables: variables)
        }
        let tree = try await git.line(["write-tree"], in: folder, variables: variables)
        guard tree != (try commit(parent)).tree.description else {
            throw RecordCommitError(.nothingToCommit, "\(record.path) is already so on \(branch)")
        }
        let made = try await git.line(
            ["commit-tree"] + (sign ? ["-S"] : []) + ["-p", parent.description, "-F", "-", tree], in: folder,
            input: Array((record.message + "\n").utf8), asUser: true)
        guard let id = ObjectID(hex: made) else {
            throw RecordCommitError(.failed, "git commit-tree answered no commit")
        }
        let old = local?.description ?? String(repeating: "0", count: 40)
        do throws(RecordCommitError) {
            try await git.answer(
                ["update-ref", "-m", "commit: \(id.short)", "refs/heads/\(branch)", id.description, old], in: folder)
        } catch {
            guard try tip("refs/heads/\(branch)") != local else { throw error }
            throw RecordCommitError(.branchMoved, "\(branch) was moved meanwhile", hint: "try again")
        }
        return id
    }

    private func tip(_ reference: String) throws(RecordCommitError) -> ObjectID? {
        do throws(GitError) { return try repository.resolve(reference) } catch { throw RecordCommitError(error) }
    }

    private func commit(_ id: ObjectID) throws(RecordCommitError) -> Commit {
        do throws(GitError) { return try repository.commit(id) } catch { throw RecordCommitError(error) }
    }
}
