/// Header fields in the order they came, looked up without regard to case.
package struct HTTPHeaders: Equatable, Sendable, ExpressibleByDictionaryLiteral {
    /// One field.
    package struct Field: Equatable, Sendable {
        package let name: String
        package let value: String
    }

    /// The fields as received or to be sent.
    package private(set) var fields: [Field] = []

    package init() {}

    package init(dictionaryLiteral elements: (String, String)...) {
        for (name, value) in elements { append(name, value) }
    }

    /// The first value of a field.
    package subscript(_ name: String) -> String? {
        let wanted = name.lowercased()
        return fields.first { $0.name.lowercased() == wanted }?.value
    }

    /// Adds a field; one that could break the message apart is left out.
    package mutating func append(_ name: String, _ value: String) {
        let breaks: (Unicode.Scalar) -> Bool = { $0.value < 32 && $0 != "\t" || $0.value == 127 }
        guard !name.isEmpty, !name.unicodeScalars.contains(where: breaks), !value.unicodeScalars.contains(where: breaks)
        else { return }
        fields.append(Field(name: name, value: value))
    }
}
