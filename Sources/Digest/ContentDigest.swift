/// A SHA-256 digest of content, written `sha256:<64 hexadecimal digits>`.
///
/// Kept as its 32 bytes in place: a plan of thousands of objects holds several of each.
package struct ContentDigest: Sendable, Hashable {
    /// Big-endian parts, so that their order is the order of the hexadecimal text.
    private let words: (UInt64, UInt64, UInt64, UInt64)

    /// The digest of nothing known: 32 zero bytes, which no content has.
    package static let zero = ContentDigest(words: (0, 0, 0, 0))

    private init(words: (UInt64, UInt64, UInt64, UInt64)) { self.words = words }

    /// The digest of some bytes.
    package init(of bytes: [UInt8]) {
        var hasher = SHA256Hasher()
        hasher.update(bytes)
        self = hasher.finalize()
    }

    /// The digest of a text's UTF-8.
    package init(of text: String) {
        var hasher = SHA256Hasher()
        hasher.update(text)
        self = hasher.finalize()
    }

    /// The digest whose 32 bytes these are.
    init(raw bytes: UnsafeRawBufferPointer) {
        precondition(bytes.count == 32, "a SHA-256 has 32 bytes")
        func word(_ offset: Int) -> UInt64 {
            UInt64(bigEndian: bytes.loadUnaligned(fromByteOffset: offset, as: UInt64.self))
        }
        words = (word(0), word(8), word(16), word(24))
    }

    /// The digest whose 32 bytes these are, or nil for another length.
    package init?(bytes: [UInt8]) {
        guard bytes.count == 32 else { return nil }
        self = bytes.withUnsafeBytes { ContentDigest(raw: $0) }
    }

    /// The digest spelt `sha256:<hex>` or as bare hexadecimal digits, or nil when the text is neither.
    package init?(_ text: some StringProtocol) {
        var digits = text.utf8[...]
        if digits.starts(with: "sha256:".utf8) { digits = digits.dropFirst("sha256:".utf8.count) }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(32)
        var high: UInt8?
        for digit in digits {
            let value: UInt8
            switch digit {
            case UInt8(ascii: "0")...UInt8(ascii: "9"): value = digit - UInt8(ascii: "0")
            case UInt8(ascii: "a")...UInt8(ascii: "f"): value = digit - UInt8(ascii: "a") + 10
            default: return nil
            }
            if let first = high {
                guard bytes.count < 32 else { return nil }
                bytes.append(first << 4 | value)
                high = nil
            } else {
                high = value
            }
        }
        guard high == nil else { return nil }
        self.init(bytes: bytes)
    }

    /// The 64 lower-case hexadecimal digits.
    package var hex: String { prefix(64) }

    /// The first hexadecimal digits, as many as asked for.
    package func prefix(_ count: Int) -> String {
        let count = min(max(0, count), 64)
        return String(unsafeUninitializedCapacity: 64) { buffer in
            write(digits: count, to: buffer)
            return count
        }
    }

    /// Appends the digest's description to UTF-8.
    package func append(to bytes: inout [UInt8]) {
        bytes.append(contentsOf: "sha256:".utf8)
        withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 64) { buffer in
            write(digits: 64, to: buffer)
            bytes.append(contentsOf: buffer)
        }
    }

    private func write(digits count: Int, to buffer: UnsafeMutableBufferPointer<UInt8>) {
        for index in 0..<count {
            let word =
                switch index >> 4 {
                case 0: words.0
                case 1: words.1
                case 2: words.2
                default: words.3
                }
            let digit = UInt8(truncatingIfNeeded: word >> (60 - 4 * UInt64(index & 15))) & 15
            buffer[index] = digit < 10 ? UInt8(ascii: "0") + digit : UInt8(ascii: "a") + digit - 10
        }
    }

    package static func == (left: Self, right: Self) -> Bool { left.words == right.words }

    package func hash(into hasher: inout Hasher) {
        // The bytes are a hash already: a part of them tells digests apart as well as all would.
        hasher.combine(words.0)
    }
}

extension ContentDigest: CustomStringConvertible {
    package var description: String {
        String(unsafeUninitializedCapacity: 71) { buffer in
            _ = buffer.initialize(fromContentsOf: "sha256:".utf8)
            write(digits: 64, to: UnsafeMutableBufferPointer(rebasing: buffer[7...]))
            return 71
        }
    }
}

extension ContentDigest: Comparable {
    package static func < (left: Self, right: Self) -> Bool { left.words < right.words }
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
