/// Why a server did not start.
package struct HTTPServerError: Error, Equatable, Sendable, CustomStringConvertible {
    package enum Code: Sendable {
        case address, portTaken, daemon
    }

    package let code: Code
    package let message: String

    package var description: String { message }
}
