/// Prints findings as compilers do: `path:line:column`, the source line, a caret, a hint.
package struct DiagnosticRenderer {
    /// Whether ANSI colours are used.
    package var usesColor: Bool
    private let source: (String) -> String?

    /// Lines longer than this are shown as a window around the caret.
    private static let widestLine = 140

    /// A renderer that asks `source` for the text of a file by its path.
    package init(usesColor: Bool = false, source: @escaping (String) -> String? = { _ in nil }) {
        self.usesColor = usesColor
        self.source = source
    }

    /// All findings in their stable order, each once, and the count of them at the end.
    package func render(_ diagnostics: Diagnostics) -> String {
        guard !diagnostics.isEmpty else { return "" }
        var lines = LineCache(source: source)
        var result = ""
        for diagnostic in diagnostics.unique().sorted() {
            render(diagnostic, into: &result, lines: &lines)
        }
        return result + diagnostics.unique().summary + "\n"
    }

    /// One finding, ending with a line feed.
    package func render(_ diagnostic: Diagnostic) -> String {
        var lines = LineCache(source: source)
        var result = ""
        render(diagnostic, into: &result, lines: &lines)
        return result
    }

    private func render(_ diagnostic: Diagnostic, into result: inout String, lines: inout LineCache) {
        header(diagnostic.severity, diagnostic.message, diagnostic.location, into: &result)
        excerpt(diagnostic.location, into: &result, lines: &lines)
        if let hint = diagnostic.hint {
            result += "      \(paint("hint:", .hint)) \(DisplayText.escaped(hint))\n"
        }
        for note in diagnostic.notes {
            guard note.location != nil else {
                result += "      \(paint("note:", .note)) \(DisplayText.escaped(note.message))\n"
                continue
            }
            header(.note, note.message, note.location, into: &result)
            excerpt(note.location, into: &result, lines: &lines)
        }
    }

    private func header(
        _ severity: Diagnostic.Severity, _ message: String, _ location: SourceLocation?, into result: inout String
    ) {
        if let location {
            result += paint(DisplayText.escaped("\(location):"), .place) + " "
        }
        let style: Style = severity == .error ? .error : severity == .warning ? .warning : .note
        result += paint("\(severity.rawValue):", style) + " " + DisplayText.escaped(message) + "\n"
    }

    private func excerpt(_ location: SourceLocation?, into result: inout String, lines: inout LineCache) {
        guard let location, let line = lines.line(location.line, of: location.path) else { return }
        let shown = SourceExcerpt(line: line, column: location.column, widest: Self.widestLine)
        let number = String(location.line)
        let margin = String(repeating: " ", count: Swift.max(4, number.count))
        let padded = String(repeating: " ", count: margin.count - number.count) + number
        result += " \(padded) | \(shown.text)\n"
        result += " \(margin) | " + String(repeating: " ", count: shown.caretOffset) + paint("^", .caret) + "\n"
    }

    private enum Style: String {
        case place = "1"
        case error = "1;31"
        case warning = "1;35"
        case note = "1;36"
        case hint = "1;34"
        case caret = "1;32"
    }

    private func paint(_ text: String, _ style: Style) -> String {
        usesColor ? "\u{1b}[\(style.rawValue)m\(text)\u{1b}[0m" : text
    }
}

/// Fetches each file once and cuts it into lines.
private struct LineCache {
    let source: (String) -> String?
    private var files: [String: [Substring.UnicodeScalarView]] = [:]

    init(source: @escaping (String) -> String?) {
        self.source = source
    }

    mutating func line(_ number: Int, of path: String) -> Substring.UnicodeScalarView? {
        if files[path] == nil {
            files[path] = source(path).map(Self.lines) ?? []
        }
        guard let lines = files[path], number >= 1, number <= lines.count else { return nil }
        return lines[number - 1]
    }

    /// Cuts at LF, CR LF and CR, the breaks that editors and YAML agree on.
    private static func lines(_ text: String) -> [Substring.UnicodeScalarView] {
        let scalars = Substring(text).unicodeScalars
        var lines: [Substring.UnicodeScalarView] = []
        var start = scalars.startIndex
        var index = start
        if index < scalars.endIndex, scalars[index] == "\u{FEFF}" {
            // A byte order mark is no column.
            index = scalars.index(after: index)
            start = index
        }
        while index < scalars.endIndex {
            let scalar = scalars[index]
            let next = scalars.index(after: index)
            if scalar == "\n" || scalar == "\r" {
                lines.append(scalars[start..<index])
                let isPair = scalar == "\r" && next < scalars.endIndex && scalars[next] == "\n"
                index = isPair ? scalars.index(after: next) : next
                start = index
            } else {
                index = next
            }
        }
        lines.append(scalars[start...])
        return lines
    }
}
