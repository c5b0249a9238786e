import Digest
import Foundation
import Git
import Subprocess
import Testing
import TimeKeeping

@testable import Approvals

/// A real repository in a temporary folder, with people who have real keys.
final class SignedProject: Sendable {
    let folder: String
    let verifier = SignatureVerifier()

    static let rules = """
        name: prod
        branch: main
        protection_rules:
          register_model: { required_reviewers: [alice@example.com, bob@example.com] }

        """

    /// A repository whose first commit has rules for prod and signers alice and bob.
    init(signers: [String] = ["alice", "bob"], rules: String = SignedProject.rules) async throws {
        folder = FileManager.default.temporaryDirectory.appending(path: "approvals-\(UUID().uuidString)").path
        try FileManager.default.createDirectory(atPath: "\(folder)/keys", withIntermediateDirectories: true)
        for person in ["alice", "bob", "mallory"] {
            try await run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", person, "-f", key(person)])
        }
        try await git(["init", "-q", "-b", "main", repositoryPath])
        var files = ["environments/prod.yml": rules]
        if !signers.isEmpty { files["environments/allowed_signers"] = try signers.map(signerLine).joined() }
        try await commit(files)
    }

    deinit { try? FileManager.default.removeItem(atPath: folder) }

    var repositoryPath: String { "\(folder)/repository" }
    func key(_ person: String) -> String { "\(folder)/keys/\(person)" }

    func signerLine(_ person: String) throws -> String {
        "\(person)@example.com \(try String(contentsOfFile: "\(key(person)).pub", encoding: .utf8))"
    }

    var repository: Repository { get throws { try Repository.open(repositoryPath) } }

    @discardableResult
    func run(_ argv: [String], environment: [String: String] = [:]) async throws -> String {
        let base = [
            "PATH": "/usr/local/bin:/usr/bin:/bin", "HOME": folder, "GIT_CONFIG_NOSYSTEM": "1", "LC_ALL": "C",
            "GIT_AUTHOR_NAME": "Somebody", "GIT_AUTHOR_EMAIL": "somebody@example.com",
            "GIT_COMMITTER_NAME": "Somebody", "GIT_COMMITTER_EMAIL": "somebody@example.com",
        ]
        let output = try await Subprocess.run(argv, environment: base.merging(environment) { _, new in new })
        try #require(output.status.isSuccess, "\(argv): \(output.errorText)\(output.text)")
        return output.text
    }

    @discardableResult
    func git(_ arguments: [String], environment: [String: String] = [:]) async throws -> String {
        try await run(["git"] + arguments, environment: environment)
    }

    /// git in the repository.
    @discardableResult
    func here(_ arguments: String..., environment: [String: String] = [:]) async throws -> String {
        try await git(["-C", repositoryPath] + arguments, environment: environment)
    }

    func write(_ path: String, _ text: String?) throws {
        let file = "\(repositoryPath)/\(path)"
        guard let text else { return try FileManager.default.removeItem(atPath: file) }
        try FileManager.default.createDirectory(
            atPath: (file as NSString).deletingLastPathComponent, withIntermediateDirectories: true)
        try text.write(toFile: file, atomically: false, encoding: .utf8)
    }

    func signing(_ person: String?) -> [String] {
        person.map { ["-c", "gpg.format=ssh", "-c", "user.signingkey=\(key($0))", "-c", "commit.gpgsign=true"] } ?? []
    }

    /// Commits files, signed by a person or by nobody; nil content removes a file.
    @discardableResult
    func commit(
        _ files: [String: String?], by person: String? = nil, environment: [String: String] = [:]
    ) async throws -> ObjectID {
        for (path, text) in files { try write(path, text) }
        try await here("add", "-A")
        try await git(
            ["-C", repositoryPath] + signing(person) + ["commit", "-q", "--allow-empty", "-m", "Change"],
            environment: environment)
        return try head
    }

    var head: ObjectID {
        get throws { try #require(try repository.branchTip("main")) }
    }

    /// A look at the branch, as a controller does it.
    func trust(_ entry: TrustEntry?, stages: Set<String> = ["prod"]) async throws -> TrustedPolicy {
        try await TrustedPolicy.assess(
            branch: "main", head: try head, stages: stages, entry: entry, repository: try repository,
            verifier: verifier, now: Self.now)
    }

    func ledger(_ trust: TrustedPolicy, subjects: Set<ContentDigest>? = nil) async throws -> Ledger {
        try await LedgerReader(repository: try repository, verifier: verifier)
            .ledger(at: try head, trust: trust, subjects: subjects, now: Self.now)
    }

    /// What the gate says after one look that trusts the present policy.
    func ask(_ subject: ContentDigest = subject, entry: TrustEntry? = nil) async throws -> GateEvaluation {
        let ledger = try await ledger(try await trust(entry))
        return GateEvaluation.evaluate(Self.gate, subject: subject, authors: [], ledger: ledger, now: Self.now)
    }

    static let gate = GateEvaluationTests.gate
    static let subject = ContentDigest(of: "the question")
    /// Keys and commits are made now, so that this is the one place where tests take the real time.
    static let now = SystemClock().now() + TimeSpan(seconds: 60)

    static func record(
        _ decision: ApprovalRecord.Decision = .approve, by person: String = "alice", gate: GateName = gate,
        subject: ContentDigest = subject, expires: Timestamp? = nil
    ) -> String {
        ApprovalRecord(
            decision: decision, gate: gate, subject: subject, approver: "\(person)@example.com",
            comment: "Accuracy 0.79 -> 0.93", expires: expires
        ).text
    }

    static let path = "environments/prod/approvals/register_model-abcdef.yml"
}

extension SignedProject {
    /// Replaces the newest commit's signature by one that the person made in another namespace.
    func resign(by person: String, namespace: String) async throws {
        let payload = try #require(try repository.signature(of: try head)).payload
        let file = "\(folder)/payload"
        try Data(payload).write(to: URL(filePath: file))
        try await run(["ssh-keygen", "-q", "-Y", "sign", "-n", namespace, "-f", key(person), file])
        try await replaceHead(
            payload: payload, signature: try String(contentsOfFile: "\(file).sig", encoding: .utf8))
    }

    /// Puts the signature of another commit on the newest one.
    func graft(signatureOf donor: ObjectID) async throws {
        try await graft(signature: try #require(try repository.signature(of: donor)).signature)
    }

    /// Puts some text on the newest, unsigned commit as its signature.
    func graft(signature: String) async throws {
        let raw = try await here("cat-file", "commit", try head.description)
        try await replaceHead(payload: Array(raw.utf8), signature: signature)
    }

    private func replaceHead(payload: [UInt8], signature: String) async throws {
        let text = String(decoding: payload, as: UTF8.self)
        let parts = try #require(text.firstRange(of: "\n\n"))
        let lines = signature.split(separator: "\n").joined(separator: "\n ")
        let commit = text[..<parts.lowerBound] + "\ngpgsig \(lines)" + text[parts.lowerBound...]
        let file = "\(folder)/commit"
        try String(commit).write(toFile: file, atomically: false, encoding: .utf8)
        let id = try await here("hash-object", "-t", "commit", "-w", file).trimmingCharacters(
            in: .whitespacesAndNewlines)
        try await here("update-ref", "refs/heads/main", id)
        try await here("reset", "-q", "--hard", "main")
    }
}
