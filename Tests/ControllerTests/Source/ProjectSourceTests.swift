import Controller
import Git
import TestSupport
import Testing

@Suite struct ProjectSourceTests {
    private func open(_ address: String?, in folder: String, _ fixture: GitFixture) throws -> ProjectSource {
        try ProjectSource.open(
            address, currentDirectory: folder, stateDirectory: fixture.directory.file("state"),
            git: GitProgram(environment: fixture.environment))
    }

    @Test("A folder of a work tree, the work tree and a relative path are the same project")
    func local() async throws {
        let fixture = try await GitFixture()
        let head = try await fixture.commit(["a/b": "1"])
        let here = try open(nil, in: fixture.path + "/a", fixture)
        let named = try open(fixture.path, in: "/", fixture)
        let relative = try open("repository", in: fixture.directory.path, fixture)
        #expect(here.name == fixture.path)
        #expect(here.identifier == named.identifier)
        #expect(here.identifier == relative.identifier)
        #expect(here.localRepository != nil)
        #expect(try await here.tips(of: ["main", "develop"]).mapValues(\.description) == ["main": head])
        let next = try await fixture.commit(["a/b": "2"])
        #expect(try await here.tips(of: ["main"]).mapValues(\.description) == ["main": next])
    }

    @Test("A linked work tree is the same project")
    func linked() async throws {
        let fixture = try await GitFixture()
        try await fixture.commit(["a": "1"])
        try await fixture.run(["worktree", "add", "--quiet", fixture.directory.file("linked"), "-b", "develop"])
        let main = try open(fixture.path, in: "/", fixture)
        let linked = try open(fixture.directory.file("linked"), in: "/", fixture)
        #expect(main.identifier == linked.identifier)
        #expect(try await linked.tips(of: ["main", "develop"]).count == 2)
    }

    @Test("A URL is mirrored, each look fetches, and its objects are read from the mirror")
    func remote() async throws {
        let fixture = try await GitFixture()
        let first = try await fixture.commit(["a": "1"])
        let source = try open("file://\(fixture.path)", in: "/", fixture)
        #expect(source.localRepository == nil)
        #expect(#expect(throws: GitError.self) { try source.repository() }?.code == .notARepository)
        #expect(try await source.tips(of: ["main"]).mapValues(\.description) == ["main": first])
        let second = try await fixture.commit(["a": "2"])
        #expect(try source.knownTips(of: ["main"]).mapValues(\.description) == ["main": first])
        #expect(try await source.tips(of: ["main"]).mapValues(\.description) == ["main": second])
        let tip = try #require(ObjectID(hex: second))
        #expect(try source.repository().entries(in: tip).map(\.path) == ["a"])
    }

    @Test("What is shown of a URL has no credentials")
    func name() async throws {
        let fixture = try await GitFixture()
        let source = try open("https://bob:hunter2@example.com/x.git", in: "/", fixture)
        #expect(source.name == "https://<redacted>@example.com/x.git")
    }

    @Test("A folder outside of any repository is refused by name")
    func none() async throws {
        let fixture = try await GitFixture()
        let error = #expect(throws: GitError.self) { try open(nil, in: fixture.directory.path, fixture) }
        #expect(error?.message == "\(fixture.directory.path) is not a git repository")
    }
}
