import Glibc
import Subprocess
import TestSupport
import Testing

@Suite struct SubprocessTests {
    private struct Case: CustomTestStringConvertible, Sendable {
        var testDescription: String
        var script: String
        var status: Subprocess.Status
        var output = ""
        var error = ""
    }

    @Test(
        "How a program ended and what it said come back",
        arguments: [
            Case(
                testDescription: "success", script: "echo out; echo err >&2", status: .exited(0), output: "out\n",
                error: "err\n"),
            Case(testDescription: "failure", script: "exit 3", status: .exited(3)),
            Case(testDescription: "a signal", script: "kill -KILL $$", status: .signaled(SIGKILL)),
            Case(testDescription: "closed streams", script: "exec >&- 2>&-; exit 4", status: .exited(4)),
        ])
    private func ends(_ one: Case) async throws {
        let output = try await Subprocess.run(["sh", "-c", one.script])
        #expect(output.status == one.status)
        #expect(output.text == one.output)
        #expect(output.errorText == one.error)
        #expect(!output.truncated)
    }

    @Test("Megabytes through all three streams at once do not deadlock")
    func large() async throws {
        let input = [UInt8](repeating: 0x61, count: 5 << 20)
        let output = try await Subprocess.run(["sh", "-c", "tee /dev/stderr"], standardInput: input)
        #expect(output.stdout == input)
        #expect(output.stderr == input)
    }

    @Test("A program that reads none of its input is not an error")
    func unreadInput() async throws {
        let output = try await Subprocess.run(["true"], standardInput: [UInt8](repeating: 0, count: 1 << 20))
        #expect(output.status == .exited(0))
    }

    @Test("What goes beyond the limit is dropped and said so")
    func limited() async throws {
        let output = try await Subprocess.run(["sh", "-c", "head -c 1000000 /dev/zero"], outputLimit: 1_000)
        #expect(output.stdout.count == 1_000)
        #expect(output.truncated)
        #expect(output.status == .exited(0))
    }

    @Test("The environment given is the whole environment, and its PATH is the one searched")
    func environment() async throws {
        let output = try await Subprocess.run(["env"], environment: ["A": "b=c", "PATH": "/usr/bin:/bin"])
        #expect(Set(output.text.split(separator: "\n")) == ["A=b=c", "PATH=/usr/bin:/bin"])
        await #expect(throws: SubprocessError.self) {
            try await Subprocess.run(["env"], environment: ["PATH": "/nonexistent"])
        }
    }

    @Test("A working directory is where the program starts")
    func workingDirectory() async throws {
        let folder = try TemporaryDirectory()
        let output = try await Subprocess.run(["pwd"], workingDirectory: folder.path)
        #expect(output.text == folder.path + "\n")
    }

    private struct Refusal: CustomTestStringConvertible, Sendable {
        var testDescription: String
        var argv: [String]
        var directory: String?
        var code: SubprocessError.Code
        var message: String
    }

    @Test(
        "What cannot start is refused in one sentence",
        arguments: [
            Refusal(
                testDescription: "an unknown name", argv: ["no-such-program"], code: .executableNotFound,
                message: "there is no program no-such-program that can be run here"),
            Refusal(
                testDescription: "a folder", argv: ["/tmp"], code: .executableNotFound,
                message: "there is no program /tmp that can be run here"),
            Refusal(
                testDescription: "no folder to work in", argv: ["true"], directory: "/nonexistent",
                code: .workingDirectoryNotFound, message: "cannot start true: there is no folder /nonexistent"),
            Refusal(
                testDescription: "a zero byte", argv: ["echo", "a\0b"], code: .invalidArgument,
                message: "an argument or environment variable for echo cannot be passed on"),
            Refusal(testDescription: "nothing", argv: [], code: .invalidArgument, message: "no program was named"),
        ])
    private func refused(_ one: Refusal) async throws {
        let error = await #expect(throws: SubprocessError.self) {
            try await Subprocess.run(one.argv, workingDirectory: one.directory)
        }
        #expect(error?.code == one.code)
        #expect(error?.message == one.message)
    }

    @Test("A program that takes too long is stopped, also when it ignores TERM")
    func timeout() async throws {
        let error = await #expect(throws: SubprocessError.self) {
            try await Subprocess.run(
                ["sh", "-c", "trap '' TERM; while :; do sleep 3600; done"], timeout: .milliseconds(50),
                gracePeriod: .milliseconds(50))
        }
        #expect(error?.code == .timedOut)
        #expect(error?.message == "sh did not end within 0.05 seconds and was stopped")
    }

    @Test("Cancelling the task ends the whole group, also a helper that ignores TERM", .timeLimit(.minutes(5)))
    func cancellation() async throws {
        let folder = try TemporaryDirectory()
        let pipe = folder.file("ready")
        #expect(mkfifo(pipe, 0o600) == 0)
        let script = "(trap '' TERM; sh -c 'echo $PPID' > \(pipe); while :; do sleep 3600; done) & wait"
        let task = Task { try await Subprocess.run(["sh", "-c", script], gracePeriod: .milliseconds(50)) }
        // Reading the FIFO returns once the helper really runs.
        let said = try await Subprocess.run(["cat", pipe], timeout: .seconds(30))
        task.cancel()
        let error = await #expect(throws: SubprocessError.self) { try await task.value }
        #expect(error?.code == .cancelled)
        let helper = try #require(Int32(said.text.filter(\.isNumber)))
        while ProcessIdentity(of: helper)?.isAlive == true { await Task.yield() }
    }

    @Test("A helper left behind does not keep the caller waiting, and is ended", .timeLimit(.minutes(5)))
    func leftBehind() async throws {
        let output = try await Subprocess.run(["sh", "-c", "sleep 3600 & echo $!"])
        #expect(output.status == .exited(0))
        let helper = try #require(Int32(output.text.filter(\.isNumber)))
        while ProcessIdentity(of: helper)?.isAlive == true { await Task.yield() }
    }

    @Test("A child has its three streams and no other descriptor of ours")
    func descriptors() async throws {
        // Not close-on-exec, as a careless library would open it.
        let careless = open("/dev/null", O_RDONLY)
        defer { close(careless) }
        let output = try await Subprocess.run(["ls", "/proc/self/fd"])
        // The fourth is the folder that ls reads.
        #expect(output.text.split(separator: "\n") == ["0", "1", "2", "3"])
    }

    @Test("A run gives back all its own descriptors")
    func noLeaks() async throws {
        // In a process of its own this would be exact; beside other tests only a leak per run shows.
        let before = openDescriptors()
        for _ in 0..<60 { _ = try await Subprocess.run(["true"]) }
        #expect(openDescriptors() < before + 60)
    }

    @Test("A name is looked up in absolute folders only")
    func find() throws {
        let folder = try TemporaryDirectory()
        let tool = try folder.write("#!/bin/sh\n", to: "tool")
        #expect(Executable.find("tool", path: folder.path) == nil, "not executable yet")
        #expect(chmod(tool, 0o755) == 0)
        #expect(Executable.find("tool", path: "/nonexistent:\(folder.path)") == tool)
        #expect(Executable.find("tool", path: ".:") == nil)
        #expect(Executable.find(tool) == tool)
        #expect(Executable.find("") == nil)
    }

    private func openDescriptors() -> Int {
        (0..<2_048).count { fcntl(Int32($0), F_GETFD) >= 0 }
    }
}
