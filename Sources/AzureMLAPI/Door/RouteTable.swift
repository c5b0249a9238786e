internal import AzureMLWire
internal import Digest
internal import HTTPServer
internal import TimeKeeping
internal import Workspace

/// One request to a workspace's part of the API.
struct Call: Sendable {
    let service: AzureMLService
    let request: HTTPRequest
    let served: ServedWorkspace

    /// What the path says under a name.
    subscript(_ name: String) -> String { request.parameters[name] ?? "" }

    /// The asset that the path names; some clients leave the scheme on it: `azureml:diabetes`.
    var assetName: String {
        let name = self["name"]
        return name.hasPrefix("azureml:") ? String(name.dropFirst("azureml:".count)) : name
    }

    var now: Timestamp { service.now }

    /// The body as JSON; an empty one is an empty object.
    func body() throws -> JSONValue {
        let bytes = try request.body.read()
        if bytes.isEmpty { return [:] }
        do {
            return try JSONParser.parse(bytes)
        } catch {
            throw APIError(400, "BadRequest", "The request's body is no JSON: \(error)")
        }
    }

    /// Answers with JSON.
    func json(_ value: JSONValue, status: Int = 200) -> HTTPResponse { .json(value.canonicalBytes, status: status) }

    /// Answers with one page of a list, and where the next one is.
    func page(_ items: [JSONValue]) -> HTTPResponse {
        let skip = max(0, (request.query("$skip") ?? request.query("$skipToken")).flatMap { Int($0) } ?? 0)
        let wanted = (request.query("$top") ?? request.query("count") ?? request.query("$count")).flatMap { Int($0) }
        let size = max(1, min(wanted ?? 100, 1_000))
        let page = items.dropFirst(skip).prefix(size)
        var body: JSONValue = ["value": .array(Array(page)), "nextLink": .null]
        if skip + page.count < items.count {
            let others = request.query.filter { !["$skip", "$skipToken"].contains($0.name) }
                .map { "\(StorageSignature.escaped($0.name))=\(StorageSignature.escaped($0.value))" }
            let path = request.target.prefix { $0 != "?" }
            let query = (others + ["%24skip=\(skip + page.count)"]).joined(separator: "&")
            body["nextLink"] = .string("\(served.address.base)\(path)?\(query)")
        }
        return json(body)
    }
}

/// The routes of the API, each with what answers it.
struct RouteTable {
    let service: AzureMLService
    private(set) var router: Router

    init(service: AzureMLService) {
        self.service = service
        router = Router(notFound: { request in
            APIError.notDone("\(request.method) \(request.path)").response
        })
    }

    typealias Answer = @Sendable (Call) async throws -> HTTPResponse

    private static let workspace =
        "/subscriptions/:subscription/resourceGroups/:group/providers/Microsoft.MachineLearningServices/workspaces/:workspace"

    /// Adds a route below a workspace.
    ///
    /// - Parameter root: what stands before the workspace's id, as in run history.
    mutating func add(_ method: String, root: String = "", _ pattern: String, _ answer: @escaping Answer) {
        addPlain(method, root + Self.workspace + pattern) { service, request in
            let identity = WorkspaceIdentity(
                subscriptionID: request.parameters["subscription"] ?? "",
                resourceGroup: request.parameters["group"] ?? "", name: request.parameters["workspace"] ?? "")
            return try await answer(
                Call(service: service, request: request, served: try await service.workspace(identity)))
        }
    }

    /// Adds a route that stands beside the workspaces.
    mutating func addPlain(
        _ method: String, _ pattern: String,
        _ answer: @escaping @Sendable (AzureMLService, HTTPRequest) async throws -> HTTPResponse
    ) {
        let service = service
        router.add(method, pattern) { request in
            do {
                return try await answer(service, request)
            } catch let error as APIError {
                return error.response
            } catch let error as WorkspaceError {
                return APIError(error).response
            } catch {
                return APIError(500, "InternalServerError", "\(error)").response
            }
        }
    }

    mutating func addAll() {
        addWorkspace()
        addDatastores()
        addCodes()
        for kind in AssetRoutes.kinds { AssetRoutes(kind: kind).add(to: &self) }
        addJobs()
        addRunHistory()
        addMLflow()
        addOnlineEndpoints()
        addBatchEndpoints()
        addResources()
        addOperations()
    }
}
