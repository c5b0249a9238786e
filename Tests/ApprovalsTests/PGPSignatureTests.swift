import Foundation
import Git
import Testing

@testable import Approvals

@Suite struct PGPSignatureTests {
    typealias Project = SignedProject
    static let path = SignedProject.path

    /// A key of a person in a key ring of their own, and its public half.
    private static func key(
        of name: String, in project: Project, address: String? = nil
    ) async throws -> (home: String, armoured: String) {
        let home = "\(project.folder)/\(name)"
        try FileManager.default.createDirectory(
            atPath: home, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        let address = address ?? "\(name)@example.com"
        try await project.run([
            "gpg", "--homedir", home, "--batch", "--quiet", "--passphrase", "", "--pinentry-mode", "loopback",
            "--quick-generate-key", "\(name) <\(address)>", "ed25519", "sign", "never",
        ])
        let armoured = try await project.run(["gpg", "--homedir", home, "--armor", "--export", address])
        return (home, armoured)
    }

    private static func commit(_ files: [String: String], by home: String, in project: Project) async throws {
        for (path, text) in files { try project.write(path, text) }
        try await project.here("add", "-A")
        let list = try await project.run(["gpg", "--homedir", home, "--with-colons", "--list-secret-keys"])
        let line = try #require(list.split(separator: "\n").first { $0.hasPrefix("fpr:") })
        let fingerprint = try #require(line.split(separator: ":").last)
        try await project.here(
            "-c", "user.signingkey=\(fingerprint)", "commit", "-qS", "-m", "Change",
            environment: ["GNUPGHOME": home])
    }

    @Test("A GPG signature counts for the address of a key in environments/keys, and for no other")
    func good() async throws {
        let project = try await Project()
        let alice = try await Self.key(of: "alice", in: project)
        let mallory = try await Self.key(of: "mallory", in: project)
        try await project.commit(["environments/keys/alice.asc": alice.armoured])
        let first = try await project.trust(nil)
        try await Self.commit([Self.path: Project.record()], by: alice.home, in: project)
        let answer = try await project.ask(entry: first.entry)
        #expect(answer.state == .open, "\(answer)")
        #expect(answer.valid.first?.key.hasPrefix("gpg:") == true)

        try await Self.commit(
            ["environments/prod/approvals/b.yml": Project.record(by: "bob")], by: alice.home, in: project)
        try await Self.commit(
            ["environments/prod/approvals/c.yml": Project.record()], by: mallory.home, in: project)
        let reasons = try await project.ask(entry: first.entry).refused.map(\.reason)
        #expect(reasons.count == 2)
        #expect(reasons.first?.hasSuffix("binds to bob@example.com") == true, "\(reasons)")
        #expect(reasons.last?.hasSuffix("a GPG key that is not in environments/keys") == true, "\(reasons)")
        for home in [alice.home, mallory.home] {
            try await project.run(["gpgconf", "--homedir", home, "--kill", "all"])
        }
    }

    @Test("A key that the same push brings signs nothing, even one that claims a reviewer's address")
    func pushedKey() async throws {
        let project = try await Project()
        let first = try await project.trust(nil)
        let forged = try await Self.key(of: "mallory", in: project, address: "alice@example.com")
        try await project.commit(["environments/keys/alice.asc": forged.armoured])
        try await Self.commit([Self.path: Project.record()], by: forged.home, in: project)
        let answer = try await project.ask(entry: first.entry)
        #expect(answer.state == .waiting)
        #expect(answer.refused.first?.reason.hasSuffix("there are no keys in environments/keys") == true)
        try await project.run(["gpgconf", "--homedir", forged.home, "--kill", "all"])
    }

    struct Status: Sendable, CustomTestStringConvertible {
        var name: String
        var lines: [String]
        var fingerprint: String?
        var complaint: String?
        var testDescription: String { name }
    }

    private static let valid = "VALIDSIG SUB 2026-11-21 1 0 4 0 22 8 00 PRIMARY"

    @Test(
        "Only one good signature of one valid key over a sound digest counts",
        arguments: [
            Status(name: "good", lines: ["NEWSIG", "GOODSIG K alice", valid], fingerprint: "PRIMARY"),
            Status(
                name: "two signatures",
                lines: ["NEWSIG", "GOODSIG K alice", valid, "NEWSIG", "GOODSIG K mallory", valid]),
            Status(name: "good without valid", lines: ["NEWSIG", "GOODSIG K alice"]),
            Status(name: "nothing", lines: []),
            Status(
                name: "weak digest", lines: ["NEWSIG", "GOODSIG K alice", "VALIDSIG SUB d 1 0 4 0 1 2 00 PRIMARY"],
                complaint: "has a GPG signature over a weak digest"),
            Status(
                name: "bad beside good", lines: ["NEWSIG", "GOODSIG K alice", valid, "BADSIG K x"],
                complaint: "has a GPG signature that does not fit its content"),
            Status(
                name: "expired key", lines: ["NEWSIG", "EXPKEYSIG K alice", valid],
                complaint: "has a GPG signature, or a key, that has expired"),
            Status(
                name: "revoked key", lines: ["NEWSIG", "REVKEYSIG K alice", valid],
                complaint: "is signed with a GPG key that was revoked"),
        ])
    func status(_ test: Status) {
        let status = PGPStatus(test.lines.map { "[GNUPG:] \($0)\n" }.joined())
        #expect(status.fingerprint == test.fingerprint)
        #expect(status.complaint == test.complaint)
        #expect(PGPStatus(test.lines.joined(separator: "\n")).fingerprint == nil)
    }

    @Test("Addresses come from user ids that are neither revoked nor expired")
    func addresses() {
        let listing = """
            pub:-:255:22:K:1:::-:::scSC:::::ed25519:::0:
            uid:-::::1::H::Alice <alice@example.com>::::::::::0:
            uid:r::::1::H::Alice <old@example.com>::::::::::0:
            uid:e::::1::H::Alice <older@example.com>::::::::::0:
            uid:-::::1::H::alice@home::::::::::0:
            uid:-::::1::H::<bob@example.com> Alice::::::::::0:
            """
        #expect(PGPSignature.addresses(in: listing) == ["alice@example.com", "alice@home", "<bob@example.com> Alice"])
    }
}
