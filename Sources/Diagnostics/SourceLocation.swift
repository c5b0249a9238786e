/// A place in a text file of the project; line and column start at 1, columns count Unicode scalars.
package struct SourceLocation: Sendable, Hashable, Codable {
    /// The file's path as the user would type it, relative to the project.
    package var path: String
    /// The line, from 1.
    package var line: Int
    /// The column, from 1, in Unicode scalars: the unit libyaml counts in.
    package var column: Int

    /// A place in `path`; the file's very beginning unless told otherwise.
    package init(path: String, line: Int = 1, column: Int = 1) {
        self.path = path
        self.line = line
        self.column = column
    }
}

extension SourceLocation: Comparable {
    package static func < (lhs: SourceLocation, rhs: SourceLocation) -> Bool {
        if lhs.path != rhs.path { return lhs.path < rhs.path }
        if lhs.line != rhs.line { return lhs.line < rhs.line }
        return lhs.column < rhs.column
    }
}

extension SourceLocation: CustomStringConvertible {
    package var description: String { "\(path):\(line):\(column)" }
}
