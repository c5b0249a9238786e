import DesiredState
import Testing

/// A mistake in the template's repository; `MistakeTexts` holds all that is said of it.
struct MistakeCase: CustomTestStringConvertible {
    var name: String
    var changes: [String: String?]

    var testDescription: String { name }
}

@Suite("Mistakes")
struct MistakeTests {
    private static func file(_ path: String) -> String { TemplateProject.files[path] ?? "" }
    /// Takes the one warning of the template away, so that cases only hold their own mistake.
    private static let quiet: [String: String?] = ["mlops/deploy/batch/batch-dataset.yml": nil]
    private static let pipeline = "mlops/continuous-training/pipeline.yml"
    private static let names = "mlops/config-mlops.yml"
    private static let prod = "environments/prod.yml"
    private static let blue = "environments/blue.yml"

    static let cases: [MistakeCase] = [
        .init(
            name: "unknown name in an asset",
            changes: [
                pipeline: file(pipeline).replacing("azureml:cpu-cluster", with: "azureml:$(COMPUTE_NAM)"),
                names: TemplateProject.names + "\n  COMPUTE_NAME: cpu\n",
            ]),
        .init(
            name: "unknown name in a variable",
            changes: [
                names: TemplateProject.names.replacing("qiita-diabates-oep", with: "oep-$(NAMESPAC)")
            ]),
        .init(
            name: "cycle",
            changes: [
                names: TemplateProject.names.replacing(
                    "NAMESPACE: diabetes", with: "NAMESPACE: a$(B)\n  B: b$(C)\n  C: c$(NAMESPACE)")
            ]),
        .init(
            name: "pipeline's own name used",
            changes: [
                names: TemplateProject.names.replacing("qiita-diabates-oep", with: "oep-$(Build.BuildId)")
            ]),
        .init(
            name: "sentinel without variable",
            changes: [
                names: TemplateProject.names.replacing("TRAINING_DATASET_NAME", with: "TRAINING_DATASET_NAM")
            ]),
        .init(
            name: "sentinel where nothing binds",
            changes: [
                pipeline: file(pipeline).replacing("\"分類モデルのパイプライン\"", with: "override config-mlops.yml")
            ]),
        .init(
            name: "placeholder used",
            changes: [
                names: TemplateProject.names.replacing("MODEL_NAME: diabates", with: "MODEL_NAME: <sample-string>")
            ]),
        .init(
            name: "empty variable used",
            changes: [
                names: TemplateProject.names.replacing("MODEL_NAME: diabates", with: "MODEL_NAME: ''")
            ]),
        .init(
            name: "reference nothing provides",
            changes: [
                pipeline: file(pipeline).replacing("qiita-diabates@latest", with: "qiita-diabetes@latest")
            ]),
        .init(
            name: "reference with a version",
            changes: [
                pipeline: file(pipeline).replacing("qiita-diabates@latest", with: "other:3")
            ]),
        .init(
            name: "missing file",
            changes: [
                "mlops/continuous-training/dataset.yml": file("mlops/continuous-training/dataset.yml").replacing(
                    "diabetes.csv", with: "diabates.csv")
            ]),
        .init(
            name: "path that leads out",
            changes: [
                "mlops/continuous-training/dataset.yml": file("mlops/continuous-training/dataset.yml").replacing(
                    "../../data", with: "../../../data")
            ]),
        .init(
            name: "absolute path",
            changes: [
                "mlops/continuous-training/dataset.yml": file("mlops/continuous-training/dataset.yml").replacing(
                    "../../data", with: "/etc")
            ]),
        .init(
            name: "folder for uri_file",
            changes: [
                "mlops/continuous-training/dataset.yml": file("mlops/continuous-training/dataset.yml").replacing(
                    "/diabetes.csv", with: "")
            ]),
        .init(
            name: "two files of one name",
            changes: [
                "mlops/continuous-training/again.yml": file("mlops/continuous-training/model.yml")
            ]),
        .init(
            name: "YAML syntax",
            changes: [
                "mlops/continuous-training/model.yml": file("mlops/continuous-training/model.yml") + "\n  bad: [\n"
            ]),
        .init(
            name: "shell substitution in a command",
            changes: [
                pipeline: file(pipeline).replacing(
                    "python main.py", with: "python main.py --day $(date) $(date +%F) $((1+2)) $$(NAMESPACE)")
            ]),
        .init(
            name: "missing config file",
            changes: [
                "environments/dev.yml": file("environments/dev.yml").replacing(
                    "config-mlops.yml", with: "config-ml0ps.yml")
            ]),
        .init(
            name: "unknown key of a stage",
            changes: [
                prod: file(prod).replacing("promotes: dev", with: "promote: dev")
            ]),
        .init(
            name: "durations, counts and choices",
            changes: [
                prod: file(prod).replacing("14d", with: "14").replacing("approvals: 1", with: "approvals: 2").replacing(
                    "maximize", with: "maximise"
                ).replacing("0.75", with: "high").replacing("[alice@example.com]", with: "[alice]").replacing(
                    "type: local", with: "type: azure")
            ]),
        .init(
            name: "steps",
            changes: [
                blue: file(blue).replacing("traffic: 50, hold: 5m", with: "traffic: 5").replacing(
                    "{ traffic: 100 }", with: "{ traffic: 90 }")
            ]),
        .init(
            name: "unknown stages and gates",
            changes: [
                prod: file(prod).replacing("promotes: dev", with: "promotes: dve"),
                blue: file(blue).replacing("releases: prod", with: "releases: prood").replacing(
                    "release:", with: "relase:"),
            ]),
        .init(
            name: "circle of stages",
            changes: [
                "environments/dev.yml": file("environments/dev.yml") + "\npromotes: prod"
            ]),
        .init(
            name: "release stage with content",
            changes: [
                blue: file(blue) + "\nbranch: main\nevaluation: { metric: Accuracy }"
            ]),
        .init(
            name: "no model path",
            changes: [
                names: TemplateProject.names.replacing("MODEL_PATH", with: "MODEL_PAHT")
            ]),
        .init(
            name: "sample request",
            changes: [
                names: TemplateProject.names.replacing("data/online-diabetes.json", with: "data/online.json")
            ]),
        .init(
            name: "azureml without names",
            changes: [
                prod: file(prod).replacing("type: local", with: "type: azureml"),
                "mlops/config-infra-prod.yml": "variables:\n  AML_WORKSPACE_NAME: ''\n",
            ]),
        .init(
            name: "variables that are none",
            changes: [
                "mlops/config-infra-dev.yml": "variables:\n  LIST: [a]\n  ENVIRONMENT: test\n"
            ]),
        .init(
            name: "value that grows",
            changes: [
                names: TemplateProject.names + "\n  A: 0123456789012345678901234567890123456789\n"
                    + (0..<12).map { "  A\($0): $(A\($0 == 0 ? "" : "\($0 - 1)"))$(A\($0 == 0 ? "" : "\($0 - 1)"))\n" }
                    .joined()
            ]),
        .init(
            name: "placeholders in assets",
            changes: [
                pipeline: file(pipeline).replacing(
                    "azureml:qiita-skilling@latest", with: "azureml:<sample-string>@latest"
                ).replacing("type: uri_file", with: "type: <sample-string>")
            ]),
        .init(
            name: "two stages of one broken tree",
            changes: [
                "environments/dev.yml": file("environments/dev.yml").replacing("develop", with: "main"),
                "mlops/continuous-training/model.yml": "$schema: a/azureml/model.schema.json\nname: [\n",
            ]),
        .init(
            name: "records",
            changes: [
                "environments/prod/rollback.yml": "from: sha256:12\nto: diabates\nrequested_by: alice@example.com\n",
                "environments/prod/retrain/1.yml": "reson: drift\nrequested_at: yesterday\n",
                "environments/dev/suspended.yml": "objects: all\n",
            ]),
        .init(
            name: "bad deployment fields",
            changes: [
                "mlops/deploy/online/online-deployment.yml": file("mlops/deploy/online/online-deployment.yml")
                    .replacing("instance_count: 1", with: "instance_cuont: one")
            ]),
        .init(
            name: "no model for deployments",
            changes: [
                "mlops/continuous-training/model.yml": nil
            ]),
        .init(
            name: "environment overrides",
            changes: [
                "environments/dev.yml": file("environments/dev.yml")
                    + "\nenvironment_overrides:\n  qiita-skiling: { python: \"3.11\", conda_file: data-science/environment/train-cond.yml }\n  '*': { python: three }\n"
            ]),
    ]

    @Test("are told with their place", arguments: cases)
    func told(_ testCase: MistakeCase) async throws {
        let text = try await TemplateProject.findings(Self.quiet.merging(testCase.changes) { $1 })
        #expect(text == MistakeTexts.texts[testCase.name])
    }
}
