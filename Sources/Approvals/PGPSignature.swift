import Subprocess

/// Judges GPG signatures with `gpg --verify`, knowing no keys but those that the project committed.
struct PGPSignature {
    let program: String

    private static let largestKey = 256 << 10
    private static let mostKeys = 100

    func verify(
        _ signature: [UInt8], payload: [UInt8], by person: String, signers: TrustedSigners
    ) async throws(VerificationError) -> SignatureVerifier.Verdict {
        guard !signers.keys.isEmpty else {
            return .bad(reason: "is signed with a GPG key, but there are no keys in \(TrustedSigners.keysFolder)")
        }
        guard signers.keys.count <= Self.mostKeys, signers.keys.values.allSatisfy({ $0.count <= Self.largestKey })
        else {
            return .bad(reason: "cannot be checked: the keys in \(TrustedSigners.keysFolder) are too many or too large")
        }
        let folder = try PrivateFolder()
        var keyFiles: [String] = []
        for (index, key) in signers.keys.sorted(by: { $0.key < $1.key }).enumerated() {
            keyFiles.append(try folder.write("key\(index).asc", key.value))
        }
        // One bad key must not keep the others out, so that gpg's status says nothing here.
        _ = try await gpg(folder.path, ["--import"] + keyFiles)
        let signatureFile = try folder.write("signature", signature)
        let check = try await gpg(folder.path, ["--status-fd", "1", "--verify", signatureFile, "-"], input: payload)
        let status = PGPStatus(check.text)
        guard check.status.isSuccess, let fingerprint = status.fingerprint else {
            return .bad(reason: status.complaint ?? "has a GPG signature that is not valid")
        }
        let list = try await gpg(folder.path, ["--with-colons", "--list-keys", fingerprint])
        guard Self.addresses(in: list.text).contains(where: { $0 == person }) else {
            return .bad(
                reason: "is not signed by a key that \(TrustedSigners.keysFolder) binds to \(person)")
        }
        return .good(key: "gpg:\(fingerprint)")
    }

    private func gpg(
        _ home: String, _ arguments: [String], input: [UInt8] = []
    ) async throws(VerificationError) -> Subprocess.Output {
        do {
            // No configuration, no network, no agent, no trust but ours: who may sign is what was committed.
            return try await Subprocess.run(
                [
                    program, "--homedir", home, "--no-options", "--batch", "--no-tty", "--quiet", "--no-autostart",
                    "--disable-dirmngr", "--no-auto-key-retrieve", "--no-auto-key-locate", "--trust-model", "always",
                ] + arguments, environment: ProgramEnvironment.quiet(["GNUPGHOME": home]), workingDirectory: home,
                standardInput: input, timeout: .seconds(30), outputLimit: 1 << 20)
        } catch {
            throw VerificationError(error, doing: "checking a GPG signature")
        }
    }

    /// The mail addresses of a key's user ids, as `--with-colons` lists them, without revoked and expired ones.
    static func addresses(in listing: String) -> [String] {
        listing.split(separator: "\n").compactMap { line in
            let fields = line.split(separator: ":", omittingEmptySubsequences: false)
            guard fields.count > 9, fields[0] == "uid", fields[1] != "r", fields[1] != "e" else { return nil }
            let name = fields[9]
            guard let open = name.lastIndex(of: "<"), name.last == ">" else { return String(name) }
            return String(name[name.index(after: open)...].dropLast())
        }
    }
}

/// The status lines of `gpg --verify`, of which only one good signature of one valid key counts.
struct PGPStatus {
    /// The fingerprint of the primary key of the one valid signature.
    private(set) var fingerprint: String?
    /// What is wrong, where gpg says so.
    private(set) var complaint: String?

    init(_ text: String) {
        var signatures = 0
        var good = 0
        var valid: [String] = []
        for line in text.split(separator: "\n") where line.hasPrefix("[GNUPG:] ") {
            let words = line.dropFirst("[GNUPG:] ".count).split(separator: " ").map(String.init)
            switch words.first {
            case "NEWSIG": signatures += 1
            case "GOODSIG": good += 1
            case "VALIDSIG":
                // MD5, SHA-1 and RIPEMD-160 (OpenPGP's 1 to 3) can no longer carry an approval.
                if words.count >= 11, ["1", "2", "3"].contains(words[8]) {
                    complaint = "has a GPG signature over a weak digest"
                } else if let primary = words.count >= 11 ? words[10] : nil {
                    valid.append(primary)
                }
            case "BADSIG": complaint = "has a GPG signature that does not fit its content"
            case "EXPSIG", "EXPKEYSIG": complaint = "has a GPG signature, or a key, that has expired"
            case "REVKEYSIG": complaint = "is signed with a GPG key that was revoked"
            case "ERRSIG", "NO_PUBKEY":
                complaint = complaint ?? "is signed with a GPG key that is not in \(TrustedSigners.keysFolder)"
            default: break
            }
        }
        if complaint == nil, signatures == 1, good == 1, valid.count == 1 { fingerprint = valid[0] }
    }
}
