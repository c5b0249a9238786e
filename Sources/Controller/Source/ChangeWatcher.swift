internal import Git
internal import Glibc
package import Subprocess

/// Tells when it is worth looking at the branches again.
///
/// What it tells is only that something may have changed: a look that follows finds out what. For a
/// repository on this machine the kernel tells at once; the interval stands behind it, for file
/// systems where the kernel does not see other machines write.
package struct ChangeWatcher: Sendable {
    private let folders: ReferenceFolders?
    private let interval: Duration
    private let jitter: @Sendable () -> Double

    /// Makes a watcher.
    ///
    /// - Parameters:
    ///   - source: Whose branches are meant.
    ///   - interval: How long it may take to notice a change that nobody tells of.
    ///   - jitter: A factor around 1, drawn anew each time, so that many controllers do not ask at once.
    package init(
        _ source: ProjectSource, interval: Duration,
        jitter: @escaping @Sendable () -> Double = { .random(in: 0.9...1.1) }
    ) {
        folders = source.localRepository.map {
            ReferenceFolders(gitDirectory: $0.gitDirectory, commonDirectory: $0.commonDirectory)
        }
        self.interval = interval
        self.jitter = jitter
    }

    /// One element for each time something may have changed; several changes at once may be one element.
    ///
    /// What changed before the call counts as seen. Ends when its consumer is cancelled or goes away.
    package func changes() throws(SubprocessError) -> AsyncStream<Void> {
        let stop = StopSignal(try FileDescriptor.event())
        let watch = try folders.map { (folders) throws(SubprocessError) in try ReferenceWatch(folders) }
        let (stream, continuation) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
        continuation.onTermination = { _ in stop.signal() }
        let interval = interval
        let jitter = jitter
        let failure = OwnThread.start {
            while true {
                switch Self.wait(watch, stop, timeout: interval * jitter()) {
                case .stop: return
                case .nothing: continue
                case .change: continuation.yield()
                }
            }
        }
        if let failure { throw failure }
        return stream
    }

    private enum Event {
        case stop
        case nothing
        case change
    }

    private static func wait(_ watch: ReferenceWatch?, _ stop: StopSignal, timeout: Duration) -> Event {
        var polled = [
            pollfd(fd: stop.event.number, events: Int16(POLLIN), revents: 0),
            pollfd(fd: watch?.descriptor.number ?? -1, events: Int16(POLLIN), revents: 0),
        ]
        let parts = max(timeout, .zero).components
        let milliseconds = min(parts.seconds, 86_400) * 1_000 + parts.attoseconds / 1_000_000_000_000_000
        let count = poll(&polled, nfds_t(polled.count), Int32(milliseconds))
        if polled[0].revents != 0 { return .stop }
        if count == 0 { return .change }
        return count > 0 && watch?.takeChanges() == true ? .change : .nothing
    }
}

/// A word from the consumer's side to the waiting thread.
private final class StopSignal: Sendable {
    let event: FileDescriptor

    init(_ event: consuming FileDescriptor) { self.event = event }

    func signal() {
        var one: UInt64 = 1
        _ = write(event.number, &one, 8)
    }
}
