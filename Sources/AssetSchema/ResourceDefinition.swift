package import Digest

/// What a CLI v2 document says an object shall be: its kind, its name and its normalised fields.
///
/// `fields` is an object keyed as in the YAML (snake_case), without `$schema`, `name` and `version`, defaults elided,
/// so that two spellings of the same thing have the same digest.
package struct ResourceDefinition: Sendable, Equatable, Codable {
    package var kind: AssetKind
    package var name: String
    /// The version the document pins, when it pins one.
    package var version: String?
    package var fields: JSONValue

    package init(kind: AssetKind, name: String, version: String? = nil, fields: JSONValue) {
        self.kind = kind
        self.name = name
        self.version = version
        self.fields = fields
    }

    /// The fields that may change without making another thing: what Azure ML lets be edited on a version.
    package static let metadataFields: Set<String> = ["description", "tags", "properties", "display_name", "stage"]

    /// The description, when the document has one.
    package var description: String? { fields["description"]?.stringValue }

    /// The tags, every value as text.
    package var tags: [String: String] {
        (fields["tags"]?.objectValue ?? [:]).compactMapValues(\.stringValue)
    }
}
