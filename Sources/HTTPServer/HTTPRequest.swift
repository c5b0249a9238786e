/// A complete request: its head, and its body in memory or in a temporary file.
package struct HTTPRequest: Sendable {
    /// One `name=value` of the query.
    package struct QueryItem: Equatable, Sendable {
        package let name: String
        package let value: String
    }

    /// The method, as sent.
    package let method: String
    /// The target, as sent.
    package let target: String
    /// The path's segments, decoded once each; a trailing slash leaves none.
    package let segments: [String]
    /// The query's items in order, decoded once.
    package let query: [QueryItem]
    /// The header fields.
    package let headers: HTTPHeaders
    /// The body.
    package let body: HTTPBody
    /// What the router took out of the path.
    package internal(set) var parameters: [String: String] = [:]

    package init(
        method: String, target: String, headers: HTTPHeaders = [:], body: HTTPBody = .bytes([])
    ) throws(MalformedTarget) {
        guard let parts = RequestTarget(target) else { throw MalformedTarget(target: target) }
        self.init(method: method, target: target, parts: parts, headers: headers, body: body)
    }

    init(method: String, target: String, parts: RequestTarget, headers: HTTPHeaders, body: HTTPBody) {
        self.method = method
        self.target = target
        segments = parts.segments
        query = parts.query
        self.headers = headers
        self.body = body
    }

    /// The decoded path, for messages; segments tell apart what this text cannot.
    package var path: String { "/" + segments.joined(separator: "/") }

    /// The first value of a query item.
    package func query(_ name: String) -> String? { query.first { $0.name == name }?.value }

    /// The token of `Authorization: Bearer …`.
    package var bearerToken: String? {
        guard let value = headers["Authorization"], value.lowercased().hasPrefix("bearer ") else { return nil }
        return String(value.dropFirst(7).drop { $0 == " " })
    }
}

/// A request target that cannot be understood.
package struct MalformedTarget: Error, Equatable, Sendable {
    package let target: String
}
