import AssetSchema
import DesiredState
import Diagnostics
import Digest
import Testing

/// What jobs include from other files of the project.
@Suite("Included files")
struct InclusionTests {
    private static let base = TemplateProject.base
    private static let files: [String: String?] = [
        "mlops/jobs/graph.yml": """
        $schema: \(base)/pipelineJob.schema.json
        type: pipeline
        settings: { default_compute: azureml:cpu }
        jobs:
          first:
            type: command
            component: file:../components/train/train.yml
          second:
            type: command
            component: ../components/train/train.yml
            inputs: { rate: 2 }
        """,
        "mlops/components/train/train.yml": """
        $schema: \(base)/commandComponent.schema.json
        name: train
        version: 1
        type: command
        display_name: $(TRAINING_DATASET_NAME)
        inputs: { rate: { type: integer, default: 1 } }
        code: ./src
        command: python main.py ${{inputs.rate}}
        environment: { image: ubuntu, conda_file: conda.yml }
        """,
        "mlops/components/train/src/main.py": "print(1)\n",
        "mlops/components/train/conda.yml": "dependencies: [python=3.11]\n",
        "mlops/components/other.yml": """
        $schema: \(base)/commandComponent.schema.json
        name: other
        type: command
        command: echo
        environment: azureml:qiita-skilling@latest
        """,
    ]

    private func dev(_ changes: [String: String?] = [:]) async throws -> DesiredStage {
        let reading = try await TemplateProject.read(Self.files.merging(changes) { $1 })
        return try #require(reading.project.stages.first { $0.name == "dev" })
    }

    @Test func `an included component stands in its job, with variables, files and positions of its own`() async throws
    {
        let stage = try await dev()
        #expect(stage.diagnostics.filter { $0.severity == .error }.map(\.description) == [])
        let job = try #require(stage.assets.first { $0.kind == .pipelineJob })
        let component = job.definition.fields["jobs"]?["first"]?["component"]
        #expect(component?["display_name"] == "qiita-diabates")
        #expect(component?["name"] == nil)
        #expect(job.contentPaths["jobs.first.component.code"] == "mlops/components/train/src")
        #expect(
            job.contentPaths["jobs.second.component.environment.conda_file"] == "mlops/components/train/conda.yml")
    }

    @Test func `a component that a job includes is no asset of its own; one that nobody includes is`() async throws {
        let stage = try await dev()
        #expect(stage.assets.filter { $0.kind == .component }.map(\.definition.name) == ["other"])
    }

    @Test func `what an included file's code holds decides about the job's training`() async throws {
        let before = try await dev().assets.first { $0.kind == .pipelineJob }
        let after = try await dev(["mlops/components/train/src/main.py": "print(2)\n"]).assets
            .first { $0.kind == .pipelineJob }
        #expect(before?.trainingKey != nil)
        #expect(before?.trainingKey != after?.trainingKey)
    }

    @Test func `a mistake in an included file is told once, at its place there`() async throws {
        let stage = try await dev([
            "mlops/components/train/train.yml": """
            name: train
            type: command
            comand: echo $(NOPE)
            code: ./sources
            environment: azureml:qiita-skilling@latest
            """
        ])
        let told = stage.diagnostics.filter { $0.severity == .error }.map {
            "\($0.location?.path ?? ""):\($0.location?.line ?? 0) \($0.code)"
        }
        #expect(
            told == [
                "mlops/components/train/train.yml:3 unknown-variable",
                "mlops/components/train/train.yml:4 missing-file",
            ])
    }

    @Test func `a file that includes itself is refused where it does`() async throws {
        let stage = try await dev([
            "mlops/jobs/graph.yml": """
            $schema: \(Self.base)/pipelineJob.schema.json
            type: pipeline
            jobs: { again: { type: pipeline, component: ../components/round.yml } }
            """,
            "mlops/components/round.yml": """
            $schema: \(Self.base)/pipelineComponent.schema.json
            name: round
            type: pipeline
            jobs: { again: { type: pipeline, component: round.yml } }
            """,
        ])
        let told = stage.diagnostics.filter { $0.code == "endless-inclusion" }
        #expect(told.map { $0.location?.path } == ["mlops/components/round.yml"])
    }
}
