import Glibc
import Subprocess
import TestSupport
import Testing

@Suite struct DetachedProcessTests {
    @Test("A detached program leads its own session and appends to its files")
    func session() async throws {
        let folder = try TemporaryDirectory()
        try folder.write("before\n", to: "log")
        let fifo = folder.file("done")
        #expect(mkfifo(fifo, 0o600) == 0)
        let identity = try DetachedProcess.spawn(
            ["sh", "-c", "echo $A; echo err >&2; cat; echo end > \(fifo); exec sleep 3600"],
            environment: ["A": "after", "PATH": "/usr/bin:/bin"], workingDirectory: folder.path,
            standardOutput: folder.file("log"), standardError: folder.file("log"))
        _ = try await Subprocess.run(["cat", fifo], timeout: .seconds(30))
        #expect(try folder.read("log") == "before\nafter\nerr\n")
        #expect(getsid(identity.pid) == identity.pid)
        #expect(identity.isAlive)
        #expect(identity.signalGroup(SIGKILL))
        await waitForEnd(of: identity)
        #expect(!identity.isAlive)
        #expect(!identity.signal(SIGTERM))
        while ProcessIdentity(of: identity.pid) == identity { await Task.yield() }
        #expect(!identity.signalGroup(SIGTERM))
    }

    @Test("A program that ended does not stay a zombie")
    func reaped() async throws {
        let identity = try DetachedProcess.spawn(["true"])
        await waitForEnd(of: identity)
        while kill(identity.pid, 0) == 0, ProcessIdentity(of: identity.pid) == identity { await Task.yield() }
        #expect(ProcessIdentity(of: identity.pid) != identity)
    }

    @Test("A file that cannot be opened is named")
    func badFile() {
        let error = #expect(throws: SubprocessError.self) {
            try DetachedProcess.spawn(["true"], standardOutput: "/nonexistent/log")
        }
        #expect(error?.message == "cannot open /nonexistent/log: No such file or directory")
    }

    @Test("Another start time or another boot is another process")
    func recycled() throws {
        let me = try #require(ProcessIdentity.current)
        #expect(me.isAlive)
        let earlier = ProcessIdentity(pid: me.pid, startTime: me.startTime - 1, bootID: me.bootID)
        let otherBoot = ProcessIdentity(pid: me.pid, startTime: me.startTime, bootID: "another")
        for other in [earlier, otherBoot] {
            #expect(!other.isAlive)
            #expect(!other.signal(0))
            #expect(!other.signalGroup(0))
        }
        #expect(me.signal(0))
    }

    @Test("A program whose name holds spaces and parentheses is told apart")
    func oddName() async throws {
        let folder = try TemporaryDirectory()
        let odd = folder.file("a) R (b")
        _ = try await Subprocess.run(["cp", "/bin/sleep", odd])
        let identity = try DetachedProcess.spawn([odd, "3600"])
        #expect(identity.isAlive)
        #expect(identity.signal(SIGKILL))
        await waitForEnd(of: identity)
    }

    private func waitForEnd(of identity: ProcessIdentity) async {
        while identity.isAlive { await Task.yield() }
    }
}
