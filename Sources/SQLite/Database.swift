internal import Synchronization

/// A SQLite file that many tasks of this process, and many processes, use at the same time.
///
/// Inside the process one user at a time holds the connection; between processes SQLite's own locks
/// decide, and a busy file is waited for.
package final class Database: @unchecked Sendable {  // `connection` is only touched while `lock` is held.
    /// How a transaction takes its lock.
    package enum TransactionKind: String, Sendable {
        /// A snapshot to read from; writing in it can fail as busy when another process wrote meanwhile.
        case deferred = "DEFERRED"
        /// The write lock from the start, so that waiting happens at the beginning and never deadlocks.
        case immediate = "IMMEDIATE"
    }

    /// The file.
    package let path: String
    private let connection: Connection
    private let lock = Mutex(())

    /// Opens or creates a file in WAL mode with full synchronisation, and brings its schema up to date.
    ///
    /// - Parameters:
    ///   - path: the file; its folder must exist.
    ///   - migrations: scripts in order; the file's `user_version` counts those it has.
    ///   - busyTimeout: how long, in milliseconds, to wait for other processes.
    package init(path: String, migrations: [String] = [], busyTimeout: Int32 = 30_000) throws {
        self.path = path
        connection = try Connection(path: path, busyTimeout: busyTimeout, readOnly: false)
        try Self.enterWAL(connection)
        try connection.execute("PRAGMA synchronous = FULL")
        try migrate(migrations)
    }

    /// Opens an existing file for reading only.
    package init(readOnly path: String, busyTimeout: Int32 = 30_000) throws {
        self.path = path
        connection = try Connection(path: path, busyTimeout: busyTimeout, readOnly: true)
    }

    /// Lends the connection outside of a transaction.
    package func withConnection<Result>(_ body: (Connection) throws -> Result) rethrows -> Result {
        // Not withLock: its closure may only return what nobody else reaches, which a caller's closure
        // cannot promise. Taking the lock again on the same thread traps.
        lock._unsafeLock()
        defer { lock._unsafeUnlock() }
        return try body(connection)
    }

    /// Runs a body in one transaction: all of it happens, or, when it throws, nothing.
    package func transaction<Result>(
        _ kind: TransactionKind = .immediate, _ body: (Connection) throws -> Result
    ) throws -> Result {
        try withConnection { connection in
            try Self.transaction(kind, on: connection, body)
        }
    }

    /// Runs a body on one consistent snapshot.
    package func read<Result>(_ body: (Connection) throws -> Result) throws -> Result {
        try transaction(.deferred, body)
    }

    private static func transaction<Result>(
        _ kind: TransactionKind, on connection: Connection, _ body: (Connection) throws -> Result
    ) throws -> Result {
        try connection.execute("BEGIN \(kind.rawValue)")
        do {
            let result = try body(connection)
            try connection.execute("COMMIT")
            return result
        } catch {
            // Some errors (a full disk) roll back by themselves, and then ROLLBACK fails:
            // https://www.sqlite.org/lang_transaction.html#response_to_errors_within_a_transaction
            if connection.isInTransaction { try? connection.execute("ROLLBACK") }
            throw error
        }
    }

    private static func enterWAL(_ connection: Connection) throws {
        // Switching needs the file alone for a moment, and does not always call the busy handler.
        var attempts = 0
        while true {
            do {
                try connection.execute("PRAGMA journal_mode = WAL")
                return
            } catch let error as SQLiteError where .busy ~= error.resultCode && attempts < 100 {
                attempts += 1
                try? connection.execute("BEGIN IMMEDIATE")
                if connection.isInTransaction { try? connection.execute("ROLLBACK") }
            }
        }
    }

    private func migrate(_ migrations: [String]) throws {
        let path = path
        func version(_ connection: Connection) throws -> Int {
            Int(try connection.value("PRAGMA user_version").integer ?? 0)
        }
        let current = try withConnection(version)
        guard current <= migrations.count || migrations.isEmpty else {
            throw DatabaseTooNew(path: path, found: current, known: migrations.count)
        }
        guard current < migrations.count else { return }
        try transaction(.immediate) { connection in
            // Asked again under the write lock: another process may have done it meanwhile.
            let start = try version(connection)
            guard start <= migrations.count else {
                throw DatabaseTooNew(path: path, found: start, known: migrations.count)
            }
            for migration in migrations[start...] { try connection.executeScript(migration) }
            try connection.execute("PRAGMA user_version = \(migrations.count)")
        }
    }
}
