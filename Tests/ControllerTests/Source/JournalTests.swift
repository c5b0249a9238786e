import Controller
import SQLite
import Synchronization
import TestSupport
import Testing
import TimeKeeping

@Suite struct JournalTests {
    private func entry(_ second: Int64, _ stage: String, _ object: String, commit: String? = nil) -> JournalEntry {
        JournalEntry(
            time: Timestamp(seconds: second), stage: stage, object: object, verb: second == 3 ? "shift" : "create",
            version: "1", commit: commit, author: "a@example.com", approvals: ["alice@example.com", "bob@example.com"],
            outcome: second == 2 ? .failed : .done, message: "because")
    }

    @Test("What was recorded is read again, filtered, oldest first")
    func query() async throws {
        let folder = try TemporaryDirectory()
        let entries = [
            entry(1, "dev", "model/diabetes", commit: "abcdef"), entry(2, "dev", "data/diabetes"),
            entry(3, "prod", "model/diabetes"), entry(4, "prod", "model_x/diabetes"),
        ]
        let journal = try Journal(stateDirectory: folder.file("state"))
        for entry in entries { await journal.record(entry) }
        #expect(try await journal.entries() == entries)
        // Another process, later.
        let again = try Journal(stateDirectory: folder.file("state"))
        func times(_ change: (inout Journal.Query) -> Void) async throws -> [Int64] {
            var query = Journal.Query()
            change(&query)
            return try await again.entries(query).map(\.time.seconds)
        }
        #expect(try await times { $0.limit = 2 } == [3, 4])
        #expect(try await times { $0.stage = "prod" } == [3, 4])
        #expect(try await times { $0.object = "model/diabetes" } == [1, 3])
        #expect(try await times { $0.object = "model" } == [1, 3])
        #expect(try await times { $0.verb = "shift" } == [3])
        #expect(try await times { $0.outcome = .failed } == [2])
        #expect(try await times { $0.commit = "abc" } == [1])
        #expect(
            try await times {
                $0.since = Timestamp(seconds: 2); $0.until = Timestamp(seconds: 4)
            } == [2, 3])
        #expect(try await times { $0.stage = "dev' OR 1=1 --" } == [])
    }

    @Test("Entries can be neither changed nor removed")
    func appendOnly() async throws {
        let folder = try TemporaryDirectory()
        let journal = try Journal(stateDirectory: folder.path)
        await journal.record(entry(1, "dev", "model/m"))
        let database = try Database(path: folder.file("journal.sqlite"))
        #expect(throws: SQLiteError.self) { try database.withConnection { try $0.execute("DELETE FROM entry") } }
        #expect(throws: SQLiteError.self) {
            try database.withConnection { try $0.execute("UPDATE entry SET stage = ''") }
        }
        #expect(try await journal.entries().count == 1)
    }

    @Test("A damaged file and one from a newer version are told apart")
    func unusable() throws {
        let folder = try TemporaryDirectory()
        try folder.write(String(repeating: "not a database\n", count: 100), to: "a/journal.sqlite")
        let damaged = #expect(throws: Journal.Failure.self) { try Journal(stateDirectory: folder.file("a")) }
        #expect(damaged?.code == .damaged)
        #expect(damaged?.message.contains(folder.file("a/journal.sqlite")) == true)

        _ = try Journal(stateDirectory: folder.file("b"))
        let database = try Database(path: folder.file("b/journal.sqlite"))
        try database.withConnection { try $0.execute("PRAGMA user_version = 99") }
        let newer = #expect(throws: Journal.Failure.self) { try Journal(stateDirectory: folder.file("b")) }
        #expect(newer?.code == .newerSchema)
    }

    @Test("An entry that cannot be written is told of and stops nobody")
    func failing() async throws {
        let folder = try TemporaryDirectory()
        let failures = Mutex<[Journal.Failure]>([])
        let journal = try Journal(stateDirectory: folder.path) { failure in failures.withLock { $0.append(failure) } }
        try Database(path: folder.file("journal.sqlite")).withConnection { try $0.execute("DROP TABLE entry") }
        await journal.record(entry(1, "dev", "model/m"))
        #expect(failures.withLock { $0 }.map(\.code) == [.unusable])
    }
}
