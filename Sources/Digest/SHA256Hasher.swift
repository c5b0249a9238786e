internal import CLibcrypto

/// A running SHA-256 over bytes that arrive in pieces; OpenSSL's EVP digest does the work.
package struct SHA256Hasher: ~Copyable {
    private let context: OpaquePointer

    /// Starts an empty digest.
    package init() {
        // EVP_MD_CTX_new fails only when no memory is left, which nothing here can mend.
        guard let context = EVP_MD_CTX_new() else { preconditionFailure("no memory for a digest context") }
        self.context = context
        let started = EVP_DigestInit_ex(context, EVP_sha256(), nil)
        precondition(started == 1, "OpenSSL offers no SHA-256")
    }

    deinit { EVP_MD_CTX_free(context) }

    /// Adds bytes.
    package mutating func update(_ bytes: UnsafeRawBufferPointer) {
        _ = EVP_DigestUpdate(context, bytes.baseAddress, bytes.count)
    }

    /// Adds bytes.
    package mutating func update(_ bytes: [UInt8]) { bytes.withUnsafeBytes { update($0) } }

    /// Adds a text's UTF-8.
    package mutating func update(_ text: String) {
        var text = text
        text.withUTF8 { update(UnsafeRawBufferPointer($0)) }
    }

    /// Ends the digest and gives its 32 bytes.
    package consuming func finalize() -> ContentDigest {
        let bytes = [UInt8](unsafeUninitializedCapacity: 32) { buffer, count in
            var length: UInt32 = 0
            _ = EVP_DigestFinal_ex(context, buffer.baseAddress, &length)
            count = Int(length)
        }
        return ContentDigest(bytes: bytes) ?? ContentDigest.zero
    }
}
