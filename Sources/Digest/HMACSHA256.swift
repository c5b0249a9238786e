/// Message authentication by SHA-256 and a secret key (RFC 2104).
package enum HMACSHA256 {
    /// The 32 bytes that prove a message to those who have the key.
    package static func code(_ message: [UInt8], key: [UInt8]) -> [UInt8] {
        var block = key.count > 64 ? ContentDigest(of: key).bytes : key
        block += [UInt8](repeating: 0, count: 64 - block.count)
        let inner = ContentDigest(of: block.map { $0 ^ 0x36 } + message)
        return ContentDigest(of: block.map { $0 ^ 0x5c } + inner.bytes).bytes
    }

    /// Whether two codes are equal, in a time that does not tell where they differ.
    package static func isEqual(_ left: [UInt8], _ right: [UInt8]) -> Bool {
        guard left.count == right.count else { return false }
        return zip(left, right).reduce(UInt8(0)) { $0 | ($1.0 ^ $1.1) } == 0
    }
}

extension ContentDigest {
    /// The digest's 32 bytes.
    package var bytes: [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(32)
        var high: UInt8?
        for digit in hex.utf8 {
            let value = digit < UInt8(ascii: "a") ? digit - UInt8(ascii: "0") : digit - UInt8(ascii: "a") + 10
            if let first = high {
                bytes.append(first << 4 | value)
                high = nil
            } else {
                high = value
            }
        }
        return bytes
    }
}
