import AssetSchema
import Digest
import Foundation
import Glibc
import Subprocess
import TestSupport
import Testing
import Workspace

@testable import LocalWorkspace

@Suite("Sweeps, really run")
struct SweepTests {
    /// Logs a metric by the tracking API alone, so that trials need no packages.
    private static let script = """
        import json, os, sys, urllib.request
        def log(value, step):
            request = urllib.request.Request(
                os.environ["MLFLOW_TRACKING_URI"] + "/api/2.0/mlflow/runs/log-metric",
                json.dumps({"run_id": os.environ["MLFLOW_RUN_ID"], "key": "score", "value": value, "step": step,
                            "timestamp": 1000 + step}).encode(),
                {"Authorization": "Bearer " + os.environ["MLFLOW_TRACKING_TOKEN"], "Content-Type": "application/json"})
            urllib.request.urlopen(request)
        x = float(sys.argv[1])
        with open(sys.argv[2], "a") as file:
            file.write(os.environ["MLFLOW_RUN_ID"] + " " + sys.argv[1] + "\\n")
        for step in range(3):
            log(x, step)
        gate = sys.argv[3]
        if os.path.exists(gate) and os.environ["MLFLOW_RUN_ID"].endswith("_1"):
            open(gate).read()
        os.makedirs("outputs/model")
        open("outputs/model/weights", "w").write(sys.argv[1])
        """

    private func sweep(
        _ fixture: WorkspaceFixture, _ name: String, _ more: [String: JSONValue]
    ) -> (JobDraft, FakeContent) {
        let content = FakeContent(files: ["main.py": Self.script, "conda.yml": "dependencies: [python=3.11]"])
        let command =
            "python main.py ${{search_space.x}} \(fixture.folder.file("runs")) \(fixture.folder.file("gate"))"
        let fields: [String: JSONValue] = [
            "type": "sweep", "experiment_name": "tune", "objective": ["goal": "maximize", "primary_metric": "score"],
            "trial": [
                "command": .string(command), "code": "./src",
                "environment": ["image": "x", "conda_file": "conda.yml"],
            ],
        ]
        return (
            JobDraft(
                name: name, kind: .sweepJob, fields: .object(fields.merging(more) { $1 }), tags: ["t": "1"],
                content: [
                    "trial.code": content.tree(["main.py"], isFile: false),
                    "trial.environment.conda_file": content.tree(["conda.yml"], isFile: true),
                ]), content
        )
    }

    private func trials(_ fixture: WorkspaceFixture, _ name: String) async throws -> [LiveJob] {
        try await fixture.workspace.liveState().jobs.filter { $0.parent == name }.sorted { $0.name < $1.name }
    }

    @Test("A grid runs every trial, and the best one's metrics and artifacts are the sweep's")
    func grid() async throws {
        let fixture = try WorkspaceFixture()
        let (draft, content) = sweep(
            fixture, "grid",
            [
                "sampling_algorithm": "grid",
                "search_space": ["x": ["type": "choice", "values": [0.25, 0.75, 0.5]]],
                "limits": ["max_total_trials": 10, "max_concurrent_trials": 2],
            ])
        let job = try await fixture.run(draft, content)
        #expect(job.status == .completed, "\(fixture.log("grid"))")
        #expect(job.metrics == ["score": 0.75])
        #expect(job.tags == ["t": "1", "best_child_run_id": "grid_1"])
        #expect(job.artifactDigests.keys.sorted() == ["outputs", "outputs/model"])
        let all = try await trials(fixture, "grid")
        #expect(all.map(\.name) == ["grid_0", "grid_1", "grid_2"])
        #expect(all.allSatisfy { $0.status == .completed && $0.experimentName == "tune" })
        #expect(all.map { $0.tags["hyperparameters"] } == [#"{"x":0.25}"#, #"{"x":0.75}"#, #"{"x":0.5}"#])
        #expect(fixture.log("grid").contains("best: grid_1, score 0.75"))
        // A model is taken from the sweep as from any job.
        let model = ModelDraft(
            definition: ResourceDefinition(kind: .model, name: "m", fields: ["type": "custom_model"]), tags: [:],
            job: "grid", artifactPath: "outputs/model")
        #expect(try await fixture.workspace.perform(.registerModel(model), content: content).version == "1")
    }

    @Test("A trial that does worse than its policy allows is ended, and the sweep goes on")
    func earlyTermination() async throws {
        let fixture = try WorkspaceFixture()
        // Opened for reading by the second trial, and never by anybody else.
        #expect(mkfifo(fixture.folder.file("gate"), 0o600) == 0)
        let (draft, content) = sweep(
            fixture, "early",
            [
                "sampling_algorithm": "grid",
                "search_space": ["x": ["type": "choice", "values": [0.9, 0.1]]],
                "early_termination": ["type": "bandit", "slack_factor": 0.1, "delay_evaluation": 2],
                "limits": ["max_concurrent_trials": 2],
            ])
        let job = try await fixture.run(draft, content)
        #expect(job.status == .completed, "\(fixture.log("early"))")
        #expect(try await trials(fixture, "early").map(\.status) == [.completed, .canceled])
        #expect(job.metrics == ["score": 0.9])
        #expect(fixture.log("early").contains("early_1 is ended: it does worse than others at interval 3"))
    }

    @Test("A sweep whose supervisor is killed goes on where it was, without a trial twice")
    func killed() async throws {
        let fixture = try WorkspaceFixture()
        #expect(mkfifo(fixture.folder.file("gate"), 0o600) == 0)
        let (draft, content) = sweep(
            fixture, "lost",
            [
                "sampling_algorithm": ["type": "random", "seed": 5],
                "search_space": ["x": ["type": "uniform", "min_value": 0, "max_value": 1]],
                "limits": ["max_total_trials": 4, "max_concurrent_trials": 1],
            ])
        _ = try await fixture.workspace.perform(.submitJob(draft), content: content)
        _ = try await fixture.wait("lost_1") { $0.status == .running }
        let supervisor = try #require(try fixture.workspace.store().job("lost")?.supervisor)
        #expect(supervisor.signal(SIGKILL))
        _ = try await polled(within: .seconds(30)) { supervisor.isAlive ? nil : true }
        _ = try await polled(within: .seconds(60)) {
            _ = try await fixture.another().liveState()
            return try fixture.workspace.store().job("lost")?.supervisor == supervisor ? nil : true
        }
        try Data("go\n".utf8).write(to: URL(filePath: fixture.folder.file("gate")))
        let job = try await fixture.wait("lost") { $0.status.isTerminal }
        #expect(job.status == .completed, "\(fixture.log("lost"))")
        let runs = try fixture.folder.read("runs").split(separator: "\n").map { $0.split(separator: " ") }
        #expect(runs.map { String($0[0]) } == ["lost_0", "lost_1", "lost_2", "lost_3"])
        // The same as if nobody had been killed.
        let definition = try SweepDefinition(draft.fields)
        let python = try await PythonEnvironments(SharedState.layout).prepare(TrialSampler.environment(definition))
        let resources = try EmbeddedPython.directory(in: "\(SharedState.layout.tools)/python")
        let sampler = TrialSampler(
            interpreter: python.python, script: "\(resources)/sweep_sampler.py", environment: HostEnvironment.minimal())
        let expected = try await sampler.next(definition, seed: 5, index: 0, count: 4, known: [])
        #expect(runs.map { Double($0[1]) } == expected.map { $0["x"]?.doubleValue })
        #expect(job.metrics["score"] == runs.compactMap { Double($0[1]) }.max())
    }

    @Test(
        "A sweep without a trial that logs the metric fails with the first reason, and a cancelled one takes its trials along"
    )
    func failures() async throws {
        let fixture = try WorkspaceFixture()
        var (draft, content) = sweep(
            fixture, "bad",
            [
                "search_space": ["x": ["type": "choice", "values": ["no-number"]]],
                "limits": ["max_total_trials": 2, "max_concurrent_trials": 2],
            ])
        let job = try await fixture.run(draft, content)
        #expect(job.status == .failed)
        #expect(job.error?.contains("none of its 2 trials was completed with the metric 'score'; bad_0 exited") == true)
        #expect(mkfifo(fixture.folder.file("gate"), 0o600) == 0)
        (draft, content) = sweep(
            fixture, "stop",
            ["search_space": ["x": ["type": "choice", "values": [1]]], "limits": ["max_total_trials": 2]])
        _ = try await fixture.workspace.perform(.submitJob(draft), content: content)
        _ = try await fixture.wait("stop_1") { $0.status == .running }
        _ = try await fixture.workspace.perform(.cancelJob(name: "stop"), content: content)
        #expect(try await fixture.wait("stop") { $0.status.isTerminal }.status == .canceled)
        #expect(try await trials(fixture, "stop").last?.status == .canceled)
        // What cannot run is refused before anything is kept.
        draft.name = "refused"
        draft.fields["objective"] = ["goal": "win", "primary_metric": "score"]
        await #expect(throws: WorkspaceError.self) {
            try await fixture.workspace.perform(.submitJob(draft), content: content)
        }
    }
}
