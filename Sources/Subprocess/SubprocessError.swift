internal import Glibc

/// Why a process could not be started, or was ended before its own end.
package struct SubprocessError: Error, Hashable, Sendable, CustomStringConvertible {
    /// What kind of failure it was, for code that decides.
    package enum Code: String, Hashable, Sendable {
        case executableNotFound
        case invalidArgument
        case workingDirectoryNotFound
        case spawnFailed
        case timedOut
        case cancelled
        case systemFailure
    }

    /// What kind of failure it was.
    package let code: Code
    /// One sentence for a person; names the program but never its arguments, which may hold secrets.
    package let message: String

    /// Makes an error from its kind and a sentence.
    package init(code: Code, message: String) {
        self.code = code
        self.message = message
    }

    package var description: String { message }

    /// What errno says about a call.
    package static func system(_ call: String, _ number: Int32 = errno) -> SubprocessError {
        SubprocessError(code: .systemFailure, message: "\(call) failed: \(text(of: number))")
    }

    static func text(of number: Int32) -> String {
        // glibc keeps strerror's buffer per thread since 2.32.
        strerror(number).map { String(cString: $0) } ?? "error \(number)"
    }
}
