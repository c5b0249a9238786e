internal import Digest
internal import Subprocess
internal import Synchronization
package import TimeKeeping

/// Says whether a person signed a commit, by asking the programs that git itself asks.
///
/// Keys are judged at the present time, never at the time in the commit: that one is written by whoever holds the
/// key, so a retired key (`valid-before`) could go on for ever by dating its commits back. The price is small: what
/// waits for approval while a key is retired is to be approved again with the new one.
package final class SignatureVerifier: Sendable {
    /// What was found out about one signature and one name.
    package enum Verdict: Sendable, Hashable {
        /// Signed by a key of that person, with its fingerprint.
        case good(key: String)
        /// Not so, for this reason.
        case bad(reason: String)
    }

    private struct Question: Hashable {
        let commit: String
        let signers: ContentDigest
        let person: String
        /// The minute in which it was asked, where the answer depends on time.
        let minute: Int64?
    }

    /// More answers than this are never waited for; a new start costs a few milliseconds each.
    private static let rememberedAnswers = 10_000

    private let answers = Mutex<[Question: Verdict]>([:])
    private let sshKeygen: String
    private let gpg: String

    /// A verifier that runs these programs.
    package init(sshKeygen: String = "ssh-keygen", gpg: String = "gpg") {
        self.sshKeygen = sshKeygen
        self.gpg = gpg
    }

    /// Whether a commit carries a valid signature by a key that the signers bind to a person.
    ///
    /// - Throws: When the question could not be asked, such as for a missing program; never for a bad signature.
    package func verify(
        _ commit: SignedCommit, by person: String, signers: TrustedSigners, now: Timestamp
    ) async throws(VerificationError) -> Verdict {
        guard let signature = commit.signature else { return .bad(reason: "is not signed") }
        // ssh-keygen reads the name as one to be matched against patterns; nothing that could be one gets there.
        guard Identity.isPlain(person) else { return .bad(reason: "\"\(person)\" is no plain name") }
        guard signature.count <= 64 << 10, commit.payload.count <= 1 << 20 else {
            return .bad(reason: "has a signature or a message too large to be checked")
        }
        let question = Question(
            commit: commit.id, signers: signers.digest, person: person,
            minute: signers.dependsOnTime ? now.seconds / 60 : nil)
        if let answer = answers.withLock({ $0[question] }) { return answer }
        let verdict =
            switch commit.form {
            case .ssh:
                try await SSHSignature(program: sshKeygen)
                    .verify(signature, payload: commit.payload, by: person, signers: signers, now: now)
            case .openPGP:
                try await PGPSignature(program: gpg)
                    .verify(signature, payload: commit.payload, by: person, signers: signers)
            case .unknown: Verdict.bad(reason: "has a signature of a form that is not supported")
            }
        answers.withLock { answers in
            if answers.count >= Self.rememberedAnswers { answers.removeAll() }
            answers[question] = verdict
        }
        return verdict
    }
}

/// Why a signature could not be judged at all; the gate stays closed and the look is repeated.
package struct VerificationError: Error, Sendable, Hashable, CustomStringConvertible {
    /// One sentence for a person.
    package let message: String

    package var description: String { message }

    init(_ message: String) { self.message = message }

    init(_ error: SubprocessError, doing what: String) { message = "\(what): \(error.message)" }
}
