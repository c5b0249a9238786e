/// Finds the handler of a request by method and path.
///
/// A pattern is literal segments, `:name` for one segment, and `*name` at the end for all that is left.
/// Routes are tried in the order they were added; HEAD falls back to GET.
package struct Router: Sendable {
    private enum Piece: Sendable {
        case literal(String)
        case parameter(String)
        case rest(String)
    }

    private struct Route: Sendable {
        let method: String
        let pieces: [Piece]
        let handler: HTTPServer.Handler
    }

    private var routes: [Route] = []
    private let notFound: HTTPServer.Handler

    package init(notFound: @escaping HTTPServer.Handler = { _ in .text("not found\n", status: 404) }) {
        self.notFound = notFound
    }

    /// Adds a route.
    package mutating func add(_ method: String, _ pattern: String, _ handler: @escaping HTTPServer.Handler) {
        let pieces = pattern.split(separator: "/").map { piece -> Piece in
            switch piece.first {
            case ":": .parameter(String(piece.dropFirst()))
            case "*": .rest(String(piece.dropFirst()))
            default: .literal(String(piece))
            }
        }
        routes.append(Route(method: method, pieces: pieces, handler: handler))
    }

    /// Answers a request with its route's handler, 405 for a known path, the fallback otherwise.
    package func handle(_ request: HTTPRequest) async -> HTTPResponse {
        var allowed: [String] = []
        let method = request.method == "HEAD" ? ["HEAD", "GET"] : [request.method]
        for route in routes {
            guard let parameters = Self.match(route.pieces, request.segments) else { continue }
            guard method.contains(route.method) else {
                if !allowed.contains(route.method) { allowed.append(route.method) }
                continue
            }
            var request = request
            request.parameters = parameters
            return await route.handler(request)
        }
        guard !allowed.isEmpty else { return await notFound(request) }
        return HTTPResponse(
            status: 405, headers: ["Allow": allowed.joined(separator: ", "), "Content-Type": "text/plain"],
            body: .bytes(Array("method not allowed\n".utf8)))
    }

    private static func match(_ pieces: [Piece], _ segments: [String]) -> [String: String]? {
        var parameters: [String: String] = [:]
        var rest = segments[...]
        for piece in pieces {
            switch piece {
            case .literal(let text):
                guard rest.popFirst() == text else { return nil }
            case .parameter(let name):
                guard let segment = rest.popFirst(), !segment.isEmpty else { return nil }
                parameters[name] = segment
            case .rest(let name):
                parameters[name] = rest.joined(separator: "/")
                return parameters
            }
        }
        return rest.isEmpty ? parameters : nil
    }
}
