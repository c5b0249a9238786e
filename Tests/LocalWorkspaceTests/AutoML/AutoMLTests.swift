import AssetSchema
import Digest
import Foundation
import Subprocess
import TestSupport
import Testing
import Workspace

@testable import LocalWorkspace

@Suite("AutoML, really run")
struct AutoMLTests {
    @Test("A table is searched, every trial tracked, and the best model loads and predicts")
    func classification() async throws {
        let fixture = try WorkspaceFixture()
        let environment = try await PythonEnvironments(SharedState.layout).prepare(
            EnvironmentSpec(conda: AutoMLRunner.environment))
        let data = try await python(
            environment,
            """
            from sklearn.datasets import load_iris
            frame = load_iris(as_frame=True).frame
            frame["target"] = frame["target"].map({0: "setosa", 1: "versicolor", 2: "virginica"})
            print(frame.to_csv(index=False))
            """)
        let table = """
            type: mltable
            paths:
              - file: ./iris.csv
            transformations:
              - read_delimited: {delimiter: ",", encoding: utf8, header: all_files_same_headers}
            """
        let content = FakeContent(files: ["MLTable": table, "iris.csv": data])
        let draft = JobDraft(
            name: "auto", kind: .autoMLJob,
            fields: [
                "type": "automl", "task": "classification", "target_column_name": "target",
                "primary_metric": "accuracy", "training_data": ["type": "mltable", "path": "./data"],
                "n_cross_validations": 2, "test_data_size": 0.2,
                "limits": ["max_trials": 2, "timeout_minutes": 5],
                "training": ["allowed_training_algorithms": ["random_forest"]],
                "outputs": ["best_model": ["type": "mlflow_model"]],
            ], tags: [:], content: ["training_data.path": content.tree(["MLTable", "iris.csv"], isFile: false)])
        let job = try await fixture.run(draft, content)
        #expect(job.status == .completed, "\(fixture.log("auto"))")
        #expect(job.metrics["accuracy"] ?? 0 > 0.6)
        #expect(Set(["AUC_weighted", "norm_macro_recall", "log_loss", "test_accuracy"]).isSubset(of: job.metrics.keys))
        let shown = try fixture.workspace.show(job: "auto")
        #expect(shown["leaderboard"]?.arrayValue?.map { $0["algorithm"] } == ["RandomForest", "RandomForest"])
        let runs = try fixture.workspace.store().runs(experiments: ["Default"], limit: 10)
        #expect(runs.map(\.name).sorted() == ["auto", "auto_0", "auto_1"])
        #expect(try fixture.workspace.store().job("auto")?.results["outputs.best_model"] != nil)
        let model = ModelDraft(
            definition: ResourceDefinition(kind: .model, name: "iris", fields: ["type": "mlflow_model"]), tags: [:],
            job: "auto", artifactPath: "outputs/mlflow-model")
        #expect(try await fixture.workspace.perform(.registerModel(model), content: content).version == "1")
        let asset = try #require(try fixture.workspace.store().asset(.model, "iris", "1"))
        let folder = fixture.folder.file("model")
        try fixture.workspace.content.export(try #require(asset.content["path"]), to: folder)
        let predicted = try await self.python(
            environment,
            """
            import mlflow, pandas
            model = mlflow.pyfunc.load_model(\(JSONValue.string(folder).canonicalText))
            names = [column.name for column in model.metadata.signature.inputs]
            print(model.predict(pandas.DataFrame([[5.1, 3.5, 1.4, 0.2], [6.5, 3.0, 5.5, 2.0]], columns=names))[0])
            """)
        #expect(predicted == "setosa\n")
    }

    @Test("What AutoML cannot do here is refused in one sentence")
    func refused() async throws {
        let fixture = try WorkspaceFixture()
        let data: JSONValue = ["type": "mltable", "path": "azureml:x:1"]
        let cases: [(JSONValue, String)] = [
            (["task": "image_classification", "target_column_name": "y", "training_data": data], "for Azure ML"),
            (["task": "text_ner", "training_data": data], "for Azure ML"),
            (["task": "regression", "training_data": data], "target_column_name"),
            (["task": "regression", "target_column_name": "y"], "training_data"),
        ]
        for (fields, words) in cases {
            let error = await #expect(throws: WorkspaceError.self) {
                try await fixture.workspace.perform(
                    .submitJob(JobDraft(name: "x", kind: .autoMLJob, fields: fields, tags: [:])),
                    content: FakeContent(files: [:]))
            }
            #expect(error?.message.contains(words) == true)
        }
        #expect(try await fixture.workspace.liveState().jobs.isEmpty)
    }

    private func python(_ environment: PreparedEnvironment, _ text: String) async throws -> String {
        let output = try await Subprocess.run([environment.python, "-c", text])
        #expect(output.status.isSuccess, "\(output.errorText.tail(5))")
        return output.text
    }
}
