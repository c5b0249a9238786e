import AssetSchema
import DesiredState
import Diagnostics
import Digest
import TimeKeeping

/// Projects with kinds that the sample has none of, small enough for a golden plan each.
enum KindsProject {
    /// One pipeline job with a component of its own, whose step registers the model, as the templates of mlops-v2 have it.
    static func pipeline(code: String = "first") -> [DesiredAsset] {
        let environment = SampleProject.asset(
            .environment, "taxi-train-env", "mlops/azureml/train/train-env.yml", ["image": "mcr.example.com/base:1"])
        let data = SampleProject.asset(
            .data, "taxi-data", "mlops/azureml/train/data.yml", ["type": "uri_file"],
            ["path": ("data/taxi.csv", SampleProject.file("taxi.csv", "rows"))])
        var component = SampleProject.asset(
            .component, "prep_data", "mlops/azureml/components/prep.yml",
            ["type": "command", "command": "python prep.py --out ${{outputs.prepared}}"],
            ["code": ("data-science/src", SampleProject.file("prep.py", code))])
        component.references = ["environment": environment.key]
        var job = SampleProject.asset(
            .pipelineJob, "pipeline", "mlops/azureml/train/pipeline.yml",
            [
                "type": "pipeline", "settings": ["default_compute": "azureml:cpu-cluster"],
                "outputs": ["trained_model": ["type": "uri_folder"]],
                "jobs": [
                    "prep": ["type": "command", "component": "azureml:prep_data@latest"],
                    "train": [
                        "type": "command", "command": "python train.py --model ${{outputs.model}}",
                        "environment": "azureml:taxi-train-env@latest",
                        "outputs": ["model": "${{parent.outputs.trained_model}}"],
                    ],
                    "register": [
                        "type": "command", "command": "python register.py",
                        "inputs": [
                            "model_name": "taxi-model", "model_path": "${{parent.jobs.train.outputs.model}}",
                        ],
                    ],
                ],
            ], ["jobs.train.code": ("data-science/src", SampleProject.file("train.py", code))])
        job.references = [
            "jobs.prep.component": component.key, "jobs.train.environment": environment.key,
            "inputs.input.path": data.key,
        ]
        key(&job)
        let model = SampleProject.asset(
            .model, "taxi-model", "mlops/azureml/deploy/model.yml", ["type": "mlflow_model"])
        return [environment, data, component, job, model]
    }

    /// Two models, each with a job and an endpoint of its own; nothing but names and folders ties them.
    static func twoModels(taxi: String = "taxi code", fraud: String = "fraud code", score: String = "score")
        -> [DesiredAsset]
    {
        ["taxi", "fraud"].flatMap { name -> [DesiredAsset] in
            var job = SampleProject.asset(
                .commandJob, "train-\(name)", "mlops/azureml/train/\(name).yml",
                ["command": "python train.py", "experiment_name": .string(name)],
                ["code": ("src/\(name)", SampleProject.file("train.py", name == "taxi" ? taxi : fraud))])
            key(&job)
            let model = SampleProject.asset(
                .model, "\(name)-model", "mlops/azureml/models/\(name)-model.yml", ["type": "mlflow_model"])
            let endpoint = SampleProject.asset(
                .onlineEndpoint, "\(name)-oep", "mlops/azureml/deploy/\(name)/endpoint.yml", ["auth_mode": "key"])
            var deployment = SampleProject.asset(
                .onlineDeployment, "blue", "mlops/azureml/deploy/\(name)/deployment.yml",
                ["instance_count": 1, "code_configuration": ["scoring_script": "score.py"]],
                ["code_configuration.code": ("deploy/\(name)", SampleProject.file("score.py", score))],
                endpoint: endpoint.definition.name)
            deployment.definition.fields["model"] = .string("azureml:\(name)-model@latest")
            deployment.references["model"] = model.key
            return [job, model, endpoint, deployment]
        }
    }

    /// A compute, a datastore, a job that uses the compute, and a schedule that starts it every day.
    static func schedule(instances: Int64 = 4, hour: Int64 = 6) -> [DesiredAsset] {
        let compute = SampleProject.asset(
            .compute, "cpu-cluster", "mlops/azureml/compute.yml",
            ["type": "amlcompute", "size": "Standard_DS3_v2", "max_instances": .int(instances)])
        let datastore = SampleProject.asset(
            .datastore, "lake", "mlops/azureml/datastore.yml",
            [
                "type": "azure_blob", "account_name": "lake", "container_name": "raw",
                "credentials": ["account_key": "hush"],
            ])
        var job = SampleProject.asset(
            .commandJob, "train", "mlops/azureml/train.yml",
            ["command": "python train.py", "compute": "azureml:cpu-cluster"],
            ["code": ("src", SampleProject.file("train.py", "code"))])
        job.references = ["compute": compute.key]
        key(&job)
        var schedule = SampleProject.asset(
            .schedule, "daily", "mlops/azureml/schedule.yml",
            [
                "trigger": [
                    "type": "recurrence", "frequency": "day", "interval": 1, "schedule": ["hours": .int(hour)],
                ],
                "create_job": [
                    "type": "command", "command": "python train.py", "compute": "azureml:cpu-cluster",
                ],
            ], ["create_job.code": ("src", SampleProject.file("train.py", "code"))])
        schedule.references = ["create_job.compute": compute.key]
        schedule.contentKey = ContentDigest(of: "what daily starts")
        let workspace = SampleProject.asset(
            .workspace, "mlw-diabetes-dev", "infrastructure/workspace.yml", ["location": "westeurope"])
        return [compute, datastore, job, schedule, workspace]
    }

    private static func key(_ job: inout DesiredAsset) {
        job.contentKey = job.digest
        job.trainingKey = job.digest
    }
}
