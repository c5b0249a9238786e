/// A place in a YAML text; line and column start at 1, columns count Unicode scalars.
package struct Mark: Sendable, Hashable {
    private let storedLine: UInt32
    private let storedColumn: UInt32

    /// The line, from 1.
    package var line: Int { Int(storedLine) }
    /// The column, from 1.
    package var column: Int { Int(storedColumn) }

    /// A place; numbers below 1 are taken as 1.
    package init(line: Int, column: Int) {
        storedLine = UInt32(clamping: max(1, line))
        storedColumn = UInt32(clamping: max(1, column))
    }

    /// The beginning of a text.
    package static let start = Mark(line: 1, column: 1)
}

extension Mark: Comparable {
    package static func < (lhs: Mark, rhs: Mark) -> Bool {
        (lhs.storedLine, lhs.storedColumn) < (rhs.storedLine, rhs.storedColumn)
    }
}

extension Mark: CustomStringConvertible {
    package var description: String { "\(line):\(column)" }
}
