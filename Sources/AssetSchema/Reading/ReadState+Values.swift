import Digest
import YAML

extension ReadState {
    /// Reads a value as a type; nil when it can't be, which has then been reported.
    mutating func read(_ node: Node, as type: FieldType) -> JSONValue? {
        if node.scalar == nil, let tag = node.tag, !Self.collectionTags.contains(tag) {
            error(.unreadableScalar, "the tag \"\(tag)\" is not known here", at: node.mark, hint: "remove it")
            return nil
        }
        switch type {
        case .string(let rule): return text(node, rule: rule).map { .string($0) }
        case .version: return version(node)
        case .integer(let range): return integer(node, in: range)
        case .number(let range): return number(node, in: range)
        case .boolean: return boolean(node)
        case .choice(let words, let folding): return choice(node, of: words, folding)
        case .any, .something: return raw(node)
        case .dateTime: return dateTime(node)
        case .url: return url(node)
        case .armID(let type): return armID(node, of: type)
        case .map(let values, let keysMustBeText): return map(node, of: values, keysMustBeText: keysMustBeText)
        case .textMap(let isStrict, let keysMustBeText):
            return textMap(node, isStrict: isStrict, keysMustBeText: keysMustBeText)
        case .list(let items): return list(node, of: items)
        case .object(let schema): return object(node, as: schema)
        case .asset(let kind, let allowsNoVersion): return asset(node, kind, allowsNoVersion: allowsNoVersion)
        case .resource(let kind): return resource(node, kind)
        case .compute: return compute(node)
        case .path(let rule): return path(node, rule)
        case .inputPath(let kind): return inputPath(node, kind)
        case .literal: return literal(node)
        case .union(let types, let expected): return union(node, of: types, expected: expected)
        case .optional(let inner): return node.isNull ? inner.absent : read(node, as: inner)
        case .condaFile: return condaFile(node)
        case .binding(let inner):
            if let text = node.text, Expression.isBinding(text) { return expression(node) }
            return read(node, as: inner)
        case .expression: return expression(node)
        case .outputBinding: return outputBinding(node)
        case .wholeNumber: return wholeNumber(node)
        case .anyNumber: return anyNumber(node)
        case .numberVersion: return numberVersion(node)
        case .job: return job(node)
        case .component(let rule): return component(node, rule)
        case .steps: return steps(node)
        case .scheduledJob: return scheduledJob(node)
        case .scheduledImport: return scheduledImport(node)
        }
    }

    private static let collectionTags: Set = ["!", "tag:yaml.org,2002:map", "tag:yaml.org,2002:seq"]

    // MARK: Scalars

    /// A scalar's meaning; reports what is no scalar, and what PyYAML could not load.
    mutating func resolve(_ node: Node, expecting expected: @autoclosure () -> String) -> ResolvedScalar? {
        guard let scalar = node.scalar else {
            error(.wrongType, "expected \(expected()), not \(node.kindDescription)", at: node.mark)
            return nil
        }
        let resolved = scalar.resolved(.core11)
        if case .invalid(let reason) = resolved {
            error(
                .unreadableScalar, "\(Self.quoted(scalar.text)) can't be read: \(reason)", at: node.mark,
                hint: "quote it if it is text")
            return nil
        }
        return resolved
    }

    /// Text in messages: quoted, and cut where it is long.
    static func quoted(_ text: String) -> String {
        text.unicodeScalars.count <= 80 ? "\"\(text)\"" : "\"\(String(text.unicodeScalars.prefix(77)))…\""
    }

    mutating func text(_ node: Node, rule: NameRule? = nil, expecting expected: String = "text") -> String? {
        guard let resolved = resolve(node, expecting: expected) else { return nil }
        guard case .string(let text) = resolved else {
            let written = node.text ?? ""
            error(
                .wrongType, "expected \(expected), but \(Self.quoted(written)) is \(resolved.kindDescription) in YAML",
                at: node.mark, hint: written.isEmpty ? nil : "quote it: \"\(written)\"")
            return nil
        }
        checkPlaceholder(text, at: node.mark)
        guard let rule else { return text }
        return check(text, rule, at: node.mark)
    }

    /// `<name>` is what templates leave for a person to fill in.
    private mutating func checkPlaceholder(_ text: String, at mark: Mark) {
        guard text.utf8.first == UInt8(ascii: "<"), text.utf8.last == UInt8(ascii: ">"), text.utf8.count > 2 else {
            return
        }
        let inner = text.dropFirst().dropLast()
        guard !inner.contains("<"), !inner.contains(">"), !inner.contains("\n") else { return }
        error(.placeholder, "the placeholder \(Self.quoted(text)) was left in", at: mark, hint: "write the real value")
    }

    private mutating func check(_ text: String, _ rule: NameRule, at mark: Mark) -> String? {
        let name = Array(text.unicodeScalars)
        let folded = rule.foldsCase ? text.lowercased() : text
        var message: String?
        var isSeenByLoader = false
        if !rule.isAllowed(name) {
            // A placeholder has been reported already and breaks every alphabet.
            if text.first == "<", text.last == ">", !rule.isCheckedByLoader { return folded }
            message = "\(Self.quoted(text)) can't be \(rule.subject): allowed are \(rule.allowed)"
            // The loader's pattern ends with `$`, which in Python also stands before a last line feed.
            let withoutBreak = name.last == "\n" ? Array(name.dropLast()) : name
            isSeenByLoader = rule.isCheckedByLoader && !rule.isAllowed(withoutBreak)
        } else if !rule.fits(length: name.count) {
            message =
                "\(Self.quoted(text)) is too \(name.count < 3 ? "short" : "long") for \(rule.subject): "
                + "allowed are \(rule.allowed)"
        }
        guard let message else { return folded }
        if OverrideSentinel.matches(text) {
            // The name comes from a variable; alone, the SDK's loader stops at its alphabet all the same.
            if isSeenByLoader {
                error(
                    .invalidName, message, at: mark,
                    hint: "read alone, as here, `az ml` refuses it; the plan puts the config file's variable there")
            }
            return folded
        }
        if rule.isFirm {
            error(isSeenByLoader ? .invalidName : .nameRule, message, at: mark)
        } else {
            warning(.nameRule, message, at: mark)
        }
        return folded
    }

    mutating func version(_ node: Node) -> JSONValue? {
        guard let resolved = resolve(node, expecting: "a version") else { return nil }
        switch resolved {
        case .string(let text):
            checkPlaceholder(text, at: node.mark)
            return .string(text)
        case .int, .bigInteger, .double, .bool:
            let text = resolved.pythonText ?? ""
            if text != node.text {
                warning(
                    .surprisingValue, "the version \(node.text ?? "") is read as \(Self.quoted(text))", at: node.mark,
                    hint: "quote it: \"\(node.text ?? "")\"")
            }
            return .string(text)
        default:
            error(
                .wrongType, "expected a version, not \(resolved.kindDescription)", at: node.mark,
                hint: "quote it: \"\(node.text ?? "")\"")
            return nil
        }
    }

    mutating func integer(_ node: Node, in range: ClosedRange<Int64>?) -> JSONValue? {
        guard let resolved = resolve(node, expecting: "a whole number") else { return nil }
        var value: Int64?
        switch resolved {
        case .int(let number): value = number
        case .bigInteger(let digits):
            // Python has room for it; nothing that takes a number here does.
            error(.outOfRange, "\(Self.quoted(digits)) is out of range", at: node.mark)
            return nil
        case .double(let number) where number.isFinite:
            value = Int64(exactly: number.rounded(.towardZero))
            if let value, Double(value) != number {
                warning(.surprisingValue, "\(node.text ?? "") is read as \(value)", at: node.mark)
            }
        case .string(let text): value = PythonNumber.integer(text)
        default: break
        }
        guard let value else {
            error(
                .wrongType, "expected a whole number, not \(Self.quoted(node.text ?? ""))", at: node.mark)
            return nil
        }
        if let range, !range.contains(value) {
            error(.outOfRange, "\(value) is out of range: \(Self.words(range))", at: node.mark)
        }
        return .int(value)
    }

    private static func words(_ range: ClosedRange<Int64>) -> String {
        range.upperBound == .max
            ? "it must be \(range.lowerBound) or more"
            : "it must be \(range.lowerBound) to \(range.upperBound)"
    }

    mutating func number(_ node: Node, in range: ClosedRange<Double>?) -> JSONValue? {
        guard let resolved = resolve(node, expecting: "a number") else { return nil }
        var value: Double?
        switch resolved {
        case .int(let number): value = Double(number)
        case .double(let number): value = number
        case .string(let text): value = PythonNumber.float(text)
        default: break
        }
        guard let value, value.isFinite else {
            error(.wrongType, "expected a number, not \(Self.quoted(node.text ?? ""))", at: node.mark)
            return nil
        }
        if let range, !range.contains(value) {
            error(
                .invalidValue, "\(value) is out of range: it must be \(range.lowerBound) to \(range.upperBound)",
                at: node.mark)
        }
        return .double(value)
    }

    mutating func boolean(_ node: Node) -> JSONValue? {
        guard let resolved = resolve(node, expecting: "true or false") else { return nil }
        switch resolved {
        case .bool(let value): return .bool(value)
        case .int(1), .double(1): return true
        case .int(0), .double(0): return false
        case .string("t"), .string("T"), .string("true"), .string("True"), .string("TRUE"), .string("on"),
            .string("On"), .string("ON"), .string("y"), .string("Y"), .string("yes"), .string("Yes"), .string("YES"),
            .string("1"):
            return true
        case .string("f"), .string("F"), .string("false"), .string("False"), .string("FALSE"), .string("off"),
            .string("Off"), .string("OFF"), .string("n"), .string("N"), .string("no"), .string("No"), .string("NO"),
            .string("0"):
            return false
        default:
            error(.wrongType, "expected true or false, not \(Self.quoted(node.text ?? ""))", at: node.mark)
            return nil
        }
    }

    mutating func choice(_ node: Node, of words: [String], _ folding: ChoiceFolding) -> JSONValue? {
        guard let resolved = resolve(node, expecting: Self.list(words)) else { return nil }
        guard case .string(let text) = resolved else {
            error(
                .invalidValue,
                "expected \(Self.list(words)), but \(Self.quoted(node.text ?? "")) is "
                    + "\(resolved.kindDescription) in YAML", at: node.mark)
            return nil
        }
        let word = folding.fold(text)
        if words.contains(word) { return .string(word) }
        let nearest = EditDistanceHint.hint(for: text, among: words)
        error(
            .invalidValue, "\(Self.quoted(text)) is not allowed here; expected \(Self.list(words))", at: node.mark,
            hint: nearest)
        return nil
    }

    /// Words for messages: `a, b or c`.
    static func list(_ words: [String]) -> String {
        let quoted = words.map { "\"\($0)\"" }
        guard quoted.count > 1, let last = quoted.last else { return quoted.first ?? "nothing" }
        return quoted.dropLast().joined(separator: ", ") + " or " + last
    }

    mutating func literal(_ node: Node) -> JSONValue? {
        guard let resolved = resolve(node, expecting: "a value") else { return nil }
        switch resolved {
        case .int(let value): return .int(value)
        case .bigInteger(let text): return .string(text)
        case .double(let value) where value.isFinite: return .double(value)
        case .bool(let value): return .bool(value)
        case .string(let text):
            checkPlaceholder(text, at: node.mark)
            return .string(text)
        default:
            error(
                .wrongType, "expected text, a number or a boolean, not \(resolved.kindDescription)", at: node.mark,
                hint: node.text.map { "quote it: \"\($0)\"" })
            return nil
        }
    }

    /// A value without a schema, as JSON; dates become the text that Python prints.
    mutating func raw(_ node: Node) -> JSONValue? {
        switch node.value {
        case .scalar:
            guard let resolved = resolve(node, expecting: "a value") else { return nil }
            switch resolved {
            case .null: return .null
            case .bool(let value): return .bool(value)
            case .int(let value): return .int(value)
            case .double(let value): return value.isFinite ? .double(value) : .string(resolved.pythonText ?? "")
            case .string(let text):
                checkPlaceholder(text, at: node.mark)
                return .string(text)
            default: return .string(resolved.pythonText ?? "")
            }
        case .sequence(let items):
            return .array(
                items.enumerated().map { index, item in
                    inside(String(index)) { $0.raw(item) } ?? .null
                })
        case .mapping(let mapping):
            var members: [String: JSONValue] = [:]
            for entry in mapping {
                members[entry.name] = inside(entry.name) { $0.raw(entry.value) } ?? .null
            }
            return .object(members)
        }
    }
}
