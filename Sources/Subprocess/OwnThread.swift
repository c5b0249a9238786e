internal import Glibc

/// Threads for calls that block: Swift's pool is as small as the machine, and Dispatch's can run dry.
package enum OwnThread {
    private final class Work {
        let body: @Sendable () -> Void
        init(_ body: @escaping @Sendable () -> Void) { self.body = body }
    }

    /// Starts a detached thread that is never hit by SIGPIPE; answers why it could not, else nil.
    package static func start(_ body: @escaping @Sendable () -> Void) -> SubprocessError? {
        var attributes = pthread_attr_t()
        guard pthread_attr_init(&attributes) == 0 else { return .system("pthread_attr_init", ENOMEM) }
        defer { pthread_attr_destroy(&attributes) }
        pthread_attr_setdetachstate(&attributes, CInt(PTHREAD_CREATE_DETACHED))
        pthread_attr_setstacksize(&attributes, 256 << 10)
        let work = Unmanaged.passRetained(Work(body))
        var thread = pthread_t()
        let result = pthread_create(
            &thread, &attributes,
            { argument in
                // A write to a child that went away must be an error for this thread, not the end of us.
                var pipe = sigset_t()
                sigemptyset(&pipe)
                sigaddset(&pipe, SIGPIPE)
                pthread_sigmask(SIG_BLOCK, &pipe, nil)
                if let argument { Unmanaged<Work>.fromOpaque(argument).takeRetainedValue().body() }
                return nil
            }, work.toOpaque())
        guard result == 0 else {
            work.release()
            return .system("pthread_create", result)
        }
        return nil
    }
}
