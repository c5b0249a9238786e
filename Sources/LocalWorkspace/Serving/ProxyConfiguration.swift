import Digest

/// A ``ProxyModel`` as HAProxy's files: a pure function, held by golden tests.
package struct ProxyConfiguration: Sendable, Equatable {
    /// The main file's text; names of files and sockets in it are relative to the proxy's folder.
    package var text: String
    /// The files it reads beside it, by name.
    package var tables: [String: String]
    /// Names everything but the weights: two configurations of one structure differ only in what the socket can set.
    package var structure: String
    /// The weights by backend and server.
    package var weights: [String: [String: Int]]

    package init(_ model: ProxyModel) {
        let endpoints = model.endpoints.sorted { $0.name < $1.name }
        tables = Self.tables(endpoints)
        weights = [:]
        for endpoint in endpoints { weights[Self.backend(endpoint.name)] = endpoint.weights }
        let skeleton = Self.frontend(port: model.port) + endpoints.map { Self.backends($0, weights: nil) }.joined()
        var hasher = SHA256Hasher()
        hasher.update(Array((Self.global(structure: "") + Self.defaults + skeleton).utf8))
        for name in tables.keys.sorted() { hasher.update(Array("\n\(name)\n\(tables[name] ?? "")".utf8)) }
        structure = hasher.finalize().prefix(16)
        text =
            Self.global(structure: structure) + Self.defaults + Self.frontend(port: model.port)
            + endpoints.map { Self.backends($0, weights: $0.weights) }.joined()
    }

    /// The backend that splits an endpoint's traffic.
    static func backend(_ endpoint: String) -> String { "endpoint:\(endpoint)" }

    /// The backend that a request gets which names its deployment.
    static func backend(_ endpoint: String, _ deployment: String) -> String { "deployment:\(endpoint):\(deployment)" }

    private static func tables(_ endpoints: [ProxyModel.Endpoint]) -> [String: String] {
        var named = ""
        var forced = ""
        var keys = ""
        for endpoint in endpoints {
            named += "\(endpoint.name) \(backend(endpoint.name))\n"
            for deployment in endpoint.deployments.sorted(by: { $0.name < $1.name }) {
                forced += "\(endpoint.name)/\(deployment.name) \(backend(endpoint.name, deployment.name))\n"
            }
            for digest in endpoint.keyDigests.sorted() { keys += "\(endpoint.name):\(digest)\n" }
        }
        return ["endpoints.map": named, "deployments.map": forced, "keys.lst": keys]
    }

    private static func global(structure: String) -> String {
        """
        global
            description reconcile:\(structure)
            log stdout format raw local0 notice
            stats socket unix@admin.sock mode 600 level admin expose-fd listeners
            stats timeout 30s
            server-state-file server-state
            hard-stop-after 20s
            maxconn 4096
            tune.bufsize 65536

        """
    }

    // `http-server-close`: after a failure on a reused connection HAProxy burns its retries without waiting between
    // them; on fresh ones it waits for the instance to come back. `http-buffer-request`: only a request it has in
    // whole can be sent again when an instance dies over it.
    private static let defaults =
        """
        defaults
            mode http
            log global
            timeout connect 500ms
            timeout check 2s
            timeout http-request 30s
            timeout http-keep-alive 10s
            timeout client 60s
            timeout server 60s
            timeout queue 60s
            retries 16
            option redispatch
            retry-on conn-failure empty-response 503
            http-reuse never
            option http-server-close
            option http-buffer-request
            option idle-close-on-response
            load-server-state-from-file global
            \(failure(400, "BadRequest", "the request is not HTTP as it should be"))
            \(failure(408, "RequestTimeout", "the request did not arrive in time"))
            \(failure(502, "BadGateway", "the deployment gave no answer"))
            \(failure(503, "NoDeployment", "no deployment with traffic answers at this endpoint now"))
            \(failure(504, "RequestTimeout", "the deployment did not answer in time"))

        """

    private static func frontend(port: Int) -> String {
        """
        frontend scoring
            bind 127.0.0.1:\(port)
            http-request set-var(txn.endpoint) path,field(2,/)
            http-request set-var(txn.rest) path,regsub(^/[^/]+,)
            http-request set-var(txn.key) req.hdr(authorization),regsub(^[Bb]earer\\s+,),sha2(256),hex,lower
            http-request set-var(txn.deployment) req.hdr(azureml-model-deployment)
            http-request set-header x-ms-request-id %[uuid()] unless { req.hdr(x-ms-request-id) -m found }
            http-request set-var(txn.request) req.hdr(x-ms-request-id)
            http-after-response set-header x-ms-request-id %[var(txn.request)]
            http-after-response set-status 408 if { status 504 }
            acl known var(txn.endpoint),map_str(endpoints.map) -m found
            acl offered var(txn.rest) -m str /score /swagger.json
            acl has_key var(txn.endpoint),concat(:,txn.key,) -m str -f keys.lst
            acl forced var(txn.deployment) -m found
            acl deployed var(txn.endpoint),concat(/,txn.deployment,),map_str(deployments.map) -m found
            \(refusal(404, "NotFound", "there is no such endpoint")) if !known
            \(refusal(401, "Unauthorized", "the request carries no key of this endpoint")) if !has_key
            \(refusal(404, "NotFound", "an endpoint answers at /score and /swagger.json")) if !offered
            \(refusal(404, "NotFound", "the endpoint has no such deployment")) if forced !deployed
            http-request del-header authorization
            http-request set-path %[var(txn.rest)]
            use_backend %[var(txn.endpoint),concat(/,txn.deployment,),map_str(deployments.map)] if forced
            use_backend %[var(txn.endpoint),map_str(endpoints.map)]

        """
    }

    private static func backends(_ endpoint: ProxyModel.Endpoint, weights: [String: Int]?) -> String {
        let deployments = endpoint.deployments.sorted { $0.name < $1.name }
        let all = deployments.flatMap { deployment in deployment.servers.map { (server: $0, deployment: deployment) } }
        let timeout = deployments.map(\.settings.requestTimeoutMilliseconds).max() ?? 5_000
        let limit = deployments.reduce(0) { $0 + $1.settings.queueLimit(instances: $1.servers.count) }
        let name = backend(endpoint.name)
        var text = "backend \(name)\n    balance roundrobin\n" + rules(name, timeout: timeout, limit: limit)
        for (server, deployment) in all {
            let weight = weights.map { "\($0[server.name] ?? 0)" } ?? "*"
            text += Self.line(server, deployment.settings, weight: weight)
        }
        for deployment in deployments {
            let settings = deployment.settings
            let forced = backend(endpoint.name, deployment.name)
            text +=
                "backend \(forced)\n    balance roundrobin\n"
                + rules(
                    forced, timeout: settings.requestTimeoutMilliseconds,
                    limit: settings.queueLimit(instances: deployment.servers.count))
            // Not `track`: requests that wait for a server that follows one without weight would wait for ever.
            for server in deployment.servers { text += Self.line(server, settings, weight: "1") }
        }
        return text
    }

    private static func line(_ server: ProxyModel.Server, _ settings: RequestSettings, weight: String) -> String {
        "    server \(server.name) 127.0.0.1:\(server.port) weight \(weight) maxconn \(settings.connectionsPerInstance)"
            + " check inter 1s fall 6 rise 1\n"
    }

    /// What holds for every request to a backend.
    ///
    /// The instance's own timeout comes first; the proxy's is for those
    /// that hang. A failing model is told as Azure tells it: 424, with the status it had in a header.
    private static func rules(_ backend: String, timeout: Int, limit: Int) -> String {
        """
            timeout server \(timeout + 1_000)ms
            timeout queue \(timeout + 1_000)ms
            \(refusal(429, "TooManyRequests", "more requests wait than the deployment may hold")) if { queue(\(backend)) ge \(limit) }
            http-response set-header azureml-model-deployment %[srv_name,field(1,.)]
            http-response set-header ms-azureml-model-error-statuscode %[status] if { status 500 502 503 }
            http-response set-status 424 if { status 500 502 503 }

        """
    }

    private static func refusal(_ status: Int, _ code: String, _ message: String) -> String {
        "http-request return status \(status) content-type application/json string \"\(body(code, message))\""
    }

    private static func failure(_ status: Int, _ code: String, _ message: String) -> String {
        "http-error status \(status) content-type application/json string \"\(body(code, message))\""
    }

    private static func body(_ code: String, _ message: String) -> String {
        "{\\\"error\\\":{\\\"code\\\":\\\"\(code)\\\",\\\"message\\\":\\\"\(message)\\\"}}"
    }
}
