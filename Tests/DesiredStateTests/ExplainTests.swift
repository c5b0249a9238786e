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
            #expect(found.steps[3].overrides.map(\.description) == ["mlops/config-mlops.yml:2:14"])
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
}
