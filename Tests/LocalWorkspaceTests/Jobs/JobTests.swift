import AssetSchema
import Digest
import Foundation
import Glibc
import Subprocess
import TestSupport
import Testing
import TimeKeeping
import Workspace

@testable import LocalWorkspace

@Suite("Jobs, really run")
struct JobTests {
    @Test("A job gets code, inputs, outputs and a clean environment, and what it leaves is kept")
    func complete() async throws {
        let fixture = try WorkspaceFixture()
        let dataFile = FakeContent(files: ["my data.csv": "a,b\n1,2\n"])
        _ = try await fixture.workspace.perform(
            .createAsset(
                AssetDraft(
                    definition: ResourceDefinition(
                        kind: .data, name: "numbers", fields: ["type": "uri_file", "path": "my data.csv"]),
                    tags: [TagName.digest: "d1"], content: ["path": dataFile.tree(["my data.csv"], isFile: true)])),
            content: dataFile)
        let (draft, content) = fixture.draft(
            "first",
            "python main.py ${{inputs.data}} ${{inputs.rate}} ${{outputs.model}} && env | sort > outputs/env.txt",
            fields: [
                "inputs": ["data": ["type": "uri_file", "path": "azureml:numbers:1"], "rate": 0.5],
                "outputs": ["model": ["type": "uri_folder"]], "experiment_name": "trial",
                "environment_variables": ["COLOR": "blue green"],
            ],
            files: [
                "main.py": """
                import os, sys
                print(open(sys.argv[1]).read(), sys.argv[2])
                open(sys.argv[3] + "/weights", "w").write("w")
                os.mkdir("outputs")
                """
            ])
        let job = try await fixture.run(draft, content)
        #expect(job.status == .completed, "\(fixture.log("first"))")
        #expect(job.error == nil)
        #expect(job.experimentName == "trial")
        #expect(job.startedAt != nil && job.endedAt != nil)
        #expect(job.tags == ["reconcile.training_key": "k"])
        #expect(fixture.log("first").hasPrefix("a,b\n1,2\n 0.5"))
        #expect(job.artifactDigests.keys.sorted() == ["outputs"])
        let stored = try #require(try fixture.workspace.store().job("first"))
        #expect(stored.results["outputs.model"]?.entries.map(\.path) == ["weights"])
        let tree = try #require(stored.results["artifacts"])
        let bytes = try #require(try fixture.workspace.content.bytes(tree, "outputs/env.txt"))
        let variables = String(decoding: bytes, as: UTF8.self)
        #expect(variables.contains("COLOR=blue green\n"))
        #expect(variables.contains("AZUREML_RUN_ID=first\n"))
        #expect(variables.contains("MLFLOW_RUN_ID=first\n"))
        #expect(!variables.contains("hunter2"))
        #expect(!variables.contains("PYTHONDONTWRITEBYTECODE"))
    }

    @Test("A failing command fails its job with status and last line")
    func failing() async throws {
        let fixture = try WorkspaceFixture()
        let (draft, content) = fixture.draft("bad", "echo begin; echo the reason >&2; exit 3")
        let job = try await fixture.run(draft, content)
        #expect(job.status == .failed)
        #expect(job.error == "exited with status 3: the reason")
    }

    @Test("A job that cannot get its environment fails with the cause")
    func noEnvironment() async throws {
        let fixture = try WorkspaceFixture()
        let (draft, content) = fixture.draft("bad", "true", conda: "dependencies: [")
        let job = try await fixture.run(draft, content)
        #expect(job.status == .failed)
        #expect(job.error?.contains("conda file") == true)
    }

    @Test("A job beyond its time is ended with all it started")
    func timeout() async throws {
        let fixture = try WorkspaceFixture()
        let (draft, content) = fixture.draft(
            "slow", "sleep 1000 & echo $! > pid; sleep 1000", fields: ["limits": ["timeout": 1]])
        let job = try await fixture.run(draft, content)
        #expect(job.status == .failed)
        #expect(job.error?.contains("timeout of 1 seconds") == true)
        #expect(try await helperIsGone(fixture, "slow"))
    }

    @Test("A cancelled job ends with all it started")
    func cancel() async throws {
        let fixture = try WorkspaceFixture()
        let (draft, content) = fixture.draft("slow", "sleep 1000 & echo $! > pid; echo up; sleep 1000")
        _ = try await fixture.workspace.perform(.submitJob(draft), content: content)
        _ = try await fixture.wait("slow") { _ in fixture.log("slow").contains("up") }
        _ = try await fixture.workspace.perform(.cancelJob(name: "slow"), content: content)
        let job = try await fixture.wait("slow") { $0.status.isTerminal }
        #expect(job.status == .canceled)
        #expect(try await helperIsGone(fixture, "slow"))
        _ = try await fixture.workspace.perform(.cancelJob(name: "slow"), content: content)
    }

    @Test("Submitted twice, by two controllers at once, a job runs once")
    func once() async throws {
        let fixture = try WorkspaceFixture()
        let (draft, content) = fixture.draft("once", "echo run >> \(fixture.folder.file("runs"))")
        let other = fixture.another()
        async let first = fixture.workspace.perform(.submitJob(draft), content: content)
        async let second = other.perform(.submitJob(draft), content: content)
        _ = try await (first, second)
        _ = try await fixture.run(draft, content)
        _ = try await other.perform(.submitJob(draft), content: content)
        #expect(try await other.liveState().jobs.map(\.status) == [.completed])
        #expect(try fixture.folder.read("runs") == "run\n")
    }

    @Test("A job that was noted by a controller that then died is started by the next look, and by no dry run")
    func diedBetween() async throws {
        let fixture = try WorkspaceFixture()
        let (draft, content) = fixture.draft("left", "true")
        // All that submitting does before it starts the supervisor.
        let trees = try await fixture.workspace.keep(draft.content, content)
        let environment = try fixture.workspace.environment(
            draft.fields["environment"], override: nil, content: trees)
        #expect(
            try fixture.workspace.store().submit(
                draft, experiment: "Default", content: trees, environment: environment,
                at: fixture.workspace.clock.now()))
        #expect(try await fixture.another(isReadOnly: true).liveState().jobs.map(\.status) == [.notStarted])
        let job = try await fixture.wait("left", in: fixture.another()) { $0.status.isTerminal }
        #expect(job.status == .completed)
    }

    @Test("A job outlives its controller, whose successor finds it running")
    func survives() async throws {
        let fixture = try WorkspaceFixture()
        let gate = fixture.folder.file("gate")
        let (draft, content) = fixture.draft("long", "mkfifo \(gate); echo up; cat \(gate); echo done")
        _ = try await fixture.workspace.perform(.submitJob(draft), content: content)
        let next = fixture.another()
        _ = try await fixture.wait("long", in: next) { $0.status == .running && fixture.log("long").contains("up") }
        try Data("go\n".utf8).write(to: URL(filePath: gate))
        let job = try await fixture.wait("long", in: next) { $0.status.isTerminal }
        #expect(job.status == .completed)
        #expect(fixture.log("long").contains("up\ngo\ndone\n"))
    }

    @Test("A job whose supervisor is killed is not responding, its processes end, and it is not run again")
    func killedSupervisor() async throws {
        let fixture = try WorkspaceFixture()
        let (draft, content) = fixture.draft("lost", "sleep 1000 & echo $! > pid; echo up; sleep 1000")
        _ = try await fixture.workspace.perform(.submitJob(draft), content: content)
        _ = try await fixture.wait("lost") { $0.status == .running && fixture.log("lost").contains("up") }
        let supervisor = try #require(try fixture.workspace.store().job("lost")?.supervisor)
        #expect(supervisor.signal(SIGKILL))
        while supervisor.isAlive { await Task.yield() }
        #expect(try await fixture.another(isReadOnly: true).liveState().jobs.first?.status == .notResponding)
        let job = try await fixture.wait("lost") { $0.status.isTerminal }
        #expect(job.status == .notResponding)
        #expect(job.error == "its supervisor was killed")
        #expect(try await helperIsGone(fixture, "lost"))
        _ = try await fixture.workspace.perform(.submitJob(draft), content: content)
        #expect(try await fixture.workspace.liveState().jobs.first?.status == .notResponding)
    }

    @Test("Jobs beyond the limit wait in the order they came")
    func queue() async throws {
        let fixture = try WorkspaceFixture(jobLimit: 1)
        let gate = fixture.folder.file("gate")
        let (first, content) = fixture.draft("a", "mkfifo \(gate); echo up; cat \(gate)")
        let (second, _) = fixture.draft("b", "true")
        _ = try await fixture.workspace.perform(.submitJob(first), content: content)
        _ = try await fixture.wait("a") { _ in fixture.log("a").contains("up") }
        _ = try await fixture.workspace.perform(.submitJob(second), content: content)
        _ = try await fixture.wait("b") { $0.status == .queued }
        try Data().write(to: URL(filePath: gate))
        let last = try await fixture.wait("b") { $0.status.isTerminal }
        #expect(last.status == .completed)
    }

    @Test("What this workspace cannot run is refused at once")
    func refused() async throws {
        let fixture = try WorkspaceFixture()
        var (draft, content) = fixture.draft("x", "python ${{inputs.missing}}")
        await #expect(throws: WorkspaceError.self) {
            try await fixture.workspace.perform(.submitJob(draft), content: content)
        }
        draft.kind = .sweepJob
        await #expect(throws: WorkspaceError.self) {
            try await fixture.workspace.perform(.submitJob(draft), content: content)
        }
        #expect(try await fixture.workspace.liveState().jobs.isEmpty)
    }

    /// Whether the process whose number the job wrote down has ended.
    private func helperIsGone(_ fixture: WorkspaceFixture, _ job: String) async throws -> Bool {
        let text = try String(contentsOfFile: "\(fixture.workspace.layout.job(job).code)/pid", encoding: .utf8)
        let pid = try #require(Int32(text.split(separator: "\n").first ?? ""))
        return try await polled(within: .seconds(60)) {
            ProcessIdentity(of: pid).map { !$0.isAlive } ?? true ? true : nil
        } ?? false
    }
}
