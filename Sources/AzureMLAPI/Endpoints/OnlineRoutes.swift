internal import AssetSchema
internal import AzureMLWire
internal import Digest
internal import HTTPServer
internal import TimeKeeping
internal import Workspace

extension RouteTable {
    /// Online endpoints, their deployments, traffic, keys and logs.
    mutating func addOnlineEndpoints() {
        let endpoint = "/onlineEndpoints/:endpoint"
        let deployment = "\(endpoint)/deployments/:deployment"
        add("GET", "/onlineEndpoints") { call in
            let live = try await call.served.workspace.liveState().onlineEndpoints
            return call.page(live.map { OnlineEndpoints(call: call).body($0) })
        }
        add("GET", endpoint) { call in
            let online = OnlineEndpoints(call: call)
            return call.json(online.body(try await online.endpoint()))
        }
        add("PUT", endpoint) { call in try await OnlineEndpoints(call: call).put() }
        add("PATCH", endpoint) { call in try await OnlineEndpoints(call: call).patch() }
        add("DELETE", endpoint) { call in
            _ = try await OnlineEndpoints(call: call).endpoint()
            try await call.served.perform(.deleteOnlineEndpoint(name: call["endpoint"]))
            return call.begun(LongOperation(kind: .online, name: call["endpoint"], isDeletion: true), nil, status: 202)
        }
        add("POST", "\(endpoint)/listKeys") { call in
            _ = try await OnlineEndpoints(call: call).endpoint()
            let keys = try await call.served.workspace.keys(ofEndpoint: call["endpoint"])
            return call.json(["primaryKey": .string(keys.primary), "secondaryKey": .string(keys.secondary)])
        }
        add("POST", "\(endpoint)/regenerateKeys") { call in
            _ = try await OnlineEndpoints(call: call).endpoint()
            let isPrimary = try call.body()["keyType"]?.stringValue?.lowercased() != "secondary"
            try await call.served.workspace.regenerateKey(ofEndpoint: call["endpoint"], isPrimary: isPrimary)
            return call.begun(LongOperation(kind: .online, name: call["endpoint"]), nil, status: 202)
        }
        add("POST", "\(endpoint)/token") { call in
            _ = try await OnlineEndpoints(call: call).endpoint()
            let keys = try await call.served.workspace.keys(ofEndpoint: call["endpoint"])
            let end = call.now.seconds + 3_600
            return call.json([
                "accessToken": .string(keys.primary), "tokenType": "Bearer", "expiryTimeUtc": .int(end),
                "refreshAfterTimeUtc": .int(end - 600),
            ])
        }
        add("GET", "\(endpoint)/deployments") { call in
            let online = OnlineEndpoints(call: call)
            return call.page(try await online.endpoint().deployments.map { online.body($0) })
        }
        add("GET", deployment) { call in
            let online = OnlineEndpoints(call: call)
            return call.json(online.body(try await online.deployment()))
        }
        add("PUT", deployment) { call in try await OnlineEndpoints(call: call).putDeployment() }
        add("PATCH", deployment) { call in try await OnlineEndpoints(call: call).patchDeployment() }
        add("DELETE", deployment) { call in try await OnlineEndpoints(call: call).deleteDeployment() }
        add("POST", "\(deployment)/getLogs") { call in
            _ = try await OnlineEndpoints(call: call).deployment()
            let tail = try call.body()["tail"]?.intValue ?? 50
            let text = try await call.served.workspace.logs(
                ofEndpoint: call["endpoint"], deployment: call["deployment"], tail: tail)
            return call.json(["content": .string(text)])
        }
        add("GET", "\(deployment)/skus") { call in
            call.page([
                [
                    "resourceType": "Microsoft.MachineLearning.Services/endpoints/deployments",
                    "sku": ["name": "Default"],
                    "capacity": ["minimum": 1, "maximum": 64, "default": 1, "scaleType": "Automatic"],
                ]
            ])
        }
    }
}

private struct OnlineEndpoints {
    let call: Call

    func endpoint() async throws -> LiveOnlineEndpoint {
        let name = call["endpoint"]
        let live = try await call.served.workspace.liveState().onlineEndpoints
        guard let found = live.first(where: { $0.name == name }) else {
            throw APIError.notFound("online endpoint \(name)")
        }
        return found
    }

    func deployment() async throws -> LiveDeployment {
        let name = call["deployment"]
        guard let found = try await endpoint().deployments.first(where: { $0.name == name }) else {
            throw APIError.notFound("deployment \(name) of online endpoint \(call["endpoint"])")
        }
        return found
    }

    // MARK: Endpoints

    func body(_ endpoint: LiveOnlineEndpoint) -> JSONValue {
        let fields = endpoint.fields
        let uri = endpoint.scoringURI ?? ""
        let properties: JSONValue = [
            "authMode": EndpointWire.authMode(fields, isBatch: false), "description": fields["description"] ?? .null,
            "traffic": EndpointWire.traffic(endpoint.traffic),
            "mirrorTraffic": EndpointWire.traffic(endpoint.mirrorTraffic),
            "properties": JSONValue(texts: fields["properties"]?.texts ?? [:]), "scoringUri": .string(uri),
            "swaggerUri": .string(uri.hasSuffix("/score") ? "\(uri.dropLast(6))/swagger.json" : ""),
            "provisioningState": .string(endpoint.provisioningState.rawValue),
            "publicNetworkAccess": fields["public_network_access"]?.stringValue == "disabled" ? "Disabled" : "Enabled",
        ]
        return call.served.resource(
            call.served.path.id("onlineEndpoints", endpoint.name), type: "onlineEndpoints", properties,
            createdAt: endpoint.deployments.first?.createdAt.description ?? "2026-01-01T00:00:00Z",
            extra: [
                "location": .string(ServedWorkspace.location), "kind": "Managed",
                "tags": JSONValue(texts: endpoint.tags), "identity": ["type": "SystemAssigned"],
            ])
    }

    func put() async throws -> HTTPResponse {
        let name = call["endpoint"]
        try EndpointName.check(name)
        let body = try call.body()
        let live = try await call.served.workspace.liveState().onlineEndpoints.first { $0.name == name }
        let mirror = EndpointWire.traffic(body["properties"]?["mirrorTraffic"]).filter { $0.value != 0 }
        guard mirror == (live?.mirrorTraffic ?? [:]).filter({ $0.value != 0 }) else {
            throw APIError.notDone("Mirrored traffic")
        }
        let wanted = body["properties"]?["traffic"].map { EndpointWire.traffic($0) }
        if let wanted { try check(wanted, live) }
        try await call.served.perform(
            .putOnlineEndpoint(
                name: name, fields: EndpointWire.endpointFields(body, isBatch: false), tags: body["tags"]?.texts ?? [:])
        )
        let now = try await endpoint()
        if let wanted, wanted.filter({ $0.value != 0 }) != now.traffic.filter({ $0.value != 0 }) {
            try await call.served.perform(.setTraffic(endpoint: name, from: now.traffic, to: wanted, tags: [:]))
        }
        return call.begun(
            LongOperation(kind: .online, name: name), self.body(try await endpoint()), status: live == nil ? 201 : 200)
    }

    /// Refuses traffic that does not add up, or that goes to what is not there.
    private func check(_ traffic: [String: Int], _ live: LiveOnlineEndpoint?) throws {
        let sum = traffic.values.reduce(0, +)
        guard traffic.values.allSatisfy({ (0...100).contains($0) }), sum == 0 || sum == 100 else {
            throw APIError(400, "UserError", "The traffic must add up to 0 or 100 percent; it adds up to \(sum).")
        }
        for name in traffic.keys.sorted() where traffic[name] != 0 {
            guard let deployment = live?.deployments.first(where: { $0.name == name }) else {
                throw APIError(
                    400, "UserError", "Traffic is given to '\(name)', which is no deployment of the endpoint.")
            }
            guard deployment.provisioningState == .succeeded else {
                throw APIError(
                    400, "UserError",
                    "Traffic is given to '\(name)', which is \(deployment.provisioningState.rawValue) and not ready.")
            }
        }
    }

    func patch() async throws -> HTTPResponse {
        let live = try await endpoint()
        if let tags = try call.body()["tags"]?.texts {
            try await call.served.perform(.updateOnlineEndpointTags(endpoint: live.name, tags: tags))
        }
        return call.begun(LongOperation(kind: .online, name: live.name), body(try await endpoint()), status: 202)
    }

    // MARK: Deployments

    func body(_ deployment: LiveDeployment) -> JSONValue {
        call.served.resource(
            call.served.path.id("onlineEndpoints", call["endpoint"], "deployments", deployment.name),
            type: "onlineEndpoints/deployments", EndpointWire.deployment(deployment, in: call.served.path),
            createdAt: deployment.createdAt.description,
            extra: [
                "location": .string(ServedWorkspace.location), "kind": "Managed",
                "tags": JSONValue(texts: deployment.tags),
                "sku": ["name": "Default", "capacity": deployment.fields["instance_count"] ?? 1],
            ])
    }

    private var operation: LongOperation {
        LongOperation(kind: .onlineDeployment, name: call["endpoint"], deployment: call["deployment"])
    }

    func putDeployment() async throws -> HTTPResponse {
        try EndpointName.check(call["deployment"])
        let present = try await endpoint().deployments.first { $0.name == call["deployment"] }
        let body = try call.body()
        let fields = EndpointWire.deploymentFields(body)
        try await put(fields, tags: body["tags"]?.texts ?? [:])
        return call.begun(operation, self.body(try await deployment()), status: present == nil ? 201 : 200)
    }

    private func put(_ fields: JSONValue, tags: [String: String]) async throws {
        let (trees, contents) = try await DeploymentFiles.files(fields, call.served)
        let draft = DeploymentDraft(
            endpoint: call["endpoint"], name: call["deployment"], fields: fields, tags: tags, content: trees)
        do {
            try await call.served.perform(.putOnlineDeployment(draft), files: contents)
        } catch let error as WorkspaceError where error.code == .notFound {
            throw APIError(400, "UserError", error.message)
        }
    }

    func patchDeployment() async throws -> HTTPResponse {
        let present = try await deployment()
        let body = try call.body()
        if let count = body["sku"]?["capacity"]?.intValue {
            var fields = present.fields
            fields["instance_count"] = .int(Int64(count))
            try await put(fields, tags: body["tags"]?.texts ?? [:])
        } else if let tags = body["tags"]?.texts {
            try await call.served.perform(
                .updateOnlineDeploymentTags(endpoint: call["endpoint"], deployment: present.name, tags: tags))
        }
        return call.begun(operation, self.body(try await deployment()), status: 202)
    }

    func deleteDeployment() async throws -> HTTPResponse {
        let endpoint = try await endpoint()
        let name = call["deployment"]
        _ = try await deployment()
        guard endpoint.traffic[name, default: 0] == 0 else {
            throw APIError(
                400, "UserError",
                "Deployment '\(name)' has \(endpoint.traffic[name] ?? 0) percent of the traffic; set it to 0 before deleting it."
            )
        }
        try await call.served.perform(.deleteOnlineDeployment(endpoint: endpoint.name, deployment: name))
        var operation = operation
        operation.isDeletion = true
        return call.begun(operation, nil, status: 202)
    }
}

/// The files that a deployment brings along.
enum DeploymentFiles {
    static func files(
        _ fields: JSONValue, _ served: ServedWorkspace
    ) async throws -> ([String: ContentTree], LocatedContents) {
        var contents = LocatedContents()
        var trees: [String: ContentTree] = [:]
        if let code = fields["code_configuration"]?["code"]?.stringValue {
            trees["code_configuration.code"] = try contents.add(
                try await served.files(ofCode: code), keep: served.workspace.keepContent(ofFileAt:))
        }
        return (trees, contents)
    }
}

/// What Azure takes as a name of an endpoint or deployment.
enum EndpointName {
    static func check(_ name: String) throws {
        let bytes = Array(name.utf8)
        let isLetter: (UInt8) -> Bool = { (UInt8(ascii: "a")...UInt8(ascii: "z")).contains($0 | 0x20) }
        let isDigit: (UInt8) -> Bool = { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
        guard (3...32).contains(bytes.count), let first = bytes.first, isLetter(first), let last = bytes.last,
            isLetter(last) || isDigit(last),
            bytes.allSatisfy({ isLetter($0) || isDigit($0) || $0 == UInt8(ascii: "-") })
        else {
            throw APIError(
                400, "UserError",
                "'\(name)' is no name for an endpoint or deployment: 3 to 32 letters, digits and hyphens, a letter first."
            )
        }
    }
}
