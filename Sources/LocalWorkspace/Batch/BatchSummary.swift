/// What came of a batch scoring.
package struct BatchSummary: Sendable, Equatable, Codable {
    /// A file that gave no result, and why.
    package struct Failure: Sendable, Equatable, Codable {
        package var file: String
        package var reason: String
    }

    package var files: Int
    package var miniBatches: Int
    package var rows: Int
    package var failedFiles: Int
    /// The first hundred.
    package var failures: [Failure]
    /// The output file's name; nil for `summary_only`.
    package var output: String?

    private enum CodingKeys: String, CodingKey {
        case files
        case miniBatches = "mini_batches"
        case rows
        case failedFiles = "failed_files"
        case failures
        case output
    }
}
