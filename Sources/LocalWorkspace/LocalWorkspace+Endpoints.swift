internal import AssetSchema
internal import Digest
internal import TimeKeeping
internal import Workspace

extension LocalWorkspace {
    func performOnEndpoints(_ operation: Operation, _ provider: any ContentProvider) async throws -> OperationOutcome {
        switch operation {
        case .putOnlineEndpoint(let name, let fields, let tags): try await putOnlineEndpoint(name, fields, tags)
        case .putOnlineDeployment(let draft): try await putOnlineDeployment(draft, provider)
        case .setTraffic(let endpoint, let from, let to, let tags):
            try await setTraffic(endpoint, from: from, to: to, tags: tags)
        case .updateOnlineDeploymentTags(let endpoint, let deployment, let tags):
            try store().setTags(.online, endpoint, deployment, tags)
        case .updateOnlineEndpointTags(let endpoint, let tags): try store().setTags(.online, endpoint, tags)
        case .deleteOnlineDeployment(let endpoint, let deployment):
            // Without its endpoint it is gone already.
            if try store().endpoint(.online, endpoint) != nil {
                try await serving.deleteDeployment(endpoint: endpoint, name: deployment)
            }
            try store().deleteDeployment(.online, endpoint, deployment)
        case .deleteOnlineEndpoint(let name):
            try await serving.deleteEndpoint(name)
            try store().deleteEndpoint(.online, name)
        case .putBatchEndpoint(let name, let fields, let tags):
            guard ServingLayout.isValid(name: name) else {
                throw WorkspaceError(
                    .invalid,
                    "endpoint name '\(name.prefix(64))' must be 1 to 32 letters, digits and '-', beginning with a letter"
                )
            }
            try store().put(.batch, name, fields: fields, tags: tags, at: clock.now())
        case .putBatchDeployment(let draft, let isDefault):
            try await putBatchDeployment(draft, isDefault: isDefault, provider)
        case .updateBatchDeploymentTags(let endpoint, let deployment, let tags):
            try store().setTags(.batch, endpoint, deployment, tags)
        case .deleteBatchDeployment(let endpoint, let deployment):
            try store().deleteDeployment(.batch, endpoint, deployment)
        case .deleteBatchEndpoint(let name): try store().deleteEndpoint(.batch, name)
        case .testOnlineDeployment(let draft): return try await test(draft, provider)
        case .invokeBatch(let invocation): return try await invoke(invocation, provider)
        default: throw WorkspaceError(.unsupported, "the embedded workspace does not know this operation")
        }
        return OperationOutcome()
    }
}
