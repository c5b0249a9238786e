package import Digest

/// One key of a mapping: its type and how it counts.
package struct FieldSchema: Sendable {
    /// What becomes of a field's value.
    package enum Use: Sendable {
        /// It is part of the definition.
        case definition
        /// The service fills it in: checked, and left out of the definition.
        case service
        /// Read-only in the SDK: whatever stands there is ignored.
        case readOnly
        /// The SDK takes it away without reading it.
        case dropped
        /// The same, and nobody is told: it belongs there, and says nothing here.
        case silent
    }

    package var name: String
    package var type: FieldType
    package var isRequired: Bool
    /// The value that means the same as leaving the key out; it is left out of the definition.
    package var defaultValue: JSONValue?
    package var use: Use

    package init(
        _ name: String, _ type: FieldType, isRequired: Bool = false, default defaultValue: JSONValue? = nil,
        use: Use = .definition
    ) {
        self.name = name
        self.type = type
        self.isRequired = isRequired
        self.defaultValue = defaultValue
        self.use = use
    }

    /// A key that must be there.
    package static func required(_ name: String, _ type: FieldType) -> FieldSchema {
        FieldSchema(name, type, isRequired: true)
    }

    /// A key that the SDK ignores because only the service may set it.
    package static func readOnly(_ name: String) -> FieldSchema {
        FieldSchema(name, .any, use: .readOnly)
    }
}
