internal import Digest
internal import Dispatch
internal import SQLite
internal import Subprocess
package import TimeKeeping

/// What happened, kept for people: `reconcile history` reads it, the loop never does.
package final class Journal: JournalKeeping {
    /// Why the journal could not be opened or read.
    package struct Failure: Error, Hashable, Sendable, CustomStringConvertible {
        /// What kind of failure it was, for code that decides.
        package enum Code: Hashable, Sendable {
            case damaged
            case newerSchema
            case unusable
        }

        /// What kind of failure it was.
        package let code: Code
        /// One sentence for a person.
        package let message: String
        package var description: String { message }
    }

    /// Which entries are wanted; all conditions hold at once.
    package struct Query: Hashable, Sendable {
        /// Entries of one stage.
        package var stage: String?
        /// Entries of one object, `kind/name`, or of all of a kind.
        package var object: String?
        /// Entries with one verb.
        package var verb: String?
        /// Entries that failed, or that were done.
        package var outcome: JournalEntry.Outcome?
        /// Entries about one commit, which may be abbreviated.
        package var commit: String?
        /// Entries at or after a time.
        package var since: Timestamp?
        /// Entries before a time.
        package var until: Timestamp?
        /// How many of the newest are wanted.
        package var limit: Int

        /// Makes a query for the newest entries.
        package init(limit: Int = 100) { self.limit = limit }
    }

    private let database: Database
    private let path: String
    private let queue = DispatchQueue(label: "reconcile.journal")
    private let onFailure: @Sendable (Failure) -> Void

    /// Opens the journal of a state directory, and makes it when there is none.
    ///
    /// - Parameter onFailure: Told when an entry cannot be written, which stops nobody.
    package init(
        stateDirectory: String, onFailure: @escaping @Sendable (Failure) -> Void = { _ in }
    ) throws(Failure) {
        path = "\(stateDirectory)/journal.sqlite"
        self.onFailure = onFailure
        do {
            try makeFolders(stateDirectory)
            database = try Database(path: path, migrations: Self.migrations)
        } catch {
            throw Self.failure(error, path)
        }
    }

    package func record(_ entry: JournalEntry) async {
        // On a thread of its own kind: writing waits for the disk, and sometimes for another process.
        await withCheckedContinuation { continuation in
            queue.async { [self] in
                do {
                    try append(entry)
                } catch {
                    onFailure(Self.failure(error, path))
                }
                continuation.resume()
            }
        }
    }

    /// The newest entries that fit, oldest of them first.
    package func entries(_ query: Query = Query()) async throws(Failure) -> [JournalEntry] {
        let result: Result<[JournalEntry], Failure> = await withCheckedContinuation { continuation in
            queue.async { [self] in
                continuation.resume(
                    returning: Result { () throws(Failure) in
                        do { return try find(query) } catch { throw Self.failure(error, path) }
                    })
            }
        }
        return try result.get()
    }

    private func append(_ entry: JournalEntry) throws {
        let approvals = JSONValue.array(entry.approvals.map { .string($0) }).canonicalBytes
        try database.withConnection { connection in
            try connection.execute(
                """
                INSERT INTO entry (time, stage, object, verb, version, commit_id, author, approvals, outcome, message)
                VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)
                """,
                [
                    .integer(entry.time.seconds), .text(entry.stage), .text(entry.object), .text(entry.verb),
                    Value(entry.version), Value(entry.commit), Value(entry.author),
                    .text(String(decoding: approvals, as: UTF8.self)), .text(entry.outcome.rawValue),
                    .text(String(entry.message.prefix(Self.messageLimit))),
                ])
        }
    }

    private func find(_ query: Query) throws -> [JournalEntry] {
        var conditions: [String] = []
        var values: [Value] = []
        func add(_ condition: String, _ value: Value?) {
            guard let value else { return }
            values.append(value)
            conditions.append(condition.replacing("?", with: "?\(values.count)"))
        }
        add("stage = ?", query.stage.map { .text($0) })
        // substr and not LIKE: names hold underscores, which LIKE takes for any letter.
        add("(object = ? OR substr(object, 1, length(?) + 1) = ? || '/')", query.object.map { .text($0) })
        add("verb = ?", query.verb.map { .text($0) })
        add("outcome = ?", query.outcome.map { .text($0.rawValue) })
        add("substr(commit_id, 1, length(?)) = ?", query.commit.map { .text($0) })
        add("time >= ?", query.since.map { .integer($0.seconds) })
        add("time < ?", query.until.map { .integer($0.seconds) })
        values.append(.integer(Int64(max(0, query.limit))))
        let filter = conditions.isEmpty ? "" : "WHERE \(conditions.joined(separator: " AND "))"
        return try database.withConnection { connection in
            try connection.rows("SELECT * FROM entry \(filter) ORDER BY id DESC LIMIT ?\(values.count)", values)
        }.reversed().map(Self.entry)
    }

    private static func entry(_ row: Row) -> JournalEntry {
        let approvals = (try? JSONParser.parse(row.text("approvals") ?? "[]")) ?? .array([])
        var names: [String] = []
        if case .array(let elements) = approvals { names = elements.compactMap(\.stringValue) }
        return JournalEntry(
            time: Timestamp(seconds: row.integer("time") ?? 0), stage: row.text("stage") ?? "",
            object: row.text("object") ?? "", verb: row.text("verb") ?? "", version: row.text("version"),
            commit: row.text("commit_id"), author: row.text("author"), approvals: names,
            outcome: row.text("outcome").flatMap { JournalEntry.Outcome(rawValue: $0) } ?? .failed,
            message: row.text("message") ?? "")
    }

    private static let messageLimit = 4_096
}

extension Journal {
    private static let migrations = [
        """
        CREATE TABLE entry (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            time INTEGER NOT NULL,
            stage TEXT NOT NULL,
            object TEXT NOT NULL,
            verb TEXT NOT NULL,
            version TEXT,
            commit_id TEXT,
            author TEXT,
            approvals TEXT NOT NULL,
            outcome TEXT NOT NULL,
            message TEXT NOT NULL
        ) STRICT;
        CREATE INDEX entry_of_stage ON entry (stage, id);
        CREATE TRIGGER entry_is_not_changed BEFORE UPDATE ON entry
        BEGIN SELECT RAISE(ABORT, 'the journal is only added to'); END;
        CREATE TRIGGER entry_is_not_removed BEFORE DELETE ON entry
        BEGIN SELECT RAISE(ABORT, 'the journal is only added to'); END;
        """
    ]

    private static func failure(_ error: any Error, _ path: String) -> Failure {
        switch error {
        case let error as DatabaseTooNew:
            Failure(code: .newerSchema, message: error.description)
        case let error as SQLiteError where .corrupt ~= error.resultCode || .notADatabase ~= error.resultCode:
            Failure(
                code: .damaged,
                message:
                    "the journal \(path) is damaged; move it away and a new one is begun (only the history is in it)")
        case let error as SQLiteError:
            Failure(code: .unusable, message: "cannot use the journal \(path): \(error.message)")
        default:
            Failure(code: .unusable, message: "cannot use the journal \(path): \(error)")
        }
    }
}
