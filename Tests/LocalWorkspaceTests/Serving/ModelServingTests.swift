import Foundation
import LocalWorkspace
import Subprocess
import TestSupport
import Testing
import Workspace

/// Models made for real, in the environment that MLflow's own files ask for.
enum RealModel {
    /// Trains in an environment of the shared state and saves with MLflow.
    static func make(in folder: TemporaryDirectory) async throws -> String {
        let conda = """
            dependencies:
              - python=3.11
              - pip: [mlflow-skinny==2.22.5, scikit-learn==1.5.2, pandas==2.2.3, numpy==1.26.4, cloudpickle==3.1.2]
            """
        let prepared = try await PythonEnvironments(SharedState.layout).prepare(EnvironmentSpec(conda: conda))
        let script = try folder.write(
            """
            import sys, mlflow, pandas
            from mlflow.models import infer_signature
            from sklearn.linear_model import LogisticRegression
            frame = pandas.DataFrame({"height": [1.0, 2.0, 3.0, 4.0], "weight": [4.0, 3.0, 2.0, 1.0]})
            model = LogisticRegression().fit(frame, [0, 0, 1, 1])
            mlflow.sklearn.save_model(model, sys.argv[1], signature=infer_signature(frame, model.predict(frame)))
            """, to: "train.py")
        var variables = ProcessInfo.processInfo.environment
        variables["MLFLOW_REQUIREMENTS_INFERENCE_TIMEOUT"] = "0"
        let output = try await Subprocess.run(
            [prepared.python, script, folder.file("mlflow_model")], environment: variables,
            workingDirectory: folder.path, timeout: .seconds(120))
        try #require(output.status.isSuccess, "\(output.errorText)")
        return folder.file("mlflow_model")
    }
}

@Suite("Models that serve", .serialized, .timeLimit(.minutes(10)))
struct ModelServingTests {
    struct Request: CustomTestStringConvertible, Sendable {
        var testDescription: String
        var body: String
        var status: Int
        var answer: String
    }

    private static let requests = [
        Request(testDescription: "rows", body: #"{"input_data": [[1, 4], [4, 1]]}"#, status: 200, answer: "[0, 1]"),
        Request(testDescription: "one flat row", body: #"{"input_data": [4, 1]}"#, status: 200, answer: "[1]"),
        Request(
            testDescription: "columns in another order",
            body: #"{"input_data": {"columns": ["weight", "height"], "index": [0], "data": [[1, 4]]}}"#, status: 200,
            answer: "[1]"),
        Request(
            testDescription: "numbered columns", body: #"{"input_data": {"columns": [0, 1], "data": [[4, 1]]}}"#,
            status: 200, answer: "[1]"),
        Request(
            testDescription: "records", body: #"{"input_data": [{"height": 1, "weight": 4, "name": "x"}]}"#,
            status: 200,
            answer: "[0]"),
        Request(
            testDescription: "MLflow's split",
            body: #"{"dataframe_split": {"columns": ["height", "weight"], "data": [[4, 1]]}}"#,
            status: 200, answer: "[1]"),
        Request(
            testDescription: "columns as lists", body: #"{"inputs": {"height": [1, 4], "weight": [4, 1]}}"#,
            status: 200,
            answer: "[0, 1]"),
        Request(testDescription: "no JSON", body: "{", status: 400, answer: "the body is not JSON"),
        Request(testDescription: "no data", body: "{}", status: 400, answer: "the body has no"),
        Request(
            testDescription: "too few columns", body: #"{"input_data": [[1]]}"#, status: 400,
            answer: "the model takes 2 columns (height, weight) and got 1"),
        Request(
            testDescription: "a column that is missing", body: #"{"input_data": [{"height": 1}]}"#, status: 400,
            answer: "the model wants the columns weight, which are not there"),
        Request(
            testDescription: "text for a number", body: #"{"input_data": [["tall", 1]]}"#, status: 400,
            answer: "column height wants numbers and got 'tall'"),
        Request(
            testDescription: "a row that is short", body: #"{"input_data": [[1, 2], [3]]}"#, status: 400,
            answer: "row 1 has 1 values where 2 are due"),
        Request(
            testDescription: "nothing where a number must be", body: #"{"input_data": [[null, 1]]}"#, status: 424,
            answer: "the model failed: ValueError"),
    ]

    @Test("A model without code answers Azure's and MLflow's formats, and says in one sentence what it cannot take")
    func modelWithoutCode() async throws {
        try await ServingFixture.with { fixture in
            let model = try await RealModel.make(in: fixture.folder)
            try fixture.shareEnvironments()
            let spec = OnlineDeploymentSpec(
                endpoint: "ep", name: "blue", scorer: .model, modelDirectory: model,
                environment: try .model(directory: model))
            try await fixture.serving.putDeployment(spec)
            try await fixture.eventually("the model answers", within: .seconds(240)) {
                try fixture.serving.status(endpoint: "ep", name: "blue")?.state.isTerminal == true
            }
            #expect(try fixture.serving.status(endpoint: "ep", name: "blue")?.state == .succeeded)
            for request in Self.requests {
                let answer = try await fixture.serving.invoke(
                    endpoint: "ep", deployment: "blue", body: Array(request.body.utf8))
                #expect(answer.status == request.status, "\(request.testDescription): \(answer.text)")
                #expect(answer.text.contains(request.answer), "\(request.testDescription): \(answer.text)")
                #expect(!answer.text.contains("Traceback"))
            }
            try await fixture.serving.setTraffic("ep", to: ["blue": 100])
            let counts = try await fixture.underLoad(sending: #"{"input_data": [[1, 4]]}"#) {
                var next = spec
                next.environmentVariables["GENERATION"] = "2"
                try await fixture.serving.putDeployment(next)
                try await fixture.awaitSucceeded("blue")
            }
            #expect(Set(counts.keys) == ["200 [0]"])
        }
    }

    @Test("A scoring script runs on Azure's inference server; its errors are 424, the trace only in the log")
    func scoringScript() async throws {
        try await ServingFixture.with { fixture in
            try fixture.shareEnvironments()
            try fixture.folder.write(
                """
                import json, os
                def init():
                    global factor
                    with open(os.path.join(os.environ["AZUREML_MODEL_DIR"], "factor.txt")) as file:
                        factor = int(file.read())
                def run(body):
                    return [factor * value for value in json.loads(body)["data"]]
                """, to: "code/score.py")
            try fixture.folder.write("3", to: "asset/factor.txt")
            let conda = "dependencies:\n  - python=3.11\n"
            try await fixture.serving.putDeployment(
                OnlineDeploymentSpec(
                    endpoint: "ep", name: "script",
                    scorer: .script(codeDirectory: fixture.folder.file("code"), entryScript: "score.py"),
                    modelDirectory: fixture.folder.file("asset"),
                    environment: EnvironmentSpec(conda: conda).withInferenceServer()))
            try await fixture.eventually("the script answers", within: .seconds(240)) {
                try fixture.serving.status(endpoint: "ep", name: "script")?.state.isTerminal == true
            }
            #expect(try fixture.serving.status(endpoint: "ep", name: "script")?.message == nil)
            let good = try await fixture.serving.invoke(
                endpoint: "ep", deployment: "script", body: Array(#"{"data": [1, 2]}"#.utf8))
            #expect(good.status == 200 && good.text == "[3, 6]")
            let bad = try await fixture.serving.invoke(endpoint: "ep", deployment: "script", body: Array("{}".utf8))
            #expect(bad.status == 424 && !bad.text.contains("KeyError"))
            #expect(try fixture.serving.logs(endpoint: "ep", name: "script").contains("KeyError"))
        }
    }
}

extension ServingFixture {
    /// Lets this fixture's supervisors use the environments that other tests have built.
    func shareEnvironments() throws {
        try FileManager.default.createDirectory(atPath: folder.file("state"), withIntermediateDirectories: true)
        for name in ["python", "tools"] {
            try FileManager.default.createDirectory(
                atPath: "\(SharedState.layout.root)/\(name)", withIntermediateDirectories: true)
            try FileManager.default.createSymbolicLink(
                atPath: folder.file("state/\(name)"), withDestinationPath: "\(SharedState.layout.root)/\(name)")
        }
    }
}
