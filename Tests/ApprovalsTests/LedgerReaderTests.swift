import Diagnostics
import Digest
import Foundation
import Git
import Testing
import TimeKeeping

@testable import Approvals

@Suite struct LedgerReaderTests {
    typealias Project = SignedProject
    static let path = SignedProject.path

    @Test("A record that its approver signed opens the gate, and says which key did")
    func good() async throws {
        let project = try await Project()
        let commit = try await project.commit([Self.path: Project.record()], by: "alice")
        try await project.commit(["README.md": "later"])
        let answer = try await project.ask()
        #expect(answer.state == .open)
        #expect(answer.refused.isEmpty)
        let record = try #require(answer.valid.first)
        #expect(record.commit == commit.description)
        let listing = try await project.run(["ssh-keygen", "-l", "-f", "\(project.key("alice")).pub"])
        #expect(listing.contains(record.key))
    }

    struct Forgery: Sendable, CustomTestStringConvertible {
        var name: String
        var reason: String
        var state = GateEvaluation.State.waiting
        var make: @Sendable (SignedProject) async throws -> Void
        var testDescription: String { name }
    }

    static let forgeries: [Forgery] = [
        Forgery(name: "unsigned", reason: "which is not signed") {
            try await $0.commit([path: Project.record()])
        },
        Forgery(name: "signed by somebody without a key in allowed_signers", reason: "binds to alice@example.com") {
            try await $0.commit([path: Project.record()], by: "mallory")
        },
        Forgery(name: "signed by another reviewer", reason: "binds to alice@example.com") {
            try await $0.commit([path: Project.record()], by: "bob")
        },
        Forgery(name: "signed by the right key, naming another approver", reason: "binds to bob@example.com") {
            try await $0.commit([path: Project.record(by: "bob")], by: "alice")
        },
        Forgery(name: "naming an approver with a pattern", reason: "must name one person") {
            try await $0.commit(
                [path: Project.record().replacing("approver: alice@example.com", with: "approver: '*@example.com'")],
                by: "alice")
        },
        Forgery(name: "edited afterwards by an unsigned commit", reason: "which is not signed") {
            try await $0.commit([path: Project.record()], by: "alice")
            try await $0.commit([path: Project.record() + "# \n"])
        },
        Forgery(name: "touched afterwards by another's signed commit", reason: "binds to alice@example.com") {
            try await $0.commit([path: Project.record()], by: "alice")
            try await $0.commit([path: Project.record() + "# \n"], by: "bob")
        },
        Forgery(name: "made executable afterwards", reason: "which is not signed") {
            try await $0.commit([path: Project.record()], by: "alice")
            try await $0.here("update-index", "--chmod=+x", path)
            try await $0.here("commit", "-qm", "mode")
        },
        Forgery(name: "copied to another gate's folder by its approver", reason: "stands in the folder of prod") {
            try await $0.commit(
                [path: Project.record(gate: GateName("blue/release") ?? Project.gate)], by: "alice")
        },
        Forgery(name: "for a gate that no rule names", reason: "no protection rule in force names") {
            try await $0.commit(
                [path: Project.record(gate: GateName("prod/other") ?? Project.gate)], by: "alice")
        },
        Forgery(name: "copied from another gate and changed to fit", reason: "which is not signed") {
            try await $0.commit(
                [
                    "environments/blue/approvals/release-abcdef.yml": Project.record(
                        gate: GateName("blue/release") ?? Project.gate)
                ], by: "alice")
            try await $0.commit([path: Project.record()])
        },
        Forgery(name: "an old approval for another subject", reason: "is about sha256:") {
            try await $0.commit([path: Project.record(subject: ContentDigest(of: "last year's"))], by: "alice")
        },
        Forgery(name: "expired", reason: "expired at 2026-01-01T00:00:00Z") {
            try await $0.commit([path: Project.record(expires: Timestamp("2026-01-01T00:00:00Z"))], by: "alice")
        },
        Forgery(name: "a symbolic link to a signed record", reason: "is a symbolic link, not a file") {
            try await $0.commit(["elsewhere.yml": Project.record()], by: "alice")
            try FileManager.default.createDirectory(
                atPath: "\($0.repositoryPath)/environments/prod/approvals", withIntermediateDirectories: true)
            try FileManager.default.createSymbolicLink(
                atPath: "\($0.repositoryPath)/\(path)", withDestinationPath: "../../../elsewhere.yml")
            try await $0.commit([:], by: "alice")
        },
        Forgery(name: "10 MB long", reason: "bytes long, more than the 65536") {
            try await $0.commit(
                [path: Project.record() + "# " + String(repeating: "x", count: 10 << 20)], by: "alice")
        },
        Forgery(name: "no YAML", reason: "register_model-abcdef.yml:") {
            try await $0.commit([path: "{{{"], by: "alice")
        },
        Forgery(name: "with a key that is not known", reason: ":5:1: unknown key \"expire\"") {
            try await $0.commit(
                [path: Project.record().replacing("comment:", with: "expire:")], by: "alice")
        },
        Forgery(name: "signed in another namespace", reason: "binds to alice@example.com") {
            try await $0.commit([path: Project.record()], by: "alice")
            try await $0.resign(by: "alice", namespace: "file")
        },
        Forgery(name: "with the signature of another commit", reason: "binds to alice@example.com") {
            let donor = try await $0.commit(["README.md": "harmless"], by: "alice")
            try await $0.commit([path: Project.record()])
            try await $0.graft(signatureOf: donor)
        },
        Forgery(name: "with something that is no signature", reason: "of a form that is not supported") {
            try await $0.commit([path: Project.record()])
            try await $0.graft(signature: "-----BEGIN NONSENSE-----\nAAAA\n-----END NONSENSE-----")
        },
        Forgery(name: "altered by an unsigned merge", reason: "which is not signed") {
            try await $0.here("checkout", "-qb", "side")
            try await $0.commit([path: Project.record(by: "bob")], by: "bob")
            try await $0.here("checkout", "-q", "main")
            try await $0.commit(["README.md": "main goes on"])
            try await $0.here("merge", "-q", "--no-commit", "--no-ff", "side")
            try await $0.commit([path: Project.record()])
        },
        Forgery(name: "squashed into an unsigned commit", reason: "which is not signed") {
            try await $0.here("checkout", "-qb", "side")
            try await $0.commit([path: Project.record()], by: "alice")
            try await $0.here("checkout", "-q", "main")
            try await $0.here("merge", "-q", "--squash", "side")
            try await $0.commit([:])
        },
        Forgery(name: "rejected afterwards", reason: "", state: .rejected) {
            try await $0.commit([path: Project.record()], by: "alice")
            try await $0.commit(
                ["environments/prod/approvals/register_model-abcdef-reject.yml": Project.record(.reject, by: "bob")],
                by: "bob")
        },
        Forgery(name: "rejected afterwards, and the rejection removed by somebody", reason: "", state: .rejected) {
            let rejection = "environments/prod/approvals/register_model-abcdef-reject.yml"
            try await $0.commit([path: Project.record()], by: "alice")
            try await $0.commit([rejection: Project.record(.reject, by: "bob")], by: "bob")
            try await $0.commit([rejection: nil])
        },
        Forgery(name: "rejected afterwards, and the rejection overwritten", reason: "", state: .rejected) {
            let rejection = "environments/prod/approvals/register_model-abcdef-reject.yml"
            try await $0.commit([path: Project.record()], by: "alice")
            try await $0.commit([rejection: Project.record(.reject, by: "bob")], by: "bob")
            try await $0.commit([rejection: Project.record(by: "bob")])
        },
    ]

    @Test(
        "A record that anybody could have made up leaves the gate closed, and the reason is said", arguments: forgeries)
    func forged(_ forgery: Forgery) async throws {
        let project = try await Project()
        let first = try await project.trust(nil)
        try await forgery.make(project)
        let answer = try await project.ask(entry: first.entry)
        #expect(answer.state == forgery.state)
        if forgery.state == .waiting {
            #expect(answer.valid.isEmpty)
            #expect(answer.refused.contains { $0.reason.contains(forgery.reason) }, "\(answer.refused)")
        }
    }

    @Test("A forged record beside a good one changes nothing")
    func beside() async throws {
        let project = try await Project()
        try await project.commit([Self.path: Project.record()], by: "alice")
        try await project.commit(["environments/prod/approvals/forged.yml": Project.record(by: "bob")])
        let answer = try await project.ask()
        #expect(answer.state == .open)
        #expect(answer.refused.map(\.record) == ["environments/prod/approvals/forged.yml"])
    }

    @Test("A forged rejection does not close a gate")
    func forgedRejection() async throws {
        let project = try await Project()
        try await project.commit([Self.path: Project.record()], by: "alice")
        try await project.commit(["environments/prod/approvals/no.yml": Project.record(.reject, by: "bob")])
        #expect(try await project.ask().state == .open)
    }

    @Test("A merge that brings a signed record in unchanged needs no signature")
    func merged() async throws {
        let project = try await Project()
        try await project.here("checkout", "-qb", "side")
        try await project.commit([Self.path: Project.record()], by: "alice")
        try await project.here("checkout", "-q", "main")
        try await project.commit(["README.md": "main goes on"])
        try await project.here("merge", "-q", "--no-ff", "side")
        #expect(try await project.ask().state == .open)
    }

    @Test("Who rejected takes it back by approving in a later commit, also in the same file")
    func takenBack() async throws {
        let project = try await Project()
        try await project.commit([Self.path: Project.record(.reject)], by: "alice")
        #expect(try await project.ask().state == .rejected)
        try await project.commit([Self.path: Project.record()], by: "alice")
        #expect(try await project.ask().state == .open)
    }

    @Test("Records about nothing that waits are not verified, and yet listed")
    func unasked() async throws {
        let project = try await Project()
        try await project.commit([Self.path: Project.record()], by: "alice")
        let trust = try await project.trust(nil)
        let ledger = try await project.ledger(trust, subjects: [ContentDigest(of: "another")])
        #expect(ledger.records.isEmpty)
        #expect(ledger.unasked.map(\.path) == [Self.path])
        let answer = GateEvaluation.evaluate(
            Project.gate, subject: ContentDigest(of: "another"), authors: [], ledger: ledger, now: Project.now)
        #expect(answer.refused.map(\.record) == [Self.path])
    }

    @Test("A project in a folder of its repository has its rules, signers and records there")
    func subfolder() async throws {
        let project = try await Project(rules: "name: prod\n")
        let signers = try ["alice", "bob"].map(project.signerLine).joined()
        try await project.commit([
            "team/environments/prod.yml": Project.rules, "team/environments/allowed_signers": signers,
        ])
        let record = try await project.commit(["team/\(Self.path)": Project.record()], by: "alice")
        let trust = try await TrustedPolicy.assess(
            branch: "main", head: try project.head, project: "team", stages: ["prod"], entry: nil,
            repository: try project.repository, verifier: project.verifier, now: Project.now)
        let ledger = try await project.ledger(trust)
        #expect(ledger.records.map(\.path) == [Self.path])
        #expect(ledger.records.map(\.commit) == [record.description])
        // A forged one is told by its path in the project.
        try await project.commit(["team/environments/prod/approvals/x.yml": "{"])
        #expect(
            try await project.ledger(trust).refused.first?.location?.path == "environments/prod/approvals/x.yml")
    }

    @Test("A key that was retired signs nothing any more, whatever date its commits bear")
    func retired() async throws {
        let project = try await Project(signers: [])
        let line = try project.signerLine("alice")
            .replacing("alice@example.com ", with: "alice@example.com valid-before=\"20260601\" ")
        try await project.commit(["environments/allowed_signers": line])
        let old = ["GIT_AUTHOR_DATE": "2026-03-01T00:00:00Z", "GIT_COMMITTER_DATE": "2026-03-01T00:00:00Z"]
        try await project.commit([Self.path: Project.record()], by: "alice", environment: old)
        let answer = try await project.ask()
        #expect(answer.state == .waiting)
        #expect(answer.refused.first?.reason.contains("key has expired") == true, "\(answer.refused)")
    }

    @Test("A key for other namespaces approves nothing")
    func namespaces() async throws {
        let project = try await Project(signers: [])
        let line = try project.signerLine("alice")
            .replacing("alice@example.com ", with: "alice@example.com namespaces=\"file\" ")
        try await project.commit(["environments/allowed_signers": line])
        try await project.commit([Self.path: Project.record()], by: "alice")
        #expect(try await project.ask().state == .waiting)
    }

    @Test("A certificate by an authority in allowed_signers signs for its own name and no other")
    func certificate() async throws {
        let project = try await Project(signers: [])
        try await project.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", project.key("ca")])
        try await project.run([
            "ssh-keygen", "-q", "-s", project.key("ca"), "-I", "id", "-n", "alice@example.com", "-V", "-1d:+1d",
            "\(project.key("alice")).pub",
        ])
        let authority = try String(contentsOfFile: "\(project.key("ca")).pub", encoding: .utf8)
        try await project.commit(["environments/allowed_signers": "*@example.com cert-authority \(authority)"])
        try FileManager.default.copyItem(atPath: project.key("alice"), toPath: project.key("alice-cert"))
        try await project.commit([Self.path: Project.record()], by: "alice-cert.pub")
        try await project.commit(["environments/prod/approvals/b.yml": Project.record(by: "bob")], by: "alice-cert.pub")
        let answer = try await project.ask()
        #expect(answer.valid.map(\.path) == [Self.path], "\(answer)")
        #expect(answer.refused.map(\.record) == ["environments/prod/approvals/b.yml"])
    }
}
