internal import Digest
internal import SQLite
internal import TimeKeeping
internal import Workspace

extension Store {
    /// Which sort of endpoint a row is about.
    enum EndpointKind: String {
        case online, batch

        var table: String { "\(rawValue)_endpoints" }
        var title: String { "\(rawValue) endpoint" }
    }

    /// An endpoint's row.
    struct Endpoint {
        let name: String
        let fields: JSONValue
        let tags: [String: String]
        let defaultDeployment: String?
    }

    /// A deployment's row.
    struct Deployment {
        let endpoint: String
        let name: String
        let fields: JSONValue
        let tags: [String: String]
        let content: [String: StoredTree]
        let environment: EnvironmentSpec
        let createdAt: Timestamp

        init?(_ row: Row) {
            guard let endpoint = row.text("endpoint"), let name = row.text("name"),
                let createdAt = row.time("created_at")
            else { return nil }
            self.endpoint = endpoint
            self.name = name
            self.createdAt = createdAt
            fields = row.json("fields")
            tags = row.tags()
            content = row.trees("content")
            environment = EnvironmentSpec(json: row.json("environment"))
        }
    }

    func endpoints(_ kind: EndpointKind) throws -> [Endpoint] {
        try read { connection in
            try connection.rows("SELECT * FROM \(kind.table) ORDER BY name").compactMap { row in
                row.text("name").map {
                    Endpoint(
                        name: $0, fields: row.json("fields"), tags: row.tags(),
                        defaultDeployment: row.text("default_deployment"))
                }
            }
        }
    }

    func endpoint(_ kind: EndpointKind, _ name: String) throws -> Endpoint? {
        try endpoints(kind).first { $0.name == name }
    }

    func deployments(_ kind: EndpointKind) throws -> [Deployment] {
        try read {
            try $0.rows(
                "SELECT * FROM deployments WHERE kind = ?1 ORDER BY endpoint, created_at, name", [.text(kind.rawValue)]
            ).compactMap(Deployment.init)
        }
    }

    func deployment(_ kind: EndpointKind, _ endpoint: String, _ name: String) throws -> Deployment? {
        try read {
            try $0.row(
                "SELECT * FROM deployments WHERE kind = ?1 AND endpoint = ?2 AND name = ?3",
                [.text(kind.rawValue), .text(endpoint), .text(name)]
            ).flatMap(Deployment.init)
        }
    }

    /// Creates an endpoint, or sets its fields; tags that are not named stay.
    func put(_ kind: EndpointKind, _ name: String, fields: JSONValue, tags: [String: String], at now: Timestamp) throws
    {
        try write { connection in
            let present = try connection.row("SELECT tags FROM \(kind.table) WHERE name = ?1", [.text(name)])
            let all = (present?.tags() ?? [:]).merging(tags) { _, new in new }
            if present == nil {
                try connection.execute(
                    kind == .online
                        ? "INSERT INTO online_endpoints (name, fields, tags, traffic, created_at) VALUES (?1, ?2, ?3, '{}', ?4)"
                        : "INSERT INTO batch_endpoints (name, fields, tags, created_at) VALUES (?1, ?2, ?3, ?4)",
                    [.text(name), Value(fields), Value(all), Value(now)])
            } else {
                try connection.execute(
                    "UPDATE \(kind.table) SET fields = ?2, tags = ?3 WHERE name = ?1",
                    [.text(name), Value(fields), Value(all)])
            }
        }
    }

    /// Creates a deployment, or sets all of it but its age.
    func put(
        _ kind: EndpointKind, _ draft: DeploymentDraft, content: [String: StoredTree], environment: EnvironmentSpec,
        isDefault: Bool = false, at now: Timestamp
    ) throws {
        try write { connection in
            let key: [Value] = [.text(kind.rawValue), .text(draft.endpoint), .text(draft.name)]
            let present = try connection.row(
                "SELECT tags FROM deployments WHERE kind = ?1 AND endpoint = ?2 AND name = ?3", key)
            let tags = (present?.tags() ?? [:]).merging(draft.tags) { _, new in new }
            try connection.execute(
                """
                INSERT INTO deployments (kind, endpoint, name, fields, tags, content, environment, created_at)
                VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8) ON CONFLICT (kind, endpoint, name) DO UPDATE
                SET fields = ?4, tags = ?5, content = ?6, environment = ?7
                """,
                key + [Value(draft.fields), Value(tags), .encoded(content), Value(environment.json), Value(now)])
            guard kind == .batch else { return }
            // The first deployment is the default until another is named.
            try connection.execute(
                """
                UPDATE batch_endpoints SET default_deployment = ?2
                WHERE name = ?1 AND (?3 OR default_deployment IS NULL)
                """, [.text(draft.endpoint), .text(draft.name), Value(isDefault)])
        }
    }

    /// Sets tags of an endpoint; those that are not named stay.
    func setTags(_ kind: EndpointKind, _ name: String, _ tags: [String: String]) throws {
        try write { connection in
            guard let row = try connection.row("SELECT tags FROM \(kind.table) WHERE name = ?1", [.text(name)]) else {
                throw WorkspaceError(.notFound, "there is no \(kind.title) \(name)")
            }
            try connection.execute(
                "UPDATE \(kind.table) SET tags = ?2 WHERE name = ?1",
                [.text(name), Value(row.tags().merging(tags) { _, new in new })])
        }
    }

    /// Sets tags of a deployment; those that are not named stay.
    func setTags(_ kind: EndpointKind, _ endpoint: String, _ name: String, _ tags: [String: String]) throws {
        let key: [Value] = [.text(kind.rawValue), .text(endpoint), .text(name)]
        try write { connection in
            guard
                let row = try connection.row(
                    "SELECT tags FROM deployments WHERE kind = ?1 AND endpoint = ?2 AND name = ?3", key)
            else { throw WorkspaceError(.notFound, "\(kind.title) \(endpoint) has no deployment \(name)") }
            try connection.execute(
                "UPDATE deployments SET tags = ?4 WHERE kind = ?1 AND endpoint = ?2 AND name = ?3",
                key + [Value(row.tags().merging(tags) { _, new in new })])
        }
    }

    func deleteDeployment(_ kind: EndpointKind, _ endpoint: String, _ name: String) throws {
        try write { connection in
            try connection.execute(
                "DELETE FROM deployments WHERE kind = ?1 AND endpoint = ?2 AND name = ?3",
                [.text(kind.rawValue), .text(endpoint), .text(name)])
            guard kind == .batch else { return }
            try connection.execute(
                "UPDATE batch_endpoints SET default_deployment = NULL WHERE name = ?1 AND default_deployment = ?2",
                [.text(endpoint), .text(name)])
        }
    }

    /// Deletes an endpoint with its deployments.
    func deleteEndpoint(_ kind: EndpointKind, _ name: String) throws {
        try write { connection in
            try connection.execute(
                "DELETE FROM deployments WHERE kind = ?1 AND endpoint = ?2", [.text(kind.rawValue), .text(name)])
            try connection.execute("DELETE FROM \(kind.table) WHERE name = ?1", [.text(name)])
        }
    }
}
