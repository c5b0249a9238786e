import AssetSchema
import Digest
import TestSupport
import Testing
import Workspace

@testable import LocalWorkspace

@Suite("Endpoints of the embedded workspace, from a trained model to answers")
struct EndpointTests {
    private static let script = """
        import mlflow, numpy, pandas
        from sklearn.linear_model import LogisticRegression
        x = pandas.DataFrame(numpy.random.RandomState(0).rand(60, 2), columns=["a", "b"])
        model = LogisticRegression().fit(x, (x["a"] > 0.5).astype(int))
        with mlflow.start_run():
            mlflow.sklearn.log_model(model, artifact_path="model")
        """

    @Test("A model from a job answers online and in batches, and everything can be deleted again")
    func wholeWay() async throws {
        let fixture = try WorkspaceFixture()
        let workspace = fixture.workspace
        let (draft, content) = fixture.draft(
            "train", "python train.py", files: ["train.py": Self.script], conda: SharedState.conda)
        let job = try await fixture.run(draft, content)
        try #require(job.status == .completed, "\(fixture.log("train"))")
        _ = try await workspace.perform(
            .registerModel(
                ModelDraft(
                    definition: ResourceDefinition(kind: .model, name: "m", fields: ["type": "mlflow_model"]),
                    tags: [TagName.digest: "m1"], job: "train", artifactPath: "model")), content: content)

        let samples = FakeContent(files: [
            "request.json": #"{"input_data": [[0.9, 0.1], [0.1, 0.9]]}"#, "bad.json": "{",
            "rows.csv": "a,b\n0.9,0.1\n0.1,0.9\n",
        ])
        try await online(fixture, samples)
        try await batch(fixture, samples)
    }

    private func online(_ fixture: WorkspaceFixture, _ samples: FakeContent) async throws {
        let workspace = fixture.workspace
        func perform(_ operation: Operation) async throws -> OperationOutcome {
            try await workspace.perform(operation, content: samples)
        }
        let deployment = DeploymentDraft(
            endpoint: "scoring", name: "blue", fields: ["model": "azureml:m:1", "instance_count": 1],
            tags: ["who": "us"])
        await #expect(throws: WorkspaceError.self) { try await perform(.putOnlineDeployment(deployment)) }
        _ = try await perform(.putOnlineEndpoint(name: "scoring", fields: ["auth_mode": "key"], tags: ["a": "1"]))
        _ = try await perform(.putOnlineDeployment(deployment))
        _ = try await perform(.putOnlineDeployment(deployment))
        let live = try await waitForDeployment(workspace)
        #expect(live.provisioningState == .succeeded, "\(live.error ?? "")")
        #expect(live.fields == deployment.fields)
        let digest = ContentDigest(of: "t")
        let good = SmokeTestDraft(
            endpoint: "scoring", deployment: "blue", request: samples.tree(["request.json"], isFile: true),
            digest: digest)
        var bad = good
        bad.request = samples.tree(["bad.json"], isFile: true)
        _ = try await perform(.testOnlineDeployment(bad))
        var endpoint = try #require(try await workspace.liveState().onlineEndpoints.first)
        #expect(endpoint.deployments.first?.tags[TagName.smokeTest]?.hasPrefix("failed:\(digest):answered 400") == true)
        _ = try await perform(.testOnlineDeployment(good))
        _ = try await perform(.setTraffic(endpoint: "scoring", from: [:], to: ["blue": 100], tags: ["t": "2"]))
        await #expect(throws: WorkspaceError.self) {
            try await perform(.setTraffic(endpoint: "scoring", from: [:], to: ["blue": 0], tags: [:]))
        }
        _ = try await perform(.updateOnlineDeploymentTags(endpoint: "scoring", deployment: "blue", tags: ["x": "y"]))
        endpoint = try #require(try await fixture.another(isReadOnly: true).liveState().onlineEndpoints.first)
        #expect(endpoint.traffic == ["blue": 100])
        #expect(endpoint.tags == ["a": "1", "t": "2"])
        #expect(endpoint.deployments.first?.isHealthy == true)
        #expect(
            endpoint.deployments.first?.tags == ["who": "us", "x": "y", TagName.smokeTest: "passed:\(digest)"])
        await #expect(throws: WorkspaceError.self) {
            try await perform(.deleteOnlineDeployment(endpoint: "scoring", deployment: "blue"))
        }
        _ = try await perform(.deleteOnlineEndpoint(name: "scoring"))
        _ = try await perform(.deleteOnlineEndpoint(name: "scoring"))
        #expect(try await workspace.liveState().onlineEndpoints.isEmpty)
        try await workspace.serving.stopProcesses()
    }

    private func batch(_ fixture: WorkspaceFixture, _ samples: FakeContent) async throws {
        let workspace = fixture.workspace
        _ = try await workspace.perform(.putBatchEndpoint(name: "batch", fields: [:], tags: [:]), content: samples)
        _ = try await workspace.perform(
            .putBatchDeployment(
                DeploymentDraft(endpoint: "batch", name: "first", fields: ["model": "azureml:m:1"], tags: [:]),
                isDefault: true), content: samples)
        #expect(try await workspace.liveState().batchEndpoints.first?.defaultDeployment == "first")
        let invocation = BatchInvocation(
            jobName: "score", endpoint: "batch", deployment: "first", input: samples.tree(["rows.csv"], isFile: true),
            tags: ["k": "v"])
        _ = try await workspace.perform(.invokeBatch(invocation), content: samples)
        _ = try await workspace.perform(.invokeBatch(invocation), content: samples)
        let job = try await fixture.wait("score") { $0.status.isTerminal }
        #expect(job.status == .completed, "\(fixture.log("score"))")
        #expect(job.tags == ["k": "v"])
        let stored = try #require(try workspace.store().job("score"))
        let tree = try #require(stored.results["outputs.score"])
        #expect(tree.entries.map(\.path) == ["predictions.csv"])
        let text = String(decoding: try #require(try workspace.content.bytes(tree)), as: UTF8.self)
        #expect(text.split(separator: "\n").count >= 2, "\(text)")
        _ = try await workspace.perform(
            .deleteBatchDeployment(endpoint: "batch", deployment: "first"), content: samples)
        _ = try await workspace.perform(.deleteBatchEndpoint(name: "batch"), content: samples)
        #expect(try await workspace.liveState().batchEndpoints.isEmpty)
    }

    private func waitForDeployment(_ workspace: LocalWorkspace) async throws -> LiveDeployment {
        let found = try await polled(within: .seconds(240)) {
            let live = try await workspace.liveState().onlineEndpoints.first?.deployments.first
            return live?.provisioningState.isTerminal == true ? live : nil
        }
        if let found { return found }
        throw WorkspaceError(.unavailable, "the deployment did not come up")
    }
}
