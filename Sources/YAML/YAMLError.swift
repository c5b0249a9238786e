/// Why a text could not be read as YAML, and where.
package struct YAMLError: Error, Sendable, Hashable {
    /// The kinds of failure; the raw value is a stable name for diagnostics.
    package enum Code: String, Sendable {
        case syntax = "yaml-syntax"
        case encoding = "yaml-encoding"
        case duplicateKey = "duplicate-key"
        case invalidKey = "yaml-invalid-key"
        case invalidMerge = "yaml-invalid-merge"
        case unknownAlias = "yaml-unknown-alias"
        case duplicateAnchor = "yaml-duplicate-anchor"
        case multipleDocuments = "yaml-multiple-documents"
        case limit = "yaml-limit"
        case outOfMemory = "out-of-memory"
    }

    /// A second place that explains the failure.
    package struct Related: Sendable, Hashable {
        /// What is there.
        package var message: String
        /// Where it is.
        package var mark: Mark
    }

    /// The kind of failure.
    package var code: Code
    /// What is wrong, in one sentence without a full stop.
    package var message: String
    /// Where.
    package var mark: Mark
    /// A second place, such as the first use of a repeated key.
    package var related: Related?

    init(_ code: Code, _ message: String, at mark: Mark, related: Related? = nil) {
        self.code = code
        self.message = message
        self.mark = mark
        self.related = related
    }
}

extension YAMLError: CustomStringConvertible {
    package var description: String { "\(mark): \(message)" }
}
