package import AssetSchema
package import Digest
package import TimeKeeping

/// One version of an environment, data, model or component asset.
///
/// Its values lie in a box that copies share, and its fields and tags stay as they are stored until somebody asks: a
/// workspace keeps every version there ever was.
package struct LiveAsset: Sendable {
    private struct Values: Sendable, Equatable, Codable {
        var kind: AssetKind
        var name: String
        var version: String
        var fields: StoredJSONObject
        var tags: StoredJSONObject
        var createdAt: Timestamp
        var isArchived: Bool
    }

    private final class Box: @unchecked Sendable {  // Changed only while one copy alone refers to it.
        var values: Values

        init(_ values: Values) { self.values = values }
    }

    private var box: Box

    package init(
        kind: AssetKind, name: String, version: String, fields: JSONValue, tags: [String: String], createdAt: Timestamp,
        isArchived: Bool = false
    ) {
        self.init(
            kind: kind, name: name, version: version, storedFields: StoredJSONObject(fields),
            storedTags: Self.stored(tags), createdAt: createdAt, isArchived: isArchived)
    }

    /// A version whose fields and tags are texts of JSON objects.
    package init(
        kind: AssetKind, name: String, version: String, storedFields: StoredJSONObject, storedTags: StoredJSONObject,
        createdAt: Timestamp, isArchived: Bool = false
    ) {
        box = Box(
            Values(
                kind: kind, name: name, version: version, fields: storedFields, tags: storedTags, createdAt: createdAt,
                isArchived: isArchived))
    }

    private static func stored(_ tags: [String: String]) -> StoredJSONObject {
        StoredJSONObject(.object(tags.mapValues { .string($0) }))
    }

    /// The values for changing them, after a copy when others share them.
    private var own: Values {
        get { box.values }
        _modify {
            if !isKnownUniquelyReferenced(&box) { box = Box(box.values) }
            yield &box.values
        }
    }

    package var kind: AssetKind {
        get { box.values.kind }
        _modify { yield &own.kind }
    }
    package var name: String {
        get { box.values.name }
        _modify { yield &own.name }
    }
    package var version: String {
        get { box.values.version }
        _modify { yield &own.version }
    }
    package var createdAt: Timestamp {
        get { box.values.createdAt }
        _modify { yield &own.createdAt }
    }
    package var isArchived: Bool {
        get { box.values.isArchived }
        _modify { yield &own.isArchived }
    }
    /// The definition as the workspace gives it back: CLI v2 keys, normalised as desired definitions are.
    package var fields: JSONValue {
        get { box.values.fields.value }
        set { own.fields = StoredJSONObject(newValue) }
    }
    package var tags: [String: String] {
        get { (box.values.tags.value.objectValue ?? [:]).compactMapValues(\.stringValue) }
        set { own.tags = Self.stored(newValue) }
    }

    /// One tag; quicker than all of them.
    package func tag(_ name: String) -> String? { box.values.tags.string(name) }

    /// The description, when it has one; quicker than all fields.
    package var description: String? { box.values.fields.string("description") }
}

extension LiveAsset: Equatable, Codable {
    package static func == (left: LiveAsset, right: LiveAsset) -> Bool {
        left.box === right.box || left.box.values == right.box.values
    }

    package init(from decoder: any Decoder) throws { box = Box(try Values(from: decoder)) }

    package func encode(to encoder: any Encoder) throws { try box.values.encode(to: encoder) }
}
