import AssetSchema
import Digest

extension JSONValue {
    /// Sets a member by a path with dots, making the objects on the way; a number names an element of a list.
    mutating func set(_ value: JSONValue, at path: String) {
        if case .array(var elements) = self {
            let head = path.prefix { $0 != "." }
            guard let index = Int(head), elements.indices.contains(index) else { return }
            if head.count == path.count {
                elements[index] = value
            } else {
                elements[index].set(value, at: String(path.dropFirst(head.count + 1)))
            }
            self = .array(elements)
            return
        }
        guard let dot = path.firstIndex(of: ".") else {
            if objectValue == nil { self = .object([:]) }
            self[path] = value
            return
        }
        let head = String(path[..<dot])
        var member = self[head] ?? .object([:])
        member.set(value, at: String(path[path.index(after: dot)...]))
        if objectValue == nil { self = .object([:]) }
        self[head] = member
    }

    /// Whether two values mean the same: whole fractions equal integers.
    func means(_ other: JSONValue) -> Bool {
        switch (self, other) {
        case (.int, .double), (.double, .int): doubleValue == other.doubleValue
        case (.array(let left), .array(let right)):
            left.count == right.count && zip(left, right).allSatisfy { $0.means($1) }
        case (.object(let left), .object(let right)):
            left.count == right.count && left.allSatisfy { key, value in right[key].map { value.means($0) } ?? false }
        default: self == other
        }
    }
}

extension FieldChange {
    /// The fields of a kind's desired definition that the live one has otherwise.
    ///
    /// A definition leaves out what is as the kind's defaults have it: such a field is compared as if it were written.
    /// What only the service fills in is left out. Environment variables and tags go deeper than one level and are told
    /// member by member.
    static func changes(from live: JSONValue, to desired: JSONValue, of kind: AssetKind) -> [FieldChange] {
        changes(from: live, to: desired, of: kind.schema, under: "")
    }

    private static func changes(
        from live: JSONValue, to desired: JSONValue, of schema: ObjectSchema?, under prefix: String
    ) -> [FieldChange] {
        guard let members = desired.objectValue else { return [] }
        let unwritten = (live.objectValue ?? [:]).keys.filter { members[$0] == nil }
        return (Array(members.keys) + unwritten).sorted().flatMap { key -> [FieldChange] in
            if prefix.isEmpty, ResourceFields.ignored.contains(key) { return [] }
            let field = schema?.field(key)
            let path = prefix.isEmpty ? key : "\(prefix).\(key)"
            guard let value = members[key] ?? field?.valueWhenLeftOut else { return [] }
            let before = live[key] ?? field?.defaultValue ?? .null
            if value.means(before) { return [] }
            if case .object = value, case .object = before {
                let inner = changes(from: before, to: value, of: field?.members, under: path)
                if !inner.isEmpty || members[key] == nil { return inner }
            }
            return [FieldChange(field: path, before: before, after: value)]
        }
    }
}

extension FieldSchema {
    /// What leaving the field out means, as far as it means anything of its own.
    fileprivate var valueWhenLeftOut: JSONValue? {
        guard use == .definition else { return nil }
        return defaultValue ?? (members == nil ? nil : .object([:]))
    }

    /// The keys of a field that is a mapping.
    fileprivate var members: ObjectSchema? {
        if case .object(let schema) = type { schema } else { nil }
    }
}

/// Fields that are compared in a way of their own.
enum ResourceFields {
    /// Tags are compared apart, a deployment's place is its key, and traffic belongs to the rollout.
    ///
    /// Credentials are not given back, and nothing of them is shown.
    static let ignored: Set<String> = [
        "tags", "endpoint_name", "traffic", "mirror_traffic", "properties", "credentials", "ssh_settings",
    ]
}
