internal import AssetSchema
internal import Digest
internal import TimeKeeping
internal import Workspace

extension LocalWorkspace {
    /// The processes behind the online endpoints.
    package var serving: OnlineServing {
        let variables = launcher.environment ?? HostEnvironment.all
        return OnlineServing(
            layout: ServingLayout(root: layout.serving, stateDirectory: layout.state.root),
            proxies: HAProxyFinder(variables: variables),
            supervisorArguments: launcher.arguments + [InternalCommand.superviseDeployment], variables: variables)
    }

    func liveOnlineEndpoints(_ store: Store) async throws -> [LiveOnlineEndpoint] {
        let endpoints = try store.endpoints(.online)
        guard !endpoints.isEmpty else { return [] }
        let serving = serving
        if !isReadOnly {
            do {
                try await serving.ensureRunning()
            } catch {
                // What cannot be brought back shows as unhealthy; looking goes on.
            }
        }
        let deployments = try store.deployments(.online)
        var live: [LiveOnlineEndpoint] = []
        for endpoint in endpoints {
            // Somebody took its files away: it is gone, whatever the row says.
            guard let traffic = try? serving.traffic(endpoint.name) else { continue }
            let requests = (try? await serving.requestsSinceTraffic(endpoint.name)) ?? [:]
            live.append(
                LiveOnlineEndpoint(
                    name: endpoint.name, fields: endpoint.fields, tags: endpoint.tags, traffic: traffic,
                    scoringURI: try serving.scoringURI(endpoint.name),
                    deployments: try deployments.filter { $0.endpoint == endpoint.name }.compactMap { deployment in
                        guard let status = try serving.status(endpoint: endpoint.name, name: deployment.name) else {
                            return nil
                        }
                        return LiveDeployment(
                            name: deployment.name, fields: deployment.fields, tags: deployment.tags,
                            provisioningState: status.state, error: status.state == .failed ? status.message : nil,
                            isHealthy: try serving.isHealthy(endpoint: endpoint.name, name: deployment.name),
                            createdAt: deployment.createdAt, requests: requests[deployment.name])
                    }))
        }
        return live
    }

    func putOnlineEndpoint(_ name: String, _ fields: JSONValue, _ tags: [String: String]) async throws {
        // Serving first: a row without it would look like an endpoint that somebody has destroyed.
        try await serving.putEndpoint(name, authMode: EndpointAuthMode(field: fields["auth_mode"]?.stringValue))
        try store().put(.online, name, fields: fields, tags: tags, at: clock.now())
    }

    func putOnlineDeployment(_ draft: DeploymentDraft, _ provider: any ContentProvider) async throws {
        let store = try store()
        guard try store.endpoint(.online, draft.endpoint) != nil else {
            throw WorkspaceError(.notFound, "there is no online endpoint \(draft.endpoint)")
        }
        let trees = try await keep(draft.content, provider)
        let model = try modelFiles(draft.fields["model"]?.stringValue)
        let scorer: OnlineDeploymentSpec.Scorer
        var environment: EnvironmentSpec
        if let code = draft.fields["code_configuration"], let script = code["scoring_script"]?.stringValue {
            try ContentStore.check(script)
            guard let tree = trees["code_configuration.code"] ?? trees["code"] else {
                throw WorkspaceError(.invalid, "the deployment \(draft.name) has a scoring_script but no code")
            }
            scorer = .script(codeDirectory: try shared(tree), entryScript: script)
            environment = try self.environment(
                draft.fields["environment"], override: draft.environmentOverride, content: trees
            ).withInferenceServer()
        } else {
            guard let model else {
                throw WorkspaceError(.invalid, "the deployment \(draft.name) has neither a model nor code")
            }
            scorer = .model
            environment = try EnvironmentSpec.model(directory: model)
            apply(draft.environmentOverride, to: &environment)
        }
        var spec = OnlineDeploymentSpec(
            endpoint: draft.endpoint, name: draft.name, scorer: scorer, modelDirectory: try model ?? shared(.empty),
            environment: environment)
        spec.apply(fields: draft.fields)
        try await serving.putDeployment(spec)
        try store.put(.online, draft, content: trees, environment: environment, at: clock.now())
    }

    func setTraffic(_ endpoint: String, from: [String: Int], to: [String: Int], tags: [String: String]) async throws {
        try await serving.setTraffic(endpoint, from: from, to: to)
        try store().setTags(.online, endpoint, tags)
    }

    /// Sends the sample request to one deployment and notes in its tags how it fared.
    func test(_ draft: SmokeTestDraft, _ provider: any ContentProvider) async throws -> OperationOutcome {
        let store = try store()
        guard let deployment = try store.deployment(.online, draft.endpoint, draft.deployment) else {
            throw WorkspaceError(.notFound, "online endpoint \(draft.endpoint) has no deployment \(draft.deployment)")
        }
        guard let entry = draft.request.entries.first else {
            throw WorkspaceError(.invalid, "the sample request for \(draft.endpoint) is empty")
        }
        let passed = "passed:\(draft.digest)"
        if deployment.tags[TagName.smokeTest] == passed { return OperationOutcome(message: "passed") }
        let body = try await provider.bytes(ofBlob: entry.blob)
        let serving = serving
        let answer = try await serving.invoke(endpoint: draft.endpoint, deployment: draft.deployment, body: body)
        if (200..<300).contains(answer.status) {
            try store.setTags(.online, draft.endpoint, draft.deployment, [TagName.smokeTest: passed])
            return OperationOutcome(message: "answered \(answer.status)")
        }
        if (502...504).contains(answer.status),
            try !serving.isHealthy(endpoint: draft.endpoint, name: draft.deployment)
        {
            throw WorkspaceError(
                .unavailable, "deployment \(draft.endpoint)/\(draft.deployment) does not answer yet (\(answer.status))")
        }
        let why = "answered \(answer.status): \(answer.text.split(separator: "\n").joined(separator: " ").prefix(200))"
        try store.setTags(
            .online, draft.endpoint, draft.deployment, [TagName.smokeTest: "failed:\(draft.digest):\(why)"])
        return OperationOutcome(message: why)
    }

    // MARK: Files that processes share

    /// The folder of a model's files, written out once and shared by all that serve it.
    func modelFiles(_ reference: String?) throws -> String? {
        guard let reference else { return nil }
        return try shared(modelTree(reference))
    }

    func modelTree(_ reference: String) throws -> StoredTree {
        guard let asset = AssetReference(reference) else {
            throw WorkspaceError(.unsupported, "the model \(reference) cannot be had here")
        }
        guard let model = try store().asset(.model, asset.name, asset.version), let tree = model.content["path"] else {
            throw WorkspaceError(.notFound, "there is no model \(reference)")
        }
        return tree
    }

    /// A folder with a tree's files that stays, named by its digest.
    func shared(_ tree: StoredTree) throws -> String {
        let folder = "\(layout.root)/files/\(tree.digest.prefix(24))"
        if Files.isFolder(folder) { return folder }
        try Files.makeFolder("\(layout.root)/files")
        let draft = "\(folder).\(UInt64.random(in: 0...UInt64.max)).part"
        try content.export(tree, to: draft)
        try Files.rename(draft, to: folder)
        return folder
    }

    /// Puts a stage's override in the place of what the model says of its environment.
    func apply(_ override: JSONValue?, to environment: inout EnvironmentSpec) {
        guard let override, let replacing = try? self.environment(override, override: nil, content: [:]) else { return }
        environment.python = replacing.python ?? environment.python
        if let conda = replacing.conda { environment.conda = conda }
    }
}

extension StoredTree {
    static let empty = StoredTree(entries: [], isFile: false)
}
