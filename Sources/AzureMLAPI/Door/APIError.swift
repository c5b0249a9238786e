internal import Digest
internal import HTTPServer
internal import Workspace

/// An answer that says what went wrong, in the shape that Azure's clients read.
struct APIError: Error {
    var status: Int
    var code: String
    var message: String

    init(_ status: Int, _ code: String, _ message: String) {
        self.status = status
        self.code = code
        self.message = message
    }

    init(_ error: WorkspaceError) {
        switch error.code {
        case .notFound: self.init(404, "ResourceNotFound", error.message)
        case .conflict: self.init(409, "Conflict", error.message)
        case .invalid: self.init(400, "UserError", error.message)
        case .unauthorized: self.init(403, "AuthorizationFailed", error.message)
        case .throttled: self.init(429, "TooManyRequests", error.message)
        case .unavailable: self.init(503, "ServiceUnavailable", error.message)
        case .unsupported: self.init(501, "NotImplemented", error.message)
        case .broken: self.init(500, "InternalServerError", error.message)
        }
    }

    /// Something that Azure has and this service does not.
    static func notDone(_ what: String) -> APIError {
        APIError(501, "NotImplemented", "\(what) is not part of this emulator; docs/emulator.md says what is")
    }

    static func notFound(_ what: String) -> APIError { APIError(404, "ResourceNotFound", "There is no \(what).") }

    var response: HTTPResponse {
        let body: JSONValue = [
            "error": ["code": .string(code), "message": .string(message), "details": [], "additionalInfo": []]
        ]
        var response = HTTPResponse.json(body.canonicalBytes, status: status)
        response.headers.append("x-ms-error-code", code)
        return response
    }
}
