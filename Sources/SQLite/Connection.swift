internal import CSQLite

/// The way to run statements while the database is held; it must not outlive the closure that lends it.
package final class Connection {
    private let handle: OpaquePointer
    private var cache: [String: Statement] = [:]
    /// Enough for every statement a workspace uses; beyond it texts are made up on the fly and not worth keeping.
    private static let cacheLimit = 128

    init(path: String, busyTimeout milliseconds: Int32, readOnly: Bool) throws(SQLiteError) {
        var handle: OpaquePointer?
        let access = readOnly ? SQLITE_OPEN_READONLY : SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE
        // NOMUTEX: Database serialises every use itself.
        let code = sqlite3_open_v2(path, &handle, access | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE, nil)
        guard code == SQLITE_OK, let handle else {
            let error = SQLiteError(handle: handle, code: code, sql: nil)
            // "Whether or not an error occurs when it is opened, resources associated with the database
            // connection handle should be released by passing it to sqlite3_close() when it is no longer
            // required." https://www.sqlite.org/c3ref/open.html
            sqlite3_close_v2(handle)
            throw SQLiteError(
                resultCode: error.resultCode, message: "cannot open \(path): \(error.message)", sql: nil)
        }
        self.handle = handle
        sqlite3_busy_timeout(handle, milliseconds)
        for (option, value): (Int32, Int32) in [
            (SQLITE_DBCONFIG_ENABLE_FKEY, 1), (SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0), (SQLITE_DBCONFIG_DEFENSIVE, 1),
            (SQLITE_DBCONFIG_ENABLE_LOAD_EXTENSION, 0),
        ] {
            let code = shim_sqlite3_set_flag(handle, option, value)
            guard code == SQLITE_OK else {
                let error = SQLiteError(handle: handle, code: code, sql: nil)
                // self is complete here, so deinit closes the handle.
                throw error
            }
        }
    }

    deinit {
        cache.removeAll()
        sqlite3_close_v2(handle)
    }

    /// Runs one statement that gives no rows.
    package func execute(_ sql: String, _ arguments: [Value] = []) throws {
        try forEach(sql, arguments) { _ in }
    }

    /// Runs a text of several statements without arguments.
    package func executeScript(_ sql: String) throws {
        var rest = sql
        while !rest.isEmpty {
            let text = rest
            guard let statement = try Statement.prepare(text, on: handle, tail: &rest) else { return }
            try statement.run([], on: handle) { _ in }
        }
    }

    /// Runs a query and gives all of its rows.
    package func rows(_ sql: String, _ arguments: [Value] = []) throws -> [Row] {
        var rows: [Row] = []
        try forEach(sql, arguments) { rows.append($0) }
        return rows
    }

    /// Runs a query and gives its first row.
    package func row(_ sql: String, _ arguments: [Value] = []) throws -> Row? {
        try rows(sql, arguments).first
    }

    /// Runs a query and gives the first value of its first row, NULL without rows.
    package func value(_ sql: String, _ arguments: [Value] = []) throws -> Value {
        try row(sql, arguments)?[0] ?? .null
    }

    /// Runs a query and hands out row by row, without keeping them.
    package func forEach(_ sql: String, _ arguments: [Value] = [], _ body: (Row) throws -> Void) throws {
        // Taken out while it runs: a nested use of the same text gets a statement of its own.
        let statement = try cache.removeValue(forKey: sql) ?? prepare(sql)
        defer {
            if cache.count >= Self.cacheLimit { cache.removeAll() }
            cache[sql] = statement
        }
        try statement.run(arguments, on: handle, row: body)
    }

    /// The number of rows the last INSERT, UPDATE or DELETE touched.
    package var changes: Int { Int(sqlite3_changes64(handle)) }

    /// The number of rows that this connection has changed since it was opened.
    package var totalChanges: Int64 { sqlite3_total_changes64(handle) }

    /// The row id of the last INSERT.
    package var lastInsertedRowID: Int64 { sqlite3_last_insert_rowid(handle) }

    private func prepare(_ sql: String) throws -> Statement {
        var tail = ""
        guard let statement = try Statement.prepare(sql, on: handle, tail: &tail) else {
            throw SQLiteError(resultCode: .misuse, message: "an empty statement", sql: sql)
        }
        guard tail.allSatisfy({ $0.isWhitespace || $0 == ";" }) else {
            throw SQLiteError(resultCode: .misuse, message: "more than one statement", sql: sql)
        }
        return statement
    }

    /// Whether a transaction is open.
    var isInTransaction: Bool { sqlite3_get_autocommit(handle) == 0 }
}
