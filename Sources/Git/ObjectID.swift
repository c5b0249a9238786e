internal import CLibgit2

/// The name of a git object: the SHA-1 of its content.
package struct ObjectID: Hashable, Sendable, Comparable, Codable, CustomStringConvertible {
    /// Big-endian parts, so that their order is the order of the hexadecimal text.
    private let high: UInt64
    private let middle: UInt64
    private let low: UInt32

    /// The number of bytes in an id.
    package static let byteCount = 20

    /// Makes an id from its 20 bytes.
    package init?(bytes: some Collection<UInt8>) {
        guard bytes.count == Self.byteCount else { return nil }
        var high: UInt64 = 0
        var middle: UInt64 = 0
        var low: UInt32 = 0
        for (index, byte) in bytes.enumerated() {
            switch index {
            case 0..<8: high = high << 8 | UInt64(byte)
            case 8..<16: middle = middle << 8 | UInt64(byte)
            default: low = low << 8 | UInt32(byte)
            }
        }
        (self.high, self.middle, self.low) = (high, middle, low)
    }

    /// Makes an id from its 40 hexadecimal digits.
    package init?(hex: some StringProtocol) {
        let digits = Array(hex.utf8)
        guard digits.count == 2 * Self.byteCount else { return nil }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(Self.byteCount)
        for index in stride(from: 0, to: digits.count, by: 2) {
            guard let first = Self.value(digits[index]), let second = Self.value(digits[index + 1]) else { return nil }
            bytes.append(first << 4 | second)
        }
        self.init(bytes: bytes)
    }

    init(raw: UnsafeRawPointer) {
        high = UInt64(bigEndian: raw.loadUnaligned(as: UInt64.self))
        middle = UInt64(bigEndian: raw.loadUnaligned(fromByteOffset: 8, as: UInt64.self))
        low = UInt32(bigEndian: raw.loadUnaligned(fromByteOffset: 16, as: UInt32.self))
    }

    init(_ id: git_oid) {
        self = withUnsafeBytes(of: id) { bytes in
            guard let base = bytes.baseAddress else { preconditionFailure("an id has 20 bytes") }
            return ObjectID(raw: base)
        }
    }

    var cValue: git_oid {
        var id = git_oid()
        withUnsafeMutableBytes(of: &id) { bytes in
            bytes.storeBytes(of: high.bigEndian, as: UInt64.self)
            bytes.storeBytes(of: middle.bigEndian, toByteOffset: 8, as: UInt64.self)
            bytes.storeBytes(of: low.bigEndian, toByteOffset: 16, as: UInt32.self)
        }
        return id
    }

    /// The name these bytes have as a blob; no repository needed.
    package static func blob(of bytes: [UInt8]) -> ObjectID {
        bytes.withUnsafeBytes { blob(of: $0) }
    }

    /// The name these bytes have as a blob; no repository needed.
    package static func blob(of bytes: UnsafeRawBufferPointer) -> ObjectID {
        Libgit2.start()
        var id = git_oid()
        // git_odb_hash refuses a null pointer, even for no bytes.
        let result = withUnsafeBytes(of: UInt8(0)) { nothing in
            git_odb_hash(&id, bytes.baseAddress ?? nothing.baseAddress, bytes.count, GIT_OBJECT_BLOB)
        }
        precondition(result == 0, "hashing bytes in memory cannot fail")
        return ObjectID(id)
    }

    /// All 40 hexadecimal digits.
    package var description: String { hex(count: 2 * Self.byteCount) }

    /// The first seven digits, for people.
    package var short: String { hex(count: 7) }

    /// The first digits of the id, as many as asked for.
    package func hex(count: Int) -> String {
        var digits: [UInt8] = []
        digits.reserveCapacity(2 * Self.byteCount)
        withUnsafeBytes(of: cValue) { bytes in
            for byte in bytes.prefix((count + 1) / 2) {
                digits.append(Self.digit(byte >> 4))
                digits.append(Self.digit(byte & 0xf))
            }
        }
        return String(decoding: digits.prefix(count), as: UTF8.self)
    }

    package static func < (left: ObjectID, right: ObjectID) -> Bool {
        (left.high, left.middle, left.low) < (right.high, right.middle, right.low)
    }

    package init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        let text = try container.decode(String.self)
        guard let id = ObjectID(hex: text) else {
            throw DecodingError.dataCorruptedError(
                in: container, debugDescription: "a git object id has 40 hexadecimal digits")
        }
        self = id
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(description)
    }

    private static func value(_ digit: UInt8) -> UInt8? {
        switch digit {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): digit - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): digit - UInt8(ascii: "a") + 10
        case UInt8(ascii: "A")...UInt8(ascii: "F"): digit - UInt8(ascii: "A") + 10
        default: nil
        }
    }

    private static func digit(_ value: UInt8) -> UInt8 {
        value < 10 ? UInt8(ascii: "0") + value : UInt8(ascii: "a") + value - 10
    }
}
