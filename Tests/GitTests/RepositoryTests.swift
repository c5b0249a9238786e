import Git
import Subprocess
import TestSupport
import Testing

@Suite struct RepositoryTests {
    @Test("A folder inside a work tree leads to its repository")
    func discovery() async throws {
        let fixture = try await GitFixture()
        try await fixture.commit(["a/b/c.txt": "c"])
        let repository = try Repository.discover(from: fixture.path + "/a/b")
        #expect(repository.workingDirectory == fixture.path)
        #expect(repository.gitDirectory == fixture.path + "/.git")
        #expect(!repository.isBare)
        #expect(try repository.headBranch() == "main")
    }

    @Test("A folder without a repository is refused by name")
    func noRepository() throws {
        let folder = try TemporaryDirectory()
        let error = #expect(throws: GitError.self) { try Repository.open(folder.path) }
        #expect(error?.code == .notARepository)
        #expect(error?.message == "\(folder.path) is not a git repository")
    }

    @Test("An unborn branch has a name and no tip")
    func unborn() async throws {
        let fixture = try await GitFixture(bare: true)
        let repository = try Repository.open(fixture.path)
        #expect(repository.isBare)
        #expect(try repository.headBranch() == "main")
        #expect(try repository.branchTip("main") == nil)
        #expect(try repository.resolve("HEAD") == nil)
    }

    @Test("Branches come from heads first, then from origin; packed or not")
    func tips() async throws {
        let fixture = try await GitFixture()
        let first = try await fixture.commit(["a": "1"])
        let second = try await fixture.commit(["a": "2"])
        try await fixture.run(["update-ref", "refs/remotes/origin/main", first])
        try await fixture.run(["update-ref", "refs/remotes/origin/develop", first])
        let repository = try Repository.open(fixture.path)
        #expect(try repository.branchTip("main")?.description == second)
        #expect(try repository.branchTip("develop")?.description == first)
        try await fixture.run(["pack-refs", "--all"])
        #expect(try repository.branchTip("develop")?.description == first)
        let third = try await fixture.commit(["a": "3"])
        #expect(try repository.branchTip("main")?.description == third)
        try await fixture.run(["checkout", "--quiet", "--detach"])
        #expect(try repository.headBranch() == nil)
    }

    @Test("A revision of any spelling leads to its commit")
    func revisions() async throws {
        let fixture = try await GitFixture()
        let first = try await fixture.commit(["a": "1"])
        let second = try await fixture.commit(["a": "2"])
        try await fixture.run(["tag", "--annotate", "--message", "one", "v1", first])
        let repository = try Repository.open(fixture.path)
        for (revision, commit) in [
            ("main", second), ("HEAD~1", first), ("v1", first), (String(first.prefix(9)), first),
        ] {
            #expect(try repository.resolve(revision)?.description == commit)
        }
        #expect(try repository.resolve("nothing") == nil)
        #expect(throws: GitError.self) { try repository.resolve("HEAD:a") }
    }

    @Test("A commit tells who, when and why")
    func commit() async throws {
        let fixture = try await GitFixture()
        let first = try await fixture.commit(["a": "1"])
        let id = try await fixture.commit(
            ["a": "2"], message: "Train again\n\nBecause.\n\nCo-authored-by: Carol C <carol@example.com>",
            author: "Bob <bob@example.com>", date: 1_700_000_123)
        let commit = try Repository.open(fixture.path).commit(#require(ObjectID(hex: id)))
        #expect(commit.id.description == id)
        #expect(commit.parents.map(\.description) == [first])
        #expect(commit.author == Commit.Person(name: "Bob", email: "bob@example.com", time: 1_700_000_123))
        #expect(commit.committer.email == "alice@example.com")
        #expect(commit.summary == "Train again")
        #expect(commit.coAuthors.map(\.name) == ["Carol C"])
        #expect(commit.coAuthors.map(\.email) == ["carol@example.com"])
        #expect(commit.tree.description == (try await fixture.run(["rev-parse", "HEAD^{tree}"])))
    }

    @Test("A signature comes with exactly the bytes it was made over")
    func signature() async throws {
        let fixture = try await GitFixture()
        let key = try await fixture.useSigningKey()
        let unsigned = try await fixture.commit(["a": "1"])
        let signed = try await fixture.commit(["a": "2"], options: ["-S"])
        let repository = try Repository.open(fixture.path)
        #expect(try repository.signature(of: #require(ObjectID(hex: unsigned))) == nil)
        let signedID = try #require(ObjectID(hex: signed))
        let found = try #require(try repository.signature(of: signedID))
        #expect(found.signature.hasPrefix("-----BEGIN SSH SIGNATURE-----"))
        try fixture.directory.write("alice@example.com \(key)\n", to: "allowed")
        try fixture.directory.write(found.signature, to: "signature")
        let verified = try await Subprocess.run(
            [
                "ssh-keygen", "-Y", "verify", "-f", fixture.directory.file("allowed"), "-I", "alice@example.com", "-n",
                "git", "-s", fixture.directory.file("signature"),
            ], standardInput: found.payload)
        #expect(verified.status == .exited(0))
    }

    @Test("A blob is bounded before it is read")
    func blobs() async throws {
        let fixture = try await GitFixture()
        try await fixture.commit(["a": "hello\n", "empty": ""])
        let repository = try Repository.open(fixture.path)
        let head = try #require(try repository.resolve("HEAD"))
        let id = try #require(try repository.entry(in: head, at: "a")).id
        #expect(try repository.blob(id) == Array("hello\n".utf8))
        #expect(try repository.blobSize(id) == 6)
        #expect(ObjectID.blob(of: Array("hello\n".utf8)) == id)
        let error = #expect(throws: GitError.self) { try repository.blob(id, limit: 5) }
        #expect(error?.code == .tooLarge)
        #expect(error?.message == "object \(id.short) has 6 bytes, more than the 5 allowed")
        let empty = try #require(try repository.entry(in: head, at: "empty")).id
        #expect(try repository.blob(empty) == [])
        #expect(ObjectID.blob(of: []) == empty)
        #expect(throws: GitError.self) { try repository.blob(head) }
        #expect(throws: GitError.self) { try repository.commit(id) }
        let absent = try #require(ObjectID(hex: String(repeating: "1", count: 40)))
        #expect(#expect(throws: GitError.self) { try repository.blob(absent) }?.code == .notFound)
        #expect(try !repository.contains(absent))
    }

    @Test("An id reads and writes itself as 40 digits")
    func ids() throws {
        let text = "0123456789abcdef0123456789abcdef01234567"
        let id = try #require(ObjectID(hex: text))
        #expect(id.description == text)
        #expect(id.short == "0123456")
        #expect(try #require(ObjectID(hex: "00" + text.dropFirst(2))) < id)
        #expect(ObjectID(hex: text.dropLast()) == nil)
        #expect(ObjectID(hex: "x" + text.dropFirst()) == nil)
        #expect(ObjectID(bytes: [1, 2]) == nil)
    }
}
