import Diagnostics
import Digest
import YAML

/// Names the edit distance's hint so that files of values need not import Diagnostics.
enum EditDistanceHint {
    static func hint(for word: String, among words: [String]) -> String? {
        EditDistance.hint(for: word, among: words)
    }
}

extension ReadState {
    /// A mapping with known keys.
    mutating func object(_ node: Node, as schema: ObjectSchema) -> JSONValue? {
        if schema.mayBeFile, let path = Self.includedPath(node) {
            return include(path, at: node) { $0.mapping($1, as: schema) }
        }
        return mapping(node, as: schema)
    }

    private mutating func mapping(_ node: Node, as schema: ObjectSchema) -> JSONValue? {
        guard let mapping = node.mapping else {
            error(.wrongType, "expected \(schema.title) (a mapping), not \(node.kindDescription)", at: node.mark)
            return nil
        }
        var result: [String: JSONValue] = [:]
        result.reserveCapacity(mapping.count)
        var missing = schema.requiredPlaces
        for entry in mapping {
            let name = entry.name
            guard let place = schema.place(of: name) else {
                switch schema.unknownKeys {
                case .refused, .ignored: unknown(entry, in: schema)
                case .kept: result[name] = unused(entry, in: schema)
                }
                continue
            }
            let field = schema.fields[place]
            if field.isRequired { missing.removeAll { $0 == place } }
            switch field.use {
            case .dropped:
                checkReadable(entry.value)
                warning(
                    .ignoredKey, "\"\(name)\" is ignored in \(schema.title)", at: entry.keyMark, key: name,
                    hint: "remove it")
                continue
            case .silent: continue
            case .readOnly:
                checkReadable(entry.value)
                // The SDK takes away what is read-only only when there is a value, and stumbles over the key otherwise.
                if !schema.ignoresReadOnlyKeys || entry.value.isNull {
                    if schema.unknownKeys == .refused { unknown(entry, in: schema) }
                } else if name != "$schema" {
                    warning(
                        .ignoredKey, "\"\(name)\" is read-only and ignored", at: entry.keyMark, key: name,
                        hint: "remove it")
                }
                continue
            case .definition, .service: break
            }
            if entry.value.isNull, !field.type.allowsNull {
                error(
                    .emptyValue, "\"\(name)\" has no value", at: entry.value.mark, key: name,
                    hint: "give it a value, or remove the line")
                continue
            }
            guard let value = inside(name, { $0.read(entry.value, as: field.type) }) else { continue }
            guard field.use == .definition, value != field.defaultValue, !field.isEmpty(value) else { continue }
            result[name] = value
        }
        for place in missing {
            let field = schema.fields[place]
            error(
                .missingKey, "\(schema.title) needs \"\(field.name)\"", at: node.mark, key: field.name,
                hint: "add \"\(field.name): …\"")
        }
        for check in schema.checks { check(node, result, &self) }
        schema.normalisation?(&result)
        return .object(result)
    }

    /// A key that the SDK hands on unread; most often a slip.
    private mutating func unused(_ entry: Mapping.Entry, in schema: ObjectSchema) -> JSONValue? {
        checkKey(entry)
        warning(
            .unusedKey,
            "\(schema.title) has no key \(Self.quoted(entry.name)); `az ml` takes it and does nothing with it",
            at: entry.keyMark, key: entry.name,
            hint: EditDistance.hint(for: entry.name, among: schema.writableKeys) ?? "remove it")
        return inside(entry.name) { $0.raw(entry.value) }
    }

    /// Reports what no YAML reader could load, where the value itself does not matter.
    private mutating func checkReadable(_ node: Node) {
        guard let scalar = node.scalar else {
            _ = raw(node)
            return
        }
        if scalar.style == .plain || scalar.tag != nil { _ = resolve(node, expecting: "a value") }
    }

    private mutating func unknown(_ entry: Mapping.Entry, in schema: ObjectSchema) {
        let nearest = EditDistance.hint(for: entry.name, among: schema.writableKeys)
        if schema.unknownKeys == .ignored {
            warning(
                .ignoredKey, "unknown key \(Self.quoted(entry.name)) is ignored in \(schema.title)", at: entry.keyMark,
                key: entry.name, hint: nearest ?? "remove it")
            return
        }
        let allowed = schema.writableKeys.sorted().joined(separator: ", ")
        error(
            .unknownKey, "unknown key \(Self.quoted(entry.name)) in \(schema.title)", at: entry.keyMark,
            key: entry.name, hint: nearest ?? (allowed.isEmpty ? nil : "known keys are \(allowed)"))
    }

    mutating func map(_ node: Node, of values: FieldType, keysMustBeText: Bool) -> JSONValue? {
        guard let mapping = node.mapping else {
            error(.wrongType, "expected a mapping, not \(node.kindDescription)", at: node.mark)
            return nil
        }
        var result: [String: JSONValue] = [:]
        for entry in mapping {
            if keysMustBeText { checkKey(entry) }
            if entry.value.isNull, !values.allowsNull {
                error(.emptyValue, "\"\(entry.name)\" has no value", at: entry.value.mark, key: entry.name)
                continue
            }
            result[entry.name] = inside(entry.name) { $0.read(entry.value, as: values) }
        }
        return .object(result)
    }

    private mutating func checkKey(_ entry: Mapping.Entry) {
        let resolved = entry.key.resolved(.core11)
        if case .string = resolved { return }
        error(
            .wrongType, "the key \(Self.quoted(entry.name)) is \(resolved.kindDescription) in YAML, not text",
            at: entry.keyMark, key: entry.name, hint: "quote it: \"\(entry.name)\"")
    }

    /// Tags, properties and environment variables: text to text.
    ///
    /// Where the SDK takes any value, numbers and booleans become what Python's `str()` gives, as its REST client sends
    /// them; a mapping or list among them loads in the SDK and is refused by the service, so it is an error of ours.
    mutating func textMap(_ node: Node, isStrict: Bool, keysMustBeText: Bool) -> JSONValue? {
        guard let mapping = node.mapping else {
            error(.wrongType, "expected a mapping of texts, not \(node.kindDescription)", at: node.mark)
            return nil
        }
        var result: [String: JSONValue] = [:]
        for entry in mapping {
            if keysMustBeText { checkKey(entry) }
            if entry.value.isNull {
                result[entry.name] = .string("")
                continue
            }
            inside(entry.name) { state in
                if isStrict {
                    if let text = state.text(entry.value) { result[entry.name] = .string(text) }
                    return
                }
                guard entry.value.scalar != nil else {
                    state.error(
                        .wrongTextValue, "expected text, not \(entry.value.kindDescription)", at: entry.value.mark)
                    return
                }
                guard let resolved = state.resolve(entry.value, expecting: "text") else { return }
                if case .string = resolved {
                    if let text = state.text(entry.value) { result[entry.name] = .string(text) }
                } else {
                    let text = resolved.pythonText ?? ""
                    if text != entry.value.text {
                        state.warning(
                            .surprisingValue, "\(entry.value.text ?? "") becomes the text \(Self.quoted(text))",
                            at: entry.value.mark, hint: "quote it: \"\(entry.value.text ?? "")\"")
                    }
                    result[entry.name] = .string(text)
                }
            }
        }
        return .object(result)
    }

    mutating func list(_ node: Node, of type: FieldType) -> JSONValue? {
        guard let items = node.sequence else {
            error(.wrongType, "expected a list, not \(node.kindDescription)", at: node.mark)
            return nil
        }
        var result: [JSONValue] = []
        for (index, item) in items.enumerated() {
            if item.isNull, !type.allowsNull {
                error(.emptyValue, "an item has no value", at: item.mark, key: String(index))
                continue
            }
            if let value = inside(String(index), { $0.read(item, as: type) }) { result.append(value) }
        }
        return .array(result)
    }

    /// The first type that fits, as the SDK tries them one after the other.
    mutating func union(_ node: Node, of types: [FieldType], expected: String) -> JSONValue? {
        var failures: [(type: FieldType, attempt: Attempt)] = []
        for type in types {
            // A mapping can't be a scalar's type and the other way round; trying would only make messages.
            guard type.mayTake(node) else { continue }
            let (value, failure) = attempt { $0.read(node, as: type) }
            guard let failure else { return value }
            failures.append((type, failure))
        }
        if failures.count == 1 {
            adopt(failures[0].attempt)
        } else if Self.includedPath(node) != nil, let file = failures.first(where: { $0.type.mayBeFile }) {
            adopt(file.attempt)
        } else if node.mapping != nil, !failures.isEmpty {
            adoptBest(failures, node)
        } else if let text = node.text, text.hasPrefix("azureml:"),
            let reference = failures.first(where: { $0.type.isReference })
        {
            adopt(reference.attempt)
        } else {
            let written = node.scalar.map { Self.quoted($0.text) } ?? node.kindDescription
            error(.wrongType, "expected \(expected), not \(written)", at: node.mark)
        }
        return nil
    }

    /// Of several mappings tells the mistakes of the one whose `type` is right, or else that the type is wrong.
    private mutating func adoptBest(_ failures: [(type: FieldType, attempt: Attempt)], _ node: Node) {
        guard let written = node["type"] else {
            if let best = failures.map(\.attempt).min(by: { $0.errors < $1.errors }) { adopt(best) }
            return
        }
        let typePointer = Self.pointer(path + ["type"])
        let typed = failures.filter { !$0.type.typeWords.isEmpty }
        let fitting = typed.filter { !$0.attempt.diagnostics.contains { $0.pointer == typePointer } }
        let candidates = fitting.isEmpty ? typed : fitting
        guard var best = (candidates.isEmpty ? failures : candidates).map(\.attempt).min(by: { $0.errors < $1.errors })
        else { return }
        if fitting.isEmpty, !typed.isEmpty {
            let words = typed.flatMap(\.type.typeWords)
            best.diagnostics.removeAll { $0.pointer == typePointer }
            inside("type") { _ = $0.choice(written, of: words, .exact) }
        }
        adopt(best)
    }
}

extension FieldType {
    /// Whether the field may be there without a value.
    var allowsNull: Bool {
        switch self {
        case .optional, .any: true
        default: false
        }
    }

    /// What nothing means for the type: a mapping without keys, or null.
    var absent: JSONValue {
        if case .object = self { .object([:]) } else { .null }
    }

    /// Whether a node of this shape can be of the type at all.
    func mayTake(_ node: Node) -> Bool {
        switch self {
        case .object(let schema): node.mapping != nil || (schema.mayBeFile && ReadState.includedPath(node) != nil)
        case .map, .textMap, .steps: node.mapping != nil
        case .list: node.sequence != nil
        case .any, .something, .union, .optional, .condaFile, .component: true
        case .binding(let inner): inner.mayTake(node) || node.scalar != nil
        default: node.scalar != nil
        }
    }

    /// Whether `file:PATH` may stand for the type.
    var mayBeFile: Bool { if case .object(let schema) = self { schema.mayBeFile } else { false } }

    var isReference: Bool {
        switch self {
        case .asset, .resource: true
        case .path(let rule): rule.alternatives.contains { if case .codeAsset = $0 { true } else { false } }
        default: false
        }
    }

    /// The words that an object's `type` field takes.
    var typeWords: [String] {
        guard case .object(let schema) = self, let type = schema.field("type")?.type else { return [] }
        switch type {
        case .choice(let words, _), .binding(.choice(let words, _)): return words
        default: return []
        }
    }
}
