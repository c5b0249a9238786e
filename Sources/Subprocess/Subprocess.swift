internal import Glibc
internal import Synchronization

/// Runs programs to their end: argv in, bytes out, nothing left behind.
package enum Subprocess {
    /// How a program ended.
    package enum Status: Hashable, Sendable {
        case exited(Int32)
        case signaled(Int32)

        /// True when the program ended by itself with status 0.
        package var isSuccess: Bool { self == .exited(0) }
    }

    /// What a program said, and how it ended.
    package struct Output: Hashable, Sendable {
        /// How the program ended.
        package var status: Status
        /// The first bytes of its standard output, at most the limit asked for.
        package var stdout: [UInt8]
        /// The first bytes of its standard error, at most the limit asked for.
        package var stderr: [UInt8]
        /// True when one of the two said more than the limit; the rest was read and dropped.
        package var truncated: Bool

        /// Standard output as text, with wrong UTF-8 replaced.
        package var text: String { String(decoding: stdout, as: UTF8.self) }
        /// Standard error as text, with wrong UTF-8 replaced.
        package var errorText: String { String(decoding: stderr, as: UTF8.self) }
    }

    /// Runs a program in a process group of its own and waits for its end without holding a thread of Swift's pool.
    ///
    /// Nothing of the group outlives the call: on time-out and on cancellation the group gets TERM and, after
    /// `gracePeriod`, KILL; helpers left behind by a program that ended get KILL.
    ///
    /// - Parameters:
    ///   - argv: The program and its arguments. A name without a slash is looked up in `PATH`.
    ///   - environment: All of the program's variables; ours when nil.
    ///   - workingDirectory: Where it starts; our own when nil.
    ///   - standardInput: Bytes it can read, and then the end of file.
    ///   - timeout: How long it may take; for ever when nil.
    ///   - outputLimit: How many bytes of each stream are kept.
    ///   - gracePeriod: The time between TERM and KILL.
    ///   - mayAskTerminal: True for a program that may ask for a passphrase at our terminal. It then stays in
    ///     our own group, and its helpers are not stopped with it.
    package static func run(
        _ argv: [String], environment: [String: String]? = nil, workingDirectory: String? = nil,
        standardInput: [UInt8] = [], timeout: Duration? = nil, outputLimit: Int = 16 << 20,
        gracePeriod: Duration = .seconds(2), mayAskTerminal: Bool = false
    ) async throws(SubprocessError) -> Output {
        let request = SpawnRequest(
            arguments: argv, environment: environment, workingDirectory: workingDirectory,
            isolation: mayAskTerminal ? .sharedGroup : .ownGroup)
        let cancellation = try Cancellation()
        // The event is polled by the run's own thread, so cancelling never touches the process itself:
        // only the thread that reaps it may signal it, and no recycled number can be hit.
        let result: Result<Output, SubprocessError> = await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let started = OwnThread.start {
                    let run = ProcessRun(
                        request: request, input: standardInput, timeout: timeout, outputLimit: max(0, outputLimit),
                        gracePeriod: gracePeriod, cancellation: cancellation.event.number)
                    continuation.resume(returning: Result { () throws(SubprocessError) in try run.perform() })
                }
                if let error = started { continuation.resume(returning: .failure(error)) }
            }
        } onCancel: {
            cancellation.cancel()
        }
        return try result.get()
    }
}

/// A cancellation as a descriptor, so that poll can wait for it.
private final class Cancellation: Sendable {
    let event: FileDescriptor

    init() throws(SubprocessError) {
        event = try FileDescriptor.event()
    }

    func cancel() {
        var one: UInt64 = 1
        _ = write(event.number, &one, 8)
    }
}
