internal import AssetSchema
internal import AzureMLWire
internal import Digest
internal import HTTPServer
internal import Workspace

/// Something that takes its time, as a client asks after it: all that is needed to tell how far it is stands in its name.
struct LongOperation: Sendable {
    enum Kind: String, Sendable {
        case online, batch, onlineDeployment, batchDeployment, compute, schedule, job
    }

    var kind: Kind
    var name: String
    var deployment = ""
    var isDeletion = false

    /// The name by which a client asks after it.
    func id(in identity: WorkspaceIdentity) -> String {
        let parts: JSONValue = [
            .string(identity.resourceGroup), .string(identity.name), .string(kind.rawValue), .string(name),
            .string(deployment), .bool(isDeletion),
        ]
        return Base64.url(parts.canonicalBytes)
    }

    /// The operation and workspace of a name.
    static func parse(_ id: String, subscription: String) -> (LongOperation, WorkspaceIdentity)? {
        guard let bytes = Base64.decode(id), let parts = try? JSONParser.parse(bytes),
            let group = parts[0]?.stringValue,
            let workspace = parts[1]?.stringValue, let kind = parts[2]?.stringValue.flatMap(Kind.init),
            let name = parts[3]?.stringValue, let deployment = parts[4]?.stringValue
        else { return nil }
        return (
            LongOperation(kind: kind, name: name, deployment: deployment, isDeletion: parts[5]?.boolValue ?? false),
            WorkspaceIdentity(subscriptionID: subscription, resourceGroup: group, name: workspace)
        )
    }
}

extension Call {
    /// Answers what has been begun, with where to ask how far it is.
    func begun(_ operation: LongOperation, _ body: JSONValue?, status: Int) -> HTTPResponse {
        var response = body.map { json($0, status: status) } ?? HTTPResponse(status: status)
        let identity = served.path.identity
        let version = request.query("api-version") ?? "2024-04-01"
        let place =
            "\(served.address.base)/subscriptions/\(identity.subscriptionID)/providers"
            + "/Microsoft.MachineLearningServices/locations/\(ServedWorkspace.location)"
        let id = operation.id(in: identity)
        response.headers.append("Azure-AsyncOperation", "\(place)/mfeOperationsStatus/\(id)?api-version=\(version)")
        response.headers.append("Location", "\(place)/mfeOperationsResults/\(id)?api-version=\(version)")
        response.headers.append("Retry-After", "1")
        return response
    }
}

extension RouteTable {
    /// How far operations are.
    mutating func addOperations() {
        let place = "/subscriptions/:subscription/providers/Microsoft.MachineLearningServices/locations/:location"
        for result in ["mfeOperationsStatus", "mfeOperationsResults"] {
            addPlain("GET", "\(place)/\(result)/:operation") { service, request in
                let id = request.parameters["operation"] ?? ""
                guard
                    let (operation, identity) = LongOperation.parse(
                        id, subscription: request.parameters["subscription"] ?? "")
                else { throw APIError.notFound("operation \(id)") }
                let (status, error) = try await operation.state(in: try await service.workspace(identity))
                var body: JSONValue = ["id": .string(request.path), "name": .string(id), "status": .string(status)]
                if let error { body["error"] = ["code": "UserError", "message": .string(error), "details": []] }
                let isRunning = status == "InProgress"
                var response = HTTPResponse.json(
                    body.canonicalBytes, status: isRunning && result == "mfeOperationsResults" ? 202 : 200)
                if isRunning { response.headers.append("Retry-After", "1") }
                return response
            }
        }
    }
}

extension LongOperation {
    /// The status of an operation, with why it failed.
    func state(in served: ServedWorkspace) async throws -> (String, String?) {
        let live = try await served.workspace.liveState()
        switch kind {
        case .online: return (status(live.onlineEndpoints.first { $0.name == name }?.provisioningState), nil)
        case .batch: return (status(live.batchEndpoints.first { $0.name == name }?.provisioningState), nil)
        case .onlineDeployment:
            let found = live.onlineEndpoints.first { $0.name == name }?.deployments.first { $0.name == deployment }
            return (status(found?.provisioningState), found?.error)
        case .batchDeployment:
            let found = live.batchEndpoints.first { $0.name == name }?.deployments.first { $0.name == deployment }
            return (status(found?.provisioningState), found?.error)
        case .compute, .schedule:
            let found = live.resources.first { $0.kind.rawValue == kind.rawValue && $0.name == name }
            return (status(found?.provisioningState), nil)
        case .job: return ("Succeeded", nil)
        }
    }

    private func status(_ state: ProvisioningState?) -> String {
        guard !isDeletion else { return state == nil ? "Succeeded" : "InProgress" }
        switch state {
        case .succeeded?: return "Succeeded"
        case .failed?: return "Failed"
        case .canceled?: return "Canceled"
        case nil: return "Failed"
        default: return "InProgress"
        }
    }
}
