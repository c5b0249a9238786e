import Foundation
@testable import SQLite
import Testing

@Suite("Database")
struct DatabaseTests {
    @Test(
        "A value comes back as it was stored",
        arguments: [
            Value.null, .integer(.min), .integer(.max), .real(-0.5), .text(""), .text("a\u{0}b ✓"), .blob([]),
            .blob([0, 255, 0]),
        ])
    func roundTrip(value: Value) throws {
        try withFolder { folder in
            let database = try Database(path: folder + "/a.sqlite", migrations: ["CREATE TABLE t (v)"])
            try database.transaction { try $0.execute("INSERT INTO t VALUES (?1)", [value]) }
            #expect(try database.read { try $0.value("SELECT v FROM t") } == value)
        }
    }

    @Test("A body that throws leaves nothing behind")
    func rollback() throws {
        try withFolder { folder in
            let database = try Database(path: folder + "/a.sqlite", migrations: ["CREATE TABLE t (v)"])
            struct Stop: Error {}
            #expect(throws: Stop.self) {
                try database.transaction {
                    try $0.execute("INSERT INTO t VALUES (1)")
                    throw Stop()
                }
            }
            #expect(try database.read { try $0.value("SELECT count(*) FROM t") } == 0)
            try database.transaction { try $0.execute("INSERT INTO t VALUES (2)") }
            #expect(try database.read { try $0.value("SELECT sum(v) FROM t") } == 2)
        }
    }

    @Test("The settings a careful owner wants are on")
    func pragmas() throws {
        try withFolder { folder in
            let database = try Database(path: folder + "/a.sqlite")
            try database.withConnection { (connection: Connection) throws in
                #expect(try connection.value("PRAGMA journal_mode") == "wal")
                #expect(try connection.value("PRAGMA synchronous") == 2)
                #expect(try connection.value("PRAGMA foreign_keys") == 1)
                #expect(try connection.value("PRAGMA trusted_schema") == 0)
            }
        }
    }

    @Test("Migrations run once, in order, each file at its own pace")
    func migrations() throws {
        try withFolder { folder in
            let path = folder + "/a.sqlite"
            let first = "CREATE TABLE t (a); INSERT INTO t VALUES ('one'); -- a comment; with a semicolon"
            let second = "ALTER TABLE t ADD COLUMN b TEXT; UPDATE t SET b = 'two;'"
            _ = try Database(path: path, migrations: [first])
            let database = try Database(path: path, migrations: [first, second])
            let row = try database.read { try $0.row("SELECT * FROM t") }
            #expect(row == Row(columns: ["a", "b"], values: ["one", "two;"]))
        }
    }

    @Test("A failed migration changes nothing")
    func failedMigration() throws {
        try withFolder { folder in
            let path = folder + "/a.sqlite"
            #expect(throws: SQLiteError.self) {
                try Database(path: path, migrations: ["CREATE TABLE t (a)", "CREATE TABLE u (a); NONSENSE"])
            }
            let database = try Database(path: path)
            #expect(try database.read { try $0.rows("SELECT name FROM sqlite_schema") } == [])
        }
    }

    @Test("A file of a newer version is refused with both versions named")
    func newerFile() throws {
        try withFolder { folder in
            let path = folder + "/a.sqlite"
            _ = try Database(path: path, migrations: ["CREATE TABLE a (x)", "CREATE TABLE b (x)"])
            #expect(throws: DatabaseTooNew(path: path, found: 2, known: 1)) {
                try Database(path: path, migrations: ["CREATE TABLE a (x)"])
            }
        }
    }

    @Test("An error carries code and statement, never the values")
    func errors() throws {
        try withFolder { folder in
            let database = try Database(path: folder + "/a.sqlite", migrations: ["CREATE TABLE t (v UNIQUE)"])
            let error = #expect(throws: SQLiteError.self) {
                try database.transaction {
                    try $0.execute("INSERT INTO t VALUES (?1)", ["hunter2"])
                    try $0.execute("INSERT INTO t VALUES (?1)", ["hunter2"])
                }
            }
            let code = try #require(error?.resultCode)
            #expect(SQLiteError.ResultCode.constraint ~= code)
            #expect(code != .constraint)
            #expect(error?.sql == "INSERT INTO t VALUES (?1)")
            #expect(error?.description.contains("hunter2") == false)
            #expect(throws: SQLiteError.self) {
                try database.withConnection { try $0.execute("INSERT INTO t VALUES (?1)", []) }
            }
            #expect(throws: SQLiteError.self) {
                try database.withConnection { try $0.execute("DELETE FROM t; DELETE FROM t") }
            }
        }
    }

    @Test("A path that cannot be opened, or is no database, is an error that names it")
    func cannotOpen() throws {
        try withFolder { folder in
            let error = #expect(throws: SQLiteError.self) { try Database(path: folder + "/missing/a.sqlite") }
            #expect(error?.message.contains("missing/a.sqlite") == true)
            try Data(repeating: 65, count: 4096).write(to: URL(filePath: folder + "/text"))
            let other = #expect(throws: SQLiteError.self) { try Database(path: folder + "/text") }
            #expect(other?.resultCode == .notADatabase)
        }
    }

    @Test("A query may run inside the rows of the same query")
    func nestedStatement() throws {
        try withFolder { folder in
            let database = try Database(
                path: folder + "/a.sqlite", migrations: ["CREATE TABLE t (v); INSERT INTO t VALUES (1), (2), (3)"])
            var pairs: [Int64] = []
            try database.read { connection in
                try connection.forEach("SELECT v FROM t ORDER BY v") { outer in
                    try connection.forEach("SELECT v FROM t ORDER BY v") { inner in
                        pairs.append((outer.integer("v") ?? 0) * 10 + (inner.integer("v") ?? 0))
                    }
                }
            }
            #expect(pairs == [11, 12, 13, 21, 22, 23, 31, 32, 33])
        }
    }

    @Test("Tasks, connections and other processes add up without losing a write")
    func concurrentWriters() async throws {
        let folder = try makeFolder()
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let path = folder + "/a.sqlite"
        let script = ["CREATE TABLE t (v INTEGER); INSERT INTO t VALUES (0)"]
        let shared = try Database(path: path, migrations: script)
        let python = Process()
        python.executableURL = URL(filePath: "/usr/bin/env")
        python.arguments = [
            "python3", "-c",
            """
            import sqlite3, sys
            c = sqlite3.connect(sys.argv[1], timeout=60, isolation_level=None)
            for _ in range(50):
                c.execute('BEGIN IMMEDIATE'); c.execute('UPDATE t SET v = v + 1'); c.execute('COMMIT')
            """, path,
        ]
        try python.run()
        try await withThrowingTaskGroup(of: Void.self) { group in
            for task in 0..<4 {
                group.addTask {
                    let database = task.isMultiple(of: 2) ? shared : try Database(path: path, migrations: script)
                    for _ in 0..<25 {
                        try database.transaction { connection in
                            let value = try connection.value("SELECT v FROM t").integer ?? 0
                            try connection.execute("UPDATE t SET v = ?1", [.integer(value + 1)])
                        }
                    }
                }
            }
            try await group.waitForAll()
        }
        python.waitUntilExit()
        #expect(python.terminationStatus == 0)
        #expect(try shared.read { try $0.value("SELECT v FROM t") } == 150)
    }

    private func makeFolder() throws -> String {
        let url = FileManager.default.temporaryDirectory.appending(path: "sqlite-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
        return url.path
    }

    private func withFolder(_ body: (String) throws -> Void) throws {
        let folder = try makeFolder()
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try body(folder)
    }
}
