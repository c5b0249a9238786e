internal import Digest
internal import SQLite
internal import Workspace

/// What the API keeps of its own beside a workspace: uploaded blobs, and resources that only the API knows.
struct Catalog: Sendable {
    private let database: Database

    private static let schema = """
        CREATE TABLE blobs (
            container TEXT NOT NULL, name TEXT NOT NULL, sha256 TEXT NOT NULL, size INTEGER NOT NULL,
            type TEXT NOT NULL, metadata TEXT NOT NULL, modified INTEGER NOT NULL,
            PRIMARY KEY (container, name)
        ) STRICT, WITHOUT ROWID;
        CREATE TABLE records (
            kind TEXT NOT NULL, name TEXT NOT NULL, body TEXT NOT NULL, created_at INTEGER NOT NULL,
            PRIMARY KEY (kind, name)
        ) STRICT, WITHOUT ROWID;
        """

    init(path: String) throws {
        do {
            database = try Database(path: path, migrations: [Self.schema])
        } catch {
            throw WorkspaceError(.broken, "the API's own file cannot be opened: \(error)")
        }
    }

    // MARK: Blobs

    /// An uploaded blob.
    struct Blob: Sendable {
        var name: String
        var sha256: String
        var size: Int64
        var type: String
        var metadata: [String: String]
        var modified: Int64

        fileprivate init?(_ row: Row) {
            guard let name = row.text("name"), let sha256 = row.text("sha256"), let size = row.integer("size") else {
                return nil
            }
            self.name = name
            self.sha256 = sha256
            self.size = size
            type = row.text("type") ?? "application/octet-stream"
            let metadata = row.text("metadata").flatMap { try? JSONParser.parse($0) }
            self.metadata = (metadata?.objectValue ?? [:]).compactMapValues(\.stringValue)
            modified = row.integer("modified") ?? 0
        }

        init(name: String, sha256: String, size: Int64, type: String, metadata: [String: String], modified: Int64) {
            self.name = name
            self.sha256 = sha256
            self.size = size
            self.type = type
            self.metadata = metadata
            self.modified = modified
        }
    }

    func blob(_ container: String, _ name: String) throws -> Blob? {
        try database.read {
            try $0.row("SELECT * FROM blobs WHERE container = ?1 AND name = ?2", [.text(container), .text(name)])
                .flatMap(Blob.init)
        }
    }

    /// The blobs whose names begin so, sorted.
    func blobs(_ container: String, prefix: String) throws -> [Blob] {
        try database.read {
            try $0.rows(
                "SELECT * FROM blobs WHERE container = ?1 AND substr(name, 1, length(?2)) = ?2 ORDER BY name",
                [.text(container), .text(prefix)]
            ).compactMap(Blob.init)
        }
    }

    func put(_ blob: Blob, in container: String) throws {
        try database.transaction {
            try $0.execute(
                "INSERT OR REPLACE INTO blobs VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
                [
                    .text(container), .text(blob.name), .text(blob.sha256), .integer(blob.size), .text(blob.type),
                    .text(JSONValue.object(blob.metadata.mapValues { .string($0) }).canonicalText),
                    .integer(blob.modified),
                ])
        }
    }

    func deleteBlob(_ container: String, _ name: String) throws {
        try database.transaction {
            try $0.execute("DELETE FROM blobs WHERE container = ?1 AND name = ?2", [.text(container), .text(name)])
        }
    }

    // MARK: Records

    /// A resource that only the API knows.
    struct Record: Sendable {
        var name: String
        var body: JSONValue
        var createdAt: Int64

        fileprivate init?(_ row: Row) {
            guard let name = row.text("name"), let text = row.text("body"), let body = try? JSONParser.parse(text)
            else {
                return nil
            }
            self.name = name
            self.body = body
            createdAt = row.integer("created_at") ?? 0
        }
    }

    func record(_ kind: String, _ name: String) throws -> Record? {
        try database.read {
            try $0.row("SELECT * FROM records WHERE kind = ?1 AND name = ?2", [.text(kind), .text(name)])
                .flatMap(Record.init)
        }
    }

    func records(_ kind: String) throws -> [Record] {
        try database.read {
            try $0.rows("SELECT * FROM records WHERE kind = ?1 ORDER BY created_at, name", [.text(kind)])
                .compactMap(Record.init)
        }
    }

    /// Keeps a record; one that is there keeps its age.
    func put(_ kind: String, _ name: String, _ body: JSONValue, at now: Int64) throws {
        try database.transaction {
            try $0.execute(
                """
                INSERT INTO records VALUES (?1, ?2, ?3, ?4) ON CONFLICT (kind, name) DO UPDATE SET body = ?3
                """, [.text(kind), .text(name), .text(body.canonicalText), .integer(now)])
        }
    }

    func deleteRecord(_ kind: String, _ name: String) throws {
        try database.transaction {
            try $0.execute("DELETE FROM records WHERE kind = ?1 AND name = ?2", [.text(kind), .text(name)])
        }
    }
}
