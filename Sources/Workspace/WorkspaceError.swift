/// What went wrong in the world: which kind of trouble, and one sentence saying on what and what to do.
package struct WorkspaceError: Error, Sendable, Equatable, CustomStringConvertible {
    /// The kind of trouble, which alone decides whether and when to try again.
    package enum Code: String, Sendable, Codable {
        /// No such object.
        case notFound
        /// The object is not as it was when the operation was planned; look again.
        case conflict
        /// The request breaks a rule of the service; trying again changes nothing.
        case invalid
        /// The service is slow, full or out of reach; later may do.
        case unavailable
        /// Told to come later.
        case throttled
        /// We may not do that.
        case unauthorized
        /// This kind of workspace cannot do that.
        case unsupported
        /// The workspace's own store or machinery is broken.
        case broken
    }

    package let code: Code
    package let message: String
    /// When the service said when to come again: seconds from now.
    package var retryAfterSeconds: Int?

    package init(_ code: Code, _ message: String, retryAfterSeconds: Int? = nil) {
        self.code = code
        self.message = message
        self.retryAfterSeconds = retryAfterSeconds
    }

    package var description: String { message }
}
