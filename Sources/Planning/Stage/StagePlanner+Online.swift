import Approvals
import AssetSchema
import DesiredState
import Digest
import TimeKeeping
import Workspace

extension StagePlanner {
    /// How this stage's online deployments get their traffic; a rollback goes back at once.
    func rollout(of model: ServedModel?) -> RolloutPolicy {
        let policy = release?.rollout ?? stage.rollout
        guard model?.isPinned == true else {
            return policy ?? RolloutPolicy(strategy: release == nil ? .inPlace : .blueGreen)
        }
        return RolloutPolicy(strategy: strategy, scaleDownDelay: policy?.scaleDownDelay ?? .zero)
    }

    var strategy: RolloutPolicy.Strategy {
        (release?.rollout ?? stage.rollout)?.strategy ?? (release == nil ? .inPlace : .blueGreen)
    }

    /// The gate before the release of a model; going back to one that was let through before asks nobody.
    func releaseGate(of model: ServedModel?) -> GateName? {
        model?.isPinned == true ? nil : release.flatMap { gateName("release", of: $0.name) }
    }

    /// Plans the online endpoints, their deployments, the sample request to each, and the traffic.
    mutating func planOnline(served: [AssetKey: ServedModel]) {
        for endpoint in stage.assets where endpoint.kind == .onlineEndpoint {
            let name = endpoint.definition.name
            let current = index.onlineEndpoint(name)
            planEndpoint(endpoint, live: current.map { ($0.fields, $0.tags, $0.provisioningState) })
            let deployments = index.deployments(.onlineDeployment, of: name)
            if deployments.count == 1 {
                planOnline(deployments[0], current: current, model: servedModel(for: deployments[0], among: served))
                continue
            }
            var planned: [ExpectedDeployment] = []
            var models: [ServedModel?] = []
            for deployment in deployments {
                let model = servedModel(for: deployment, among: served)
                guard model != nil || deployment.definition.fields["model"] != nil else {
                    planWithoutModel(deployment, endpoint: name)
                    continue
                }
                let expected = expectedOnline(deployment, model: model, isAlone: false)
                planOnlineDeployment(expected, current: current, model: model)
                planOnlineTest(expected, current: current, isReady: model?.action == nil)
                planned.append(expected)
                models.append(model)
            }
            if planned.count == deployments.count, !planned.isEmpty {
                planFixedTraffic(endpoint, planned, current: current, served: served)
            }
            for (expected, model) in zip(planned, models) { noteOnline(expected, model: model) }
        }
    }

    /// Plans an endpoint's only deployment, and what goes on being served until its model is there.
    private mutating func planOnline(_ asset: DesiredAsset, current: LiveOnlineEndpoint?, model: ServedModel?) {
        guard model != nil || asset.definition.fields["model"] != nil else {
            planWithoutModel(asset, endpoint: asset.endpoint ?? "")
            return
        }
        let expected = expectedOnline(asset, model: model, isAlone: true)
        let interim = model?.meanwhile.flatMap { planInterim(asset, $0, current: current, next: expected) }
        if interim?.isTold != true || interim?.expected.name != expected.name {
            planOnlineDeployment(expected, current: current, model: model)
            planOnlineTest(expected, current: current, isReady: model?.action == nil)
        }
        planTraffic(to: expected, model: model, interim: interim, current: current)
        noteOnline(expected, model: model)
        if let model, model.action == nil { planScaleDown(besides: expected, model: model, current: current) }
    }

    private mutating func noteOnline(_ expected: ExpectedDeployment, model: ServedModel?) {
        let name = "\(expected.endpoint)/\(expected.name)"
        note(
            [id(.onlineDeployment, name), id(.smokeTest, name), id(.onlineTraffic, expected.endpoint)], of: expected,
            model: model)
    }

    /// What is served while the next model is still to come.
    struct Interim {
        var expected: ExpectedDeployment
        var model: ServedModel
        /// Whether its own deployment needs something, so that it has a line in the plan.
        var isTold: Bool
    }

    /// Keeps what serves as it is while the next model is trained or waits: drift is healed, a rollout goes on.
    private mutating func planInterim(
        _ asset: DesiredAsset, _ registered: LiveAsset, current: LiveOnlineEndpoint?, next: ExpectedDeployment
    ) -> Interim? {
        guard let current else { return nil }
        let isPinned = isPinned(registered)
        let model = ServedModel(registered, isPinned: isPinned)
        let expected = expectedOnline(asset, model: model, isAlone: true)
        let existing = current.deployments.first { $0.name == expected.name }
        let wasThere = Self.traffic(current.tags[TagName.traffic])[expected.name] != nil
        // An edit that came with the next model's waits with it; only what was put just so is kept just so.
        guard isKept(existing, expected, isPinned: isPinned, wasThere: wasThere) else { return nil }
        let before = actions.count
        planOnlineDeployment(expected, current: current, model: model)
        planOnlineTest(expected, current: current, isReady: true)
        let isTold = actions[before...].contains { $0.verb != .unchanged }
        if !isTold { removeActions(from: before) }
        return Interim(expected: expected, model: model, isTold: isTold)
    }

    /// A deployment as it shall be; alone at its endpoint it may have a name for each model.
    private func expectedOnline(_ asset: DesiredAsset, model: ServedModel?, isAlone: Bool) -> ExpectedDeployment {
        let bound = asset.definition.name
        let endpoint = asset.endpoint ?? ""
        var expected = expected(asset, endpoint: endpoint, model: model) { substance in
            guard isAlone, strategy != .inPlace else { return bound }
            // What it will be called is known when the model is.
            return model?.action == nil ? Self.deploymentName(bound, substance) : "\(bound)-(known later)"
        }
        expected.requires.append(id(.onlineEndpoint, endpoint))
        return expected
    }

    /// The bound name with the digits of what the deployment is made of, within Azure's 32 characters.
    private static func deploymentName(_ bound: String, _ substance: ContentDigest) -> String {
        let suffix = "-" + substance.prefix(6)
        return bound.prefix(32 - suffix.count) + suffix
    }

    private mutating func planOnlineDeployment(
        _ expected: ExpectedDeployment, current: LiveOnlineEndpoint?, model: ServedModel?
    ) {
        let existing = current?.deployments.first { $0.name == expected.name }
        let wasThere = Self.traffic(current?.tags[TagName.traffic])[expected.name] != nil
        var action = deploymentAction(
            expected, live: existing, isGone: existing == nil && wasThere, endpointTags: current?.tags ?? [:])
        if model?.action != nil, action.verb != .blocked {
            action.verb = existing == nil ? .create : .update
            action.awaiting = nil
            action.reason = existing == nil && current?.deployments.isEmpty != false ? "new" : "another model"
            if existing == nil { action.changes = [] }
        }
        if action.verb == .create || action.verb == .update {
            action.operations = [.putOnlineDeployment(draft(expected, live: existing, action: action))]
            if existing == nil, wasThere, let current {
                // The count of heals went away with the deployment; its endpoint keeps it.
                action.operations.append(
                    .updateOnlineEndpointTags(
                        endpoint: expected.endpoint, tags: [TagName.heals: nextHeals(current.tags)]))
            }
        }
        holdUntested(&action, expected, model: model, live: existing)
        let serves = (current?.traffic[expected.name] ?? 0) > 0
        if action.verb == .update, serves, model?.action == nil, let model, let existing,
            existing.tags[TagName.modelDigest] != expected.tags[TagName.modelDigest], let release,
            let gate = releaseGate(of: model)
        {
            // Updating in place what serves is the release itself.
            let answer = askRelease(gate, expected, model: model, incumbent: existing, release: release)
            action.gate = answer
            apply(answer, to: &action)
        }
        add(action)
    }

    /// Plans the sample request to a deployment; its outcome is noted at the deployment itself.
    private mutating func planOnlineTest(_ expected: ExpectedDeployment, current: LiveOnlineEndpoint?, isReady: Bool) {
        guard let request = stage.onlineRequest else { return }
        let digest = ContentDigest(of: "\(expected.digest) \(request.digest)")
        let deployment = current?.deployments.first { $0.name == expected.name }
        let outcome = deployment?.tags[TagName.smokeTest] ?? ""
        let name = "\(expected.endpoint)/\(expected.name)"
        var action = PlanAction(
            id: id(.smokeTest, name), stage: stage.name, verb: .run, kind: .smokeTest, name: name,
            reason: "sends the sample request", digest: digest, source: expected.asset.source,
            requires: [id(.onlineDeployment, name)])
        if isReady, outcome == "passed:\(digest)" {
            action.verb = .unchanged
            action.reason = "passed"
        } else if isReady, outcome.hasPrefix("failed:\(digest):") {
            action.verb = .blocked
            action.isFailure = true
            action.reason = "failed: \(outcome.dropFirst("failed:\(digest):".count))"
        } else {
            action.operations = [
                .testOnlineDeployment(
                    SmokeTestDraft(
                        endpoint: expected.endpoint, deployment: expected.name, request: request, digest: digest))
            ]
        }
        add(action)
    }
}
