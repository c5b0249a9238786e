internal import CLibgit2

/// The library's start, once a process, and the reading of its answers.
enum Libgit2 {
    private static let started: Int32 = {
        let count = git_libgit2_init()
        _ = shim_git_set_owner_validation(0)
        _ = shim_git_set_object_cache(0)
        return count
    }()

    static func start() {
        precondition(started > 0, "libgit2 can always be started")
    }

    /// Turns a negative answer into an error, in the same call in which it was given.
    static func check(
        _ result: Int32, _ pointOfFailure: String, _ subject: @autoclosure () -> String
    ) throws(GitError) {
        guard result < 0 else { return }
        throw .last(result, pointOfFailure, subject())
    }
}

/// Owner of one object of libgit2: freed exactly once, when its owner goes away.
struct CObject: ~Copyable {
    let pointer: OpaquePointer
    private let release: (OpaquePointer?) -> Void

    /// Takes over what the call makes, or throws what it answers.
    init(
        _ pointOfFailure: String, _ subject: @autoclosure () -> String, release: @escaping (OpaquePointer?) -> Void,
        _ make: (inout OpaquePointer?) -> Int32
    ) throws(GitError) {
        var made: OpaquePointer?
        let result = make(&made)
        try Libgit2.check(result, pointOfFailure, subject())
        guard let made else {
            throw GitError(
                code: .libgit2(result), message: "\(subject()): nothing came back", pointOfFailure: pointOfFailure)
        }
        pointer = made
        self.release = release
    }

    /// The same, but nil when there is no such thing.
    static func ifFound(
        _ pointOfFailure: String, _ subject: @autoclosure () -> String, release: @escaping (OpaquePointer?) -> Void,
        _ make: (inout OpaquePointer?) -> Int32
    ) throws(GitError) -> CObject? {
        var result: Int32 = 0
        var made: OpaquePointer?
        result = make(&made)
        if result == GIT_ENOTFOUND.rawValue { return nil }
        return try CObject(pointOfFailure, subject(), release: release) {
            $0 = made
            return result
        }
    }

    deinit {
        release(pointer)
    }
}
