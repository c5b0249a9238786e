import Diagnostics
import AssetSchema
import DesiredState
import Digest
import Testing

/// A change to the project, and the objects of dev whose digests it may change.
struct DigestCase: CustomTestStringConvertible {
    var name: String
    var changes: [String: String?]
    var digests: Set<String> = []
    var metadata: Set<String> = []
    var isTrainedAgain = false

    var testDescription: String { name }
}

@Suite("Digests")
struct DigestTests {
    private static func file(_ path: String) -> String { TemplateProject.files[path] ?? "" }
    private static let training = "mlops/continuous-training"

    static let cases: [DigestCase] = [
        .init(name: "README", changes: ["README.md": "# Another\n"]),
        .init(
            name: "an approval record",
            changes: ["environments/prod/approvals/register_model-1.yml": "decision: approve\n"]),
        .init(
            name: "the stage file", changes: ["environments/dev.yml": file("environments/dev.yml") + "\nprune: true\n"]),
        .init(
            name: "a comment and the order of keys",
            changes: [
                "\(training)/dataset.yml": """
                # moved
                path: ../../data/diabetes.csv
                type: uri_file
                name: "override config-mlops.yml"
                $schema: https://azuremlschemas.azureedge.net/latest/data.schema.json
                description: 糖尿病データセット
                """
            ]),
        .init(
            name: "a description",
            changes: [
                "\(training)/dataset.yml": file("\(training)/dataset.yml").replacing("糖尿病", with: "New")
            ], metadata: ["data/qiita-diabates"]),
        .init(
            name: "the data", changes: ["data/diabetes.csv": "PatientID\n2\n"],
            digests: ["data/qiita-diabates", "command_job/pipeline"], isTrainedAgain: true),
        .init(
            name: "the code", changes: ["data-science/src/main.py": "print(2)\n"],
            digests: ["command_job/pipeline"], isTrainedAgain: true),
        .init(
            name: "a new file of code", changes: ["data-science/src/lib/a.py": "\n"],
            digests: ["command_job/pipeline"], isTrainedAgain: true),
        .init(
            name: "a file of code that .amlignore leaves out",
            changes: [
                "data-science/src/.amlignore": "*.ipynb\n.amlignore\n", "data-science/src/try.ipynb": "{}",
            ]),
        .init(
            name: "the conda file",
            changes: ["data-science/environment/train-conda.yml": "dependencies: [python=3.11]\n"],
            digests: ["environment/qiita-skilling", "command_job/pipeline"], isTrainedAgain: true),
        .init(
            name: "the image",
            changes: [
                "\(training)/train-env.yml": file("\(training)/train-env.yml").replacing(
                    "ubuntu18.04", with: "ubuntu22.04")
            ], digests: ["environment/qiita-skilling", "command_job/pipeline"], isTrainedAgain: true),
        .init(
            name: "the command",
            changes: [
                "\(training)/pipeline.yml": file("\(training)/pipeline.yml").replacing(
                    "main.py", with: "main.py --fast")
            ], digests: ["command_job/pipeline"], isTrainedAgain: true),
        .init(
            name: "the compute",
            changes: [
                "\(training)/pipeline.yml": file("\(training)/pipeline.yml").replacing(
                    "cpu-cluster", with: "gpu-cluster")
            ], digests: ["command_job/pipeline"]),
        .init(
            name: "the experiment's name",
            changes: [
                "mlops/config-mlops.yml": TemplateProject.names.replacing("skill-challenge", with: "skill")
            ], digests: ["command_job/pipeline"]),
        .init(
            name: "the number of instances",
            changes: [
                "mlops/deploy/online/online-deployment.yml":
                    file("mlops/deploy/online/online-deployment.yml").replacing("count: 1", with: "count: 2")
            ], digests: ["online_deployment/qiita-diabates-oep-dev/qiita-diabates-odp"]),
        .init(
            name: "a retrain record",
            changes: [
                "environments/dev/retrain/1.yml":
                    "reason: drift\nrequested_by: alice@example.com\nrequested_at: 2026-01-02T03:04:05Z\n"
            ], isTrainedAgain: true),
    ]

    @Test("change exactly when what they stand for changes", arguments: cases)
    func changes(_ testCase: DigestCase) async throws {
        let before = try #require(try await TemplateProject.read().stage("dev"))
        let reading = try await TemplateProject.read(testCase.changes)
        let after = try #require(reading.stage("dev"))
        #expect(!reading.diagnostics.hasErrors, "\(reading.text)")
        #expect(before.assets.map(\.key) == after.assets.map(\.key))
        func differing(_ digest: (DesiredAsset) -> ContentDigest?) -> Set<String> {
            Set(zip(before.assets, after.assets).filter { digest($0) != digest($1) }.map(\.0.key.description))
        }
        #expect(differing { $0.digest } == testCase.digests)
        #expect(differing { $0.metadataDigest } == testCase.metadata)
        #expect(differing { $0.trainingKey } == (testCase.isTrainedAgain ? ["command_job/pipeline"] : []))
        let isTriggered = testCase.name == "a retrain record"
        #expect(
            differing { $0.contentKey } == (testCase.isTrainedAgain && !isTriggered ? ["command_job/pipeline"] : []))
    }

    @Test("are the same in dev and prod, so that content can be promoted")
    func promotion() async throws {
        let reading = try await TemplateProject.read()
        let dev = try #require(reading.stage("dev")?.asset("command_job/pipeline"))
        let prod = try #require(reading.stage("prod")?.asset("command_job/pipeline"))
        #expect(dev.contentKey == prod.contentKey)
        #expect(dev.contentKey == dev.trainingKey)
        #expect(
            dev.references.map { "\($0.key) \($0.value)" }.sorted() == [
                "environment environment/qiita-skilling", "inputs.input.path data/qiita-diabates",
            ])
        #expect(dev.contentPaths == ["code": "data-science/src"])
        #expect(
            dev.parts.map(\.name) == ["code", "command", "compute", "environment", "experiment_name", "inputs.input"])
    }
}
