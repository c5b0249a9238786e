internal import CLibcrypto
internal import Synchronization

/// A running SHA-256 over bytes that arrive in pieces; OpenSSL's EVP digest does the work.
package struct SHA256Hasher: ~Copyable {
    private let context: OpaquePointer

    /// Starts an empty digest.
    package init() {
        context = ContextPool.take()
        // A context that has been used for the same algorithm keeps what it allocated.
        let started = EVP_DigestInit_ex(context, ContextPool.algorithm, nil)
        precondition(started == 1, "OpenSSL offers no SHA-256")
    }

    deinit { ContextPool.giveBack(context) }

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
        withUnsafeTemporaryAllocation(byteCount: 32, alignment: 8) { buffer in
            var length: UInt32 = 0
            _ = EVP_DigestFinal_ex(context, buffer.bindMemory(to: UInt8.self).baseAddress, &length)
            return ContentDigest(raw: UnsafeRawBufferPointer(buffer))
        }
    }
}

/// Contexts between two digests: looking the algorithm up and allocating takes longer than a short text's digest.
private enum ContextPool {
    private struct Idle: @unchecked Sendable {  // A context in the pool is used by nobody.
        var contexts: [OpaquePointer] = []
    }

    private static let idle = Mutex(Idle())
    private static let limit = 16
    // What EVP_MD_fetch gives is shared and never changes.
    nonisolated(unsafe) static let algorithm: OpaquePointer? = EVP_MD_fetch(nil, "SHA256", nil)

    static func take() -> OpaquePointer {
        if let context = idle.withLock({ $0.contexts.popLast() }) { return context }
        // EVP_MD_CTX_new fails only when no memory is left, which nothing here can mend.
        guard let context = EVP_MD_CTX_new() else { preconditionFailure("no memory for a digest context") }
        return context
    }

    static func giveBack(_ context: OpaquePointer) {
        let isKept = idle.withLock { idle in
            guard idle.contexts.count < limit else { return false }
            idle.contexts.append(context)
            return true
        }
        if !isKept { EVP_MD_CTX_free(context) }
    }
}
