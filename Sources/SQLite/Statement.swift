internal import CSQLite

/// A prepared statement; it is finalized with its last reference, always before its connection closes.
final class Statement {
    let sql: String
    private let pointer: OpaquePointer
    /// Column names, read once: they cannot change without the statement being prepared again.
    private var columns: [String]?

    /// Prepares the first statement of a text.
    ///
    /// - Returns: nil when the text holds only blanks and comments; `tail` is what follows the statement.
    static func prepare(_ sql: String, on handle: OpaquePointer, tail: inout String) throws(SQLiteError) -> Statement? {
        var pointer: OpaquePointer?
        var rest = ""
        let code = sql.withCString { text in
            var end: UnsafePointer<CChar>?
            let code = sqlite3_prepare_v3(handle, text, -1, 0, &pointer, &end)
            if let end { rest = String(cString: end) }
            return code
        }
        guard code == SQLITE_OK else { throw SQLiteError(handle: handle, code: code, sql: sql) }
        tail = rest
        guard let pointer else { return nil }
        return Statement(sql: sql, pointer: pointer)
    }

    private init(sql: String, pointer: OpaquePointer) {
        self.sql = sql
        self.pointer = pointer
    }

    deinit {
        // "If the most recent evaluation of statement S failed, then sqlite3_finalize(S) returns
        // the appropriate error code": the caller has seen it already.
        // https://www.sqlite.org/c3ref/finalize.html
        sqlite3_finalize(pointer)
    }

    /// Runs the statement from the start with the given arguments and hands out each row.
    func run(
        _ arguments: [Value], on handle: OpaquePointer, row body: (Row) throws -> Void
    ) throws {
        try bind(arguments, on: handle)
        defer {
            // A cached statement must not keep a read transaction, nor large values, alive.
            sqlite3_reset(pointer)
            sqlite3_clear_bindings(pointer)
        }
        while true {
            switch sqlite3_step(pointer) {
            case SQLITE_ROW: try body(row())
            case SQLITE_DONE: return
            case let code: throw SQLiteError(handle: handle, code: code, sql: sql)
            }
        }
    }

    private func bind(_ arguments: [Value], on handle: OpaquePointer) throws(SQLiteError) {
        let expected = Int(sqlite3_bind_parameter_count(pointer))
        guard arguments.count == expected else {
            throw SQLiteError(
                resultCode: .range, message: "\(expected) arguments wanted, \(arguments.count) given", sql: sql)
        }
        for (offset, argument) in arguments.enumerated() {
            let code = bind(argument, at: Int32(offset + 1))
            guard code == SQLITE_OK else { throw SQLiteError(handle: handle, code: code, sql: sql) }
        }
    }

    private func bind(_ value: Value, at index: Int32) -> Int32 {
        switch value {
        case .null: return sqlite3_bind_null(pointer, index)
        case .integer(let integer): return sqlite3_bind_int64(pointer, index, integer)
        case .real(let real): return sqlite3_bind_double(pointer, index, real)
        case .text(var text):
            return text.withUTF8 { bytes in
                guard let length = Int32(exactly: bytes.count) else { return SQLITE_TOOBIG }
                guard let base = bytes.baseAddress else { return shim_sqlite3_bind_text(pointer, index, "", 0) }
                return base.withMemoryRebound(to: CChar.self, capacity: bytes.count) {
                    shim_sqlite3_bind_text(pointer, index, $0, length)
                }
            }
        case .blob(let blob):
            return blob.withUnsafeBytes { bytes in
                guard let length = Int32(exactly: bytes.count) else { return SQLITE_TOOBIG }
                // A null pointer would bind NULL, an empty blob is another value.
                guard length > 0 else { return sqlite3_bind_zeroblob(pointer, index, 0) }
                return shim_sqlite3_bind_blob(pointer, index, bytes.baseAddress, length)
            }
        }
    }

    private func row() -> Row {
        let count = sqlite3_data_count(pointer)
        let names = columns ?? (0..<count).map { sqlite3_column_name(pointer, $0).map { String(cString: $0) } ?? "" }
        columns = names
        return Row(columns: names, values: (0..<count).map(value(at:)))
    }

    private func value(at index: Int32) -> Value {
        switch sqlite3_column_type(pointer, index) {
        case SQLITE_INTEGER: return .integer(sqlite3_column_int64(pointer, index))
        case SQLITE_FLOAT: return .real(sqlite3_column_double(pointer, index))
        case SQLITE_TEXT:
            // The text first, then its length: https://www.sqlite.org/c3ref/column_blob.html
            guard let text = sqlite3_column_text(pointer, index) else { return .null }
            let length = Int(sqlite3_column_bytes(pointer, index))
            return .text(String(decoding: UnsafeBufferPointer(start: text, count: length), as: UTF8.self))
        case SQLITE_BLOB:
            guard let bytes = sqlite3_column_blob(pointer, index) else { return .blob([]) }
            let length = Int(sqlite3_column_bytes(pointer, index))
            return .blob([UInt8](UnsafeRawBufferPointer(start: bytes, count: length)))
        default: return .null
        }
    }
}

extension SQLiteError {
    init(handle: OpaquePointer?, code: Int32, sql: String?) {
        // The message belongs to the last call on this handle; the caller holds the lock since that call.
        let extended = handle.map { sqlite3_extended_errcode($0) } ?? code
        let message = String(cString: handle.flatMap { sqlite3_errmsg($0) } ?? sqlite3_errstr(code))
        self.init(
            resultCode: ResultCode(rawValue: extended & 0xff == code & 0xff ? extended : code), message: message,
            sql: sql
        )
    }
}
