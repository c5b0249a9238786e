/// One row of a result, detached from its statement.
package struct Row: Hashable, Sendable {
    /// The column names, in the order of the query.
    package let columns: [String]
    /// The values, in the same order.
    package let values: [Value]

    /// The value of a column; NULL when the query has no such column.
    package subscript(_ column: String) -> Value {
        guard let index = columns.firstIndex(of: column), index < values.count else { return .null }
        return values[index]
    }

    /// The value at a position; NULL outside of the row.
    package subscript(_ index: Int) -> Value {
        values.indices.contains(index) ? values[index] : .null
    }

    /// The text of a column, nil when it is NULL or of another type.
    package func text(_ column: String) -> String? { self[column].text }

    /// The integer of a column, nil when it is NULL or of another type.
    package func integer(_ column: String) -> Int64? { self[column].integer }

    /// The number of a column (integers widen), nil when it is NULL or of another type.
    package func real(_ column: String) -> Double? { self[column].real }

    /// Whether a column holds an integer other than 0.
    package func flag(_ column: String) -> Bool { (self[column].integer ?? 0) != 0 }
}

extension Value {
    /// The text, nil for every other type.
    package var text: String? { if case .text(let text) = self { text } else { nil } }

    /// The integer, nil for every other type.
    package var integer: Int64? { if case .integer(let integer) = self { integer } else { nil } }

    /// The number, integers widened, nil for every other type.
    package var real: Double? {
        switch self {
        case .real(let real): real
        case .integer(let integer): Double(integer)
        case .null, .text, .blob: nil
        }
    }

    /// The bytes, nil for every other type.
    package var blob: [UInt8]? { if case .blob(let blob) = self { blob } else { nil } }
}
