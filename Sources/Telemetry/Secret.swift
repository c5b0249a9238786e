/// A value that prints, encodes, logs and reflects as `<redacted>`.
package struct Secret<Value: Sendable>: Sendable {
    private let value: Value

    package init(_ value: Value) {
        self.value = value
    }

    /// Lends the value; the name is long so that each use is seen in review.
    package func withExposedValue<Result>(_ body: (Value) throws -> Result) rethrows -> Result {
        try body(value)
    }

    package func map<Other: Sendable>(_ transform: (Value) throws -> Other) rethrows -> Secret<Other> {
        Secret<Other>(try transform(value))
    }
}

extension Secret: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable, CustomLeafReflectable {
    package var description: String { "<redacted>" }
    package var debugDescription: String { "<redacted>" }
    package var customMirror: Mirror { Mirror(self, children: [], displayStyle: .struct) }
}

extension Secret: Encodable {
    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(description)
    }
}

extension Secret where Value == String {
    /// Compares in a time that depends on the candidate's length only.
    package func matches(_ candidate: String) -> Bool {
        let own = Array(value.utf8)
        let other = Array(candidate.utf8)
        var difference = own.count ^ other.count
        for (index, byte) in other.enumerated() {
            difference |= Int(byte ^ (own.isEmpty ? ~byte : own[index % own.count]))
        }
        return difference == 0
    }
}
