package import Digest

/// The two spellings of field names and words: CLI v2's `max_queue_wait` and the API's `maxQueueWait`.
package enum Spelling {
    /// `instance_count` → `instanceCount`.
    package static func camel(_ name: String) -> String {
        let parts = name.split(separator: "_")
        guard let first = parts.first else { return name }
        return String(first) + parts.dropFirst().map { $0.prefix(1).uppercased() + $0.dropFirst() }.joined()
    }

    /// `instanceCount` → `instance_count`.
    package static func snake(_ name: String) -> String {
        var result = ""
        for character in name {
            if character.isUppercase {
                if !result.isEmpty { result += "_" }
                result += character.lowercased()
            } else {
                result.append(character)
            }
        }
        return result
    }

    /// An object's keys in the API's spelling, and those of objects in it; nulls are left out.
    package static func camel(_ value: JSONValue) -> JSONValue { mapKeys(value, camel) }

    /// An object's keys in CLI v2's spelling, and those of objects in it; nulls are left out.
    package static func snake(_ value: JSONValue) -> JSONValue { mapKeys(value, snake) }

    private static func mapKeys(_ value: JSONValue, _ spell: (String) -> String) -> JSONValue {
        switch value {
        case .object(let members):
            var result: [String: JSONValue] = [:]
            for (key, member) in members where !member.isNull { result[spell(key)] = mapKeys(member, spell) }
            return .object(result)
        case .array(let elements): return .array(elements.map { mapKeys($0, spell) })
        default: return value
        }
    }
}

extension JSONValue {
    /// The members that are not null.
    package var present: [String: JSONValue] { (objectValue ?? [:]).filter { !$0.value.isNull } }

    /// Takes a member over under another name, when it is there.
    package mutating func take(_ name: String, from other: JSONValue, as theirs: String? = nil) {
        guard let value = other[theirs ?? name], !value.isNull else { return }
        self[name] = value
    }

    /// The texts of an object; what is no text is spelled as JSON does.
    package var texts: [String: String] {
        present.mapValues { $0.stringValue ?? $0.canonicalText }
    }

    /// An object of texts.
    package init(texts: [String: String]) { self = .object(texts.mapValues { .string($0) }) }
}
