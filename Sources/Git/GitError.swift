internal import CLibgit2

/// Why something could not be read from, or done with, a git repository.
package struct GitError: Error, Hashable, Sendable, CustomStringConvertible {
    /// What kind of failure it was, for code that decides.
    package enum Code: Hashable, Sendable {
        case notFound
        case ambiguous
        case invalidName
        case notARepository
        case bareRepository
        case incompleteHistory
        case malformed
        case tooLarge
        case unsafePath
        case unreachable
        case timedOut
        case cancelled
        case programFailed
        case libgit2(Int32)
    }

    /// What kind of failure it was.
    package let code: Code
    /// One sentence for a person; credentials in URLs are never in it.
    package let message: String
    /// The call that failed.
    package let pointOfFailure: String

    /// Makes an error; credentials in the message are taken out.
    package init(code: Code, message: String, pointOfFailure: String) {
        self.code = code
        self.message = RemoteURL.redactingCredentials(in: message)
        self.pointOfFailure = pointOfFailure
    }

    package var description: String { message }

    /// Reads what libgit2 says about the call that just failed on this thread.
    static func last(_ result: Int32, _ pointOfFailure: String, _ subject: String) -> GitError {
        // threading.md of libgit2: "the error object is thread-local", so no await lies between.
        let detail = git_error_last().flatMap { $0.pointee.message.map { String(cString: $0) } }
        let code: Code =
            switch git_error_code(result) {
            case GIT_ENOTFOUND: .notFound
            case GIT_EAMBIGUOUS: .ambiguous
            case GIT_EINVALIDSPEC: .invalidName
            case GIT_EBAREREPO: .bareRepository
            default: .libgit2(result)
            }
        return GitError(
            code: code, message: "\(subject): \(detail ?? "error \(result)")", pointOfFailure: pointOfFailure)
    }
}
