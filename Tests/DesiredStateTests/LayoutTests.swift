import AssetSchema
import DesiredState
import Diagnostics
import Digest
import Git
import TestSupport
import Testing

@Suite("Layouts in the wild")
struct LayoutTests {
    private func names(_ reading: ProjectReading, _ stage: String) -> [String] {
        (reading.stage(stage)?.assets ?? []).map(\.key.description)
    }

    @Test("takes the names that GitHub's workflows pass, and a model that the job registers")
    func workflows() async throws {
        let reading = try await ClassicalProject.read(
            ClassicalProject.configured.merging(ClassicalProject.workflows) { $1 })
        #expect(reading.project.stages.map(\.name) == ["dev", "prod"])
        #expect(reading.stage("prod")?.workspace.name == "mlw-bikes-0007prod")
        #expect(reading.stage("prod")?.workspace.resourceGroup == "rg-bikes-0007prod")
        #expect(reading.stage("prod")?.workspace.location == "westeurope")
        #expect(
            names(reading, "prod") == [
                "environment/bikes-env", "data/bikes-data", "command_job/job",
                "online_endpoint/gha-oep-bikes-0007prod", "online_deployment/gha-oep-bikes-0007prod/bikes-dp",
            ])
        #expect(names(reading, "dev").last == "online_deployment/gha-oep-bikes-0007dev/bikes-dp")
        let deployment = try #require(reading.stage("prod")?.assets.last)
        #expect(deployment.providers == ["model": AssetKey(kind: .commandJob, name: "job")])
        #expect(deployment.references["model"] == AssetKey(kind: .model, name: "bikes-model"))
        #expect(reading.diagnostics.isEmpty)
        #expect(
            reading.project.assumptions.contains(
                "mlops/azureml/deploy/online/online-endpoint.yml takes name gha-oep-$(namespace)-$(postfix)$(environment)"
                    + " from .github/workflows/deploy-online.yml:14"))
        #expect(
            reading.project.assumptions.contains(
                "model bikes-model is registered by command job job, which is given its name"))
    }

    @Test("takes what pipelines pass to templates of another repository, and leaves out what only a run knows")
    func pipelines() async throws {
        let reading = try await ClassicalProject.read(
            ClassicalProject.configured.merging(ClassicalProject.pipelines) { $1 })
        #expect(
            names(reading, "prod").suffix(2) == [
                "online_endpoint/ado-bikes0007prod", "online_deployment/ado-bikes0007prod/ado-dp",
            ])
        let job = try #require(reading.stage("dev")?.asset("command_job/job"))
        #expect(job.definition.fields["experiment_name"] == "dev_bikes_develop")
        #expect(job.definition.fields["inputs"]?["enable_monitoring"]?.stringValue == "false")
        #expect(job.definition.fields["display_name"] == nil)
        #expect(reading.stage("prod")?.onlineRequest?.entries.map(\.path) == ["request.json"])
        #expect(reading.diagnostics.isEmpty)
    }

    @Test("lets the workflow that GitHub runs count where both kinds are for one file")
    func both() async throws {
        let files = ClassicalProject.configured.merging(ClassicalProject.workflows) { $1 }
            .merging(ClassicalProject.pipelines) { $1 }
        let reading = try await ClassicalProject.read(files)
        #expect(names(reading, "prod").last == "online_deployment/gha-oep-bikes-0007prod/bikes-dp")
        #expect(
            reading.project.assumptions.contains(
                "mlops/devops-pipelines/deploy-online.yml is for the same files as .github/workflows/deploy-online.yml, "
                    + "which counts"))
    }

    @Test("reads scripts of templates in the repository as they are, and each stage's own pipeline for it")
    func ownTemplates() async throws {
        func pipeline(_ stage: String) -> String {
            """
            trigger: none
            variables:
              - name: ENVIRONMENT
                value: \(stage)
              - template: ../config-infra-\(stage).yml
            steps:
              - template: templates/endpoint.yml
                parameters:
                  FILE: $(Pipeline.Workspace)/drop/mlops/azureml/deploy/online/online-endpoint.yml
                  NAME: \(stage == "dev" ? "try" : "real")-$(namespace)
              - template: templates/endpoint.yml
                parameters:
                  FILE: mlops/azureml/deploy/online/online-deployment.yml
                  NAME: \(stage == "dev" ? "try" : "real")-$(namespace)
                  NOUN: online-deployment
                  FLAG: "-e"
            """
        }
        let template = """
            parameters:
              - name: FILE
              - name: NAME
              - name: NOUN
                default: online-endpoint
              - name: FLAG
                default: --name
            steps:
              - task: AzureCLI@2
                inputs:
                  inlineScript: |
                    FOUND=$(az ml ${{ parameters.NOUN }} list -o tsv --query "[?name=='x'][name]" | wc -l)
                    if [[ $FOUND -ne 1 ]]; then
                      az ml ${{ parameters.NOUN }} create \\
                        -f ${{ parameters.FILE }} \\
                        ${{ parameters.FLAG }} ${{ parameters.NAME }} --set description="Made for $(namespace)"
                    fi
            """
        let reading = try await ClassicalProject.read(
            ClassicalProject.configured,
            [
                "pipelines/dev.yml": pipeline("dev"), "pipelines/prod.yml": pipeline("prod"),
                "pipelines/templates/endpoint.yml": template,
            ])
        #expect(names(reading, "dev").suffix(2) == ["online_endpoint/try-bikes", "online_deployment/try-bikes/blue"])
        #expect(
            names(reading, "prod").suffix(2) == ["online_endpoint/real-bikes", "online_deployment/real-bikes/blue"])
        #expect(
            reading.stage("prod")?.asset("online_endpoint/real-bikes")?.definition.fields["description"]
                == "Made for bikes")
        #expect(reading.diagnostics.isEmpty)
    }

    @Test("leaves out jobs that no pipeline submits where pipelines submit others")
    func unsubmitted() async throws {
        let other = (ClassicalProject.assets["mlops/azureml/train/job.yml"] ?? "").replacing(
            "bikes-model", with: "other")
        let files = ClassicalProject.configured.merging(["mlops/azureml/train/tryout.yml": other]) { $1 }
        let alone = try await ClassicalProject.read(files)
        #expect(
            names(alone, "dev").filter { $0.hasPrefix("command_job") } == ["command_job/job", "command_job/tryout"])
        let reading = try await ClassicalProject.read(files.merging(ClassicalProject.pipelines) { $1 })
        #expect(names(reading, "dev").filter { $0.hasPrefix("command_job") } == ["command_job/job"])
        #expect(
            reading.project.assumptions.contains(
                "mlops/azureml/train/tryout.yml is left out: the pipelines submit other jobs, and not this one"))
    }

    @Test("finds config files and pipelines above a project, and files of the repository beside it")
    func above() async throws {
        var files: [String: String] = [:]
        for (path, text) in ClassicalProject.assets { files["classical/bikes/\(path)"] = text }
        files["classical/bikes/data/bikes.csv"] = nil
        files["classical/bikes/mlops/azureml/train/data.yml"] =
            (files["classical/bikes/mlops/azureml/train/data.yml"] ?? "")
            .replacing("../../../data/", with: "../../../../../shared/")
        files["shared/bikes.csv"] = "rides\n1\n"
        for name in ["dev", "prod"] { files["config-infra-\(name).yml"] = ClassicalProject.infra(name) }
        for (path, text) in ClassicalProject.workflows {
            files[path] = text.replacing(": mlops/", with: ": classical/bikes/mlops/")
        }
        files["other/mlops/devops-pipelines/deploy-online.yml"] =
            ClassicalProject.pipelines["mlops/devops-pipelines/deploy-online.yml"]
        let reading = try await ClassicalProject.read(files, folder: "classical/bikes")
        #expect(reading.diagnostics.isEmpty)
        #expect(names(reading, "prod").last == "online_deployment/gha-oep-bikes-0007prod/bikes-dp")
        let data = try #require(reading.stage("prod")?.asset("data/bikes-data"))
        #expect(data.contentPaths == ["path": "../../shared/bikes.csv"])
        #expect(data.content["path"]?.isFile == true)
        #expect(
            reading.project.assumptions.first
                == "stage dev follows develop, with the variables of ../../config-infra-dev.yml")
    }

    @Test("never leads out of the repository")
    func outside() async throws {
        let data = "$schema: \(ClassicalProject.base)/data.schema.json\nname: x\ntype: uri_file\npath: ../../../x.csv\n"
        var files: [String: String] = ["a/b/data.yml": data]
        for name in ["dev", "prod"] { files["a/config-infra-\(name).yml"] = ClassicalProject.infra(name) }
        let reading = try await ClassicalProject.read(files, folder: "a/b")
        #expect(reading.text.contains("data.yml:4:7: error: \"../../../x.csv\" leads out of the repository"))
    }

    @Test("infers the release stage from a pipeline that moves traffic in an environment of its own")
    func release() async throws {
        let pipeline = """
            trigger: [main]
            variables:
              - name: ENVIRONMENT
                value: prod
              - template: ../mlops/config-infra-prod.yml
            stages:
              - stage: release
                jobs:
                  - deployment: Online
                    environment: blue
                    strategy:
                      runOnce:
                        deploy:
                          steps:
                            - script: az ml online-endpoint update -n $(ONLINE_ENDPOINT_NAME)-$(ENVIRONMENT) --traffic "$(ONLINE_DEPLOYMENT_NAME)=100"
            """
        let reading = try await TemplateProject.read([
            "environments/dev.yml": nil, "environments/prod.yml": nil, "environments/blue.yml": nil,
            ".ado/release.yml": pipeline,
        ])
        #expect(reading.project.stages.map(\.name) == ["dev", "prod", "blue"])
        #expect(reading.stage("blue")?.releases == "prod")
        #expect(reading.stage("blue")?.protectionRules["release"]?.approvals == 1)
        #expect(
            reading.project.assumptions.suffix(3) == [
                "stage blue releases prod, as .ado/release.yml does; each model version gets a deployment of its own",
                "gate prod/register_model stays closed until environments/prod.yml names its reviewers",
                "gate blue/release stays closed until environments/blue.yml names its reviewers",
            ])
    }

    @Test("tells of config files for stages that nothing is assumed of")
    func otherStages() async throws {
        let reading = try await ClassicalProject.read(
            ClassicalProject.configured, ["config-infra-test.yml": ClassicalProject.infra("test")])
        #expect(reading.project.stages.map(\.name) == ["dev", "prod"])
        #expect(
            reading.project.assumptions.contains(
                "config-infra-test.yml is there, but no stage is assumed for it: environments/test.yml makes one"))
    }

    @Test("puts what a stage file's overrides say into fields, and asks no pipeline then")
    func overrides() async throws {
        let stage = """
            name: dev
            branch: main
            config: [config-infra-dev.yml]
            overrides:
              mlops/azureml/deploy/online/online-endpoint.yml: { name: mine-$(environment) }
              mlops/azureml/deploy/online/online-deployment.yml: { endpoint_name: mine-$(environment), tags.team: blue }
              mlops/azureml/train/jub.yml: { compute: azureml:gpu }
            left_out: [mlops/azureml/train/data.yml]
            sample_requests: { online: data/request.json }
            """
        let reading = try await ClassicalProject.read(
            ClassicalProject.configured.merging(ClassicalProject.workflows) { $1 }, ["environments/dev.yml": stage])
        #expect(names(reading, "dev").suffix(2) == ["online_endpoint/mine-dev", "online_deployment/mine-dev/blue"])
        #expect(reading.stage("dev")?.assets.last?.definition.tags == ["team": "blue"])
        #expect(reading.stage("dev")?.onlineRequest != nil)
        #expect(!names(reading, "dev").contains("data/bikes-data"))
        #expect(
            reading.project.assumptions == [
                "model bikes-model is registered by command job job, which is given its name"
            ])
        #expect(reading.text.contains("\"mlops/azureml/train/jub.yml\" is no asset file of this project"))
        #expect(reading.text.contains("did you mean \"mlops/azureml/train/job.yml\"?"))
    }
}
