internal import TimeKeeping
internal import AssetSchema
internal import AzureMLWire
internal import Digest
internal import HTTPServer
internal import Workspace

extension RouteTable {
    /// Datastores: the two that every workspace has, and those that definitions name.
    mutating func addDatastores() {
        add("GET", "/datastores") { call in
            let all = try await DatastoreRoutes(call: call).all()
            return call.page(call.request.query("isDefault") == "true" ? Array(all.prefix(1)) : all)
        }
        add("GET", "/datastores/:name") { call in
            let all = try await DatastoreRoutes(call: call).all()
            guard let found = all.first(where: { $0["name"]?.stringValue == call["name"] }) else {
                throw APIError.notFound("datastore \(call["name"])")
            }
            return call.json(found)
        }
        add("POST", "/datastores/:name/listSecrets") { call in
            // The client signs URLs of logs with it, which only a key can do.
            call.json([
                "secretsType": "AccountKey", "key": .string(Base64.text(call.service.signature(call.served).key)),
            ])
        }
        add("PUT", "/datastores/:name") { call in try await DatastoreRoutes(call: call).put() }
        add("DELETE", "/datastores/:name") { call in
            try await call.served.perform(.deleteResource(kind: .datastore, name: call["name"]))
            return HTTPResponse(status: 200)
        }
    }
}

private struct DatastoreRoutes {
    let call: Call

    func all() async throws -> [JSONValue] {
        let served = call.served
        let own = ["workspaceblobstore", "workspaceartifactstore"].map { name in
            served.resource(
                served.path.id("datastores", name), type: "datastores",
                [
                    "datastoreType": "AzureBlob", "accountName": .string(served.storage.accountName(served.address)),
                    "containerName": .string(served.storage.container),
                    "endpoint": .string(ServiceAddress.storageSuffix),
                    "protocol": "https", "credentials": ["credentialsType": "AccountKey"],
                    "isDefault": .bool(name == "workspaceblobstore"), "description": .null, "tags": [:],
                    "properties": [:], "serviceDataAccessAuthIdentity": "None",
                ], createdAt: "2026-01-01T00:00:00Z")
        }
        let declared = try await served.workspace.liveState().resources.filter { $0.kind == .datastore }
        return own
            + declared.map { datastore in
                served.resource(
                    served.path.id("datastores", datastore.name), type: "datastores", ResourceWire.datastore(datastore),
                    createdAt: datastore.createdAt.description)
            }
    }

    func put() async throws -> HTTPResponse {
        let properties = try call.body()["properties"] ?? [:]
        guard !["workspaceblobstore", "workspaceartifactstore"].contains(call["name"]) else {
            throw APIError(400, "UserError", "The workspace's own datastores cannot be changed.")
        }
        let definition = ResourceDefinition(
            kind: .datastore, name: call["name"], fields: ResourceWire.datastoreFields(properties))
        try await call.served.perform(
            .putResource(ResourceDraft(definition: definition, tags: properties["tags"]?.texts ?? [:])))
        let made = try await all().first { $0["name"]?.stringValue == call["name"] }
        return call.json(made ?? [:], status: 201)
    }
}
