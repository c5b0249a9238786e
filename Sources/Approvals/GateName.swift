/// The name of a gate, `<stage>/<rule>` such as `prod/register_model`.
package struct GateName: Sendable, Hashable {
    /// The deployment environment whose rule it is.
    package let stage: String
    /// The rule's key under `protection_rules`.
    package let rule: String

    /// The gate of a rule of a stage, or nil where either part is no plain word.
    package init?(stage: some StringProtocol, rule: some StringProtocol) {
        guard Self.isWord(stage), Self.isWord(rule) else { return nil }
        self.stage = String(stage)
        self.rule = String(rule)
    }

    /// The gate spelt `<stage>/<rule>`, or nil for any other text.
    package init?(_ text: some StringProtocol) {
        let parts = text.split(separator: "/", maxSplits: 2, omittingEmptySubsequences: false)
        guard parts.count == 2 else { return nil }
        self.init(stage: parts[0], rule: parts[1])
    }

    /// Whether a text can be part of a gate's name, and so of a path and of a commit message.
    package static func isWord(_ text: some StringProtocol) -> Bool {
        guard let first = text.utf8.first, text.utf8.count <= 64, first != UInt8(ascii: "-") else { return false }
        return text.utf8.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "-"):
                true
            default: false
            }
        }
    }
}

extension GateName: CustomStringConvertible {
    package var description: String { "\(stage)/\(rule)" }
}

extension GateName: Comparable {
    package static func < (left: Self, right: Self) -> Bool {
        (left.stage, left.rule) < (right.stage, right.rule)
    }
}

extension GateName: Codable {
    package init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        let text = try container.decode(String.self)
        guard let name = GateName(text) else {
            throw DecodingError.dataCorruptedError(in: container, debugDescription: "'\(text)' is no gate's name")
        }
        self = name
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(description)
    }
}

extension GateName: CodingKeyRepresentable {
    private struct Key: CodingKey {
        let stringValue: String
        var intValue: Int? { nil }
        init(stringValue: String) { self.stringValue = stringValue }
        init?(intValue: Int) { nil }
    }

    package var codingKey: any CodingKey { Key(stringValue: description) }

    package init?(codingKey: some CodingKey) { self.init(codingKey.stringValue) }
}
