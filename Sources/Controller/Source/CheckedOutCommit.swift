internal import Git
internal import Glibc
internal import Subprocess

/// Commits a file in the work tree where its branch is checked out, leaving all other work there alone.
struct CheckedOutCommit {
    let git: GitProgram
    let root: String

    func commit(_ record: RecordCommit.Record, sign: Bool) async throws(RecordCommitError) -> ObjectID {
        try refuseSymlinks(record.path)
        let pathspec = ":(literal)\(record.path)"
        let status = try await git.answer(
            ["status", "--porcelain", "-z", "--untracked-files=all", "--ignored", "--", pathspec], in: root)
        guard status.isEmpty else {
            throw RecordCommitError(
                .localChanges, "\(record.path) has changes that are not committed", hint: "commit or remove them first")
        }
        let before = readFile(record.path)
        guard before != record.content else {
            throw RecordCommitError(.nothingToCommit, "\(record.path) is already so")
        }
        do throws(RecordCommitError) {
            try write(record.content, to: record.path)
            if record.content != nil {
                // Forced, since a record that .gitignore happens to match is still one.
                try await git.answer(["add", "--force", "--", pathspec], in: root, asUser: true)
            }
            try await git.answer(
                ["commit", "--quiet"] + (sign ? ["-S"] : []) + ["-F", "-", "--", pathspec], in: root,
                input: Array((record.message + "\n").utf8), asUser: true)
        } catch {
            // As if nothing had been tried; that the undoing fails too would hide why.
            try? write(before, to: record.path)
            _ = try? await git.answer(["reset", "--quiet", "--", pathspec], in: root)
            throw error
        }
        let head = try await git.line(["rev-parse", "HEAD"], in: root)
        guard let id = ObjectID(hex: head) else { throw RecordCommitError(.failed, "git commit left no commit") }
        return id
    }

    /// A folder that is a symlink would lead the record out of the repository.
    private func refuseSymlinks(_ path: String) throws(RecordCommitError) {
        var at = root
        for part in path.split(separator: "/") {
            at += "/\(part)"
            var status = stat()
            guard lstat(at, &status) == 0 else { return }
            guard status.st_mode & S_IFMT != S_IFLNK else {
                throw RecordCommitError(.unsafePath, "\(at) is a symbolic link, which is not followed")
            }
        }
    }

    private func readFile(_ path: String) -> [UInt8]? {
        guard let files = try? RootedFiles(root) else { return nil }
        return try? files.read(path)
    }

    private func write(_ content: [UInt8]?, to path: String) throws(RecordCommitError) {
        let target = "\(root)/\(path)"
        guard let content else {
            unlink(target)
            return
        }
        let folders = path.split(separator: "/").dropLast()
        var made = root
        for folder in folders {
            made += "/\(folder)"
            if mkdir(made, 0o777) != 0, errno != EEXIST { throw failure(made) }
        }
        // Beside its place and then renamed: nobody sees half of it.
        let temporary = "\(target).\(getpid()).new"
        let file = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0o666)
        guard file >= 0 else { throw failure(temporary) }
        defer { close(file) }
        var offset = 0
        while offset < content.count {
            let count = content.withUnsafeBytes {
                Glibc.write(file, $0.baseAddress.map { $0 + offset }, $0.count - offset)
            }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else {
                let error = failure(target)
                unlink(temporary)
                throw error
            }
            offset += count
        }
        guard rename(temporary, target) == 0 else {
            let error = failure(target)
            unlink(temporary)
            throw error
        }
    }

    private func failure(_ path: String) -> RecordCommitError {
        RecordCommitError(.failed, "cannot write \(path): \(String(cString: strerror(errno)))")
    }
}
