import DesiredState
import Git
import TestSupport

/// A project in the layout of mlops-v2's classical template, written for these tests: config files at the root, names in
/// lower case, a pipeline job that registers its model, and names that only its pipelines tell.
enum ClassicalProject {
    static let base = "https://azuremlschemas.azureedge.net/latest"

    static func infra(_ stage: String) -> String {
        """
        variables:
          ap_vm_image: ubuntu-22.04
          namespace: bikes
          postfix: 0007
          location: westeurope
          environment: \(stage)
          enable_monitoring: false
          resource_group: rg-$(namespace)-$(postfix)$(environment)
          aml_workspace: mlw-$(namespace)-$(postfix)$(environment)
          storage_account: st$(namespace)$(postfix)$(environment)
        """
    }

    static let assets: [String: String] = [
        "mlops/azureml/train/train-env.yml": """
        $schema: \(base)/environment.schema.json
        name: bikes-env
        image: mcr.microsoft.com/azureml/openmpi4.1.0-ubuntu22.04
        conda_file: ../../../data-science/environment/train-conda.yml
        """,
        "mlops/azureml/train/data.yml": """
        $schema: \(base)/data.schema.json
        name: bikes-data
        type: uri_file
        path: ../../../data/bikes.csv
        """,
        "mlops/azureml/train/job.yml": """
        $schema: \(base)/commandJob.schema.json
        code: ../../../data-science/src
        command: python train.py --data ${{inputs.data}} --watch ${{inputs.enable_monitoring}} --register_as bikes-model
        inputs:
          data:
            type: uri_file
            path: azureml:bikes-data@latest
          enable_monitoring: "true"
        environment: azureml:bikes-env@latest
        compute: azureml:cpu-cluster
        experiment_name: bikes
        """,
        "mlops/azureml/deploy/online/online-endpoint.yml": """
        $schema: \(base)/managedOnlineEndpoint.schema.json
        name: bikes-online
        auth_mode: key
        """,
        "mlops/azureml/deploy/online/online-deployment.yml": """
        $schema: \(base)/managedOnlineDeployment.schema.json
        name: blue
        endpoint_name: bikes-online
        model: azureml:bikes-model@latest
        instance_type: Standard_DS2_v2
        instance_count: 1
        """,
        "data-science/environment/train-conda.yml": "name: bikes\ndependencies:\n  - python=3.11\n",
        "data-science/src/train.py": "print('training')\n",
        "data/bikes.csv": "rides\n1\n",
        "data/request.json": #"{"input_data": [[1]]}"#,
    ]

    static var configured: [String: String] {
        assets.merging(["config-infra-dev.yml": infra("dev"), "config-infra-prod.yml": infra("prod")]) { $1 }
    }

    /// Workflows of GitHub that call workflows kept elsewhere.
    static let workflows: [String: String] = [
        ".github/workflows/deploy-online.yml": """
        name: deploy-online
        on:
          workflow_dispatch:
        jobs:
          get-config:
            uses: Azure/mlops-templates/.github/workflows/read-yaml.yml@main
            with:
              file_name: ${{ needs.choose.outputs.config-file }}
          create-endpoint:
            needs: get-config
            uses: Azure/mlops-templates/.github/workflows/create-endpoint.yml@main
            with:
              endpoint_file: mlops/azureml/deploy/online/online-endpoint.yml
              endpoint_name: ${{ format('gha-{0}', needs.get-config.outputs.oep) }}
              endpoint_type: online
          create-deployment:
            needs: get-config
            uses: Azure/mlops-templates/.github/workflows/create-deployment.yml@main
            with:
              endpoint_file: mlops/azureml/deploy/online/online-deployment.yml
              endpoint_name: ${{ format('gha-{0}', needs.get-config.outputs.oep) }}
              endpoint_type: online
              deployment_name: bikes-dp
        """
    ]

    /// A pipeline of Azure DevOps that names templates of another repository and reads their variables' names.
    static let pipelines: [String: String] = [
        "mlops/devops-pipelines/deploy-online.yml": """
        variables:
          - ${{ if eq(variables['Build.SourceBranchName'], 'main') }}:
              - template: ../../config-infra-prod.yml
          - ${{ if ne(variables['Build.SourceBranchName'], 'main') }}:
              - template: ../../config-infra-dev.yml
          - name: endpoint_name
            value: ado-$(namespace)$(postfix)$(environment)
          - name: endpoint_type
            value: online
          - name: version
            value: aml-cli-v2
        trigger: none
        stages:
          - stage: Deploy
            jobs:
              - job: Deploy
                steps:
                  - template: templates/${{ variables.version }}/create-endpoint.yml@mlops-templates
                    parameters:
                      endpoint_file: mlops/azureml/deploy/online/online-endpoint.yml
                  - template: templates/${{ variables.version }}/create-deployment.yml@mlops-templates
                    parameters:
                      deployment_name: ado-dp
                      deployment_file: mlops/azureml/deploy/online/online-deployment.yml
                  - template: templates/${{ variables.version }}/test-deployment.yml@mlops-templates
                    parameters:
                      deployment_name: ado-dp
                      sample_request: data/request.json
        """,
        "mlops/devops-pipelines/train.yml": """
        trigger: none
        steps:
          - template: templates/aml-cli-v2/run-pipeline.yml@mlops-templates
            parameters:
              pipeline_file: mlops/azureml/train/job.yml
              experiment_name: $(environment)_bikes_$(Build.SourceBranchName)
              display_name: run_$(Build.BuildID)
              enable_monitoring: $(enable_monitoring)
        """,
    ]

    /// A repository with these files on `main` and `develop`.
    static func repository(_ files: [String: String], _ changes: [String: String?] = [:]) async throws -> GitFixture {
        let fixture = try await GitFixture()
        try await fixture.commit(
            files.mapValues { $0 }.merging(changes) { $1 }.filter { $0.value != nil }, message: "Begin")
        try await fixture.run(["branch", "develop"])
        return fixture
    }

    static func read(
        _ files: [String: String], _ changes: [String: String?] = [:], folder: String = ""
    ) async throws -> ProjectReading {
        let fixture = try await repository(files, changes)
        return try withExtendedLifetime(fixture) {
            try ProjectReader(repository: try Repository.open(fixture.path), folder: folder).read()
        }
    }

    /// The same for what looks into files after the reading.
    static func reading(
        _ files: [String: String], _ changes: [String: String?] = [:], _ body: (ProjectReading) throws -> Void
    ) async throws {
        let fixture = try await repository(files, changes)
        try withExtendedLifetime(fixture) {
            try body(try ProjectReader(repository: try Repository.open(fixture.path)).read())
        }
    }
}
