@testable import AssetSchema
import Diagnostics
import Digest
import Testing

@Suite struct ViewTests {
    private func fields(_ text: String, as kind: AssetKind) throws -> JSONValue {
        let result = try readDocument(text, as: kind)
        return try #require(result.definition, "\(result.diagnostics.map(\.description))").fields
    }

    @Test func `a batch deployment has Azure's defaults where it says nothing`() throws {
        let view = BatchDeploymentView(fields: try fields("name: bdp\nendpoint_name: bep\n", as: .batchDeployment))
        #expect(view.endpointName == "bep")
        #expect(view.miniBatchSize == 10)
        #expect(view.maxConcurrencyPerInstance == 1)
        #expect(view.retrySettings == .init(maxRetries: 3, timeout: 30))
        #expect(view.errorThreshold == -1)
        #expect(view.outputAction == .appendRow)
        #expect(view.outputFileName == "predictions.csv")
        #expect(view.loggingLevel == "info")
        #expect(view.instanceCount == 1)
        #expect(view.model == nil)
    }

    @Test func `an online deployment has Azure's defaults where it says nothing`() throws {
        let base = "name: blue\nendpoint_name: oep\ninstance_type: S\n"
        let view = OnlineDeploymentView(fields: try fields(base, as: .onlineDeployment))
        #expect(view.instanceCount == 1)
        #expect(
            view.requestSettings
                == .init(maxConcurrentRequestsPerInstance: 1, requestTimeoutMs: 5_000, maxQueueWaitMs: nil))
        #expect(
            view.livenessProbe
                == .init(period: 10, initialDelay: 10, timeout: 2, successThreshold: 1, failureThreshold: 30))
        let full = OnlineDeploymentView(
            fields: try fields(
                base
                    + """
                    instance_count: 3
                    model: azureml:m:2
                    environment: {image: i, conda_file: {dependencies: [python=3.9]}}
                    code_configuration: {code: src, scoring_script: score.py}
                    environment_variables: {A: 1}
                    request_settings: {request_timeout_ms: 100, max_concurrent_requests_per_instance: 4, max_queue_wait_ms: 7}
                    readiness_probe: {period: 1}
                    """, as: .onlineDeployment))
        #expect(full.instanceCount == 3)
        #expect(full.model == .reference(AssetReference(name: "m", selector: .version("2"))))
        guard case .inline(let environment)? = full.environment else {
            Issue.record("the environment is not inline")
            return
        }
        #expect(environment.image == "i")
        #expect(environment.condaFile == .inline(["dependencies": ["python=3.9"]]))
        #expect(full.codeConfiguration?.scoringScript == "score.py")
        #expect(full.environmentVariables == ["A": "1"])
        #expect(
            full.requestSettings == .init(maxConcurrentRequestsPerInstance: 4, requestTimeoutMs: 100, maxQueueWaitMs: 7)
        )
        #expect(full.readinessProbe.period == 1)
    }

    @Test func `a command job tells its inputs apart`() throws {
        let view = CommandJobView(
            fields: try fields(
                """
                command: c
                environment: azureml:e@latest
                inputs: {n: 3, t: text, v: {value: true}, d: {type: uri_file, path: azureml:d:1, mode: download}, l: {path: ./x}, u: {path: https://h/x}}
                outputs: {m: {type: mlflow_model, mode: upload}, o: }
                limits: {timeout: 60}
                resources: {instance_count: 2}
                """, as: .commandJob))
        #expect(view.inputs["n"] == .literal(3))
        #expect(view.inputs["v"] == .literal(true))
        #expect(
            view.inputs["d"]
                == .data(
                    .init(
                        type: "uri_file", source: .reference(AssetReference(name: "d", selector: .version("1"))),
                        mode: "download")))
        #expect(view.inputs["l"] == .data(.init(type: "uri_folder", source: .local("./x"), mode: nil)))
        #expect(view.inputs["u"] == .data(.init(type: "uri_folder", source: .uri("https://h/x"), mode: nil)))
        #expect(view.outputs["m"]?.type == "mlflow_model")
        #expect(view.outputs["o"]?.type == "uri_folder")
        #expect(view.timeout == 60)
        #expect(view.instanceCount == 2)
        #expect(view.environment == .reference(AssetReference(name: "e", selector: .label("latest"))))
    }

    @Test func `environments, data, models and endpoints are read back`() throws {
        let environment = EnvironmentView(fields: try fields("name: e\nbuild: {path: ctx}\n", as: .environment))
        #expect(environment.build == .init(path: "ctx", dockerfilePath: "Dockerfile"))
        #expect(environment.osType == "linux")
        #expect(DataView(fields: try fields("name: d\npath: x\n", as: .data)) == DataView(fields: ["path": "x"]))
        #expect(DataView(fields: ["path": "x"]).type == "uri_folder")
        #expect(ModelView(fields: ["type": "mlflow_model", "path": "runs:/a/m"]).localPath == nil)
        #expect(EndpointView(kind: .batchEndpoint, fields: [:]).authMode == "aad_token")
        #expect(EndpointView(kind: .onlineEndpoint, fields: ["traffic": ["a": 10]]).traffic == ["a": 10])
    }
}
