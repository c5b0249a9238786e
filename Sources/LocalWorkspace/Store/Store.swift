internal import AssetSchema
internal import Digest
internal import FoundationEssentials
internal import SQLite
internal import Subprocess
internal import TimeKeeping
internal import Workspace

/// The database of one embedded workspace; every function is one transaction.
struct Store: Sendable {
    let database: Database

    /// Opens the database, making it and its folder when missing.
    init(_ layout: WorkspaceLayout) throws {
        try Files.makeFolder(layout.root)
        do {
            database = try Database(path: layout.database, migrations: Schema.migrations)
        } catch {
            throw WorkspaceError(.broken, "\(error)")
        }
    }

    /// Runs a transaction that writes.
    func write<Result>(_ body: (Connection) throws -> Result) throws -> Result {
        try Self.translating { try database.transaction(.immediate, body) }
    }

    /// Reads one consistent snapshot.
    func read<Result>(_ body: (Connection) throws -> Result) throws -> Result {
        try Self.translating { try database.read(body) }
    }

    private static func translating<Result>(_ body: () throws -> Result) throws -> Result {
        do {
            return try body()
        } catch let error as SQLiteError {
            let isPassing =
                SQLiteError.ResultCode.busy ~= error.resultCode || SQLiteError.ResultCode.full ~= error.resultCode
            throw WorkspaceError(isPassing ? .unavailable : .broken, error.description)
        }
    }
}

extension Row {
    /// The JSON of a column; an empty object when there is none.
    func json(_ column: String) -> JSONValue {
        text(column).flatMap { try? JSONParser.parse($0) } ?? .object([:])
    }

    /// The tags of a column.
    func tags(_ column: String = "tags") -> [String: String] {
        (json(column).objectValue ?? [:]).compactMapValues(\.stringValue)
    }

    /// The trees of a column by name.
    func trees(_ column: String) -> [String: StoredTree] {
        guard let text = text(column) else { return [:] }
        return (try? JSONDecoder().decode([String: StoredTree].self, from: Data(text.utf8))) ?? [:]
    }

    /// The moment of a column.
    func time(_ column: String) -> Timestamp? { integer(column).map { Timestamp(seconds: $0) } }

    /// The process of a column.
    func process(_ column: String) -> ProcessIdentity? {
        guard let text = text(column) else { return nil }
        return try? JSONDecoder().decode(ProcessIdentity.self, from: Data(text.utf8))
    }
}

extension Value {
    init(_ json: JSONValue) { self = .text(json.canonicalText) }

    init(_ tags: [String: String]) { self.init(JSONValue.object(tags.mapValues { .string($0) })) }

    init(_ time: Timestamp?) { self.init(time?.seconds) }

    static func encoded(_ value: some Encodable) -> Value {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return .text((try? encoder.encode(value)).map { String(decoding: $0, as: UTF8.self) } ?? "{}")
    }
}
