/// A JSON object that may still be the text it was stored as: thousands of them are kept, and few are looked into.
package struct StoredJSONObject: Sendable {
    private enum Form: Sendable {
        case value(JSONValue)
        /// UTF-8 of one object, as ``JSONValue/canonicalText`` writes it.
        case text(String)
    }

    private let form: Form

    /// An object as a value.
    package init(_ value: JSONValue) { form = .value(value) }

    /// An object as its text; what is no object reads as one without members.
    package init(text: String) { form = .text(text) }

    /// The whole object; made anew from a text at each call.
    package var value: JSONValue {
        switch form {
        case .value(let value): value
        case .text(let text): (try? JSONParser.parse(text)) ?? .object([:])
        }
    }

    /// The text of a member that is a string, without making a value of the others.
    package func string(_ name: String) -> String? {
        switch form {
        case .value(let value): return value[name]?.stringValue
        case .text(var text):
            let found = text.withUTF8 { bytes in
                var name = name
                return name.withUTF8 { MemberSearch(bytes).string(named: $0) }
            }
            switch found {
            case .found(let text): return text
            case .absent: return nil
            case .unsure: return value[name]?.stringValue
            }
        }
    }
}

extension StoredJSONObject: Equatable {
    package static func == (left: Self, right: Self) -> Bool {
        if case .text(let left) = left.form, case .text(let right) = right.form, left == right { return true }
        return left.value == right.value
    }
}

extension StoredJSONObject: Codable {
    package init(from decoder: any Decoder) throws { self.init(try JSONValue(from: decoder)) }

    package func encode(to encoder: any Encoder) throws { try value.encode(to: encoder) }
}

/// Looks for one member of an object in its text; answers `unsure` wherever the parser should look instead.
private struct MemberSearch {
    enum Answer {
        case found(String)
        case absent
        case unsure
    }

    private let bytes: UnsafeBufferPointer<UInt8>

    init(_ bytes: UnsafeBufferPointer<UInt8>) { self.bytes = bytes }

    func string(named name: UnsafeBufferPointer<UInt8>) -> Answer {
        guard bytes.count >= 2, bytes[0] == UInt8(ascii: "{") else { return .unsure }
        if bytes[1] == UInt8(ascii: "}") { return .absent }
        var index = 1
        while true {
            guard let key = plainString(at: index) else { return .unsure }
            index = key.upperBound + 1
            guard index < bytes.count, bytes[index] == UInt8(ascii: ":") else { return .unsure }
            index += 1
            if key.count == name.count, UnsafeBufferPointer(rebasing: bytes[key]).elementsEqual(name) {
                guard let text = plainString(at: index) else { return .unsure }
                return .found(String(decoding: bytes[text], as: UTF8.self))
            }
            guard let end = end(ofValueAt: index), end < bytes.count else { return .unsure }
            switch bytes[end] {
            case UInt8(ascii: ","): index = end + 1
            case UInt8(ascii: "}"): return end == bytes.count - 1 ? .absent : .unsure
            default: return .unsure
            }
        }
    }

    /// What stands between the quotes of a string without escapes; nil for anything else.
    private func plainString(at start: Int) -> Range<Int>? {
        guard start < bytes.count, bytes[start] == UInt8(ascii: "\"") else { return nil }
        var index = start + 1
        while index < bytes.count {
            switch bytes[index] {
            case UInt8(ascii: "\""): return start + 1..<index
            case UInt8(ascii: "\\"): return nil
            default: index += 1
            }
        }
        return nil
    }

    private func end(ofValueAt start: Int) -> Int? {
        var depth = 0
        var index = start
        while index < bytes.count {
            switch bytes[index] {
            case UInt8(ascii: "\""):
                index += 1
                while index < bytes.count, bytes[index] != UInt8(ascii: "\"") {
                    index += bytes[index] == UInt8(ascii: "\\") ? 2 : 1
                }
            case UInt8(ascii: "{"), UInt8(ascii: "["): depth += 1
            case UInt8(ascii: "}"), UInt8(ascii: "]"):
                if depth == 0 { return index }
                depth -= 1
            case UInt8(ascii: ",") where depth == 0: return index
            default: break
            }
            index += 1
        }
        return nil
    }
}
