import AssetSchema
import DesiredState
import Diagnostics
import Digest
import Workspace

extension StagePlanner {
    /// Plans the batch endpoints, their deployments and a scoring of the sample file by each.
    mutating func planBatch(served: [AssetKey: ServedModel]) {
        for endpoint in stage.assets where endpoint.kind == .batchEndpoint {
            let name = endpoint.definition.name
            let current = index.batchEndpoint(name)
            planEndpoint(endpoint, live: current.map { ($0.fields, $0.tags, $0.provisioningState) })
            let deployments = index.deployments(.batchDeployment, of: name)
            for (index, deployment) in deployments.enumerated() {
                planBatchDeployment(
                    deployment, endpoint: name, current: current, isDefault: index == 0,
                    model: servedModel(for: deployment, among: served))
            }
        }
    }

    private mutating func planBatchDeployment(
        _ asset: DesiredAsset, endpoint: String, current: LiveBatchEndpoint?, isDefault: Bool, model: ServedModel?
    ) {
        let fields = asset.definition.fields
        guard model != nil || ["model", "component", "job"].contains(where: { fields[$0] != nil }) else {
            planWithoutModel(asset, endpoint: endpoint)
            return
        }
        if let registered = model?.meanwhile,
            keepBatchDeployment(asset, endpoint: endpoint, current: current, isDefault: isDefault, registered)
        {
            return
        }
        let expected = expectedBatch(asset, endpoint: endpoint, model: model)
        var action = batchAction(expected, current: current, isDefault: isDefault, model: model)
        let existing = current?.deployments.first { $0.name == expected.name }
        holdUntested(&action, expected, model: model, live: existing)
        add(action)
        planBatchTest(expected, deploymentID: action.id, isReady: model?.action == nil)
        note([action.id, id(.smokeTest, "\(endpoint)/\(expected.name)")], of: expected, model: model)
    }

    /// Mends what serves while the next model is still to come; says whether there was anything to mend.
    private mutating func keepBatchDeployment(
        _ asset: DesiredAsset, endpoint: String, current: LiveBatchEndpoint?, isDefault: Bool, _ registered: LiveAsset
    ) -> Bool {
        let isPinned = isPinned(registered)
        let model = ServedModel(registered, isPinned: isPinned)
        let expected = expectedBatch(asset, endpoint: endpoint, model: model)
        let existing = current?.deployments.first { $0.name == expected.name }
        let wasThere = current?.defaultDeployment == expected.name
        guard isKept(existing, expected, isPinned: isPinned, wasThere: wasThere) else { return false }
        let action = batchAction(expected, current: current, isDefault: isDefault, model: model)
        guard action.verb != .unchanged else { return false }
        add(action)
        planBatchTest(expected, deploymentID: action.id, isReady: true)
        return true
    }

    private func expectedBatch(_ asset: DesiredAsset, endpoint: String, model: ServedModel?) -> ExpectedDeployment {
        var expected = expected(asset, endpoint: endpoint, model: model) { _ in asset.definition.name }
        expected.requires.append(id(.batchEndpoint, endpoint))
        return expected
    }

    private mutating func batchAction(
        _ expected: ExpectedDeployment, current: LiveBatchEndpoint?, isDefault: Bool, model: ServedModel?
    ) -> PlanAction {
        let existing = current?.deployments.first { $0.name == expected.name }
        var action = deploymentAction(
            expected, live: existing, isGone: existing == nil && current?.defaultDeployment == expected.name)
        if model?.action != nil, action.verb != .blocked {
            action.verb = existing == nil ? .create : .update
            action.awaiting = nil
            action.reason = existing == nil ? "new" : "another model"
        }
        if isDefault, action.verb == .unchanged, let existing, let current, current.defaultDeployment != expected.name {
            let change = FieldChange(
                field: "defaults.deployment_name", before: current.defaultDeployment.map { .string($0) } ?? .null,
                after: .string(expected.name))
            if heals([change], of: .batchEndpoint, name: current.name, id: action.id, tags: existing.tags) {
                action.verb = .update
                action.reason = "is not the endpoint's default"
                action.changes = [change]
            }
        }
        if action.verb == .create || action.verb == .update {
            action.operations = [
                .putBatchDeployment(draft(expected, live: existing, action: action), isDefault: isDefault)
            ]
        }
        return action
    }

    /// Plans a scoring of the sample file; the job's name is derived, so it is run once for what it tests.
    private mutating func planBatchTest(_ expected: ExpectedDeployment, deploymentID: String, isReady: Bool) {
        guard let request = stage.batchRequest else { return }
        let digest = ContentDigest(of: "\(expected.digest) \(request.digest)")
        let job = "smoke-\(digest.prefix(12))"
        var action = PlanAction(
            id: id(.smokeTest, "\(expected.endpoint)/\(expected.name)"), stage: stage.name, verb: .run,
            kind: .smokeTest,
            name: "\(expected.endpoint)/\(expected.name)", reason: "scores the sample file", digest: digest,
            source: expected.asset.source, requires: [deploymentID])
        let jobs = index.smokeJobs(job)
        let earlier = jobs.max { ($0.createdAt, $0.name) < ($1.createdAt, $1.name) }
        let attempts = jobs.count
        if isReady, let earlier, earlier.status == .completed {
            action.verb = .unchanged
            action.reason = "passed"
        } else if isReady, let earlier, !earlier.status.isTerminal {
            action.verb = .wait
            action.awaiting = .job(earlier.name)
            action.reason = earlier.status.rawValue
        } else if isReady, let earlier, earlier.status != .notResponding || attempts >= 3 {
            action.verb = .blocked
            action.isFailure = true
            action.reason = "failed: \(earlier.error ?? earlier.status.rawValue)"
        } else {
            var tags = [TagName.digest: digest.description, TagName.source: expected.asset.source.path]
            for tag in [TagName.modelDigest, TagName.contentKey, TagName.commit] { tags[tag] = expected.tags[tag] }
            action.operations = [
                .invokeBatch(
                    BatchInvocation(
                        jobName: attempts == 0 ? job : "\(job)-r\(attempts)", endpoint: expected.endpoint,
                        deployment: expected.name, input: request, tags: tags))
            ]
        }
        add(action)
    }

    /// A deployment that has nothing to serve: its model's training or registration did not come about.
    mutating func planWithoutModel(_ asset: DesiredAsset, endpoint: String) {
        let name = "\(endpoint)/\(asset.definition.name)"
        let model = asset.references["model"]?.name
        let cause = actions.last {
            ($0.kind == .model || $0.kind == .evaluation) && (model == nil || $0.name == model)
        }
        add(
            PlanAction(
                id: id(asset.kind, name), stage: stage.name, verb: .blocked, kind: asset.kind, name: name,
                reason: "no model to serve: \(cause?.reason ?? "none is registered and none is trained")",
                digest: asset.digest, source: asset.source, isFailure: cause == nil))
    }
}
