internal import Git
internal import Subprocess

/// Why a record could not be committed, in a sentence, and what to do about it.
package struct RecordCommitError: Error, Hashable, Sendable, CustomStringConvertible {
    /// What kind of failure it was, for code that decides.
    package enum Code: String, Hashable, Sendable {
        case noBranch
        case unsafePath
        case localChanges
        case nothingToCommit
        case branchMoved
        case signing
        case identity
        case busy
        case failed
    }

    /// What kind of failure it was.
    package let code: Code
    /// One sentence for a person.
    package let message: String
    /// What the person can type or do.
    package let hint: String?

    init(_ code: Code, _ message: String, hint: String? = nil) {
        self.code = code
        self.message = message
        self.hint = hint
    }

    package var description: String { hint.map { "\(message) (\($0))" } ?? message }

    init(_ error: GitError) {
        self.init(.failed, error.message)
    }

    /// Reads what git said, since text is all it gives: its status is 128 for everything.
    init(_ arguments: [String], _ output: Subprocess.Output) {
        let text = output.errorText
        let known = Self.known.first { known in known.signs.contains { text.contains($0) } }
        let failure = GitProgram.failure(arguments, output)
        guard let known else {
            self.init(failure)
            return
        }
        // The line with the sign tells the cause; the last one only that something failed.
        let line = text.split(whereSeparator: \.isNewline).first { line in known.signs.contains { line.contains($0) } }
        let cause = line.map { $0.trimmingPrefix("fatal: ").trimmingPrefix("error: ") }.map(String.init)
        self.init(
            known.code,
            known.message.map { "\($0): \(RemoteURL.redactingCredentials(in: cause ?? failure.message))" }
                ?? failure.message,
            hint: known.hint)
    }

    private struct Known {
        var signs: [String]
        var code: Code
        var message: String?
        var hint: String
    }

    private static let signingHint =
        "git config gpg.format ssh; git config user.signingkey ~/.ssh/id_ed25519.pub"

    private static let known = [
        Known(
            signs: [
                "user.signingkey", "defaultKeyCommand", "Couldn't load public key", "Load key", "No private key found",
                "No secret key", "cannot run gpg", "cannot run ssh-keygen", "gpg failed to sign", "failed to sign",
                "Couldn't sign message", "incorrect passphrase", "agent refused", "error: gpg",
            ], code: .signing, message: "git could not sign the commit", hint: signingHint),
        Known(
            signs: ["tell me who you are", "empty ident name", "unable to auto-detect email", "no email was given"],
            code: .identity, message: "git does not know in whose name to commit",
            hint: "git config user.name 'Your Name'; git config user.email you@example.com"),
        Known(
            signs: ["dubious ownership"], code: .failed, message: "git does not trust the repository's folder",
            hint: "git config --global --add safe.directory <that folder>"),
        Known(
            signs: ["partial commit during a"], code: .busy, message: "a merge, cherry-pick or rebase is not finished",
            hint: "finish or abort it, then try again"),
        Known(
            signs: [".lock': File exists", "Another git process"], code: .busy,
            message: "another git process works in the repository", hint: "try again when it is done"),
    ]
}
