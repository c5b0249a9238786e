package import Digest

/// The keys that may sign and the names they may sign for, read from one trusted commit.
package struct TrustedSigners: Sendable, Equatable {
    /// The path of the file of ssh keys, in git's own format.
    package static let allowedSignersPath = "environments/allowed_signers"
    /// The folder of armoured GPG keys.
    package static let keysFolder = "environments/keys"

    /// The bytes of `allowed_signers`; nil when there is no such file.
    package var allowedSigners: [UInt8]?
    /// Armoured public GPG keys by their path.
    package var keys: [String: [UInt8]]
    /// A digest over all of it, so that what was verified against it can be remembered.
    package let digest: ContentDigest

    /// The signers that these files name.
    package init(allowedSigners: [UInt8]?, keys: [String: [UInt8]] = [:]) {
        self.allowedSigners = allowedSigners
        self.keys = keys
        var members: [String: JSONValue] = keys.mapValues { .string(ContentDigest(of: $0).hex) }
        members["allowed_signers"] = allowedSigners.map { .string(ContentDigest(of: $0).hex) } ?? .null
        digest = JSONValue.object(members).digest
    }

    /// The names that keys are bound to, and the files of GPG keys, for people to look at.
    package var names: [String] {
        let lines = String(decoding: allowedSigners ?? [], as: UTF8.self).split(whereSeparator: \.isNewline)
        let principals = lines.compactMap { line -> String? in
            let first = line.split(whereSeparator: \.isWhitespace).first.map(String.init)
            return first?.hasPrefix("#") == true ? nil : first
        }
        return Set(principals).sorted() + keys.keys.sorted()
    }

    /// Whether nobody at all could sign.
    package var isEmpty: Bool { allowedSigners == nil && keys.isEmpty }

    /// Whether what is valid can change with time alone, as it does with `valid-before` and with certificates.
    var dependsOnTime: Bool {
        guard keys.isEmpty else { return true }
        let text = String(decoding: allowedSigners ?? [], as: UTF8.self).lowercased()
        return text.contains("valid-") || text.contains("cert-authority")
    }
}
