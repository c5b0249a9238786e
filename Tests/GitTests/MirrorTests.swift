import Git
import TestSupport
import Testing

@Suite struct MirrorTests {
    private func mirror(of fixture: GitFixture, _ address: String? = nil) throws -> Mirror {
        try Mirror(
            of: address ?? "file://\(fixture.path)", at: fixture.directory.file("mirror.git"),
            git: GitProgram(environment: fixture.environment))
    }

    @Test("A mirror follows branches: new, moved by force, removed, packed")
    func follows() async throws {
        let fixture = try await GitFixture()
        let first = try await fixture.commit(["a": "1"])
        let mirror = try mirror(of: fixture)
        #expect(try await mirror.fetch(["main", "develop"]).mapValues(\.description) == ["main": first])
        try await fixture.run(["branch", "develop"])
        try await fixture.run(["commit", "--quiet", "--amend", "--message", "rewritten"])
        let second = try await fixture.run(["rev-parse", "HEAD"])
        try await fixture.run(["pack-refs", "--all"])
        #expect(
            try await mirror.fetch(["main", "develop"]).mapValues(\.description) == ["main": second, "develop": first])
        let repository = try Repository.open(mirror.directory)
        #expect(repository.isBare)
        #expect(try repository.branchTip("main")?.description == second)
        let tip = try #require(try repository.branchTip("main"))
        #expect(try repository.entries(in: tip).map(\.path) == ["a"])
        try await fixture.run(["branch", "-D", "develop"])
        #expect(try await mirror.fetch(["main", "develop"]).mapValues(\.description) == ["main": second])
        #expect(try repository.branchTip("develop") == nil)
    }

    @Test("An address that cannot be reached is one sentence without its password")
    func unreachable() async throws {
        let fixture = try await GitFixture()
        let mirror = try mirror(of: fixture, "https://bob:hunter2@localhost:1/x.git")
        let error = await #expect(throws: GitError.self) { try await mirror.fetch(["main"]) }
        #expect(error?.code == .unreachable)
        #expect(error?.message.contains("hunter2") == false)
        #expect(error?.message.hasPrefix("cannot reach https://<redacted>@localhost:1/x.git") == true)
    }

    @Test(
        "Addresses that are options or programs are refused",
        arguments: ["--upload-pack=x", "ext::sh -c id", "", "a\0b"])
    func refused(_ address: String) async throws {
        #expect(throws: GitError.self) {
            try Mirror(of: address, at: "/nonexistent", git: GitProgram(environment: [:]))
        }
    }

    @Test(
        "Credentials are taken out of any text",
        arguments: [
            ("https://a:b@h/x", "https://<redacted>@h/x"), ("https://a:p@ss@h/x y", "https://<redacted>@h/x y"),
            ("two https://t@h and ssh://git@h:22/x", "two https://<redacted>@h and ssh://<redacted>@h:22/x"),
            ("https://h/a@b", "https://h/a@b"), ("git@host:x.git", "git@host:x.git"), ("", ""),
        ])
    func redaction(_ text: String, _ redacted: String) {
        #expect(RemoteURL.redactingCredentials(in: text) == redacted)
    }

    @Test(
        "Paths and addresses are told apart",
        arguments: [
            ("/srv/x.git", false), ("./a:b", false), ("x", false), ("git@host:x", true), ("https://h/x", true),
            ("file:///x", true), ("C:", true),
        ])
    func remote(_ address: String, _ isRemote: Bool) {
        #expect(RemoteURL.isRemote(address) == isRemote)
    }
}
