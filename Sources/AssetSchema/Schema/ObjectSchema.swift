package import Digest
package import YAML

/// The keys of a mapping, and the rules between them.
package struct ObjectSchema: Sendable {
    /// A rule between fields: sees the mapping and its normalised values, and reports what breaks it.
    package typealias Check = @Sendable (_ node: Node, _ fields: [String: JSONValue], _ state: inout ReadState) -> Void

    /// Brings the values into the one form of those that mean the same.
    package typealias Normalisation = @Sendable (_ fields: inout [String: JSONValue]) -> Void

    /// What becomes of keys that the schema does not know.
    package enum UnknownKeys: Sendable {
        /// They are an error.
        case refused
        /// The SDK hands them on unread: they are kept, with a warning of ours.
        case kept
        /// The SDK leaves them out: a warning of ours.
        case ignored
    }

    /// What the mapping is, for messages: `a command job`.
    package let title: String
    package let fields: [FieldSchema]
    /// Whether read-only keys are ignored; the SDK does so only in some mappings, in others they are unknown.
    package let ignoresReadOnlyKeys: Bool
    /// What becomes of keys that the schema does not know.
    package let unknownKeys: UnknownKeys
    /// Whether `file:PATH` may stand for the mapping.
    package let mayBeFile: Bool
    let checks: [Check]
    let normalisation: Normalisation?
    private let index: [String: Int]

    package init(
        _ title: String, _ fields: [FieldSchema], ignoresReadOnlyKeys: Bool = false,
        unknownKeys: UnknownKeys = .refused, mayBeFile: Bool = false, checks: [Check] = [],
        normalisation: Normalisation? = nil
    ) {
        self.title = title
        self.fields = fields
        self.ignoresReadOnlyKeys = ignoresReadOnlyKeys
        self.unknownKeys = unknownKeys
        self.mayBeFile = mayBeFile
        self.checks = checks
        self.normalisation = normalisation
        requiredPlaces = fields.indices.filter { fields[$0].isRequired }
        index = Dictionary(fields.enumerated().map { ($1.name, $0) }, uniquingKeysWith: { _, last in last })
    }

    /// The field of a key.
    package func field(_ name: String) -> FieldSchema? {
        index[name].map { fields[$0] }
    }

    /// The place of a key's field among the fields.
    func place(of name: String) -> Int? { index[name] }

    /// The places of the keys that must be there.
    let requiredPlaces: [Int]

    /// The keys that a person may write.
    package var writableKeys: [String] {
        fields.filter { $0.use == .definition }.map(\.name)
    }

    /// The same schema with fields replaced or added.
    package func with(
        titled newTitle: String? = nil, _ changes: [FieldSchema], without removed: Set<String> = [],
        unknownKeys newUnknownKeys: UnknownKeys? = nil, mayBeFile newMayBeFile: Bool? = nil,
        checks more: [Check] = []
    ) -> ObjectSchema {
        let names = removed.union(changes.map(\.name))
        return ObjectSchema(
            newTitle ?? title, fields.filter { !names.contains($0.name) } + changes,
            ignoresReadOnlyKeys: ignoresReadOnlyKeys, unknownKeys: newUnknownKeys ?? unknownKeys,
            mayBeFile: newMayBeFile ?? mayBeFile, checks: checks + more, normalisation: normalisation)
    }

    /// The fields with every default left out, so that what a service filled in compares equal to what was left out.
    package func elidingDefaults(_ value: JSONValue) -> JSONValue {
        guard case .object(let members) = value else { return value }
        var result: [String: JSONValue] = [:]
        for (name, member) in members {
            guard let field = field(name) else {
                result[name] = member
                continue
            }
            let inner: JSONValue
            if case .object(let schema) = field.type { inner = schema.elidingDefaults(member) } else { inner = member }
            if inner.isNull || inner == field.defaultValue || field.isEmpty(inner) { continue }
            result[name] = inner
        }
        return .object(result)
    }
}

extension FieldSchema {
    /// Whether the value is a mapping or list that says nothing.
    func isEmpty(_ value: JSONValue) -> Bool {
        switch (type, value) {
        case (.object, .object(let members)), (.map, .object(let members)), (.textMap, .object(let members)):
            members.isEmpty
        case (.list, .array(let elements)): elements.isEmpty
        default: false
        }
    }
}
