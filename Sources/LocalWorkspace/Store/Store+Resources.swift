internal import AssetSchema
internal import Digest
internal import SQLite
internal import Subprocess
internal import TimeKeeping
internal import Workspace

extension Store {
    /// A schedule, compute or datastore with what only this workspace knows of it.
    struct Resource {
        let live: LiveResource
        let content: [String: StoredTree]
        /// Since when its trigger has been as it is.
        let anchor: Timestamp
        /// Up to when it was looked whether a schedule is due.
        let lookedAt: Timestamp?

        init?(_ row: Row) {
            guard let kind = row.text("kind").flatMap(AssetKind.init), let name = row.text("name"),
                let createdAt = row.time("created_at")
            else { return nil }
            live = LiveResource(
                kind: kind, name: name, fields: row.json("fields"), tags: row.tags(), createdAt: createdAt)
            content = row.trees("content")
            anchor = row.time("anchor") ?? createdAt
            lookedAt = row.time("looked_at")
        }

        /// Whether it is a schedule that makes jobs.
        var isEnabledSchedule: Bool {
            live.kind == .schedule && live.fields["is_enabled"]?.boolValue != false
                && live.fields["create_job"] != nil
        }
    }

    /// All resources by kind and name.
    static func resources(_ connection: Connection, kind: AssetKind? = nil) throws -> [Resource] {
        try connection.rows(
            "SELECT * FROM resources WHERE kind = ifnull(?1, kind) ORDER BY kind, name", [Value(kind?.rawValue)]
        ).compactMap(Resource.init)
    }

    /// Creates a resource, or sets its fields and files; tags that are not named stay.
    func put(_ draft: ResourceDraft, content: [String: StoredTree], at now: Timestamp) throws {
        let kind = Value.text(draft.definition.kind.rawValue)
        let name = Value.text(draft.definition.name)
        try write { connection in
            let present = try connection.row(
                "SELECT * FROM resources WHERE kind = ?1 AND name = ?2", [kind, name]
            ).flatMap(Resource.init)
            // Time starts anew for a schedule that fires otherwise than before, or has been off: nothing is made up for.
            let isSame =
                present.map { present in
                    present.live.fields["trigger"] == draft.definition.fields["trigger"]
                        && present.live.fields["is_enabled"]?.boolValue != false
                } ?? false
            let tags = (present?.live.tags ?? [:]).merging(draft.tags) { _, new in new }
            try connection.execute(
                """
                INSERT INTO resources (kind, name, fields, tags, content, created_at, anchor, looked_at)
                VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?6, NULL)
                ON CONFLICT (kind, name) DO UPDATE SET fields = ?3, tags = ?4, content = ?5,
                    anchor = CASE WHEN ?7 THEN anchor ELSE ?6 END,
                    looked_at = CASE WHEN ?7 THEN looked_at ELSE NULL END
                """,
                [
                    kind, name, Value(draft.definition.fields), Value(tags), .encoded(content), Value(now),
                    Value(isSame),
                ])
        }
    }

    func deleteResource(_ kind: AssetKind, _ name: String) throws {
        try write {
            try $0.execute(
                "DELETE FROM resources WHERE kind = ?1 AND name = ?2", [.text(kind.rawValue), .text(name)])
        }
    }

    /// Notes up to when it was looked whether a schedule is due, unless it has been changed since it was read.
    func noteLook(at schedule: Resource, until moment: Timestamp) throws {
        try write {
            try $0.execute(
                "UPDATE resources SET looked_at = ?3 WHERE kind = 'schedule' AND name = ?1 AND anchor = ?2",
                [.text(schedule.live.name), Value(schedule.anchor), Value(moment)])
        }
    }

    // MARK: Who fires

    /// The process that fires this workspace's schedules, if it lives.
    func scheduleRunner() throws -> ProcessIdentity? {
        try read { try Self.runner($0) }
    }

    private static func runner(_ connection: Connection) throws -> ProcessIdentity? {
        let row = try connection.row("SELECT value FROM settings WHERE name = 'schedule_runner'")
        return row?.process("value").flatMap { $0.isAlive ? $0 : nil }
    }

    /// Takes the schedules for one process; false while another that has them lives.
    func claimSchedules(_ process: ProcessIdentity) throws -> Bool {
        try write { connection in
            if let other = try Self.runner(connection), other != process { return false }
            try connection.execute(
                "INSERT OR REPLACE INTO settings VALUES ('schedule_runner', ?1)", [.encoded(process)])
            return true
        }
    }

    /// Lets go of the schedules if there is none to fire; whoever puts one then finds nobody and starts another process.
    ///
    /// - Returns: false while there is one.
    func releaseSchedules() throws -> Bool {
        try write { connection in
            if try Self.resources(connection, kind: .schedule).contains(where: \.isEnabledSchedule) { return false }
            try connection.execute("DELETE FROM settings WHERE name = 'schedule_runner'")
            return true
        }
    }
}
