import Diagnostics
import DesiredState
import Testing

@Suite("Explaining a value")
struct ExplainTests {
    @Test("tells the chain from the field through every variable")
    func chain() async throws {
        let changes = [
            "mlops/config-mlops.yml": TemplateProject.names.replacing(
                "ONLINE_ENDPOINT_NAME: qiita-diabates-oep", with: "ONLINE_ENDPOINT_NAME: oep-$(NAMESPACE)"),
            "mlops/config-infra-prod.yml": TemplateProject.infra + "\n  NAMESPACE: other\n",
        ]
        try await TemplateProject.reading(changes) { reading in
            let found = try #require(reading.explain(stage: "prod", object: "online-endpoint", field: "name"))
            #expect(found.value == "oep-other-prod")
            #expect(
                found.steps.map { "\($0.location?.description ?? "-") \($0.name) = \($0.text)" } == [
                    "mlops/deploy/online/online-endpoint.yml:2:7 mlops/deploy/online/online-endpoint.yml name"
                        + " = override config-mlops.yml",
                    "- override of name = $(ONLINE_ENDPOINT_NAME)-$(ENVIRONMENT)",
                    "mlops/config-mlops.yml:17:25 ONLINE_ENDPOINT_NAME = oep-$(NAMESPACE)",
                    "mlops/config-infra-prod.yml:5:14 NAMESPACE = other",
                    "environments/prod.yml:1:7 ENVIRONMENT = prod",
                ])
            #expect(
                found.steps[3].overrides == [
                    .init("diabetes", at: SourceLocation(path: "mlops/config-mlops.yml", line: 2, column: 14))
                ])
            #expect(found.steps[1].overrides.map(\.text) == ["override config-mlops.yml"])
            #expect(
                reading.explain(stage: "dev", object: "online-endpoint", field: "name")?.value == "oep-diabetes-dev")
        }
    }

    @Test("finds objects by key, name and file, fields by dots, and variables by name")
    func lookup() async throws {
        try await TemplateProject.reading { reading in
            for object in ["command_job/pipeline", "pipeline", "mlops/continuous-training/pipeline.yml"] {
                let found = reading.explain(stage: "dev", object: object, field: "inputs.input.path")
                #expect(found?.value == "azureml:qiita-diabates@latest")
            }
            #expect(reading.explain(stage: "dev", object: "diabates", field: "path")?.value == "log_model")
            #expect(reading.explain(stage: "dev", variable: "AML_WORKSPACE_NAME")?.value == "mlw-diabetes-dev")
            #expect(reading.explain(stage: "dev", variable: "AML_WORKSPACE_NAME")?.steps.count == 3)
            #expect(reading.explain(stage: "dev", object: "pipeline", field: "nothing") == nil)
            #expect(reading.explain(stage: "nowhere", object: "pipeline", field: "code") == nil)
        }
    }

    @Test("shows what a pipeline's value took the place of")
    func overridden() async throws {
        let files = ClassicalProject.configured.merging(ClassicalProject.workflows) { $1 }
        try await ClassicalProject.reading(files) { reading in
            let found = try #require(reading.explain(stage: "dev", object: "online-endpoint", field: "name"))
            #expect(found.value == "gha-oep-bikes-0007dev")
            #expect(
                found.steps.map { "\($0.location?.description ?? "-") \($0.name) = \($0.text)" }.prefix(2) == [
                    "mlops/azureml/deploy/online/online-endpoint.yml:2:7 mlops/azureml/deploy/online/online-endpoint.yml"
                        + " name = bikes-online",
                    ".github/workflows/deploy-online.yml:14:22 override of name"
                        + " = gha-oep-$(namespace)-$(postfix)$(environment)",
                ])
            #expect(found.steps[1].overrides.map(\.text) == ["bikes-online"])
            #expect(found.steps.suffix(3).map(\.name) == ["namespace", "postfix", "environment"])
        }
    }

    @Test("follows included files, lists and defaults, and tells values that are no text")
    func inside() async throws {
        let changes = [
            "steps/train.yml": "type: command\nname: train\ncommand: echo\nresources: { sizes: [1, 2] }\n",
            "mlops/azureml/train/flow.yml": """
            $schema: \(ClassicalProject.base)/pipelineJob.schema.json
            type: pipeline
            jobs:
              train: { type: command, component: "file:../../../steps/train.yml" }
            """,
        ]
        try await ClassicalProject.reading(ClassicalProject.configured, changes) { reading in
            let size = try #require(
                reading.explain(stage: "dev", object: "flow", field: "jobs.train.component.resources.sizes.1"))
            #expect(size.value == "2")
            #expect(
                size.steps.map { $0.location?.description } == [
                    "mlops/azureml/train/flow.yml:4:38", "steps/train.yml:4:25",
                ])
            let whole = try #require(reading.explain(stage: "dev", object: "job", field: "inputs.data"))
            #expect(whole.value == #"{"path":"azureml:bikes-data@latest","type":"uri_file"}"#)
            let type = try #require(reading.explain(stage: "dev", object: "online-deployment", field: "type"))
            #expect(type.value == "managed")
            #expect(type.steps.map(\.name) == ["default of type"])
        }
    }

    @Test("says what there is where a question means nothing")
    func unknown() async throws {
        try await TemplateProject.reading { reading in
            #expect(reading.explain(stage: "prd", word: "x.y") == .unknownStage(known: ["dev", "prod", "blue"]))
            #expect(reading.explain(stage: "blue", word: "online-endpoint.name") == .release(of: "prod"))
            guard
                case .unknownField("instance_typ", "online-deployment", "instance_type", let fields) = reading.explain(
                    stage: "dev", word: "online-deployment.instance_typ")
            else { throw Unexpected() }
            #expect(fields.prefix(2) == ["name", "endpoint_name"])
            guard
                case .unknownObject("online-endpont", "online-endpoint", let objects) = reading.explain(
                    stage: "dev", word: "online-endpont.name")
            else { throw Unexpected() }
            #expect(objects.contains("workspace"))
            guard case .unknownObject(_, "$(MODEL_NAME)", _) = reading.explain(stage: "dev", word: "$(MODEL_NAM)")
            else { throw Unexpected() }
            guard case .found(let workspace) = reading.explain(stage: "dev", word: "workspace.name") else {
                throw Unexpected()
            }
            #expect(workspace.value == "mlw-diabetes-dev")
        }
    }

    private struct Unexpected: Error {}
}
