/// The rules by which plain scalars get types.
package enum YAMLSchema: Sendable {
    /// YAML 1.1 as PyYAML 6 resolves it.
    case core11
}

extension Scalar {
    /// The scalar's value under a schema.
    ///
    /// `core11` is what the Azure ML SDK (azure-ai-ml 1.35, `load_yaml`) does: PyYAML 6.0 `safe_load`, which is
    /// YAML 1.1 with PyYAML's own regular expressions. Only plain scalars without a tag are anything but strings:
    /// - null: nothing, `~`, `null`, `Null`, `NULL`.
    /// - bool: `yes no true false on off`, in lower, Capital and UPPER case; `y` and `n` are strings.
    /// - int: `12`, `+1`, `1_000`; octal `0001` = 1 and `010` = 8, but `08` and `0o7` are strings; `0x1F`, `0b101`;
    ///   base 60 `1:30` = 90.
    /// - float: needs a dot, and a sign in its exponent: `1.`, `.5`, `1.5e+3`, `.inf`, `-.INF`, `.nan`, `1:30.5`;
    ///   `1e3`, `1.0e3` and `-.5` are strings.
    /// - timestamp: `2022-01-01` and `2022-01-01T10:00:00Z` become dates; `2022-13-45` fails the load.
    /// - `=` and a `<<` that is no key fail the load; other tags than YAML's own do too.
    package func resolved(_ schema: YAMLSchema) -> ResolvedScalar {
        if let tag { return resolved(tag: tag) }
        guard style == .plain else { return .string(text) }
        return implicit
    }

    /// Whether the scalar resolves to null under `core11`; quicker than resolving it.
    package var isNull: Bool {
        if let tag { return tag == Self.yamlPrefix + "null" }
        guard style == .plain else { return false }
        switch text.utf8.count {
        case 0: return true
        case 1: return text == "~"
        case 4: return text == "null" || text == "Null" || text == "NULL"
        default: return false
        }
    }

    private static let yamlPrefix = "tag:yaml.org,2002:"

    private var implicit: ResolvedScalar {
        let utf8 = text.utf8
        guard let first = utf8.first else { return .null }
        switch first {
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "+"), UInt8(ascii: "-"), UInt8(ascii: "."):
            return NumberResolver(text).resolved ?? .string(text)
        case UInt8(ascii: "~") where utf8.count == 1:
            return .null
        case UInt8(ascii: "=") where utf8.count == 1:
            return .invalid("a plain \"=\" has no meaning; quote it")
        case UInt8(ascii: "<") where text == "<<":
            return .invalid("a plain \"<<\" is a merge key; quote it")
        case _ where utf8.count <= 5:
            return word ?? .string(text)
        default:
            return .string(text)
        }
    }

    private var word: ResolvedScalar? {
        switch text {
        case "null", "Null", "NULL": .null
        case "true", "True", "TRUE", "yes", "Yes", "YES", "on", "On", "ON": .bool(true)
        case "false", "False", "FALSE", "no", "No", "NO", "off", "Off", "OFF": .bool(false)
        default: nil
        }
    }

    private func resolved(tag: String) -> ResolvedScalar {
        guard tag.hasPrefix(Self.yamlPrefix) else {
            return tag == "!" ? .string(text) : .invalid("the tag \"\(tag)\" is not known here")
        }
        switch tag.dropFirst(Self.yamlPrefix.count) {
        case "str": return .string(text)
        case "null": return .null
        case "bool":
            switch text.lowercased() {
            case "yes", "true", "on": return .bool(true)
            case "no", "false", "off": return .bool(false)
            default: return .invalid("\"\(text)\" is no boolean")
            }
        case "int":
            switch implicit {
            case .int, .bigInteger: return implicit
            default: return .invalid("\"\(text)\" is no integer")
            }
        case "float":
            switch implicit {
            case .double: return implicit
            case .int(let value): return .double(Double(value))
            default: return Double(text).map { .double($0) } ?? .invalid("\"\(text)\" is no number")
            }
        case "timestamp":
            if case .timestamp = implicit { return implicit }
            return .invalid("\"\(text)\" is no date")
        default:
            return .invalid("the tag \"\(tag)\" is not supported here")
        }
    }
}
