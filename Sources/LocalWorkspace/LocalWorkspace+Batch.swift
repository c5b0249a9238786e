internal import AssetSchema
internal import Digest
internal import TimeKeeping
internal import Workspace

extension LocalWorkspace {
    func liveBatchEndpoints(_ store: Store) throws -> [LiveBatchEndpoint] {
        let deployments = try store.deployments(.batch)
        return try store.endpoints(.batch).map { endpoint in
            LiveBatchEndpoint(
                name: endpoint.name, fields: endpoint.fields, tags: endpoint.tags,
                defaultDeployment: endpoint.defaultDeployment,
                deployments: deployments.filter { $0.endpoint == endpoint.name }.map { deployment in
                    LiveDeployment(
                        name: deployment.name, fields: deployment.fields, tags: deployment.tags,
                        createdAt: deployment.createdAt)
                })
        }
    }

    func putBatchDeployment(_ draft: DeploymentDraft, isDefault: Bool, _ provider: any ContentProvider) async throws {
        let store = try store()
        guard try store.endpoint(.batch, draft.endpoint) != nil else {
            throw WorkspaceError(.notFound, "there is no batch endpoint \(draft.endpoint)")
        }
        let trees = try await keep(draft.content, provider)
        let model = try modelFiles(draft.fields["model"]?.stringValue)
        var environment: EnvironmentSpec
        if draft.fields["code_configuration"]?["scoring_script"]?.stringValue != nil {
            guard trees["code_configuration.code"] ?? trees["code"] != nil else {
                throw WorkspaceError(.invalid, "the deployment \(draft.name) has a scoring_script but no code")
            }
            environment = try self.environment(
                draft.fields["environment"], override: draft.environmentOverride, content: trees)
        } else if let model {
            environment = try EnvironmentSpec.model(directory: model, forServing: false)
            apply(draft.environmentOverride, to: &environment)
        } else {
            throw WorkspaceError(.invalid, "the deployment \(draft.name) has neither a model nor code")
        }
        try store.put(
            .batch, draft, content: trees, environment: environment, isDefault: isDefault, at: clock.now())
    }

    /// Notes a scoring as a job of its own and starts it; a job of that name is the answer.
    func invoke(_ invocation: BatchInvocation, _ provider: any ContentProvider) async throws -> OperationOutcome {
        let store = try store()
        if try store.job(invocation.jobName) == nil {
            guard let deployment = try store.deployment(.batch, invocation.endpoint, invocation.deployment) else {
                throw WorkspaceError(
                    .notFound, "batch endpoint \(invocation.endpoint) has no deployment \(invocation.deployment)")
            }
            var trees: [String: StoredTree] = [:]
            if let input = invocation.input {
                trees["inputs.input.path"] = try await keep(["input": input], provider)["input"]
            } else if invocation.inputPath == nil {
                throw WorkspaceError(.invalid, "the scoring by \(invocation.endpoint) has no input")
            }
            trees["model"] = try deployment.fields["model"]?.stringValue.map { try modelTree($0) }
            trees["code"] = deployment.content["code_configuration.code"] ?? deployment.content["code"]
            var input: JSONValue = ["type": "uri_folder"]
            input["path"] = invocation.inputPath.map { .string($0) }
            let fields: JSONValue = [
                "batch": deployment.fields, "endpoint": .string(invocation.endpoint),
                "deployment": .string(invocation.deployment), "inputs": ["input": input],
                "outputs": ["score": ["type": "uri_folder"]], "experiment_name": .string(invocation.endpoint),
                "environment_variables": deployment.fields["environment_variables"] ?? [:],
            ]
            _ = try store.submit(
                // Azure ML shows a scoring as a pipeline job.
                JobDraft(name: invocation.jobName, kind: .pipelineJob, fields: fields, tags: invocation.tags),
                experiment: invocation.endpoint, content: trees, environment: deployment.environment, at: clock.now())
        }
        try care().startIfNew(invocation.jobName)
        return OperationOutcome()
    }
}
