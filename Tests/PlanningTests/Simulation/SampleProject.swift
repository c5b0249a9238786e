import AssetSchema
import DesiredState
import Diagnostics
import Digest
import TimeKeeping

/// What is committed on one branch of the sample project, small enough to be told in a line of a test.
struct SampleContent: Equatable {
    var code = "logistic regression"
    var data = "442 rows"
    var conda = "scikit-learn 1.5"
    var instances: Int64 = 1
    var description = "Says whether a patient's diabetes will progress"
    var request = "one patient"
    var rollback: RollbackRecord?
    var retrain: [RetrainRecord] = []
    var suspension: SuspensionRecord?
    var isWithoutAssets = false
    /// The names of the checks that its stage runs.
    var checks: [String] = []
    var tests = "tests"
}

/// The sample project's desired state: dev, prod and blue, as the stage files in `environments/` say it.
enum SampleProject {
    static func stage(_ name: String, content: SampleContent, commit: String = "3f2c1abdeadbeef") -> DesiredStage {
        DesiredStage(
            name: name, branch: name == "dev" ? "develop" : "main",
            commit: CommitInfo(
                id: commit, author: "Carol", authorEmail: "carol@example.com", time: Timestamp(seconds: 1_800_000_000),
                summary: "Change"),
            source: SourceLocation(path: "environments/\(name).yml"),
            workspace: WorkspaceTarget(
                engine: .local, subscriptionID: "00000000-0000-0000-0000-000000000000",
                resourceGroup: "rg-diabetes-\(name)", name: "mlw-diabetes-\(name)"),
            assets: content.isWithoutAssets ? [] : assets(name, content).sorted { $0.key < $1.key },
            onlineRequest: file("online.json", content.request), batchRequest: file("batch.csv", content.request),
            modelPath: "model", checks: content.checks.map { check($0, content) }, rollback: content.rollback,
            retrain: content.retrain, suspension: content.suspension)
    }

    /// A check of the code, run again when the code or its tests are new.
    static func check(_ name: String, _ content: SampleContent) -> DesiredCheck {
        let trigger = content.retrain.map(\.reason).joined(separator: " ")
        return DesiredCheck(
            name: name, command: .arguments(["python", "-m", name, "src"]), environment: ["image": "base"],
            packages: ["pytest==8.3.4"], code: file("main.py", content.code), codeFolders: ["data-science/src"],
            key: ContentDigest(of: "\(name) \(content.code) \(content.tests) \(trigger)"),
            source: SourceLocation(path: "environments/dev.yml", line: 6, column: 5))
    }

    static func file(_ name: String, _ text: String) -> ContentTree {
        ContentTree(entries: [ContentEntry(path: name, blob: ContentDigest(of: text).prefix(40))], isFile: true)
    }

    private static func assets(_ stage: String, _ content: SampleContent) -> [DesiredAsset] {
        let environment = asset(
            .environment, "diabetes-train", "mlops/continuous-training/train-env.yml",
            ["image": "mcr.example.com/base:1", "description": "What training needs"],
            ["conda_file": ("data-science/environment/train-conda.yml", file("train-conda.yml", content.conda))])
        let data = asset(
            .data, "diabetes-data", "mlops/continuous-training/dataset.yml", ["type": "uri_file"],
            ["path": ("data/diabetes.csv", file("diabetes.csv", content.data))])
        var job = asset(
            .commandJob, "train", "mlops/continuous-training/pipeline.yml",
            ["command": "python main.py --input_data ${{inputs.input}}", "compute": "azureml:cpu-cluster"],
            ["code": ("data-science/src", file("main.py", content.code))])
        job.references = ["environment": environment.key, "inputs.input.path": data.key]
        job.parts += [
            AssetPart(name: "environment", digest: environment.digest),
            AssetPart(name: "inputs.input", digest: data.digest),
        ]
        job.parts.sort { $0.name < $1.name }
        job.digest = ContentDigest(of: "\(job.digest) \(environment.digest) \(data.digest)")
        let contentKey = job.digest
        let trigger = content.retrain.map(\.reason).joined(separator: " ")
        job.contentKey = contentKey
        job.trainingKey = trigger.isEmpty ? contentKey : ContentDigest(of: "\(contentKey) \(trigger)")
        let model = asset(
            .model, "diabetes", "mlops/continuous-training/model.yml",
            ["type": "mlflow_model", "description": .string(content.description)])
        let batchEndpoint = asset(
            .batchEndpoint, "diabetes-bep-\(stage)", "mlops/deploy/batch/batch-endpoint.yml",
            ["auth_mode": "aad_token"])
        let batch = asset(
            .batchDeployment, "diabetes-bdp", "mlops/deploy/batch/batch-deployment.yml", ["mini_batch_size": 10],
            endpoint: batchEndpoint.definition.name)
        let onlineEndpoint = asset(
            .onlineEndpoint, "diabetes-oep-\(stage)", "mlops/deploy/online/online-endpoint.yml",
            ["auth_mode": "key", "tags": ["Project": "diabetes"]])
        let online = asset(
            .onlineDeployment, "diabetes-odp", "mlops/deploy/online/online-deployment.yml",
            ["instance_count": .int(content.instances), "instance_type": "Standard_E2s_v3"],
            endpoint: onlineEndpoint.definition.name)
        return [environment, data, job, model, batchEndpoint, batch, onlineEndpoint, online]
    }

    /// An asset whose digests are made as those of a real project: parts, and metadata apart.
    static func asset(
        _ kind: AssetKind, _ name: String, _ path: String, _ fields: JSONValue,
        _ files: [String: (path: String, tree: ContentTree)] = [:], endpoint: String? = nil
    ) -> DesiredAsset {
        let isMetadata = { (field: String) in ResourceDefinition.metadataFields.contains(field) }
        let members = fields.objectValue ?? [:]
        var parts = members.filter { !isMetadata($0.key) }.map { AssetPart(name: $0.key, digest: $0.value.digest) }
        parts += files.map { AssetPart(name: $0.key, digest: $0.value.tree.digest) }
        parts.sort { $0.name < $1.name }
        return DesiredAsset(
            definition: ResourceDefinition(kind: kind, name: name, fields: fields), endpoint: endpoint,
            digest: ContentDigest(of: "\(kind) \(name) " + parts.map { "\($0.name) \($0.digest)" }.joined()),
            parts: parts, metadataDigest: JSONValue.object(members.filter { isMetadata($0.key) }).digest,
            content: files.mapValues(\.tree), contentPaths: files.mapValues(\.path),
            source: SourceLocation(path: path))
    }
}
