import AssetSchema
import Digest
import Foundation
import Glibc
import Subprocess
import TestSupport
import Testing
import Workspace

@testable import LocalWorkspace

@Suite("Pipelines, really run")
struct PipelineTests {
    @Test("Data goes through a registered component, an inline one and a plain step to the pipeline's outputs")
    func threeSteps() async throws {
        let fixture = try await PipelineFixture()
        try await fixture.register(
            .data, "numbers", ["type": "uri_folder", "path": "numbers"],
            files: ["path": ["a.csv": "1\n2\n", "b.csv": "3\n"]])
        try await fixture.register(
            .component, "prep",
            [
                "type": "command",
                "command":
                    "sh prep.sh ${{inputs.raw}} ${{inputs.head}} $[[--note ${{inputs.note}}]] > ${{outputs.clean}}",
                "environment": "azureml:plain:1",
                "inputs": [
                    "raw": ["type": "uri_folder"], "head": ["type": "string", "default": "top"],
                    "note": ["type": "string", "optional": true],
                ], "outputs": ["clean": ["type": "uri_file"]],
            ], files: ["code": ["prep.sh": "echo $2 $3; cat $1/*"]])
        let job = try await fixture.run(
            "p",
            [
                "experiment_name": "taxi",
                "inputs": [
                    "raw": ["type": "uri_folder", "path": "azureml:numbers:1"], "rate": 0.5,
                    "folder": ["type": "uri_folder"],
                ],
                "outputs": ["model": ["type": "custom_model"]],
                "settings": ["default_compute": "azureml:cpu", "default_datastore": "azureml:workspaceblobstore"],
                "jobs": [
                    "prep": [
                        "type": "command", "component": "azureml:prep@latest",
                        "inputs": ["raw": "${{parent.inputs.raw}}"],
                    ],
                    "train": [
                        "component": [
                            "type": "command",
                            "command": "sh train.sh ${{inputs.data}} ${{inputs.rate}} ${{outputs.model}}",
                            "environment": "azureml:plain:1",
                            "inputs": ["data": ["type": "uri_file"], "rate": ["type": "number", "min": 0, "max": 1]],
                            "outputs": ["model": ["type": "custom_model"]],
                        ],
                        "inputs": [
                            "data": ["path": "${{parent.jobs.prep.outputs.clean}}"], "rate": "${{parent.inputs.rate}}",
                        ],
                        "outputs": ["model": "${{parent.outputs.model}}"],
                        "environment_variables": ["COLOR": "rate ${{parent.inputs.rate}}"],
                    ],
                    "score": PipelineFixture.step(
                        "cat ${{inputs.model}}/weights; ls ${{inputs.extra}}; mkdir outputs; echo fine > outputs/report",
                        inputs: ["model": "${{parent.jobs.train.outputs.model}}", "extra": "${{parent.inputs.folder}}"]),
                ],
            ],
            files: [
                "jobs.train.component.code": ["train.sh": "echo $2 $COLOR > $3/weights; cat $1 >> $3/weights"],
                "inputs.folder.path": ["extra.txt": "x"],
            ])
        #expect(job.status == .completed, "\(job.error ?? "") \(fixture.log("p"))")
        #expect(job.kind == .pipelineJob && job.experimentName == "taxi")
        let steps = try await fixture.steps("p")
        #expect(steps.mapValues(\.status) == ["prep": .completed, "train": .completed, "score": .completed])
        #expect(steps["train"]?.parent == "p" && steps["train"]?.experimentName == "taxi")
        #expect(fixture.log("p--score").hasPrefix("0.5 rate 0.5\ntop\n1\n2\n3\nextra.txt\n"))
        #expect(try fixture.text("p", "outputs.model", "weights") == "0.5 rate 0.5\ntop\n1\n2\n3\n")
        // What an evaluation or a model of the pipeline's job finds.
        #expect(try fixture.text("p", "artifacts", "model/weights").hasPrefix("0.5"))
        #expect(try fixture.text("p", "artifacts", "outputs/report") == "fine\n")
        #expect(job.outputDigests.keys.sorted() == ["model"])
        #expect(fixture.log("p").contains("prep: completed\n"))
        for path in ["azureml://jobs/p/outputs/artifacts/paths/model/", "azureml://jobs/p/outputs/model"] {
            _ = try await fixture.workspace.perform(
                .registerModel(
                    ModelDraft(
                        definition: ResourceDefinition(
                            kind: .model, name: "m", fields: ["type": "custom_model", "path": .string(path)]), tags: [:]
                    )),
                content: FakeContent(files: [:]))
        }
        let models = try await fixture.workspace.liveState().assets.filter { $0.kind == .model }
        #expect(models.count == 2 && Set(models.map { $0.tags[TagName.modelDigest] }).count == 1)
    }

    @Test("Steps that do not need each other run at the same time, and parents hold no slot")
    func parallel() async throws {
        let fixture = try await PipelineFixture(jobLimit: 2)
        let (left, right) = (fixture.base.folder.file("left"), fixture.base.folder.file("right"))
        // Each waits for the other: one after the other would never end.
        let inner: JSONValue = [
            "type": "pipeline", "outputs": ["said": ["type": "uri_folder"]],
            "jobs": [
                "right": PipelineFixture.step(
                    "mkfifo \(right); echo x > \(left) && cat \(right) > ${{outputs.said}}/text",
                    outputs: ["said": "${{parent.outputs.said}}"])
            ],
        ]
        let job = try await fixture.run(
            "p",
            [
                "outputs": ["all": [:]],
                "jobs": [
                    "nested": ["type": "pipeline", "component": inner],
                    "left": PipelineFixture.step(
                        "mkfifo \(left); cat \(left); while ! [ -p \(right) ]; do :; done; echo from left > \(right)"),
                    "last": PipelineFixture.step(
                        "cp ${{inputs.said}}/text ${{outputs.all}}/",
                        inputs: ["said": "${{parent.jobs.nested.outputs.said}}"],
                        outputs: ["all": "${{parent.outputs.all}}"]),
                ],
            ])
        #expect(job.status == .completed, "\(job.error ?? "") \(fixture.log("p")) \(fixture.log("p--nested"))")
        #expect(try fixture.text("p", "outputs.all", "text") == "from left\n")
        #expect(try await fixture.steps("p--nested").keys.sorted() == ["right"])
    }

    @Test("On the second submission only the step that changed, and what needs it, runs again")
    func reuse() async throws {
        let fixture = try await PipelineFixture()
        let runs = fixture.base.folder.file("runs")
        func pipeline(_ rate: JSONValue, force: Bool = false) -> JSONValue {
            [
                "settings": ["force_rerun": .bool(force)],
                "jobs": [
                    "a": PipelineFixture.step(
                        "echo a >> \(runs); echo 1 > ${{outputs.o}}/x", outputs: ["o": [:]],
                        ["compute": .string("azureml:\(force)")]),
                    "b": PipelineFixture.step(
                        "echo b >> \(runs); echo ${{inputs.rate}} > ${{outputs.o}}/x", inputs: ["rate": rate],
                        outputs: ["o": [:]]),
                    "c": PipelineFixture.step(
                        "echo c >> \(runs); cat ${{inputs.a}}/x ${{inputs.b}}/x",
                        inputs: ["a": "${{parent.jobs.a.outputs.o}}", "b": "${{parent.jobs.b.outputs.o}}"]),
                    "d": PipelineFixture.step("echo d >> \(runs)", ["component": ["is_deterministic": false]]),
                ],
            ]
        }
        func counts() throws -> [String] {
            let lines = try fixture.base.folder.read("runs").split(separator: "\n").map(String.init)
            try Data().write(to: URL(filePath: runs))
            return lines.sorted()
        }
        #expect(try await fixture.run("one", pipeline(1)).status == .completed, "\(fixture.log("one"))")
        #expect(try counts() == ["a", "b", "c", "d"])
        #expect(try await fixture.run("two", pipeline(2)).status == .completed)
        #expect(try counts() == ["b", "c", "d"])
        let steps = try await fixture.steps("two")
        #expect(steps["a"]?.tags[TagName.reusedFrom] == "one--a")
        let original = try await fixture.steps("one")
        #expect(steps["a"]?.status == .completed)
        #expect(steps["a"]?.outputDigests == original["a"]?.outputDigests)
        #expect(steps["b"]?.tags[TagName.reusedFrom] == nil)
        #expect(fixture.log("two").contains("a: reused from one--a\n"))
        #expect(fixture.log("two--a").contains("one--a"))
        #expect(try await fixture.run("three", pipeline(1)).status == .completed)
        #expect(try counts() == ["d"])
        let third = try await fixture.steps("three")
        #expect(third["a"]?.tags[TagName.reusedFrom] == "one--a")
        #expect(try await fixture.run("four", pipeline(1, force: true)).status == .completed)
        #expect(try counts() == ["a", "b", "c", "d"])
    }

    @Test("A step that fails ends the pipeline with its name and last line, and the others with it")
    func failure() async throws {
        let fixture = try await PipelineFixture()
        let gate = fixture.base.folder.file("gate")
        func jobs(_ other: String) -> JSONValue {
            [
                "good": PipelineFixture.step(other),
                "bad": PipelineFixture.step("echo x > \(gate); echo the reason >&2; exit 3", outputs: ["o": [:]]),
                "after": PipelineFixture.step("true", inputs: ["i": "${{parent.jobs.bad.outputs.o}}"]),
            ]
        }
        let wait = "mkfifo \(gate); echo up; read x < \(gate); rm \(gate)"
        let job = try await fixture.run("p", ["jobs": jobs("\(wait); sleep 1000")])
        #expect(job.status == .failed)
        #expect(job.error == "the step bad exited with status 3: the reason")
        #expect(try await fixture.steps("p").mapValues(\.status) == ["good": .canceled, "bad": .failed])
        let next = try await fixture.run(
            "q", ["settings": ["continue_on_step_failure": true], "jobs": jobs("\(wait); echo done")])
        #expect(next.status == .failed)
        #expect(next.error == "the step bad exited with status 3: the reason")
        #expect(try await fixture.steps("q").mapValues(\.status) == ["good": .completed, "bad": .failed])
        #expect(fixture.log("q").contains("after: skipped\n"))
        let shown = try fixture.workspace.show(job: "q")["steps"]?.arrayValue ?? []
        #expect(
            shown.map { "\($0["step"]?.stringValue ?? "") \($0["status"]?.stringValue ?? "")" }.sorted()
                == ["after Skipped", "bad Failed", "good Completed"])
    }

    @Test("A cancelled pipeline ends with its steps")
    func cancel() async throws {
        let fixture = try await PipelineFixture()
        try await fixture.submit("p", ["jobs": ["slow": PipelineFixture.step("echo up; sleep 1000")]])
        _ = try await fixture.base.wait("p--slow") { _ in fixture.log("p--slow").contains("up") }
        _ = try await fixture.workspace.perform(.cancelJob(name: "p"), content: FakeContent(files: [:]))
        #expect(try await fixture.base.wait("p") { $0.status.isTerminal }.status == .canceled)
        #expect(try await fixture.steps("p").mapValues(\.status) == ["slow": .canceled])
    }

    @Test("A pipeline whose supervisor is killed goes on under another, and no step runs twice")
    func killed() async throws {
        let fixture = try await PipelineFixture()
        let (gate, runs) = (fixture.base.folder.file("gate"), fixture.base.folder.file("runs"))
        try await fixture.submit(
            "p",
            [
                "jobs": [
                    "a": PipelineFixture.step("echo a >> \(runs); echo 1 > ${{outputs.o}}/x", outputs: ["o": [:]]),
                    "b": PipelineFixture.step(
                        "echo b >> \(runs); mkfifo \(gate); echo up; cat \(gate); cp ${{inputs.a}}/x ${{outputs.o}}/",
                        inputs: ["a": "${{parent.jobs.a.outputs.o}}"], outputs: ["o": [:]]),
                    "c": PipelineFixture.step(
                        "echo c >> \(runs); cat ${{inputs.b}}/x", inputs: ["b": "${{parent.jobs.b.outputs.o}}"]),
                ]
            ])
        _ = try await fixture.base.wait("p--b") { _ in fixture.log("p--b").contains("up") }
        let first = try #require(try fixture.workspace.store().job("p")?.supervisor)
        #expect(first.signal(SIGKILL))
        while first.isAlive { await Task.yield() }
        #expect(
            try await fixture.base.another(isReadOnly: true).liveState().jobs.first { $0.name == "p" }?.status
                == .running)
        _ = try await fixture.base.wait("p") { _ in
            (try? fixture.workspace.store().job("p")?.supervisor?.isAlive) == true
        }
        try Data("go\n".utf8).write(to: URL(filePath: gate))
        let job = try await fixture.base.wait("p") { $0.status.isTerminal }
        #expect(job.status == .completed, "\(job.error ?? "")")
        #expect(try fixture.base.folder.read("runs") == "a\nb\nc\n")
        #expect(try fixture.workspace.store().job("p")?.supervisor != first)
    }

    @Test("A pipeline whose step's supervisor is killed is not responding, so that it is asked for again")
    func lostStep() async throws {
        let fixture = try await PipelineFixture()
        try await fixture.submit("p", ["jobs": ["a": PipelineFixture.step("echo up; sleep 1000")]])
        _ = try await fixture.base.wait("p--a") { _ in fixture.log("p--a").contains("up") }
        #expect(try fixture.workspace.store().job("p--a")?.supervisor?.signal(SIGKILL) == true)
        let job = try await fixture.base.wait("p") { $0.status.isTerminal }
        #expect(job.status == .notResponding)
        #expect(job.error == "the step a is not responding: its supervisor was killed")
    }
}
