package import Diagnostics
package import YAML

/// What reading a document collects on its way through it.
package struct ReadState {
    /// The path of the document being read, for positions: an included one's while that is read.
    var file: String
    /// That document's text, asked for only when a finding wants an exact place inside a scalar.
    var source: @Sendable () -> String?
    /// Where included documents come from; nil when they stay paths.
    let documents: DocumentProvider?
    var inclusions: InclusionChain
    private(set) var path: [String] = []
    private(set) var diagnostics: [Diagnostic] = []
    private(set) var pathFields: [PathField] = []
    private(set) var references: [ReferenceField] = []

    init(
        file: String, documents: DocumentProvider? = nil, source: @escaping @Sendable () -> String? = { nil }
    ) {
        self.file = file
        self.source = source
        self.documents = documents
        inclusions = InclusionChain(file)
    }

    /// The pointer of the value that is being read.
    package var pointer: String { Self.pointer(path) }

    /// The same with dots.
    package var field: String { path.joined(separator: ".") }

    /// The JSON pointer of a path.
    static func pointer(_ path: [String]) -> String {
        path.reduce(into: "") { result, key in
            result += "/"
            let needsEscape = key.utf8.contains { $0 == UInt8(ascii: "~") || $0 == UInt8(ascii: "/") }
            result += needsEscape ? key.replacing("~", with: "~0").replacing("/", with: "~1") : key
        }
    }

    /// A place in the document.
    package func location(_ mark: Mark) -> SourceLocation {
        SourceLocation(path: file, line: mark.line, column: mark.column)
    }

    /// Runs `body` with a key added to the path.
    mutating func inside<Result>(_ key: String, _ body: (inout ReadState) -> Result) -> Result {
        path.append(key)
        defer { path.removeLast() }
        return body(&self)
    }

    /// Reports an error about the value that is being read, or about one of its keys.
    package mutating func error(
        _ code: FindingCode, _ message: String, at mark: Mark, key: String? = nil, hint: String? = nil,
        notes: [Diagnostic.Note] = []
    ) {
        report(.error, code, message, at: mark, key: key, hint: hint, notes: notes)
    }

    /// Reports a warning.
    package mutating func warning(
        _ code: FindingCode, _ message: String, at mark: Mark, key: String? = nil, hint: String? = nil
    ) {
        report(.warning, code, message, at: mark, key: key, hint: hint, notes: [])
    }

    private mutating func report(
        _ severity: Diagnostic.Severity, _ code: FindingCode, _ message: String, at mark: Mark, key: String?,
        hint: String?, notes: [Diagnostic.Note]
    ) {
        let pointer = Self.pointer(key.map { path + [$0] } ?? path)
        diagnostics.append(
            Diagnostic(
                severity, code: code.rawValue, message, at: location(mark), pointer: pointer.isEmpty ? nil : pointer,
                hint: hint, notes: notes))
    }

    /// Notes a local path for those who know the files.
    mutating func note(path: String, role: PathField.Role, at mark: Mark) {
        pathFields.append(
            PathField(pointer: pointer, field: field, path: path, location: location(mark), role: role))
    }

    /// Says of a path that was noted for a key of the value being read what else it is for.
    mutating func setRole(_ role: PathField.Role, ofPathAt key: String) {
        let place = Self.pointer(path + [key])
        for index in pathFields.indices where pathFields[index].pointer == place { pathFields[index].role = role }
    }

    /// Notes a reference for those who know the other objects.
    mutating func note(reference: AssetReference, kind: AssetKind?, at mark: Mark) {
        references.append(
            ReferenceField(pointer: pointer, field: field, reference: reference, kind: kind, location: location(mark)))
    }

    // MARK: Attempts

    /// What one attempt of a union found.
    struct Attempt {
        var diagnostics: [Diagnostic]
        var errors: Int { diagnostics.reduce(0) { $1.severity == .error ? $0 + 1 : $0 } }
    }

    /// Runs `body`; if it reports an error that the loader sees too, everything it collected is taken back and handed
    /// out instead: the SDK goes on to the next type only then.
    mutating func attempt<Value>(_ body: (inout ReadState) -> Value?) -> (value: Value?, failure: Attempt?) {
        let marks = (diagnostics.count, pathFields.count, references.count)
        let value = body(&self)
        let found = diagnostics[marks.0...]
        guard found.contains(where: { $0.severity == .error && $0.origin == .azureML }) else {
            return (value, nil)
        }
        let attempt = Attempt(diagnostics: Array(found))
        diagnostics.removeSubrange(marks.0...)
        pathFields.removeSubrange(marks.1...)
        references.removeSubrange(marks.2...)
        return (nil, attempt)
    }

    /// Reports what an attempt found after all.
    mutating func adopt(_ attempt: Attempt) {
        diagnostics += attempt.diagnostics
    }

    /// The place of a piece of a scalar's text: exact when the source still holds it, else where the scalar starts.
    func mark(of piece: String, occurrence: Int, in node: Node) -> Mark {
        guard let text = source() else { return node.mark }
        let lines = text.split(omittingEmptySubsequences: false) { $0.isNewline }
        var left = occurrence
        for number in node.mark.line...max(node.mark.line, min(node.endMark.line, node.mark.line + 500)) {
            guard number <= lines.count else { break }
            let line = lines[number - 1]
            let skipped = number == node.mark.line ? node.mark.column - 1 : 0
            var rest = Substring(line.unicodeScalars.dropFirst(skipped))
            var column = skipped + 1
            while let found = rest.firstRange(of: piece) {
                column += rest[..<found.lowerBound].unicodeScalars.count
                if left == 0 { return Mark(line: number, column: column) }
                left -= 1
                column += piece.unicodeScalars.count
                rest = rest[found.upperBound...]
            }
        }
        return node.mark
    }
}
