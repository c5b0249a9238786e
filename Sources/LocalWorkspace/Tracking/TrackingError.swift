internal import Digest
internal import HTTPServer

/// An answer in MLflow's words for what cannot be done.
struct TrackingError: Error, Equatable {
    enum Code: String {
        case notFound = "RESOURCE_DOES_NOT_EXIST"
        case endpointNotFound = "ENDPOINT_NOT_FOUND"
        case invalidParameter = "INVALID_PARAMETER_VALUE"
        case unauthenticated = "UNAUTHENTICATED"
        case forbidden = "PERMISSION_DENIED"
        case broken = "INTERNAL_ERROR"

        var status: Int {
            switch self {
            case .notFound, .endpointNotFound: 404
            case .invalidParameter: 400
            case .unauthenticated: 401
            case .forbidden: 403
            case .broken: 500
            }
        }
    }

    let code: Code
    let message: String

    init(_ code: Code, _ message: String) {
        self.code = code
        self.message = message
    }

    var response: HTTPResponse {
        let body: JSONValue = ["error_code": .string(code.rawValue), "message": .string(message)]
        return .json(body.canonicalBytes, status: code.status)
    }
}
