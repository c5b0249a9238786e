internal import AssetSchema
internal import AzureMLWire
internal import Digest
internal import HTTPServer
internal import TimeKeeping
internal import Workspace

extension RouteTable {
    /// Computes and schedules.
    mutating func addResources() {
        for (collection, kind) in [("computes", AssetKind.compute), ("schedules", .schedule)] {
            add("GET", "/\(collection)") { call in
                let all = try await Resources(call: call, kind: kind).all()
                var items: [JSONValue] = []
                for resource in all { items.append(try await Resources(call: call, kind: kind).body(resource)) }
                return call.page(items)
            }
            add("GET", "/\(collection)/:name") { call in
                call.json(try await Resources(call: call, kind: kind).one(call["name"]))
            }
            add("PUT", "/\(collection)/:name") { call in try await Resources(call: call, kind: kind).put() }
            add("PATCH", "/\(collection)/:name") { call in try await Resources(call: call, kind: kind).put() }
            add("DELETE", "/\(collection)/:name") { call in
                _ = try await Resources(call: call, kind: kind).one(call["name"])
                try await call.served.perform(.deleteResource(kind: kind, name: call["name"]))
                let operation = LongOperation(
                    kind: kind == .compute ? .compute : .schedule, name: call["name"], isDeletion: true)
                return call.begun(operation, nil, status: 202)
            }
        }
    }
}

private struct Resources {
    let call: Call
    let kind: AssetKind

    private var collection: String { kind == .compute ? "computes" : "schedules" }

    func all() async throws -> [LiveResource] {
        try await call.served.workspace.liveState().resources.filter { $0.kind == kind }
    }

    func one(_ name: String) async throws -> JSONValue {
        guard let resource = try await all().first(where: { $0.name == name }) else {
            throw APIError.notFound("\(kind.title) \(name)")
        }
        return try await body(resource)
    }

    func body(_ resource: LiveResource) async throws -> JSONValue {
        let served = call.served
        let id = served.path.id(collection, resource.name)
        let created = resource.createdAt.description
        if kind == .compute {
            return served.resource(
                id, type: collection, ResourceWire.compute(resource), createdAt: created,
                extra: ["location": .string(ServedWorkspace.location), "tags": JSONValue(texts: resource.tags)])
        }
        let action = try served.catalog.record("schedule", resource.name)?.body ?? [:]
        return served.resource(
            id, type: collection, ResourceWire.schedule(resource, action: action), createdAt: created)
    }

    func put() async throws -> HTTPResponse {
        let name = call["name"]
        let body = try call.body()
        let properties = body["properties"] ?? [:]
        let present = try await all().first { $0.name == name }
        var fields: JSONValue
        var contents = LocatedContents()
        var trees: [String: ContentTree] = [:]
        if kind == .compute {
            let inner = properties["properties"] ?? [:]
            fields = ResourceWire.computeFields(properties)
            if let present {
                // A change may say only what changes.
                for (key, value) in present.fields.present where fields[key] == nil { fields[key] = value }
                if properties["computeType"] == nil { fields["type"] = present.fields["type"] }
                if let size = inner["vmSize"], let known = present.fields["size"],
                    size.stringValue?.lowercased() != known.stringValue?.lowercased()
                {
                    throw APIError(400, "UserError", "The size of compute '\(name)' cannot be changed.")
                }
            }
        } else {
            fields = ResourceWire.scheduleFields(properties)
            let action = properties["action"] ?? [:]
            guard action["actionType"]?.stringValue == "CreateJob", let job = action["jobDefinition"],
                let jobKind = JobWire.kind(job)
            else { throw APIError.notDone("A schedule that does something other than creating a job") }
            fields["create_job"] = JobWire.fields(jobKind, job)
            fields["create_job"]?["type"] = .string(jobKind == .pipelineJob ? "pipeline" : "command")
            if let code = fields["create_job"]?["code"]?.stringValue {
                trees["create_job.code"] = try contents.add(
                    try await call.served.files(ofCode: code), keep: call.served.workspace.keepContent(ofFileAt:))
            }
            try call.served.catalog.put("schedule", name, action, at: call.now.seconds)
        }
        let tags = (kind == .compute ? body["tags"] : properties["tags"])?.texts ?? [:]
        let draft = ResourceDraft(
            definition: ResourceDefinition(kind: kind, name: name, fields: fields), tags: tags, content: trees)
        try await call.served.perform(.putResource(draft), files: contents)
        let operation = LongOperation(kind: kind == .compute ? .compute : .schedule, name: name)
        return call.begun(operation, try await one(name), status: present == nil ? 201 : 200)
    }
}
