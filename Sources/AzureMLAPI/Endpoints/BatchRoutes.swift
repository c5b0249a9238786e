internal import AssetSchema
internal import AzureMLWire
internal import Digest
internal import FoundationEssentials
internal import HTTPServer
internal import TimeKeeping
internal import Workspace

extension RouteTable {
    /// Batch endpoints, their deployments and scorings.
    mutating func addBatchEndpoints() {
        let endpoint = "/batchEndpoints/:endpoint"
        let deployment = "\(endpoint)/deployments/:deployment"
        add("GET", "/batchEndpoints") { call in
            let live = try await call.served.workspace.liveState().batchEndpoints
            return call.page(live.map { BatchEndpoints(call: call).body($0) })
        }
        add("GET", endpoint) { call in
            let batch = BatchEndpoints(call: call)
            return call.json(batch.body(try await batch.endpoint()))
        }
        for method in ["PUT", "PATCH"] {
            add(method, endpoint) { call in try await BatchEndpoints(call: call).put() }
            add(method, deployment) { call in try await BatchEndpoints(call: call).putDeployment() }
        }
        add("DELETE", endpoint) { call in
            _ = try await BatchEndpoints(call: call).endpoint()
            try await call.served.perform(.deleteBatchEndpoint(name: call["endpoint"]))
            return call.begun(LongOperation(kind: .batch, name: call["endpoint"], isDeletion: true), nil, status: 202)
        }
        add("GET", "\(endpoint)/deployments") { call in
            let batch = BatchEndpoints(call: call)
            return call.page(try await batch.endpoint().deployments.map { batch.body($0) })
        }
        add("GET", deployment) { call in
            let batch = BatchEndpoints(call: call)
            return call.json(batch.body(try await batch.deployment(call["deployment"])))
        }
        add("DELETE", deployment) { call in
            _ = try await BatchEndpoints(call: call).deployment(call["deployment"])
            try await call.served.perform(
                .deleteBatchDeployment(endpoint: call["endpoint"], deployment: call["deployment"]))
            let operation = LongOperation(
                kind: .batchDeployment, name: call["endpoint"], deployment: call["deployment"], isDeletion: true)
            return call.begun(operation, nil, status: 202)
        }
        // The client asks for the list of jobs under the service's inner name.
        for root in ["", "/mferp/managementfrontend"] {
            add("GET", root: root, "\(endpoint)/jobs") { call in try await BatchEndpoints(call: call).jobs() }
        }
        add("POST", "\(endpoint)/jobs") { call in try await BatchEndpoints(call: call).invoke() }
    }
}

private struct BatchEndpoints {
    let call: Call

    func endpoint() async throws -> LiveBatchEndpoint {
        let name = call["endpoint"]
        let live = try await call.served.workspace.liveState().batchEndpoints
        guard let found = live.first(where: { $0.name == name }) else {
            throw APIError.notFound("batch endpoint \(name)")
        }
        return found
    }

    func deployment(_ name: String) async throws -> LiveDeployment {
        guard let found = try await endpoint().deployments.first(where: { $0.name == name }) else {
            throw APIError.notFound("deployment \(name) of batch endpoint \(call["endpoint"])")
        }
        return found
    }

    // MARK: Endpoints and deployments

    func body(_ endpoint: LiveBatchEndpoint) -> JSONValue {
        let served = call.served
        let id = served.path.id("batchEndpoints", endpoint.name)
        let properties: JSONValue = [
            "authMode": "AADToken", "description": endpoint.fields["description"] ?? .null,
            "defaults": ["deploymentName": endpoint.defaultDeployment.map { .string($0) } ?? .null],
            "properties": JSONValue(texts: endpoint.fields["properties"]?.texts ?? [:]),
            "scoringUri": .string("\(served.address.base)\(id)/jobs"), "swaggerUri": .null,
            "provisioningState": .string(endpoint.provisioningState.rawValue),
        ]
        return served.resource(
            id, type: "batchEndpoints", properties,
            createdAt: endpoint.deployments.first?.createdAt.description ?? "2026-01-01T00:00:00Z",
            extra: [
                "location": .string(ServedWorkspace.location), "kind": "", "tags": JSONValue(texts: endpoint.tags),
                "identity": ["type": "SystemAssigned"],
            ])
    }

    func body(_ deployment: LiveDeployment) -> JSONValue {
        call.served.resource(
            call.served.path.id("batchEndpoints", call["endpoint"], "deployments", deployment.name),
            type: "batchEndpoints/deployments", EndpointWire.batchDeployment(deployment, in: call.served.path),
            createdAt: deployment.createdAt.description,
            extra: [
                "location": .string(ServedWorkspace.location), "tags": JSONValue(texts: deployment.tags),
            ])
    }

    func put() async throws -> HTTPResponse {
        let name = call["endpoint"]
        try EndpointName.check(name)
        let body = try call.body()
        let present = try await call.served.workspace.liveState().batchEndpoints.first { $0.name == name }
        try await call.served.perform(
            .putBatchEndpoint(
                name: name, fields: EndpointWire.endpointFields(body, isBatch: true), tags: body["tags"]?.texts ?? [:]))
        if let wanted = body["properties"]?["defaults"]?["deploymentName"]?.stringValue,
            wanted != present?.defaultDeployment
        {
            guard let deployment = present?.deployments.first(where: { $0.name == wanted }) else {
                throw APIError(400, "UserError", "'\(wanted)' is no deployment of batch endpoint \(name).")
            }
            try await put(deployment.fields, name: wanted, tags: [:], isDefault: true)
        }
        return call.begun(
            LongOperation(kind: .batch, name: name), self.body(try await endpoint()), status: present == nil ? 201 : 200
        )
    }

    func putDeployment() async throws -> HTTPResponse {
        let name = call["deployment"]
        try EndpointName.check(name)
        let endpoint = try await endpoint()
        let body = try call.body()
        // The first deployment of an endpoint is what it uses until told otherwise.
        let isDefault = endpoint.defaultDeployment == nil
        let isNew = !endpoint.deployments.contains { $0.name == name }
        try await put(
            EndpointWire.batchDeploymentFields(body), name: name, tags: body["tags"]?.texts ?? [:], isDefault: isDefault
        )
        return call.begun(
            LongOperation(kind: .batchDeployment, name: endpoint.name, deployment: name),
            self.body(try await deployment(name)), status: isNew ? 201 : 200)
    }

    private func put(_ fields: JSONValue, name: String, tags: [String: String], isDefault: Bool) async throws {
        let (trees, contents) = try await DeploymentFiles.files(fields, call.served)
        let draft = DeploymentDraft(
            endpoint: call["endpoint"], name: name, fields: fields, tags: tags, content: trees)
        do {
            try await call.served.perform(.putBatchDeployment(draft, isDefault: isDefault), files: contents)
        } catch let error as WorkspaceError where error.code == .notFound {
            throw APIError(400, "UserError", error.message)
        }
    }

    // MARK: Scorings

    func invoke() async throws -> HTTPResponse {
        let served = call.served
        let endpoint = try await endpoint()
        // A client's header may name a deployment of another endpoint, which it has invoked before.
        let named = call.request.headers["azureml-model-deployment"]
        let known = endpoint.deployments.map(\.name)
        guard let deployment = named.flatMap({ known.contains($0) ? $0 : nil }) ?? endpoint.defaultDeployment else {
            throw APIError(400, "UserError", "Batch endpoint \(endpoint.name) has no default deployment.")
        }
        let properties = try call.body()["properties"] ?? [:]
        let inputs = properties["inputData"]?.objectValue ?? [:]
        guard let uri = inputs.sorted(by: { $0.key < $1.key }).compactMap({ $0.value["uri"]?.stringValue }).first else {
            throw APIError(400, "UserError", "The request names no input.")
        }
        var contents = LocatedContents()
        var input: ContentTree?
        if AssetName(uri) == nil {
            guard let files = try await served.files(at: uri) else {
                throw APIError(400, "UserError", "There is nothing at \(uri) in this workspace.")
            }
            input = try contents.add(files, keep: served.workspace.keepContent(ofFileAt:))
        }
        let request =
            call.request.headers["repeatability-request-id"] ?? call.request.headers["repeatability_request-id"]
        let job =
            "batchjob-\(request.map { ContentDigest(of: "\(endpoint.name)/\($0)").prefix(24) } ?? UUID().uuidString.lowercased())"
        try await served.perform(
            .invokeBatch(
                BatchInvocation(
                    jobName: job, endpoint: endpoint.name, deployment: deployment, input: input,
                    inputPath: input == nil ? AssetName.reference(uri) : nil, tags: [:])), files: contents)
        return call.json(try await Jobs(call: call).resource(job), status: 201)
    }

    func jobs() async throws -> HTTPResponse {
        var items: [JSONValue] = []
        for live in try await call.served.workspace.liveState().jobs.reversed() where live.parent == nil {
            guard let job = try await call.served.workspace.job(live.name),
                job.fields["endpoint"]?.stringValue == call["endpoint"], job.fields["batch"] != nil
            else { continue }
            items.append(try Jobs(call: call).resource(job))
        }
        return call.page(items)
    }
}
