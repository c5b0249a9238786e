package import Diagnostics
package import YAML

extension Diagnostic {
    /// A text that is no YAML, as a finding.
    package init(_ error: YAMLError, path: String) {
        func location(_ mark: Mark) -> SourceLocation {
            SourceLocation(path: path, line: mark.line, column: mark.column)
        }
        self = .error(
            error.code.rawValue, error.message, at: location(error.mark),
            notes: error.related.map { [Note($0.message, at: location($0.mark))] } ?? [])
    }
}
