package import Diagnostics
internal import YAML

/// Collects what one reading finds; a class so that readers of parts can share it without passing it inout.
///
/// It never leaves the reading that made it.
package final class Findings {
    package private(set) var diagnostics = Diagnostics()

    package init() {}

    package func append(_ diagnostic: Diagnostic) {
        diagnostics.append(diagnostic)
    }

    package func append(contentsOf more: some Sequence<Diagnostic>) {
        diagnostics.append(contentsOf: more)
    }

    /// Tells a finding unless the same one about the same place was told before, whatever its notes say.
    package func appendOnce(_ diagnostic: Diagnostic) {
        let isKnown = diagnostics.contains {
            $0.code == diagnostic.code && $0.location == diagnostic.location && $0.message == diagnostic.message
        }
        if !isKnown { append(diagnostic) }
    }

    package func error(
        _ code: String, _ message: String, at location: SourceLocation?, pointer: String? = nil, hint: String? = nil,
        notes: [Diagnostic.Note] = []
    ) {
        append(.error(code, message, at: location, pointer: pointer, hint: hint, notes: notes))
    }

    package func warning(
        _ code: String, _ message: String, at location: SourceLocation?, pointer: String? = nil, hint: String? = nil,
        notes: [Diagnostic.Note] = []
    ) {
        append(.warning(code, message, at: location, pointer: pointer, hint: hint, notes: notes))
    }
}

/// A value and the place it was written at.
package struct Located<Value> {
    package var value: Value
    package var location: SourceLocation

    package init(_ value: Value, at location: SourceLocation) {
        self.value = value
        self.location = location
    }
}

extension Located: Sendable where Value: Sendable {}
extension Located: Equatable where Value: Equatable {}

extension SourceLocation {
    init(_ path: String, _ mark: Mark) {
        self.init(path: path, line: mark.line, column: mark.column)
    }
}

extension YAMLError {
    /// The error as a finding about a file.
    func diagnostic(in path: String) -> Diagnostic {
        let notes = related.map { [Diagnostic.Note($0.message, at: SourceLocation(path, $0.mark))] } ?? []
        return .error(code.rawValue, message, at: SourceLocation(path, mark), notes: notes)
    }
}
