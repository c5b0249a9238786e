import AssetSchema
import Digest
import Glibc
import SQLite
import Subprocess
import Synchronization
import TestSupport
import Testing
import TimeKeeping
import Workspace

@testable import LocalWorkspace

@Suite("Schedules and other resources")
struct ScheduleTests {
    private func schedule(
        _ name: String, _ trigger: JSONValue, fixture: WorkspaceFixture, enabled: Bool = true
    ) -> (ResourceDraft, FakeContent) {
        let (job, content) = fixture.draft("unused", "echo fired >> \(fixture.folder.file("runs"))")
        var inline = job.fields
        inline["type"] = "command"
        inline["tags"] = ["team": "a"]
        let draft = ResourceDraft(
            definition: ResourceDefinition(
                kind: .schedule, name: name,
                fields: ["trigger": trigger, "create_job": inline, "is_enabled": .bool(enabled)]),
            tags: [TagName.digest: "s1"],
            content: Dictionary(uniqueKeysWithValues: job.content.map { ("create_job.\($0.key)", $0.value) }))
        return (draft, content)
    }

    /// A workspace whose supervisors do nothing, and what fires its schedules, at one clock.
    private func stopped(_ fixture: WorkspaceFixture, _ clock: SetClock) throws -> (LocalWorkspace, ScheduleRunner) {
        let launcher = LocalWorkspace.Launcher(arguments: ["true"])
        let workspace = LocalWorkspace(
            identity: WorkspaceFixture.identity, state: fixture.workspace.layout.state, launcher: launcher, clock: clock
        )
        let runner = ScheduleRunner(
            workspace: workspace.layout, store: try workspace.store(), clock: clock, launcher: launcher)
        return (workspace, runner)
    }

    @Test("Each firing makes one job under a name that says when, also when it is asked for again after a crash")
    func firesOnce() async throws {
        let fixture = try WorkspaceFixture()
        let clock = try SetClock("2026-03-28T05:59:00Z")
        let (workspace, runner) = try stopped(fixture, clock)
        let (draft, content) = schedule(
            "nightly", ["type": "cron", "expression": "0 6 * * *"], fixture: fixture)
        let outcome = try await workspace.perform(.putResource(draft), content: content)
        #expect(outcome.message == nil)
        #expect(try runner.fireDue() == [])
        try clock.set("2026-03-28T06:00:01Z")
        #expect(try runner.fireDue() == ["nightly makes nightly-20260328T060000Z"])
        #expect(try runner.fireDue() == [])
        // Killed after the job was made, and before that was noted.
        try workspace.store().write { try $0.execute("UPDATE resources SET looked_at = anchor", []) }
        #expect(try runner.fireDue() == ["nightly makes nightly-20260328T060000Z"])
        let job = try #require(try workspace.store().read { try Store.jobs($0) }.first)
        #expect(try workspace.store().read { try Store.jobs($0) }.count == 1)
        #expect(job.live.tags == ["team": "a", TagName.digest: "s1", "azureml.schedule": "nightly"])
        #expect(job.content.keys.contains("environment.conda_file"))
        // Two days without anybody: what was missed is not made up for.
        try clock.set("2026-03-30T08:00:00Z")
        #expect(try runner.fireDue() == [])
        try clock.set("2026-03-31T06:00:30Z")
        #expect(try runner.fireDue() == ["nightly makes nightly-20260331T060000Z"])
    }

    @Test("A schedule that is switched off, changed or deleted fires no more as it did")
    func changes() async throws {
        let fixture = try WorkspaceFixture()
        let clock = try SetClock("2026-03-28T05:59:30Z")
        let (workspace, runner) = try stopped(fixture, clock)
        let six: JSONValue = ["type": "cron", "expression": "0 6 * * *"]
        let (off, content) = schedule("s", six, fixture: fixture, enabled: false)
        _ = try await workspace.perform(.putResource(off), content: content)
        try clock.set("2026-03-28T06:00:01Z")
        #expect(try runner.fireDue() == [])
        // Switched on behind the time: it waits for the next.
        let (on, _) = schedule("s", six, fixture: fixture)
        _ = try await workspace.perform(.putResource(on), content: content)
        #expect(try runner.fireDue() == [])
        let (changed, _) = schedule("s", ["type": "cron", "expression": "1 6 1 * *"], fixture: fixture)
        let outcome = try await workspace.perform(.putResource(changed), content: content)
        #expect(outcome.message?.contains("takes days and months of a cron expression for *") == true)
        try clock.set("2026-03-28T06:01:00Z")
        #expect(try runner.fireDue() == ["s makes s-20260328T060100Z"])
        _ = try await workspace.perform(.deleteResource(kind: .schedule, name: "s"), content: content)
        try clock.set("2026-03-29T06:01:00Z")
        #expect(try runner.fireDue() == [])
        #expect(try runner.store.releaseSchedules())
    }

    @Test("A schedule takes a job that ran before, or a component, with what it says differently")
    func references() async throws {
        let fixture = try WorkspaceFixture()
        let clock = try SetClock("2026-03-28T05:59:30Z")
        let (workspace, runner) = try stopped(fixture, clock)
        let (job, content) = fixture.draft("train", "echo ${{inputs.rate}}", fields: ["inputs": ["rate": 1]])
        _ = try await workspace.perform(.submitJob(job), content: content)
        let component = ResourceDefinition(
            kind: .component, name: "echo",
            fields: [
                "type": "command", "command": "echo ${{inputs.rate}}", "environment": job.fields["environment"] ?? [:],
                "inputs": ["rate": ["type": "number", "default": 3]],
            ])
        _ = try await workspace.perform(
            .createAsset(AssetDraft(definition: component, tags: [:], content: job.content)), content: content)
        for (name, reference) in [("again", "azureml:train"), ("part", "azureml:echo:1")] {
            let definition = ResourceDefinition(
                kind: .schedule, name: name,
                fields: [
                    "trigger": ["type": "cron", "expression": "0 6 * * *"],
                    "create_job": [
                        "type": "command", "job": .string(reference), "inputs": ["rate": 2], "experiment_name": "e",
                    ],
                ])
            _ = try await workspace.perform(
                .putResource(ResourceDraft(definition: definition, tags: [:])), content: content)
        }
        try clock.set("2026-03-28T06:00:00Z")
        #expect(try runner.fireDue().count == 2)
        for name in ["again", "part"] {
            let made = try #require(try workspace.store().job("\(name)-20260328T060000Z"))
            #expect(made.fields["command"] == "echo ${{inputs.rate}}")
            #expect(made.fields["inputs"]?["rate"] == 2)
            #expect(made.live.experimentName == "e")
            #expect(made.environment.conda?.contains("python=3.11") == true)
        }
    }

    @Test("The process that fires is there once, is started again after a kill, and ends with the last schedule")
    func process() async throws {
        let fixture = try WorkspaceFixture()
        let workspace = fixture.workspace
        let store = try workspace.store()
        // Without a start it fires at once, and then not for a month.
        let (draft, content) = schedule(
            "now", ["type": "recurrence", "frequency": "month", "interval": 1], fixture: fixture)
        _ = try await workspace.perform(.putResource(draft), content: content)
        let first = try #require(try await polled(within: .seconds(60)) { try store.scheduleRunner() })
        let job = try #require(
            try await polled(within: .seconds(240)) {
                try await workspace.liveState().jobs.first { $0.status.isTerminal }
            })
        #expect(job.name.hasPrefix("now-"))
        #expect(job.status == .completed, "\(fixture.log(job.name))")
        #expect(first.signal(SIGKILL))
        let second = try await polled(within: .seconds(60)) {
            _ = try await fixture.another().liveState()
            return try store.scheduleRunner().flatMap { $0 == first ? nil : $0 }
        }
        #expect(second != nil)
        // It looks at the schedule, and makes nothing of what was made.
        _ = try await workspace.perform(.putResource(draft), content: content)
        #expect(try await workspace.liveState().jobs.count == 1)
        #expect(try await workspace.liveState().resources.map(\.name) == ["now"])
        _ = try await workspace.perform(.deleteResource(kind: .schedule, name: "now"), content: content)
        let isGone = try await polled(within: .seconds(60)) { second?.isAlive == false ? true : nil }
        #expect(isGone == true)
        #expect(try await workspace.liveState().jobs.count == 1)
        #expect(try fixture.folder.read("runs") == "fired\n")
    }

    @Test("Computes, datastores and schedules of monitors are kept, changed in place and given back")
    func records() async throws {
        let fixture = try WorkspaceFixture()
        let workspace = fixture.workspace
        let content = FakeContent(files: [:])
        func put(_ kind: AssetKind, _ name: String, _ fields: JSONValue, _ tags: [String: String] = [:]) async throws
            -> OperationOutcome
        {
            let definition = ResourceDefinition(kind: kind, name: name, fields: fields)
            return try await workspace.perform(
                .putResource(ResourceDraft(definition: definition, tags: tags)), content: content)
        }
        _ = try await put(
            .compute, "cpu", ["type": "amlcompute", "max_instances": 2], ["a": "1", TagName.digest: "x"])
        _ = try await put(.compute, "cpu", ["type": "amlcompute", "max_instances": 4], [TagName.digest: "y"])
        _ = try await put(.datastore, "lake", ["type": "azure_blob", "account_name": "acc"])
        let outcome = try await put(
            .schedule, "watch",
            ["trigger": ["type": "cron", "expression": "0 6 * * *"], "create_monitor": ["compute": [:]]])
        #expect(outcome.message?.contains("does not run it") == true)
        let resources = try await workspace.liveState().resources
        #expect(resources.map(\.name) == ["cpu", "lake", "watch"])
        #expect(resources.first?.fields["max_instances"] == 4)
        #expect(resources.first?.tags == ["a": "1", TagName.digest: "y"])
        #expect(resources.allSatisfy { $0.provisioningState == .succeeded })
        #expect(try workspace.store().scheduleRunner() == nil)
        await #expect(throws: WorkspaceError.self) { try await put(.model, "m", [:]) }
        await #expect(throws: WorkspaceError.self) {
            try await put(.schedule, "bad", ["trigger": ["type": "cron", "expression": "?"], "create_job": [:]])
        }
        _ = try await workspace.perform(.deleteResource(kind: .compute, name: "cpu"), content: content)
        _ = try await workspace.perform(.deleteResource(kind: .compute, name: "cpu"), content: content)
        #expect(try await workspace.liveState().resources.map(\.name) == ["lake", "watch"])
    }
}

/// A clock that shows what it is told.
private final class SetClock: WallClock {
    private let moment: Mutex<Timestamp>

    init(_ text: String) throws { moment = Mutex(try #require(Timestamp(text))) }

    func set(_ text: String) throws {
        let next = try #require(Timestamp(text))
        moment.withLock { $0 = next }
    }

    func now() -> Timestamp { moment.withLock { $0 } }
}
