import Controller
import Git
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(5))) struct ChangeWatcherTests {
    private func watcher(_ fixture: GitFixture, interval: Duration = .seconds(3_600)) throws -> ChangeWatcher {
        let source = try ProjectSource.open(
            fixture.path, currentDirectory: "/", stateDirectory: fixture.directory.file("state"),
            git: GitProgram(environment: fixture.environment))
        return ChangeWatcher(source, interval: interval, jitter: { 1 })
    }

    private struct Case: CustomTestStringConvertible, Sendable {
        var testDescription: String
        var before: [[String]] = []
        var change: [String]
    }

    @Test(
        "Each way to move a branch is told at once",
        arguments: [
            Case(testDescription: "a commit", change: ["commit", "--quiet", "--allow-empty", "--message", "x"]),
            Case(testDescription: "a new branch", change: ["branch", "develop"]),
            Case(testDescription: "a branch in a new folder", change: ["branch", "feature/deep/er"]),
            Case(
                testDescription: "a commit after all references were packed",
                before: [["branch", "a/b"], ["pack-refs", "--all", "--prune"]],
                change: ["update-ref", "refs/heads/a/b", "HEAD~1"]),
            Case(
                testDescription: "a removed packed branch", before: [["branch", "develop"], ["pack-refs", "--all"]],
                change: ["branch", "-D", "develop"]),
            Case(
                testDescription: "another branch checked out", before: [["branch", "develop"]],
                change: ["checkout", "--quiet", "develop"]),
            Case(testDescription: "a remote's branch", change: ["update-ref", "refs/remotes/origin/main", "HEAD"]),
        ])
    private func told(_ one: Case) async throws {
        let fixture = try await GitFixture()
        try await fixture.commit(["a": "1"])
        try await fixture.commit(["a": "2"])
        for arguments in one.before { try await fixture.run(arguments) }
        var changes = try watcher(fixture).changes().makeAsyncIterator()
        try await fixture.run(one.change)
        #expect(await changes.next() != nil)
    }

    @Test("A branch in a folder that was made after the watch began is told again and again")
    func laterFolder() async throws {
        let fixture = try await GitFixture()
        let first = try await fixture.commit(["a": "1"])
        let second = try await fixture.commit(["a": "2"])
        let repository = try Repository.open(fixture.path)
        var changes = try watcher(fixture).changes().makeAsyncIterator()
        for commit in [first, second, first] {
            try await fixture.run(["update-ref", "refs/heads/made/later", commit])
            // Each change is followed by a telling after which it can be seen.
            while await changes.next() != nil, try repository.branchTip("made/later")?.description != commit {}
        }
        #expect(try repository.branchTip("made/later")?.description == first)
    }

    @Test("Without any change the interval tells")
    func interval() async throws {
        let fixture = try await GitFixture()
        var changes = try watcher(fixture, interval: .milliseconds(1)).changes().makeAsyncIterator()
        #expect(await changes.next() != nil)
        #expect(await changes.next() != nil)
    }

    @Test("A repository elsewhere is polled")
    func remote() async throws {
        let fixture = try await GitFixture()
        let source = try ProjectSource.open(
            "file://\(fixture.path)", currentDirectory: "/", stateDirectory: fixture.directory.file("state"),
            git: GitProgram(environment: fixture.environment))
        var changes = try ChangeWatcher(source, interval: .milliseconds(1)).changes().makeAsyncIterator()
        #expect(await changes.next() != nil)
    }

    @Test("Cancelling the consumer ends the stream")
    func cancellation() async throws {
        let fixture = try await GitFixture()
        let changes = try watcher(fixture).changes()
        let task = Task { for await _ in changes {} }
        task.cancel()
        await task.value
    }
}
