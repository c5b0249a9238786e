import Controller
import DesiredState
import Diagnostics
import Planning
import Synchronization
import Telemetry
import Testing
import TimeKeeping
import Workspace

/// Looks at a project without stages, and counts how often.
private final class CountingLooking: Looking {
    let count = Mutex(0)
    let diagnostics: [Diagnostic]

    init(diagnostics: [Diagnostic] = []) { self.diagnostics = diagnostics }

    func look() async throws -> Look {
        count.withLock { $0 += 1 }
        return Look(
            input: PlanningInput(
                project: DesiredProject(stages: [], diagnostics: diagnostics), live: [:], now: Timestamp(seconds: 100)))
    }
}

private final class NoJournal: JournalKeeping {
    func record(_ entry: JournalEntry) async {}
}

private struct StoppedClock: WallClock {
    func now() -> Timestamp { Timestamp(seconds: 100) }
}

private final class Lines: Sendable {
    let all = Mutex<[String]>([])
}

@Suite("Daemon")
struct DaemonTests {
    @Test("one change is one pass, and a mistake is logged once and not with every pass")
    func passes() async throws {
        let looking = CountingLooking(
            diagnostics: [.error("test", "a mistake", at: SourceLocation(path: "a.yml", line: 2, column: 3))])
        let lines = Lines()
        let sink = LineSink(
            format: .logfmt, timestamp: { "" }, output: { line in lines.all.withLock { $0.append(line) } })
        let (changes, change) = AsyncStream.makeStream(of: Void.self)
        let (ended, end) = AsyncStream.makeStream(of: Void.self)
        let workspace = FaultyWorkspace()
        let daemon = Daemon(
            reconciler: Reconciler(
                looking: looking, workspaces: workspace, journal: NoJournal(), clock: StoppedClock(),
                pause: { _ in }),
            changes: changes, interval: .seconds(3600), clock: StoppedClock(),
            logger: Logger(sink: sink), report: { _ in end.yield() })
        let running = Task { try await daemon.run() }
        var passes = ended.makeAsyncIterator()
        await passes.next()
        for _ in 0..<3 {
            change.yield()
            await passes.next()
        }
        // Whatever a change left behind would have woken it again by now.
        for _ in 0..<1000 { await Task.yield() }
        running.cancel()
        try await running.value
        #expect(looking.count.withLock { $0 } == 4)
        let logged = lines.all.withLock { $0 }
        #expect(logged.count { $0.contains("a mistake") && $0.contains("a.yml:2:3") } == 1, "\(logged)")
    }
}
