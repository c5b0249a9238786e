extension JSONValue {
    /// The one spelling of this value: UTF-8, members sorted by their UTF-8 bytes, no white space.
    ///
    /// After RFC 8785 (JSON Canonicalization Scheme), with integers spelt exactly and members sorted by UTF-8.
    package var canonicalBytes: [UInt8] {
        var bytes: [UInt8] = []
        appendCanonical(to: &bytes)
        return bytes
    }

    /// The canonical spelling as text.
    package var canonicalText: String { String(decoding: canonicalBytes, as: UTF8.self) }

    /// The SHA-256 over the canonical spelling.
    package var digest: ContentDigest {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(256)
        appendCanonical(to: &bytes)
        return ContentDigest(of: bytes)
    }

    /// The value as indented text for people, members sorted.
    package var prettyText: String {
        var bytes: [UInt8] = []
        appendPretty(to: &bytes, depth: 0)
        return String(decoding: bytes, as: UTF8.self)
    }

    package func appendCanonical(to bytes: inout [UInt8]) {
        switch self {
        case .null: bytes.append(contentsOf: "null".utf8)
        case .bool(let value): bytes.append(contentsOf: (value ? "true" : "false").utf8)
        case .int(let value): bytes.append(contentsOf: String(value).utf8)
        case .double(let value): Self.append(number: value, to: &bytes)
        case .string(let text): Self.append(text: text, to: &bytes)
        case .array(let elements):
            bytes.append(UInt8(ascii: "["))
            for (index, element) in elements.enumerated() {
                if index > 0 { bytes.append(UInt8(ascii: ",")) }
                element.appendCanonical(to: &bytes)
            }
            bytes.append(UInt8(ascii: "]"))
        case .object(let members):
            bytes.append(UInt8(ascii: "{"))
            if members.count == 1, let (key, value) = members.first {
                Self.append(text: key, to: &bytes)
                bytes.append(UInt8(ascii: ":"))
                value.appendCanonical(to: &bytes)
            } else {
                for (index, member) in Self.sorted(members).enumerated() {
                    if index > 0 { bytes.append(UInt8(ascii: ",")) }
                    Self.append(text: member.key, to: &bytes)
                    bytes.append(UInt8(ascii: ":"))
                    member.value.appendCanonical(to: &bytes)
                }
            }
            bytes.append(UInt8(ascii: "}"))
        }
    }

    private func appendPretty(to bytes: inout [UInt8], depth: Int) {
        let indent = String(repeating: "  ", count: depth + 1)
        let closing = String(repeating: "  ", count: depth)
        switch self {
        case .array(let elements) where !elements.isEmpty:
            bytes.append(contentsOf: "[\n".utf8)
            for (index, element) in elements.enumerated() {
                bytes.append(contentsOf: indent.utf8)
                element.appendPretty(to: &bytes, depth: depth + 1)
                bytes.append(contentsOf: (index + 1 < elements.count ? ",\n" : "\n").utf8)
            }
            bytes.append(contentsOf: (closing + "]").utf8)
        case .object(let members) where !members.isEmpty:
            bytes.append(contentsOf: "{\n".utf8)
            for (index, member) in Self.sorted(members).enumerated() {
                bytes.append(contentsOf: indent.utf8)
                Self.append(text: member.key, to: &bytes)
                bytes.append(contentsOf: ": ".utf8)
                member.value.appendPretty(to: &bytes, depth: depth + 1)
                bytes.append(contentsOf: (index + 1 < members.count ? ",\n" : "\n").utf8)
            }
            bytes.append(contentsOf: (closing + "}").utf8)
        default: appendCanonical(to: &bytes)
        }
    }

    private static func sorted(_ members: [String: JSONValue]) -> [(key: String, value: JSONValue)] {
        members.sorted { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }
    }

    private static func append(number: Double, to bytes: inout [UInt8]) {
        // JSON has no spelling for what is not finite (RFC 8259, section 6).
        guard number.isFinite else {
            bytes.append(contentsOf: "null".utf8)
            return
        }
        if let whole = Int64(exactly: number) {
            bytes.append(contentsOf: String(whole).utf8)
        } else {
            bytes.append(contentsOf: number.description.utf8)
        }
    }

    /// Appends a string with the escapes that RFC 8259, section 7, demands and no others.
    package static func append(text: String, to bytes: inout [UInt8]) {
        bytes.append(UInt8(ascii: "\""))
        defer { bytes.append(UInt8(ascii: "\"")) }
        var text = text
        // Nearly all texts stand as they are.
        let isPlain = text.withUTF8 { utf8 in
            let isPlain = utf8.allSatisfy {
                $0 >= 0x20 && $0 != UInt8(ascii: "\"") && $0 != UInt8(ascii: "\\") && $0 != 0x7F
            }
            if isPlain { bytes.append(contentsOf: utf8) }
            return isPlain
        }
        if isPlain { return }
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "\""): bytes.append(contentsOf: #"\""#.utf8)
            case UInt8(ascii: "\\"): bytes.append(contentsOf: #"\\"#.utf8)
            case 0x08: bytes.append(contentsOf: #"\b"#.utf8)
            case 0x09: bytes.append(contentsOf: #"\t"#.utf8)
            case 0x0A: bytes.append(contentsOf: #"\n"#.utf8)
            case 0x0C: bytes.append(contentsOf: #"\f"#.utf8)
            case 0x0D: bytes.append(contentsOf: #"\r"#.utf8)
            case 0..<0x20, 0x7F:
                let hex = String(byte, radix: 16)
                bytes.append(contentsOf: (#"\u00"# + (hex.utf8.count < 2 ? "0" : "") + hex).utf8)
            default: bytes.append(byte)
            }
        }
    }
}
