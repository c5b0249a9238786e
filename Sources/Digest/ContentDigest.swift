/// A SHA-256 digest of content, written `sha256:<64 hexadecimal digits>`.
package struct ContentDigest: Sendable, Hashable {
    /// The 64 lower-case hexadecimal digits.
    package let hex: String

    /// The digest of nothing known: 32 zero bytes, which no content has.
    package static let zero = ContentDigest(validHex: String(repeating: "0", count: 64))

    private init(validHex: String) { hex = validHex }

    /// The digest of some bytes.
    package init(of bytes: [UInt8]) {
        var hasher = SHA256Hasher()
        hasher.update(bytes)
        self = hasher.finalize()
    }

    /// The digest of a text's UTF-8.
    package init(of text: String) { self.init(of: Array(text.utf8)) }

    /// The digest whose 32 bytes these are, or nil for another length.
    package init?(bytes: [UInt8]) {
        guard bytes.count == 32 else { return nil }
        let digits = Array("0123456789abcdef".utf8)
        hex = String(unsafeUninitializedCapacity: 64) { buffer in
            for (index, byte) in bytes.enumerated() {
                buffer[2 * index] = digits[Int(byte >> 4)]
                buffer[2 * index + 1] = digits[Int(byte & 15)]
            }
            return 64
        }
    }

    /// The digest spelt `sha256:<hex>` or as bare hexadecimal digits, or nil when the text is neither.
    package init?(_ text: some StringProtocol) {
        let hex = text.hasPrefix("sha256:") ? text.dropFirst("sha256:".count)[...] : text[...]
        let isHex = hex.utf8.allSatisfy {
            (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) || (UInt8(ascii: "a")...UInt8(ascii: "f")).contains($0)
        }
        guard hex.utf8.count == 64, isHex else { return nil }
        self.hex = String(hex)
    }

    /// The first hexadecimal digits, as many as asked for.
    package func prefix(_ count: Int) -> String { String(hex.prefix(count)) }
}

extension ContentDigest: CustomStringConvertible {
    package var description: String { "sha256:\(hex)" }
}

extension ContentDigest: Comparable {
    package static func < (left: Self, right: Self) -> Bool { left.hex < right.hex }
}

extension ContentDigest: Codable {
    package init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        let text = try container.decode(String.self)
        guard let digest = ContentDigest(text) else {
            throw DecodingError.dataCorruptedError(in: container, debugDescription: "'\(text)' is no sha256 digest")
        }
        self = digest
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(description)
    }
}
