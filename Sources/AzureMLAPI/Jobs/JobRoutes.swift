internal import AssetSchema
internal import AzureMLWire
internal import Digest
internal import HTTPServer
internal import TimeKeeping
internal import Workspace

extension RouteTable {
    /// Jobs: submitting, looking, cancelling.
    mutating func addJobs() {
        add("GET", "/jobs") { call in try await Jobs(call: call).list() }
        add("GET", "/jobs/:job") { call in call.json(try await Jobs(call: call).resource(call["job"])) }
        add("PUT", "/jobs/:job") { call in try await Jobs(call: call).put() }
        add("PATCH", "/jobs/:job") { call in
            try await Jobs(call: call).update(call["job"], try call.body()["properties"] ?? [:])
        }
        add("POST", "/jobs/:job/cancel") { call in
            try await call.served.perform(.cancelJob(name: call["job"]))
            return HTTPResponse(status: 200)
        }
        add("DELETE", "/jobs/:job") { _ in throw APIError.notDone("Deleting a job") }
    }
}

/// What the API does with jobs.
struct Jobs {
    let call: Call

    /// A job, or Azure's 404.
    func details(_ name: String) async throws -> JobDetails {
        guard let job = try await call.served.workspace.job(name) else {
            throw APIError(404, "UserError", "Job \(name) was not found.")
        }
        return job
    }

    func resource(_ name: String) async throws -> JSONValue { try resource(try await details(name)) }

    func resource(_ job: JobDetails) throws -> JSONValue {
        let served = call.served
        let name = job.live.name
        let notes = try notes(name)
        let page = "\(served.address.base)/jobs/\(name)?wsid=\(served.path.id)"
        let services: JSONValue = [
            "Tracking": Self.service("Tracking", "azureml://\(served.address.authority)/mlflow/v1.0\(served.path.id)"),
            "Studio": Self.service("Studio", page),
        ]
        var properties = JobWire.properties(
            job, in: served.path, isArchived: notes["isArchived"]?.boolValue ?? false, services: services)
        for key in ["displayName", "description"] { properties.take(key, from: notes) }
        return served.resource(
            served.path.id("jobs", name), type: "jobs", properties, createdAt: job.live.createdAt.description)
    }

    private static func service(_ type: String, _ endpoint: String) -> JSONValue {
        [
            "jobServiceType": .string(type), "endpoint": .string(endpoint), "port": .null, "status": .null,
            "errorMessage": .null, "properties": .null, "nodes": .null,
        ]
    }

    /// What was noted on a job that its definition does not say.
    func notes(_ name: String) throws -> JSONValue { try call.served.catalog.record("job", name)?.body ?? [:] }

    func list() async throws -> HTTPResponse {
        var items: [JSONValue] = []
        let wanted = call.request.query("jobType")?.lowercased()
        let view = call.request.query("listViewType") ?? "ActiveOnly"
        // The newest first, as the service lists them; steps and trials stand below their jobs.
        for live in try await call.served.workspace.liveState().jobs.reversed() where live.parent == nil {
            let job = try resource(try await details(live.name))
            let isArchived = job["properties"]?["isArchived"]?.boolValue ?? false
            guard view == "All" || isArchived == (view == "ArchivedOnly") else { continue }
            if let wanted, job["properties"]?["jobType"]?.stringValue?.lowercased() != wanted { continue }
            items.append(job)
        }
        return call.page(items)
    }

    // MARK: Changing

    func put() async throws -> HTTPResponse {
        let name = call["job"]
        let properties = try call.body()["properties"] ?? [:]
        if try await call.served.workspace.job(name) != nil { return try await update(name, properties) }
        // AutoML and Spark jobs have a form of their own, which is not read here yet.
        guard let kind = JobWire.kind(properties), [.commandJob, .pipelineJob, .sweepJob].contains(kind) else {
            throw APIError.notDone("A job of type '\(properties["jobType"]?.stringValue ?? "")'")
        }
        try await submit(name, kind, properties)
        return call.json(try await resource(name), status: 201)
    }

    /// Submits a job with the files that its definition names.
    func submit(_ name: String, _ kind: AssetKind, _ properties: JSONValue) async throws {
        let served = call.served
        let fields = JobWire.fields(kind, properties)
        try await checkCompute(fields)
        var contents = LocatedContents()
        var trees: [String: ContentTree] = [:]
        for (pointer, code) in [("code", fields["code"]), ("trial.code", fields["trial"]?["code"])] {
            guard let code = code?.stringValue else { continue }
            trees[pointer] = try contents.add(
                try await served.files(ofCode: code), keep: served.workspace.keepContent(ofFileAt:))
        }
        for (input, value) in fields["inputs"]?.objectValue ?? [:] {
            guard let uri = value["path"]?.stringValue, AssetName(uri) == nil else { continue }
            guard let files = try await served.files(at: uri) else {
                throw APIError(400, "UserError", "The input '\(input)' names \(uri), where this workspace has nothing.")
            }
            trees["inputs.\(input).path"] = try contents.add(files, keep: served.workspace.keepContent(ofFileAt:))
        }
        let draft = JobDraft(
            name: name, kind: kind, fields: fields, tags: properties["tags"]?.texts ?? [:], content: trees)
        do {
            try await served.perform(.submitJob(draft), files: contents)
        } catch let error as WorkspaceError where error.code == .notFound {
            // What a job refers to is a part of the request.
            throw APIError(400, "UserError", error.message)
        }
    }

    /// Refuses a compute that nobody has declared; where none is declared at all, this machine stands for every one.
    private func checkCompute(_ fields: JSONValue) async throws {
        guard let compute = fields["compute"]?.stringValue.map(AssetName.last) else { return }
        let known = try await call.served.workspace.liveState().resources.filter { $0.kind == .compute }.map(\.name)
        guard known.isEmpty || known.contains(compute) || ["local", "serverless"].contains(compute) else {
            throw APIError(400, "UserError", "Compute '\(compute)' was not found in this workspace.")
        }
    }

    /// Sets what may change on a job: its tags, its words for people, and whether it is listed.
    func update(_ name: String, _ properties: JSONValue) async throws -> HTTPResponse {
        _ = try await details(name)
        if let tags = properties["tags"]?.texts, !tags.isEmpty {
            try await call.served.perform(.updateJobTags(name: name, tags: tags))
        }
        var notes = try notes(name)
        for key in ["displayName", "description", "isArchived"] { notes.take(key, from: properties) }
        if let hidden = properties["hidden"]?.boolValue { notes["isArchived"] = .bool(hidden) }
        try call.served.catalog.put("job", name, notes, at: call.now.seconds)
        return call.json(try await resource(name))
    }
}
