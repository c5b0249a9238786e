import AssetSchema
import Digest
import Foundation
import TestSupport
import Testing
import Workspace

@testable import LocalWorkspace

/// The judges of the tracking API are MLflow's own, unmodified clients.
@Suite("MLflow clients")
struct MLflowClientTests {
    struct Client: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let conda: String
    }

    static let clients = [
        Client(testDescription: "mlflow 2.22", conda: SharedState.conda),
        Client(
            testDescription: "mlflow 3",
            conda: """
                dependencies:
                  - python=3.11
                  - pip:
                      - mlflow-skinny==3.4.0
                      - scikit-learn==1.5.2
                      - pandas==2.2.3
                      - numpy==1.26.4
                      - skops
                """),
    ]

    @Test("A training logs by hand and by autolog, and its model can be registered", arguments: clients)
    func training(client: Client) async throws {
        let fixture = try WorkspaceFixture()
        let (draft, content) = fixture.draft(
            "train-1", "python train.py", fields: ["experiment_name": "diabetes"], files: ["train.py": Self.script],
            conda: client.conda)
        let job = try await fixture.run(draft, content)
        #expect(job.status == .completed, "\(fixture.log("train-1"))")
        #expect(job.metrics["Accuracy"] == 0.75)
        #expect(job.metrics["loss"] == 0.25)
        // NaN has no place in JSON; the run keeps it, the look leaves it out.
        #expect(job.metrics["odd"] == nil)
        // Autolog's own.
        #expect(job.metrics["training_score"] != nil, "\(job.metrics)")
        let params = try fixture.workspace.params(job: "train-1")
        #expect(params["alpha"] == "0.1")
        #expect(params["solver"] == "liblinear")
        #expect(job.artifactDigests.keys.sorted().contains("log_model"))
        let store = try fixture.workspace.store()
        let tree = try #require(try store.job("train-1")?.results["artifacts"])
        #expect(tree.entries.contains { $0.path == "log_model/MLmodel" }, "\(tree.entries.map(\.path))")
        #expect(tree.entries.contains { $0.path == "notes/note.txt" })
        let runs = try store.runs(experiments: ["diabetes"], limit: 10)
        #expect(runs.count == 2)
        #expect(runs.allSatisfy { $0.status == "FINISHED" })
        let child = try #require(runs.first { $0.id != "train-1" })
        #expect(try store.metrics(run: child.id).map(\.value) == [7])
        #expect(try store.metrics(run: "train-1", name: "loss").map(\.value) == [1, 0.5, 0.25])

        // The model, as a stage would register it: twice asked, one version.
        let model = ModelDraft(
            definition: ResourceDefinition(kind: .model, name: "diabetes", fields: ["type": "mlflow_model"]),
            tags: [TagName.digest: "m1"], job: "train-1", artifactPath: "log_model")
        let outcome = try await fixture.workspace.perform(.registerModel(model), content: content)
        #expect(outcome.version == "1")
        #expect(try await fixture.workspace.perform(.registerModel(model), content: content) == outcome)
        let live = try await fixture.workspace.liveState().assets.filter { $0.kind == .model }
        #expect(live.count == 1)
        #expect(live.first?.tags[TagName.job] == "train-1")
        #expect(live.first?.tags[TagName.modelDigest] == job.artifactDigests["log_model"]?.description)
        var wrong = model
        wrong.artifactPath = "notes"
        wrong.tags = [TagName.digest: "m2"]
        await #expect(throws: WorkspaceError.self) {
            try await fixture.workspace.perform(.registerModel(wrong), content: content)
        }
    }

    @Test("An environment without MLflow, and a call that is not answered, are no trouble")
    func withoutMLflow() async throws {
        let fixture = try WorkspaceFixture()
        let (draft, content) = fixture.draft(
            "plain", "python probe.py",
            files: [
                "probe.py": """
                import json, os, urllib.request, urllib.error
                def call(path, token=os.environ["MLFLOW_TRACKING_TOKEN"], body=None):
                    request = urllib.request.Request(os.environ["MLFLOW_TRACKING_URI"] + path, data=body)
                    request.add_header("Authorization", "Bearer " + token)
                    try:
                        return urllib.request.urlopen(request).status
                    except urllib.error.HTTPError as error:
                        return "%d %s" % (error.code, json.load(error)["error_code"])
                print(call("/api/2.0/mlflow/runs/get?run_id=plain"))
                print(call("/api/2.0/mlflow/runs/get?run_id=other"))
                print(call("/api/2.0/mlflow/registered-models/create", body=b"{}"))
                print(call("/api/2.0/mlflow/runs/get?run_id=plain", token="guess"))
                print(call("/api/2.0/mlflow/runs/log-metric", body=b"not json"))
                print(call("/nothing"))
                """
            ])
        let job = try await fixture.run(draft, content)
        #expect(job.status == .completed)
        #expect(
            try String(decoding: fixture.workspace.logs(job: "plain").bytes, as: UTF8.self) == """
                200
                404 RESOURCE_DOES_NOT_EXIST
                404 ENDPOINT_NOT_FOUND
                401 UNAUTHENTICATED
                400 INVALID_PARAMETER_VALUE
                404 ENDPOINT_NOT_FOUND

                """)
    }

    private static let script = """
        import mlflow, numpy, pandas
        from sklearn.linear_model import LogisticRegression

        x = pandas.DataFrame(numpy.random.RandomState(0).rand(60, 3), columns=["a", "b", "c"])
        y = (x["a"] > 0.5).astype(int)
        mlflow.autolog(log_models=False)
        with mlflow.start_run() as run:
            assert run.info.run_id == "train-1", run.info.run_id
            model = LogisticRegression(solver="liblinear").fit(x, y)
            mlflow.log_metric("Accuracy", 0.75)
            mlflow.log_metrics({"odd": float("nan")})
            for step, loss in enumerate([1.0, 0.5, 0.25]):
                mlflow.log_metric("loss", loss, step=step)
            mlflow.log_param("alpha", 0.1)
            mlflow.set_tag("colour", "blue")
            mlflow.log_text("hello", "notes/note.txt")
            mlflow.sklearn.log_model(model, artifact_path="log_model")
            with mlflow.start_run(nested=True):
                mlflow.log_metric("part", 7)
            client = mlflow.MlflowClient()
            again = client.get_run("train-1").data
            assert again.metrics["Accuracy"] == 0.75 and again.params["alpha"] == "0.1", again
            assert again.tags["colour"] == "blue", again.tags
            assert [m.value for m in client.get_metric_history("train-1", "loss")] == [1.0, 0.5, 0.25]
            assert [f.path for f in client.list_artifacts("train-1", "notes")] == ["notes/note.txt"]
            assert len(mlflow.search_runs(experiment_names=["diabetes"])) == 2
            assert client.get_experiment_by_name("diabetes").name == "diabetes"
            assert client.get_experiment_by_name("nothing") is None
        """
}
