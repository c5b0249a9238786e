import DesiredState
import Diagnostics
import Git
import TestSupport

/// The repository of the templates' walkthrough, file by file.
enum TemplateProject {
    static let base = "https://azuremlschemas.azureedge.net/latest"

    static let files: [String: String] = [
        "environments/dev.yml": """
        name: dev
        branch: develop
        config: [mlops/config-mlops.yml, mlops/config-infra-dev.yml]
        workspace: { type: local }
        drift: heal
        """,
        "environments/prod.yml": """
        name: prod
        branch: main
        config: [mlops/config-mlops.yml, mlops/config-infra-prod.yml]
        workspace: { type: local }
        promotes: dev
        evaluation: { metric: Accuracy, goal: maximize, minimum: 0.75, better_than: registered }
        protection_rules:
          register_model:
            required_reviewers: [alice@example.com]
            approvals: 1
            prevent_self_review: true
            expires_after: 14d
        """,
        "environments/blue.yml": """
        name: blue
        releases: prod
        protection_rules:
          release: { required_reviewers: [alice@example.com, bob@example.com], approvals: 1, wait_timer: 0 }
        rollout:
          strategy: blue_green
          steps: [{ traffic: 10, hold: 5m }, { traffic: 50, hold: 5m }, { traffic: 100 }]
          scale_down_delay: 10m
        """,
        "mlops/config-infra-dev.yml": infra,
        "mlops/config-infra-prod.yml": infra,
        "mlops/config-mlops.yml": names,
        "mlops/continuous-training/train-env.yml": """
        $schema: \(base)/environment.schema.json
        name: "override config-mlops.yml"
        image: mcr.microsoft.com/azureml/openmpi3.1.2-ubuntu18.04
        conda_file: ../../data-science/environment/train-conda.yml
        description: 'qiita投稿用のイメージ'
        tags:
          OS : Ubuntu18.04
          Scikit-learn : 0.24.1
          Training : ''
        """,
        "mlops/continuous-training/dataset.yml": """
        $schema: \(base)/data.schema.json
        name: "override config-mlops.yml"
        description: "糖尿病データセット"
        type: uri_file
        path: ../../data/diabetes.csv
        """,
        "mlops/continuous-training/pipeline.yml": """
        $schema: \(base)/commandJob.schema.json
        code: ../../data-science/src
        command: >-
          python main.py
          --input_data ${{inputs.input}}
        inputs:
            input:
              type: uri_file
              path: azureml:qiita-diabates@latest
        environment: azureml:qiita-skilling@latest
        compute: azureml:cpu-cluster
        experiment_name: "override config-mlops.yml"
        description: "分類モデルのパイプライン"
        """,
        "mlops/continuous-training/model.yml": """
        $schema: \(base)/model.schema.json
        name: "override config-mlops.yml"
        description: "糖尿病分類モデル"
        type: mlflow_model
        # azureml://jobs/<jobId>/outputs/artifacts/paths/model/
        """,
        "mlops/deploy/batch/batch-dataset.yml": """
        $schema: \(base)/data.schema.json
        name: "override config-mlops.yml"
        description: Data asset created from local file.
        type: uri_file
        path: ../../../data/<sample-string>.csv
        """,
        "mlops/deploy/batch/batch-endpoint.yml": """
        $schema: \(base)/batchEndpoint.schema.json
        name: "override config-mlops.yml"
        auth_mode: aad_token
        """,
        "mlops/deploy/batch/batch-deployment.yml": """
        $schema: \(base)/batchDeployment.schema.json
        name: devopsbatch-dp
        endpoint_name: "override config-mlops.yml"
        # model: "override config-mlops.yml"
        compute: azureml:cpu-cluster
        resources:
          instance_count: 1
        max_concurrency_per_instance: 2
        mini_batch_size: 10
        output_action: append_row
        output_file_name: predictions.csv
        retry_settings:
          max_retries: 3
          timeout: 30
        error_threshold: -1
        logging_level: info
        """,
        "mlops/deploy/online/online-endpoint.yml": """
        $schema: \(base)/managedOnlineEndpoint.schema.json
        name: "override config-mlops.yml"
        auth_mode: key
        """,
        "mlops/deploy/online/online-deployment.yml": """
        $schema: \(base)/managedOnlineDeployment.schema.json
        name: "override config-mlops.yml"
        endpoint_name: devopsbiketyrey #上書きされる
        instance_type: Standard_E2s_v3
        instance_count: 1
        """,
        "data-science/environment/train-conda.yml": "name: qiita\ndependencies:\n  - python=3.7\n",
        "data-science/src/main.py": "print('training')\n",
        "data/diabetes.csv": "PatientID,Age,Diabetic\n1,22,0\n",
        "data/batch-diabetes.csv": "Age\n22\n",
        "data/online-diabetes.json": #"{"input_data": [[22]]}"#,
        "README.md": "# A project\n",
        ".ado/pipeline.yml": "trigger:\n- main\nvariables:\n- template: ../mlops/config-mlops.yml\nsteps: []\n",
        ".github/workflows/ci.yml": "on: push\njobs: {}\n",
    ]

    static let infra = """
        variables:
          AZURE_SUBSCRIPTION_ID: 11111111-0000-0000-0000-000000000000
          RESOURCE_GROUP_NAME: rg-$(NAMESPACE)-$(ENVIRONMENT)
          AML_WORKSPACE_NAME: mlw-$(NAMESPACE)-$(ENVIRONMENT)
        """

    static let names = """
        variables:
          NAMESPACE: diabetes
          # Train
          TRAINING_ENVIRONMENT_NAME: qiita-skilling
          TRAINING_DATASET_NAME: qiita-diabates
          TRAINING_EXPERIMENT_NAME: skill-challenge-train-evaluate-classification-models
          # Model registry
          MODEL_NAME: diabates
          MODEL_PATH: log_model #MLflow
          # Batch deploy
          SCORING_DATASET_NAME: <sample-string> #現状使わない
          BATCH_ENDPOINT_NAME: qiita-diabates-bep
          BATCH_DEPLOYMENT_NAME: qiita-diabates-bdp
          BATCH_SAMPLE_REQUEST: data/batch-diabetes.csv
          BATCH_REQUEST_TYPE: uri_file
          # Online deploy
          ONLINE_ENDPOINT_NAME: qiita-diabates-oep
          ONLINE_DEPLOYMENT_NAME: qiita-diabates-odp
          ONLINE_SAMPLE_REQUEST: data/online-diabetes.json
        """

    /// The template on `main` and `develop`, with files changed (nil takes one away).
    static func repository(_ changes: [String: String?] = [:]) async throws -> GitFixture {
        let fixture = try await GitFixture()
        let all = files.merging(changes.compactMapValues { $0 }) { $1 }
        let gone = Set(changes.filter { $0.value == nil }.map(\.key))
        let written: [String: String?] = all.filter { !gone.contains($0.key) }
        try await fixture.commit(written, message: "Begin")
        try await fixture.run(["branch", "develop"])
        return fixture
    }

    /// Reads the template with changes.
    static func read(_ changes: [String: String?] = [:]) async throws -> ProjectReading {
        let fixture = try await repository(changes)
        // The folder lives as long as the fixture.
        return try withExtendedLifetime(fixture) { try reader(fixture).read() }
    }

    /// The same for what looks into files after the reading.
    static func reading(
        _ changes: [String: String?] = [:], _ body: (ProjectReading) throws -> Void
    ) async throws {
        let fixture = try await repository(changes)
        try withExtendedLifetime(fixture) { try body(try reader(fixture).read()) }
    }

    /// The findings of the template with changes, as people see them.
    static func findings(_ changes: [String: String?] = [:]) async throws -> String {
        let fixture = try await repository(changes)
        return try withExtendedLifetime(fixture) { try reader(fixture).read().text }
    }

    static func reader(_ fixture: GitFixture) throws -> ProjectReader {
        ProjectReader(repository: try Repository.open(fixture.path))
    }
}

extension ProjectReading {
    func stage(_ name: String) -> DesiredStage? {
        project.stages.first { $0.name == name }
    }

    /// All findings as rendered text.
    var text: String { renderedDiagnostics() }
}

extension DesiredStage {
    func asset(_ key: String) -> DesiredAsset? {
        assets.first { $0.key.description == key }
    }
}
