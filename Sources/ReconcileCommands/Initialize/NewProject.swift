/// The files of a project that begins: small, whole, and running as it is.
enum NewProject {
    /// A stage for a repository that has assets but says nowhere where they go.
    static func stageOnly(branch: String) -> [NewFile] {
        [
            NewFile(
                path: "environments/dev.yml",
                text: """
                    name: dev
                    branch: \(branch)
                    config: []
                    workspace: { type: local }

                    """)
        ]
    }

    /// A project of one job, one model and one online endpoint.
    static func files(branch: String) -> [NewFile] {
        texts(branch: branch).sorted { $0.key < $1.key }.map { NewFile(path: $0.key, text: $0.value + "\n") }
    }

    private static let schemas = "https://azuremlschemas.azureedge.net/latest"

    private static func texts(branch: String) -> [String: String] {
        [
            "environments/dev.yml": """
            name: dev
            branch: \(branch == "main" || branch == "master" ? "develop" : branch)
            config: [mlops/config-mlops.yml, mlops/config-infra-dev.yml]
            workspace: { type: local }
            \(overrides)
            """,
            "environments/prod.yml": """
            name: prod
            branch: \(branch == "master" ? "master" : "main")
            config: [mlops/config-mlops.yml, mlops/config-infra-prod.yml]
            workspace: { type: local }
            promotes: dev
            evaluation: { metric: Accuracy, goal: maximize, better_than: registered }
            protection_rules:
              # The gate stays closed until reviewers are named, by their e-mail addresses:
              register_model: { required_reviewers: [], approvals: 1 }
            \(overrides)
            """,
            "mlops/config-mlops.yml": """
            variables:
              TRAINING_ENVIRONMENT_NAME: iris-train
              TRAINING_DATASET_NAME: iris
              TRAINING_EXPERIMENT_NAME: iris
              MODEL_NAME: iris
              MODEL_PATH: model
              ONLINE_SAMPLE_REQUEST: data/request.json
            """,
            "mlops/config-infra-dev.yml": infra("dev"),
            "mlops/config-infra-prod.yml": infra("prod"),
            "mlops/continuous-training/train-env.yml": """
            $schema: \(schemas)/environment.schema.json
            name: "override config-mlops.yml"
            image: mcr.microsoft.com/azureml/openmpi4.1.0-ubuntu22.04
            conda_file: ../../data-science/environment/train-conda.yml
            """,
            "mlops/continuous-training/dataset.yml": """
            $schema: \(schemas)/data.schema.json
            name: "override config-mlops.yml"
            type: uri_file
            path: ../../data/flowers.csv
            """,
            "mlops/continuous-training/pipeline.yml": """
            $schema: \(schemas)/commandJob.schema.json
            code: ../../data-science/src
            command: python train.py --data ${{inputs.data}}
            inputs:
              data:
                type: uri_file
                path: azureml:iris@latest
            environment: azureml:iris-train@latest
            compute: azureml:cpu-cluster
            experiment_name: "override config-mlops.yml"
            """,
            "mlops/continuous-training/model.yml": """
            $schema: \(schemas)/model.schema.json
            name: "override config-mlops.yml"
            type: mlflow_model
            """,
            "mlops/deploy/online/online-endpoint.yml": """
            $schema: \(schemas)/managedOnlineEndpoint.schema.json
            name: iris-oep
            auth_mode: key
            """,
            "mlops/deploy/online/online-deployment.yml": """
            $schema: \(schemas)/managedOnlineDeployment.schema.json
            name: iris-odp
            endpoint_name: iris-oep
            instance_type: Standard_DS3_v2
            instance_count: 1
            """,
            "data-science/environment/train-conda.yml": """
            name: train
            dependencies:
              - python=3.11
              - pip
              - pip:
                  - mlflow-skinny==2.22.5
                  - scikit-learn==1.5.2
                  - pandas==2.2.3
                  - numpy==1.26.4
                  - cloudpickle==3.1.2
            """,
            "data-science/src/train.py": program,
            "data/flowers.csv": flowers,
            "data/request.json": #"{"input_data": [[5.1, 3.5, 1.4, 0.2]]}"#,
        ]
    }

    /// Endpoints of two stages can't have one name in one region.
    private static let overrides = """
        overrides:
          mlops/deploy/online/online-endpoint.yml: { name: iris-oep-$(ENVIRONMENT) }
          mlops/deploy/online/online-deployment.yml: { endpoint_name: iris-oep-$(ENVIRONMENT) }
        """

    private static func infra(_ stage: String) -> String {
        """
        variables:
          # Which Azure ML workspace the stage is for; the embedded one takes no more than the name.
          AZURE_SUBSCRIPTION_ID: 00000000-0000-0000-0000-000000000000
          RESOURCE_GROUP_NAME: rg-iris-\(stage)
          AML_WORKSPACE_NAME: mlw-iris-\(stage)
        """
    }

    private static let program = """
        import argparse

        import mlflow
        import mlflow.sklearn
        import pandas
        from sklearn.linear_model import LogisticRegression
        from sklearn.model_selection import train_test_split

        parser = argparse.ArgumentParser()
        parser.add_argument("--data", required=True)
        flowers = pandas.read_csv(parser.parse_args().data)
        features = flowers.drop(columns="species").values
        species = flowers["species"].values
        train_x, test_x, train_y, test_y = train_test_split(
            features, species, test_size=0.3, random_state=0, stratify=species
        )

        with mlflow.start_run():
            model = LogisticRegression(max_iter=1000).fit(train_x, train_y)
            mlflow.log_metric("Accuracy", model.score(test_x, test_y))
            mlflow.sklearn.log_model(model, artifact_path="model")
        """

    private static let flowers = """
        sepal_length,sepal_width,petal_length,petal_width,species
        5.1,3.5,1.4,0.2,0
        4.9,3.0,1.4,0.2,0
        4.7,3.2,1.3,0.2,0
        4.6,3.1,1.5,0.2,0
        5.0,3.6,1.4,0.2,0
        5.4,3.9,1.7,0.4,0
        4.6,3.4,1.4,0.3,0
        7.0,3.2,4.7,1.4,1
        6.4,3.2,4.5,1.5,1
        6.9,3.1,4.9,1.5,1
        5.5,2.3,4.0,1.3,1
        6.5,2.8,4.6,1.5,1
        5.7,2.8,4.5,1.3,1
        6.3,3.3,4.7,1.6,1
        6.3,3.3,6.0,2.5,2
        5.8,2.7,5.1,1.9,2
        7.1,3.0,5.9,2.1,2
        6.3,2.9,5.6,1.8,2
        6.5,3.0,5.8,2.2,2
        7.6,3.0,6.6,2.1,2
        7.3,2.9,6.3,1.8,2
        """
}
