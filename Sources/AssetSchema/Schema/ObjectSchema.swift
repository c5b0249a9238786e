package import Digest
package import YAML

/// The keys of a mapping, and the rules between them.
package struct ObjectSchema: Sendable {
    /// A rule between fields: sees the mapping and its normalised values, and reports what breaks it.
    package typealias Check = @Sendable (_ node: Node, _ fields: [String: JSONValue], _ state: inout ReadState) -> Void

    /// What the mapping is, for messages: `a command job`.
    package let title: String
    package let fields: [FieldSchema]
    /// Whether read-only keys are ignored; the SDK does so only in some mappings, in others they are unknown.
    package let ignoresReadOnlyKeys: Bool
    let checks: [Check]
    private let index: [String: Int]

    package init(
        _ title: String, _ fields: [FieldSchema], ignoresReadOnlyKeys: Bool = false, checks: [Check] = []
    ) {
        self.title = title
        self.fields = fields
        self.ignoresReadOnlyKeys = ignoresReadOnlyKeys
        self.checks = checks
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
        checks more: [Check] = []
    ) -> ObjectSchema {
        let names = removed.union(changes.map(\.name))
        return ObjectSchema(
            newTitle ?? title, fields.filter { !names.contains($0.name) } + changes,
            ignoresReadOnlyKeys: ignoresReadOnlyKeys, checks: checks + more)
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
