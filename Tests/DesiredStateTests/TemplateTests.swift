import AssetSchema
import DesiredState
import Digest
import TestSupport
import Testing

@Suite("The templates' repository, unchanged")
struct TemplateTests {
    @Test("gives dev, prod and blue with their bound names")
    func stages() async throws {
        let fixture = try await TemplateProject.repository()
        let reading = try TemplateProject.reader(fixture).read()
        #expect(reading.project.stages.map(\.name) == ["dev", "prod", "blue"])
        let prod = try #require(reading.stage("prod"))
        #expect(
            prod.assets.map(\.key.description) == [
                "environment/qiita-skilling", "data/qiita-diabates", "model/diabates", "command_job/pipeline",
                "online_endpoint/qiita-diabates-oep-prod",
                "online_deployment/qiita-diabates-oep-prod/qiita-diabates-odp",
                "batch_endpoint/qiita-diabates-bep-prod", "batch_deployment/qiita-diabates-bep-prod/qiita-diabates-bdp",
            ])
        #expect(prod.workspace.name == "mlw-diabetes-prod")
        #expect(prod.workspace.resourceGroup == "rg-diabetes-prod")
        #expect(prod.modelPath == "log_model")
        #expect(prod.onlineRequest?.entries.map(\.path) == ["online-diabetes.json"])
        #expect(prod.batchRequest?.isFile == true)
        #expect(
            reading.stage("dev")?.assets.map(\.key.description).last?.hasPrefix(
                "batch_deployment/qiita-diabates-bep-dev/") == true)
        #expect(reading.stage("blue")?.assets == [])
        #expect(reading.stage("blue")?.workspace == prod.workspace)
        #expect(reading.project.assumptions == [])
    }

    @Test("leaves the scoring data set out that its template never filled in")
    func unfilled() async throws {
        let text = try await TemplateProject.findings()
        #expect(
            text == """
                mlops/deploy/batch/batch-dataset.yml:1:1: warning: left out: "SCORING_DATASET_NAME" still has the placeholder "<sample-string>"
                    1 | $schema: https://azuremlschemas.azureedge.net/latest/data.schema.json
                      | ^
                mlops/config-mlops.yml:11:25: note: the placeholder
                   11 |   SCORING_DATASET_NAME: <sample-string> #現状使わない
                      |                         ^
                1 warning

                """)
    }
}
