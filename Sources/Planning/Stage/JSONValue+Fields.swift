import Digest

extension JSONValue {
    /// Sets a member by a path with dots, making the objects on the way.
    mutating func set(_ value: JSONValue, at path: String) {
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
    /// The fields of a desired definition that the live one has otherwise; what only the service fills in is left out.
    ///
    /// Environment variables and tags go deeper than one level and are told member by member.
    static func changes(from live: JSONValue, to desired: JSONValue, under prefix: String = "") -> [FieldChange] {
        guard let members = desired.objectValue else { return [] }
        return members.sorted { $0.key < $1.key }.flatMap { key, value -> [FieldChange] in
            if prefix.isEmpty, ResourceFields.ignored.contains(key) { return [] }
            let path = prefix.isEmpty ? key : "\(prefix).\(key)"
            let before = live[key] ?? .null
            if value.means(before) { return [] }
            if case .object = value, case .object = before {
                let inner = changes(from: before, to: value, under: path)
                if !inner.isEmpty { return inner }
            }
            return [FieldChange(field: path, before: before, after: value)]
        }
    }
}

/// Fields that are compared in a way of their own.
enum ResourceFields {
    /// Tags are compared apart, a deployment's place is its key, and traffic belongs to the rollout.
    static let ignored: Set<String> = ["tags", "endpoint_name", "traffic", "mirror_traffic", "properties"]
}
