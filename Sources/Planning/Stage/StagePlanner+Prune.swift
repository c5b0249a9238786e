import AssetSchema
import DesiredState
import Digest
import Workspace

extension StagePlanner {
    /// Plans the end of what is ours and no longer in git: only when asked, and never what serves.
    mutating func planPrune() {
        let isEmptied = stage.assets.isEmpty
        for endpoint in live.onlineEndpoints
        where endpoint.tags[TagName.digest] != nil
            && !isWanted(.onlineEndpoint, endpoint.name)
        {
            let serving = endpoint.traffic.filter { $0.value > 0 }
            prune(
                .onlineEndpoint, endpoint.name, verb: .delete, isEmptied: isEmptied,
                obstacle: serving.isEmpty ? nil : "it serves (\(Phrase.traffic(serving))); set its traffic to 0 first",
                .deleteOnlineEndpoint(name: endpoint.name))
        }
        for endpoint in live.batchEndpoints
        where endpoint.tags[TagName.digest] != nil
            && !isWanted(.batchEndpoint, endpoint.name)
        {
            prune(
                .batchEndpoint, endpoint.name, verb: .delete, isEmptied: isEmptied, obstacle: nil,
                .deleteBatchEndpoint(name: endpoint.name))
        }
        for endpoint in live.batchEndpoints {
            let deployments = index.deployments(.batchDeployment, of: endpoint.name).map(\.definition.name)
            for old in endpoint.deployments
            where !deployments.isEmpty && !deployments.contains(old.name) && old.tags[TagName.digest] != nil {
                let isDefault = endpoint.defaultDeployment == old.name
                prune(
                    .batchDeployment, "\(endpoint.name)/\(old.name)", verb: .delete, isEmptied: isEmptied,
                    obstacle: isDefault ? "it is the endpoint's default" : nil,
                    .deleteBatchDeployment(endpoint: endpoint.name, deployment: old.name))
            }
        }
        for endpoint in live.onlineEndpoints {
            // Where there is one deployment, the rollout removes the old ones itself.
            let deployments = index.deployments(.onlineDeployment, of: endpoint.name).map(\.definition.name)
            for old in endpoint.deployments
            where deployments.count > 1 && !deployments.contains(old.name) && old.tags[TagName.digest] != nil {
                let weight = endpoint.traffic[old.name] ?? 0
                prune(
                    .onlineDeployment, "\(endpoint.name)/\(old.name)", verb: .delete, isEmptied: isEmptied,
                    obstacle: weight > 0 ? "it gets \(weight) percent of the requests" : nil,
                    .deleteOnlineDeployment(endpoint: endpoint.name, deployment: old.name))
            }
        }
        pruneResources(isEmptied: isEmptied)
        let deployed = Set(
            (live.onlineEndpoints.flatMap(\.deployments) + live.batchEndpoints.flatMap(\.deployments))
                .flatMap { [$0.fields["model"]?.stringValue, $0.fields["environment"]?.stringValue].compactMap { $0 } })
        for (place, asset) in live.assets.enumerated()
        where !index.isKnownWanted(place) && !asset.isArchived && !isWanted(asset.kind, asset.name)
            && asset.tag(TagName.digest) != nil
        {
            let reference = "azureml:\(asset.name):\(asset.version)"
            prune(
                asset.kind, asset.name, version: asset.version, verb: .archive, isEmptied: isEmptied,
                obstacle: deployed.contains(reference) ? "a deployment uses it" : nil,
                .archiveAsset(kind: asset.kind, name: asset.name, version: asset.version))
        }
    }

    private func isWanted(_ kind: AssetKind, _ name: String) -> Bool {
        index.desired(AssetKey(kind: kind, name: name)) != nil
    }

    /// Plans the end of schedules, computes and datastores that are ours: what starts jobs goes before what they run on.
    private mutating func pruneResources(isEmptied: Bool) {
        for kind in [AssetKind.schedule, .compute, .datastore] {
            for old in live.resources
            where old.kind == kind && old.tags[TagName.digest] != nil
                && !isWanted(kind, old.name)
            {
                prune(
                    kind, old.name, verb: .delete, isEmptied: isEmptied,
                    obstacle: kind == .compute ? user(ofCompute: old.name) : nil,
                    .deleteResource(kind: kind, name: old.name))
            }
        }
    }

    /// What of the workspace runs on a compute now, in words.
    private func user(ofCompute name: String) -> String? {
        let reference = "azureml:\(name)"
        let deployment = live.batchEndpoints.flatMap(\.deployments).first {
            $0.fields["compute"]?.stringValue == reference
        }
        return deployment.map { "deployment \($0.name) runs on it" }
    }

    private mutating func prune(
        _ kind: AssetKind, _ name: String, version: String? = nil, verb: PlanAction.Verb, isEmptied: Bool,
        obstacle: String?,
        _ operation: Operation
    ) {
        var action = PlanAction(
            id: id(kind, version.map { "\(name):\($0)" } ?? name), stage: stage.name, verb: verb, kind: kind,
            name: name, version: version, reason: "no longer in git")
        if !stage.prune {
            action.verb = .unchanged
            action.reason += "; kept, since the stage's prune is off"
        } else if isEmptied {
            action.verb = .blocked
            action.isFailure = true
            action.reason += "; refused, since git holds nothing at all for this stage"
        } else if let obstacle {
            action.verb = .blocked
            action.reason += "; kept, since \(obstacle)"
        } else {
            action.operations = [operation]
        }
        add(action)
    }
}
