import Digest
import Testing
import Workspace

@testable import LocalWorkspace

@Suite("Metrics of pipelines")
struct StepMetricsTests {
    private static let script = """
        import json, os, sys, urllib.request
        def call(path, body=None):
            request = urllib.request.Request(
                os.environ["MLFLOW_TRACKING_URI"] + "/api/2.0/mlflow/" + path, json.dumps(body).encode() if body else None,
                {"Authorization": "Bearer " + os.environ["MLFLOW_TRACKING_TOKEN"], "Content-Type": "application/json"})
            return json.load(urllib.request.urlopen(request))
        run = os.environ["MLFLOW_RUN_ID"]
        tags = {tag["key"]: tag["value"] for tag in call("runs/get?run_id=" + run)["run"]["data"]["tags"]}
        print(tags["mlflow.parentRunId"], tags["mlflow.rootRunId"], os.environ["AZUREML_ROOT_RUN_ID"])
        for pair in sys.argv[1:]:
            name, value = pair.split("=")
            owner = tags["mlflow.parentRunId"] if name.startswith("parent_") else run
            call("runs/log-metric", {"run_id": owner, "key": name, "value": float(value), "timestamp": 1})
            call("runs/update", {"run_id": owner, "status": "FINISHED"})
        """

    @Test("A pipeline has its own metrics and those that one of its steps alone has logged")
    func unique() async throws {
        let fixture = try await PipelineFixture()
        func step(_ pairs: String) -> JSONValue { PipelineFixture.step("python log.py \(pairs)") }
        let inner: JSONValue = [
            "type": "pipeline", "component": ["type": "pipeline", "jobs": ["deep": step("auc=3")]],
        ]
        let fields: JSONValue = [
            "jobs": ["a": step("loss=1 size=5 parent_accuracy=0.9"), "b": step("loss=2 parent_b=1"), "inner": inner]
        ]
        let files = ["jobs.a.code", "jobs.b.code", "jobs.inner.component.jobs.deep.code"]
        let job = try await fixture.run(
            "p", fields, files: Dictionary(uniqueKeysWithValues: files.map { ($0, ["log.py": Self.script]) }))
        #expect(job.status == .completed, "\(job.error ?? "") \(fixture.log("p--a"))")
        #expect(job.metrics == ["parent_accuracy": 0.9, "parent_b": 1, "size": 5, "auc": 3])
        #expect(fixture.log("p--inner--deep").hasPrefix("p--inner p p\n"))
        // A reused step has the metrics of the one that ran.
        let again = try await fixture.run(
            "q", fields, files: Dictionary(uniqueKeysWithValues: files.map { ($0, ["log.py": Self.script]) }))
        #expect(again.metrics == ["size": 5, "auc": 3])
        #expect(
            try await fixture.steps("q").values.allSatisfy {
                $0.name == "q--inner" || $0.tags[TagName.reusedFrom] != nil
            })
    }
}
