import Subprocess
import TimeKeeping

/// Judges ssh signatures with `ssh-keygen -Y verify`.
struct SSHSignature {
    let program: String

    private static let largestSignersFile = 1 << 20

    func verify(
        _ signature: [UInt8], payload: [UInt8], by person: String, signers: TrustedSigners, now: Timestamp
    ) async throws(VerificationError) -> SignatureVerifier.Verdict {
        guard let allowed = signers.allowedSigners else {
            return .bad(reason: "is signed with an ssh key, but \(TrustedSigners.allowedSignersPath) is missing")
        }
        guard allowed.count <= Self.largestSignersFile else {
            return .bad(reason: "cannot be checked: \(TrustedSigners.allowedSignersPath) is too large")
        }
        let folder = try PrivateFolder()
        let signersFile = try folder.write("allowed_signers", allowed)
        let signatureFile = try folder.write("signature", signature)
        let output: Subprocess.Output
        do {
            output = try await Subprocess.run(
                [
                    program, "-Y", "verify", "-f", signersFile, "-I", person, "-n", "git", "-s", signatureFile,
                    "-O", "verify-time=\(Self.compact(now))",
                ],
                // In UTC both the time given here and the times in the file, which have no zone before OpenSSH 9.1.
                environment: ProgramEnvironment.quiet(["TZ": "UTC0"]), workingDirectory: folder.path,
                standardInput: payload, timeout: .seconds(30), outputLimit: 64 << 10)
        } catch {
            throw VerificationError(error, doing: "checking an ssh signature")
        }
        guard output.status.isSuccess else {
            let complaint = Self.complaint(output.errorText, signersFile: signersFile)
            return .bad(reason: "is not signed by a key that \(complaint.origin) binds to \(person)\(complaint.detail)")
        }
        guard let key = Self.fingerprint(in: output.text) else {
            throw VerificationError("ssh-keygen accepted a signature without naming its key")
        }
        return .good(key: key)
    }

    /// `YYYYMMDDHHMMSS`, as ssh-keygen(1) wants times.
    private static func compact(_ moment: Timestamp) -> String {
        moment.description.filter { ("0"..."9").contains($0) }
    }

    /// The fingerprint in `Good "git" signature for NAME with ED25519 key SHA256:…`.
    static func fingerprint(in text: String) -> String? {
        // From the end: the name before it comes from the record.
        guard let line = text.split(separator: "\n").last(where: { $0.hasPrefix("Good ") }),
            let word = line.split(separator: " ").last, word.hasPrefix("SHA256:")
        else { return nil }
        return String(word)
    }

    /// What ssh-keygen found wrong, with the file's own name in place of our copy's.
    private static func complaint(_ text: String, signersFile: String) -> (origin: String, detail: String) {
        let origin = TrustedSigners.allowedSignersPath
        let lines = text.split(separator: "\n").filter { $0.hasPrefix(signersFile) }
        guard let line = lines.first else { return (origin, "") }
        return (origin, " (\(origin)\(line.dropFirst(signersFile.count).prefix(200)))")
    }
}

/// The variables with which the programs that judge signatures are run.
enum ProgramEnvironment {
    /// Nothing of the user's own configuration; messages in plain English.
    static func quiet(_ more: [String: String] = [:]) -> [String: String] {
        ["PATH": "/usr/local/bin:/usr/bin:/bin", "LC_ALL": "C"].merging(more) { _, new in new }
    }
}
