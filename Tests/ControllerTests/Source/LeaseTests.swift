import Controller
import Git
import Subprocess
import TestSupport
import Testing
import TimeKeeping

@Suite struct LeaseTests {
    private func source(_ fixture: GitFixture) throws -> ProjectSource {
        try ProjectSource.open(
            fixture.path, currentDirectory: "/", stateDirectory: fixture.directory.file("state"),
            git: GitProgram(environment: fixture.environment))
    }

    @Test("The second controller is told who the first is and since when; after it the way is free")
    func exclusive() async throws {
        let fixture = try await GitFixture()
        let state = fixture.directory.file("state")
        let since = try #require(Timestamp("2026-11-21T10:00:00Z"))
        let source = try source(fixture)
        var lease: Lease? = try Lease(stateDirectory: state, source: source, now: since)
        let refused = #expect(throws: Lease.Refused.self) {
            try Lease(stateDirectory: state, source: source, now: since)
        }
        let pid = try #require(ProcessIdentity.current).pid
        #expect(refused?.holder?.pid == pid)
        #expect(refused?.holder?.since == since)
        #expect(
            refused?.message == "another reconcile (process \(pid), since 2026-11-21T10:00:00Z) is working on "
                + "\(fixture.path) with the state in \(state); wait for it, stop it, or use another --state-dir")
        #expect(lease != nil)
        lease = nil
        _ = try Lease(stateDirectory: state, source: source, now: since)
    }

    @Test("Another project and another state directory are free")
    func independent() async throws {
        let fixture = try await GitFixture()
        let other = try await GitFixture()
        let state = fixture.directory.file("state")
        let one = try Lease(stateDirectory: state, source: source(fixture), now: Timestamp(seconds: 0))
        let two = try Lease(stateDirectory: state, source: source(other), now: Timestamp(seconds: 0))
        let three = try Lease(stateDirectory: state + "2", source: source(fixture), now: Timestamp(seconds: 0))
        withExtendedLifetime((one, two, three)) {}
    }

    @Test("A child of the holder does not keep the lease")
    func notInherited() async throws {
        let fixture = try await GitFixture()
        let state = fixture.directory.file("state")
        let source = try source(fixture)
        var lease: Lease? = try Lease(stateDirectory: state, source: source, now: Timestamp(seconds: 0))
        let child = try DetachedProcess.spawn(["sleep", "3600"])
        defer { child.signalGroup(9) }
        #expect(lease != nil)
        lease = nil
        _ = try Lease(stateDirectory: state, source: source, now: Timestamp(seconds: 0))
    }

    @Test("A state directory that cannot be made is named")
    func noDirectory() async throws {
        let fixture = try await GitFixture()
        let file = try fixture.directory.write("", to: "file")
        let refused = #expect(throws: Lease.Refused.self) {
            try Lease(stateDirectory: file, source: source(fixture), now: Timestamp(seconds: 0))
        }
        #expect(refused?.message.hasPrefix("cannot keep other controllers away: ") == true)
        #expect(refused?.message.contains(file) == true)
    }
}
