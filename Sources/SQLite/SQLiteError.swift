internal import CSQLite

/// A failure reported by SQLite, with the statement that met it but never its bound values.
package struct SQLiteError: Error, Equatable, Sendable, CustomStringConvertible {
    /// The extended result code.
    package let resultCode: ResultCode
    /// What SQLite says about it.
    package let message: String
    /// The text of the statement, parameters as written (`?1`), so that no value leaks into logs.
    package let sql: String?

    package var description: String {
        let statement = sql.map { " in: \($0)" } ?? ""
        return "SQLite: \(message) (\(resultCode))\(statement)"
    }
}

extension SQLiteError {
    /// A result code of SQLite; `~=` matches a primary code against all of its extended ones.
    package struct ResultCode: RawRepresentable, Hashable, Sendable, CustomStringConvertible {
        package let rawValue: Int32

        package init(rawValue: Int32) { self.rawValue = rawValue }

        /// The code without its extension.
        package var primary: ResultCode { ResultCode(rawValue: rawValue & 0xff) }

        package static let error = ResultCode(rawValue: SQLITE_ERROR)
        package static let busy = ResultCode(rawValue: SQLITE_BUSY)
        package static let locked = ResultCode(rawValue: SQLITE_LOCKED)
        package static let constraint = ResultCode(rawValue: SQLITE_CONSTRAINT)
        package static let notADatabase = ResultCode(rawValue: SQLITE_NOTADB)
        package static let cannotOpen = ResultCode(rawValue: SQLITE_CANTOPEN)
        package static let corrupt = ResultCode(rawValue: SQLITE_CORRUPT)
        package static let full = ResultCode(rawValue: SQLITE_FULL)
        package static let misuse = ResultCode(rawValue: SQLITE_MISUSE)
        package static let range = ResultCode(rawValue: SQLITE_RANGE)
        package static let mismatch = ResultCode(rawValue: SQLITE_MISMATCH)
        package static let tooBig = ResultCode(rawValue: SQLITE_TOOBIG)

        package static func ~= (pattern: ResultCode, code: ResultCode) -> Bool {
            pattern == code || (pattern.rawValue == pattern.primary.rawValue && pattern == code.primary)
        }

        package var description: String {
            "code \(rawValue), \(String(cString: sqlite3_errstr(rawValue)))"
        }
    }
}

/// A database file written by a newer version of this program.
package struct DatabaseTooNew: Error, Equatable, Sendable, CustomStringConvertible {
    /// The file.
    package let path: String
    /// The schema version found in it.
    package let found: Int
    /// The newest schema version this program knows.
    package let known: Int

    package var description: String {
        "\(path) was written by a newer version of this program (schema \(found), this one knows \(known)); "
            + "use that version, or another state directory"
    }
}
