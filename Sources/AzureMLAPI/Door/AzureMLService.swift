internal import AzureMLWire
internal import Digest
package import HTTPServer
internal import FoundationEssentials
internal import Synchronization
package import TimeKeeping
package import Workspace

/// The REST API of Azure ML over embedded workspaces: resource manager, blob storage, run history and tokens.
package final class AzureMLService: Sendable {
    /// Gives the workspace of an identity, or nil when there is none.
    package typealias Opener = @Sendable (WorkspaceIdentity) async throws -> (any WorkspaceDetails)?

    /// Gives the workspaces that are offered by name.
    package typealias Listing = @Sendable () async throws -> [WorkspaceIdentity]

    private let open: Opener
    let identities: Listing
    private let clock: any WallClock
    private let secret = ServiceSecret()
    private let address: Mutex<ServiceAddress>
    private let served = Mutex<[WorkspaceIdentity: ServedWorkspace]>([:])
    private let accounts = Mutex<[String: WorkspaceIdentity]>([:])
    private let router: Mutex<Router?> = Mutex(nil)

    /// - Parameter address: where it will be reached; the port may be told later by ``announce(port:)``.
    package init(
        address: ServiceAddress, clock: any WallClock = SystemClock(), listing: @escaping Listing,
        open: @escaping Opener
    ) {
        identities = listing
        self.open = open
        self.clock = clock
        self.address = Mutex(address)
    }

    /// Tells the port that the server got.
    package func announce(port: UInt16) { address.withLock { $0.port = port } }

    /// What a client must send to be given tokens; to be shown to the owner alone.
    package var identityHeader: String { secret.identityHeader }

    /// The URL of all parts of the service.
    package var base: String { address.withLock { $0.base } }

    /// Answers one request.
    package func answer(_ request: HTTPRequest) async -> HTTPResponse {
        do {
            return try await route(request)
        } catch let error as APIError {
            return error.response
        } catch let error as WorkspaceError {
            return APIError(error).response
        } catch {
            return APIError(500, "InternalServerError", "\(error)").response
        }
    }

    private func route(_ request: HTTPRequest) async throws -> HTTPResponse {
        let first = request.segments.first ?? ""
        if first == "metadata", request.segments.count == 2 {
            return .json(JSONValue.array([address.withLock { $0.cloud }]).canonicalBytes)
        }
        // Clients ask where the other services are without showing a token; the answer is the address they have.
        if first == "discovery" { return .json(address.withLock { $0.services }.canonicalBytes) }
        if first == "msi" { return try token(request) }
        if first.hasSuffix(".blob.\(ServiceAddress.storageSuffix)") { return try await blobs(request) }
        guard let token = request.bearerToken, secret.accepts(token, at: clock.now().seconds) else {
            var refusal = APIError(
                401, "InvalidAuthenticationToken", "The request brings no token of this service, or one that has ended."
            ).response
            refusal.headers.append("WWW-Authenticate", "Bearer")
            return refusal
        }
        return await routes.handle(request)
    }

    // MARK: Tokens

    private func token(_ request: HTTPRequest) throws -> HTTPResponse {
        let shown = request.headers["X-IDENTITY-HEADER"] ?? ""
        guard HMACSHA256.isEqual(Array(shown.utf8), Array(secret.identityHeader.utf8)) else {
            throw APIError(401, "Unauthorized", "The identity header is not the one of this service.")
        }
        let resource = request.query("resource") ?? base
        let (text, expires) = secret.token(audience: resource, at: clock.now().seconds)
        let body: JSONValue = [
            "access_token": .string(text), "expires_on": .string("\(expires)"), "resource": .string(resource),
            "token_type": "Bearer", "client_id": .string(ServiceSecret.tenant),
        ]
        return .json(body.canonicalBytes)
    }

    // MARK: Workspaces

    func workspace(_ identity: WorkspaceIdentity) async throws -> ServedWorkspace {
        if let known = served.withLock({ $0[identity] }) { return known }
        guard let workspace = try await open(identity) else {
            throw APIError(
                404, "ResourceNotFound",
                "The Resource 'Microsoft.MachineLearningServices/workspaces/\(identity.name)' under resource group "
                    + "'\(identity.resourceGroup)' was not found.")
        }
        let made = try ServedWorkspace(workspace, address: address.withLock { $0 })
        served.withLock { $0[identity] = made }
        accounts.withLock { $0[made.storage.host] = identity }
        return made
    }

    private func blobs(_ request: HTTPRequest) async throws -> HTTPResponse {
        // Nobody has a key for an account before the service has named it to them.
        guard request.segments.count >= 2, let identity = accounts.withLock({ $0[request.segments[0]] }) else {
            throw APIError(403, "AuthenticationFailed", "Server failed to authenticate the request.")
        }
        let workspace = try await workspace(identity)
        let container = request.segments[1]
        let name = request.segments.dropFirst(2).joined(separator: "/")
        let now = clock.now()
        let path = name.isEmpty ? container : "\(container)/\(name)"
        guard signature(workspace).permits(request, path: path, at: now) else {
            throw APIError(403, "AuthenticationFailed", "Server failed to authenticate the request.")
        }
        guard container.utf8.count <= 63, name.utf8.count <= 1_024 else {
            throw APIError(400, "InvalidResourceName", "The specified resource name contains invalid characters.")
        }
        return try await BlobRoutes(served: workspace, now: now).answer(request, container: container, name: name)
    }

    /// What opens a workspace's storage.
    func signature(_ workspace: ServedWorkspace) -> StorageSignature {
        StorageSignature(
            account: workspace.storage.host, key: secret.accountKey(workspace.storage.account),
            aliases: [workspace.storage.account, workspace.storage.accountName(workspace.address)])
    }

    // MARK: Routes

    var now: Timestamp { clock.now() }

    private var routes: Router {
        router.withLock { router in
            if let router { return router }
            var table = RouteTable(service: self)
            table.addAll()
            router = table.router
            return table.router
        }
    }
}
