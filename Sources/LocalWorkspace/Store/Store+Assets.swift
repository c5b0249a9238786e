internal import AssetSchema
internal import Digest
internal import SQLite
internal import TimeKeeping
internal import Workspace

extension Store {
    /// A version of an asset with what only this workspace knows of it.
    struct Asset {
        let live: LiveAsset
        let content: [String: StoredTree]
        let job: String?

        init?(_ row: Row) {
            guard let kind = row.text("kind").flatMap(AssetKind.init), let name = row.text("name"),
                let version = row.text("version"), let createdAt = row.time("created_at")
            else { return nil }
            live = LiveAsset(
                kind: kind, name: name, version: version, fields: row.json("fields"), tags: row.tags(),
                createdAt: createdAt, isArchived: row.flag("archived"))
            content = row.trees("content")
            job = row.text("job")
        }
    }

    /// All versions, in the order of their creation.
    static func assets(_ connection: Connection) throws -> [LiveAsset] {
        var found: [(sequence: Int64, asset: LiveAsset)] = []
        let sql = "SELECT sequence, kind, name, version, fields, tags, created_at, archived FROM assets"
        // By place and not by name, and with texts as they are: this is asked of every version there ever was.
        try connection.forEach(sql) { row in
            guard let sequence = row[0].integer, let kind = row[1].text.flatMap(AssetKind.init), let name = row[2].text,
                let version = row[3].text, let createdAt = row[6].integer
            else { return }
            let asset = LiveAsset(
                kind: kind, name: name, version: version, storedFields: StoredJSONObject(text: row[4].text ?? "{}"),
                storedTags: StoredJSONObject(text: row[5].text ?? "{}"), createdAt: Timestamp(seconds: createdAt),
                isArchived: row[7].integer ?? 0 != 0)
            found.append((sequence, asset))
        }
        // SQLite would carry the texts through its sorter.
        found.sort { $0.sequence < $1.sequence }
        return found.map(\.asset)
    }

    /// One version; `version` may be `@latest` for the newest that is not archived.
    func asset(_ kind: AssetKind, _ name: String, _ version: String) throws -> Asset? {
        try read { connection in
            let isLatest = version == "@latest" || version == "latest"
            return try connection.row(
                "SELECT * FROM assets WHERE kind = ?1 AND name = ?2 AND "
                    + (isLatest ? "archived = 0 AND ?3 != '' ORDER BY sequence DESC LIMIT 1" : "version = ?3"),
                [.text(kind.rawValue), .text(name), .text(version)]
            ).flatMap(Asset.init)
        }
    }

    /// Registers a version, unless one of the same digest is there.
    ///
    /// - Returns: the version made or found.
    func register(
        _ definition: ResourceDefinition, tags: [String: String], content: [String: StoredTree], job: String? = nil,
        at now: Timestamp
    ) throws -> String {
        let kind = Value.text(definition.kind.rawValue)
        let name = Value.text(definition.name)
        let digest = tags[TagName.digest]
        return try write { connection in
            if let digest,
                let found = try connection.row(
                    """
                    SELECT version FROM assets WHERE kind = ?1 AND name = ?2 AND digest = ?3 AND archived = 0
                    ORDER BY sequence DESC LIMIT 1
                    """, [kind, name, .text(digest)])?.text("version")
            {
                return found
            }
            if let version = definition.version,
                let other = try connection.row(
                    "SELECT digest FROM assets WHERE kind = ?1 AND name = ?2 AND version = ?3",
                    [kind, name, .text(version)])
            {
                guard other.text("digest") == digest, digest != nil else {
                    throw WorkspaceError(
                        .conflict,
                        "\(definition.kind.title) \(definition.name):\(version) is already registered with another content "
                            + "and cannot be changed")
                }
                // Archived and asked for again.
                try connection.execute(
                    "UPDATE assets SET archived = 0 WHERE kind = ?1 AND name = ?2 AND version = ?3",
                    [kind, name, .text(version)])
                return version
            }
            let version = try definition.version ?? Self.nextVersion(kind, name, connection)
            try connection.execute(
                """
                INSERT INTO assets (kind, name, version, sequence, digest, fields, tags, content, job, created_at)
                VALUES (?1, ?2, ?3, (SELECT ifnull(max(sequence), 0) + 1 FROM assets), ?4, ?5, ?6, ?7, ?8, ?9)
                """,
                [
                    kind, name, .text(version), Value(digest), Value(definition.fields), Value(tags), .encoded(content),
                    Value(job), Value(now),
                ])
            return version
        }
    }

    /// One more than the largest whole number, as Azure ML counts.
    private static func nextVersion(_ kind: Value, _ name: Value, _ connection: Connection) throws -> String {
        let versions = try connection.rows("SELECT version FROM assets WHERE kind = ?1 AND name = ?2", [kind, name])
        return String((versions.compactMap { $0.text("version").flatMap { Int($0) } }.max() ?? 0) + 1)
    }

    /// Hides a version or takes it back.
    func setArchived(_ isArchived: Bool, _ kind: AssetKind, _ name: String, _ version: String) throws {
        try write { connection in
            try connection.execute(
                "UPDATE assets SET archived = ?4 WHERE kind = ?1 AND name = ?2 AND version = ?3",
                [.text(kind.rawValue), .text(name), .text(version), Value(isArchived)])
            guard connection.changes > 0 else {
                throw WorkspaceError(.notFound, "there is no \(kind.title) \(name):\(version)")
            }
        }
    }

    /// Sets description and tags; tags that are not named stay.
    func updateAsset(
        _ kind: AssetKind, _ name: String, _ version: String, description: String?, tags: [String: String]
    ) throws {
        let key: [Value] = [.text(kind.rawValue), .text(name), .text(version)]
        try write { connection in
            guard
                let row = try connection.row(
                    "SELECT fields, tags FROM assets WHERE kind = ?1 AND name = ?2 AND version = ?3", key)
            else { throw WorkspaceError(.notFound, "there is no \(kind.title) \(name):\(version)") }
            var fields = row.json("fields")
            if let description { fields["description"] = .string(description) }
            if fields["tags"] != nil || !tags.isEmpty {
                // The definition's own tags are those that are not ours.
                let own = tags.filter { !$0.key.hasPrefix(TagName.prefix) }
                fields["tags"] = own.isEmpty ? nil : .object(own.mapValues { .string($0) })
            }
            try connection.execute(
                "UPDATE assets SET fields = ?4, tags = ?5 WHERE kind = ?1 AND name = ?2 AND version = ?3",
                key + [Value(fields), Value(row.tags().merging(tags) { _, new in new })])
        }
    }

    /// What is known of a blob that was kept before.
    func knownBlob(_ blob: String) throws -> (sha256: String, size: Int64)? {
        try read { connection in
            try connection.row("SELECT sha256, size FROM blobs WHERE blob = ?1", [.text(blob)]).flatMap { row in
                guard let sha256 = row.text("sha256"), let size = row.integer("size") else { return nil }
                return (sha256, size)
            }
        }
    }

    /// Notes under which SHA-256 a blob is kept.
    func noteBlob(_ blob: String, _ sha256: String, _ size: Int64) throws {
        try write {
            try $0.execute(
                "INSERT OR REPLACE INTO blobs VALUES (?1, ?2, ?3)", [.text(blob), .text(sha256), .integer(size)])
        }
    }
}
