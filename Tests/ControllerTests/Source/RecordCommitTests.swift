import Controller
import Git
import Subprocess
import TestSupport
import Testing

@Suite struct RecordCommitTests {
    private let record = RecordCommit.Record(
        path: "environments/prod/approvals/a.yml", content: Array("decision: approve\n".utf8),
        message: "Approve\n\nWell done.")

    private func committer(_ fixture: GitFixture, _ path: String? = nil) throws -> RecordCommit {
        try RecordCommit(Repository.open(path ?? fixture.path), git: GitProgram(environment: fixture.environment))
    }

    /// Checks with git itself, as any other reader of the repository would.
    private func verify(_ id: ObjectID, _ fixture: GitFixture, key: String) async throws {
        try fixture.directory.write("alice@example.com \(key)\n", to: "allowed")
        try await fixture.run([
            "-c", "gpg.ssh.allowedSignersFile=\(fixture.directory.file("allowed"))", "verify-commit", id.description,
        ])
    }

    @Test("On the branch that is checked out the file appears, and other work stays as it is")
    func checkedOut() async throws {
        let fixture = try await GitFixture()
        let key = try await fixture.useSigningKey()
        let base = try await fixture.commit(["staged": "1", "edited": "1"])
        try fixture.directory.write("2", to: "repository/staged")
        try await fixture.run(["add", "staged"])
        try fixture.directory.write("2", to: "repository/edited")
        try fixture.directory.write("u", to: "repository/untracked")
        let id = try await committer(fixture).commit(record, on: "main", sign: true)
        #expect(try await fixture.run(["rev-parse", "main"]) == id.description)
        #expect(try await fixture.run(["rev-parse", "main~1"]) == base)
        #expect(try await fixture.run(["show", "--format=", "--name-only", "main"]) == record.path)
        #expect(try await fixture.run(["log", "-1", "--format=%B"]) == "Approve\n\nWell done.\n")
        #expect(try fixture.directory.read("repository/\(record.path)") == "decision: approve\n")
        #expect(try await fixture.run(["status", "--porcelain"]) == " M edited\nM  staged\n?? untracked")
        try await verify(id, fixture, key: key)
    }

    @Test("On another branch nothing of the work tree is touched", arguments: [false, true])
    func elsewhere(bare: Bool) async throws {
        let fixture = try await GitFixture()
        let base = try await fixture.commit(["a": "1", "environments/prod.yml": "name: prod"])
        try await fixture.run(["branch", "develop"])
        try fixture.directory.write("2", to: "repository/a")
        var path = fixture.path
        if bare {
            path = fixture.directory.file("bare.git")
            try await fixture.run(["clone", "--quiet", "--bare", fixture.path, path])
        }
        let key = try await fixture.useSigningKey()
        for (name, value) in [
            ("gpg.format", "ssh"), ("user.signingkey", fixture.directory.file("key")), ("user.name", "Alice"),
            ("user.email", "alice@example.com"),
        ] { try await fixture.run(["config", name, value], in: path) }
        let committer = try committer(fixture, path)
        let id = try await committer.commit(record, on: "develop", sign: true)
        #expect(try await fixture.run(["rev-parse", "develop"], in: path) == id.description)
        #expect(try await fixture.run(["rev-parse", "develop~1"], in: path) == base)
        #expect(try await fixture.run(["diff", "--name-only", base, id.description], in: path) == record.path)
        #expect(try await fixture.run(["status", "--porcelain"]) == " M a")
        if !bare { try await verify(id, fixture, key: key) }
        let removal = RecordCommit.Record(path: record.path, content: nil, message: "Take back")
        let removed = try await committer.commit(removal, on: "develop", sign: false)
        #expect(try await fixture.run(["diff", "--name-only", base, removed.description], in: path) == "")
        let leftOver = try await Subprocess.run(["find", path, "-name", "reconcile-index*"])
        #expect(leftOver.text == "")
    }

    @Test("A branch checked out in a linked work tree is committed there")
    func linked() async throws {
        let fixture = try await GitFixture()
        try await fixture.commit(["a": "1"])
        let linked = fixture.directory.file("linked")
        try await fixture.run(["worktree", "add", "--quiet", linked, "-b", "develop"])
        let id = try await committer(fixture).commit(record, on: "develop", sign: false)
        #expect(try await fixture.run(["rev-parse", "HEAD"], in: linked) == id.description)
        #expect(try await fixture.run(["status", "--porcelain"], in: linked) == "")
        #expect(try fixture.directory.read("linked/\(record.path)") == "decision: approve\n")
    }

    @Test("A branch that only origin has becomes a local one")
    func fromOrigin() async throws {
        let fixture = try await GitFixture()
        let base = try await fixture.commit(["a": "1"])
        try await fixture.run(["update-ref", "refs/remotes/origin/prod", base])
        let id = try await committer(fixture).commit(record, on: "prod", sign: false)
        #expect(try await fixture.run(["rev-parse", "refs/heads/prod~1"]) == base)
        #expect(try await fixture.run(["rev-parse", "refs/heads/prod"]) == id.description)
    }

    private struct Failing: CustomTestStringConvertible, Sendable {
        var testDescription: String
        var configuration: [String: String]
        var branch: String
        var code: RecordCommitError.Code
        var hint: String
    }

    private static let signingHint = "git config gpg.format ssh; git config user.signingkey ~/.ssh/id_ed25519.pub"

    @Test(
        "What git lacks is said in one sentence with what to type, and nothing is left behind",
        arguments: ["main", "other"].flatMap { branch in
            [
                Failing(
                    testDescription: "no key, \(branch)", configuration: ["gpg.format": "ssh"], branch: branch,
                    code: .signing, hint: signingHint),
                Failing(
                    testDescription: "a key that is not there, \(branch)",
                    configuration: ["gpg.format": "ssh", "user.signingkey": "/nonexistent"], branch: branch,
                    code: .signing, hint: signingHint),
                Failing(
                    testDescription: "no GPG key, \(branch)",
                    configuration: ["gpg.format": "openpgp", "user.signingkey": "0000000000000000"], branch: branch,
                    code: .signing, hint: signingHint),
                Failing(
                    testDescription: "no name, \(branch)", configuration: ["user.name": "", "user.email": ""],
                    branch: branch, code: .identity,
                    hint: "git config user.name 'Your Name'; git config user.email you@example.com"),
            ]
        })
    private func failing(_ one: Failing) async throws {
        let fixture = try await GitFixture()
        let base = try await fixture.commit(["a": "1"])
        try await fixture.run(["branch", "other"])
        for (name, value) in one.configuration { try await fixture.run(["config", name, value]) }
        let committer = try committer(fixture)
        let error = await #expect(throws: RecordCommitError.self) {
            try await committer.commit(record, on: one.branch, sign: true)
        }
        #expect(error?.code == one.code)
        #expect(error?.hint == one.hint)
        #expect(error?.message.contains("\n") == false)
        #expect(try await fixture.run(["rev-parse", one.branch]) == base)
        #expect(try await fixture.run(["status", "--porcelain", "--untracked-files=all"]) == "")
    }

    @Test("Uncommitted edits of the very file are not run over")
    func localChanges() async throws {
        let fixture = try await GitFixture()
        try await fixture.commit([record.path: "old\n"])
        try fixture.directory.write("edited\n", to: "repository/\(record.path)")
        let committer = try committer(fixture)
        let error = await #expect(throws: RecordCommitError.self) {
            try await committer.commit(record, on: "main", sign: false)
        }
        #expect(error?.code == .localChanges)
        #expect(try fixture.directory.read("repository/\(record.path)") == "edited\n")
    }

    @Test("A file that is already so, a missing branch and paths that lead out are refused")
    func refused() async throws {
        let fixture = try await GitFixture()
        try await fixture.commit([record.path: "decision: approve\n"])
        try await fixture.run(["branch", "other"])
        _ = try await Subprocess.run(["ln", "-s", fixture.directory.path, "out"], workingDirectory: fixture.path)
        try await fixture.commit()
        let committer = try committer(fixture)
        func code(_ path: String, _ branch: String) async -> RecordCommitError.Code? {
            var record = record
            record.path = path
            do { _ = try await committer.commit(record, on: branch, sign: false) } catch { return error.code }
            return nil
        }
        #expect(await code(record.path, "main") == .nothingToCommit)
        #expect(await code(record.path, "other") == .nothingToCommit)
        #expect(await code("x.yml", "absent") == .noBranch)
        #expect(await code("out/x.yml", "main") == .unsafePath)
        for path in ["../x", "/etc/x", "a//b", ".git/config", "a/.GIT/b", ""] {
            #expect(await code(path, "main") == .unsafePath, "\(path)")
        }
    }
}
