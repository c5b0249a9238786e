import Approvals
import AssetSchema
import DesiredState
import Digest
import TimeKeeping
import Workspace

extension StagePlanner {
    /// How this stage's online deployments get their traffic.
    var rollout: RolloutPolicy {
        if isRolledBack { return RolloutPolicy(strategy: releasePolicy.strategy) }
        return releasePolicy
    }

    private var releasePolicy: RolloutPolicy {
        release?.rollout ?? stage.rollout ?? RolloutPolicy(strategy: release == nil ? .inPlace : .blueGreen)
    }

    /// Whether a committed rollback is what decides the model that is served.
    var isRolledBack: Bool {
        guard let rollback = stage.rollback else { return false }
        return actions.contains { $0.kind == .model && "\($0.name):\($0.version ?? "")" == rollback.to }
    }

    /// Plans the online endpoints, their deployments, the sample request to each, and the traffic.
    mutating func planOnline(served: [AssetKey: ServedModel]) {
        for endpoint in stage.assets where endpoint.kind == .onlineEndpoint {
            let name = endpoint.definition.name
            let current = live.onlineEndpoints.first { $0.name == name }
            planEndpoint(endpoint, live: current.map { ($0.fields, $0.tags) })
            let deployments = stage.assets.filter { $0.kind == .onlineDeployment && $0.endpoint == name }
            var planned: [ExpectedDeployment] = []
            for deployment in deployments {
                let model = servedModel(for: deployment, among: served)
                guard model != nil || deployment.definition.fields["model"] != nil else {
                    planWithoutModel(deployment, endpoint: name)
                    continue
                }
                var expected = expected(deployment, endpoint: name, model: model) { substance in
                    deployments.count == 1
                        ? deploymentName(deployment.definition.name, substance) : deployment.definition.name
                }
                expected.requires.append(id(.onlineEndpoint, name))
                planOnlineDeployment(expected, current: current, model: model)
                planOnlineTest(expected, current: current, isReady: model?.action == nil)
                planned.append(expected)
            }
            if planned.count == 1, deployments.count == 1 {
                let model = servedModel(for: planned[0].asset, among: served)
                planTraffic(to: planned[0], current: current, model: model)
                if model?.action == nil { planScaleDown(besides: planned[0], current: current) }
            } else if planned.count == deployments.count, !planned.isEmpty {
                planFixedTraffic(endpoint, planned, current: current)
            }
        }
    }

    /// A deployment's name: bound, or bound with the digits of what it is made of, within Azure's 32 characters.
    private func deploymentName(_ bound: String, _ substance: ContentDigest) -> String {
        guard rollout.strategy != .inPlace else { return bound }
        let suffix = "-" + substance.prefix(6)
        return bound.prefix(32 - suffix.count) + suffix
    }

    private mutating func planOnlineDeployment(
        _ expected: ExpectedDeployment, current: LiveOnlineEndpoint?, model: ServedModel?
    ) {
        let existing = current?.deployments.first { $0.name == expected.name }
        let wasThere = Self.traffic(current?.tags[TagName.traffic])[expected.name] != nil
        var action = deploymentAction(expected, live: existing, isGone: existing == nil && wasThere)
        if model?.action != nil {
            // What it will be called is known when the model is.
            action.verb = action.verb == .unchanged || action.verb == .update ? .update : .create
            action.reason = "another model"
            if rollout.strategy != .inPlace {
                action.verb = .create
                action.name = "\(expected.endpoint)/\(expected.asset.definition.name)-(known later)"
                action.changes = []
            }
        }
        if action.verb == .create || action.verb == .update {
            action.operations = [.putOnlineDeployment(draft(expected, live: existing, action: action))]
        }
        let serves = (current?.traffic[expected.name] ?? 0) > 0
        if action.verb == .update, serves, model?.action == nil, let model, let existing,
            existing.tags[TagName.modelDigest] != expected.tags[TagName.modelDigest], let release, !isRolledBack,
            let gate = gateName("release", of: release.name)
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

    // MARK: - Traffic

    private mutating func planTraffic(
        to expected: ExpectedDeployment, current: LiveOnlineEndpoint?, model: ServedModel?
    ) {
        let traffic = (current?.traffic ?? [:]).filter { $0.value > 0 }
        let name = "\(expected.endpoint)/\(expected.name)"
        var action = PlanAction(
            id: id(.onlineTraffic, expected.endpoint), stage: stage.name, verb: .unchanged, kind: .onlineTraffic,
            name: expected.endpoint, reason: "\(Phrase.traffic(traffic))",
            source: release?.source ?? expected.asset.source,
            requires: [id(.onlineDeployment, name), id(.smokeTest, name)].filter { self.action($0) != nil })
        if let current, planTrafficDrift(current, action: action) { return }
        guard model?.action == nil else {
            action.verb = rollout.strategy == .inPlace && traffic[expected.name] == 100 ? .unchanged : .shift
            let steps = rollout.steps.map { String($0.traffic) }.joined(separator: "/")
            action.changes =
                action.verb == .unchanged
                ? []
                : [
                    FieldChange(
                        field: "traffic", before: Self.value(of: traffic), after: .string("new deployment \(steps)"))
                ]
            if action.verb == .shift {
                action.reason = releaseGate.map { "waits for gate \($0)" } ?? ""
                if releaseGate != nil { action.verb = .wait }
            }
            add(action)
            return
        }
        let look = Rollout(
            current: traffic, target: expected.name,
            healthy: Set(
                (current?.deployments ?? []).filter { $0.isHealthy && $0.provisioningState != .failed }.map(\.name)),
            steps: rollout.steps, since: current?.tags[TagName.trafficSince].flatMap { Timestamp($0) }, now: input.now,
            requests: current?.deployments.first { $0.name == expected.name }?.requests)
        if let failed = current?.tags[TagName.rolloutFailed], failed.hasPrefix(expected.name + ":"),
            traffic[expected.name] == nil
        {
            action.verb = .blocked
            action.isFailure = true
            action.reason =
                "rollout given up:\(failed.dropFirst(expected.name.count + 1)); \(Phrase.traffic(traffic)) stays"
            add(action)
            return
        }
        let isExisting = current?.deployments.contains { $0.name == expected.name } ?? false
        let decision = isExisting ? look.decide() : .shift(to: [expected.name: rollout.steps.first?.traffic ?? 100])
        decide(decision, look, expected, current: current, model: model, action: &action)
        add(action)
    }

    private mutating func decide(
        _ decision: Rollout.Decision, _ look: Rollout, _ expected: ExpectedDeployment, current: LiveOnlineEndpoint?,
        model: ServedModel?, action: inout PlanAction
    ) {
        let traffic = look.current
        switch decision {
        case .done: return
        case .stuck(let why):
            action.verb = .wait
            action.awaiting = .deployment("\(expected.endpoint)/\(expected.name)")
            action.reason = why
            return
        case .revert(let back, let why):
            revert(to: back, why: why, expected, from: traffic, action: &action)
            return
        case .hold(let until):
            action.verb = .wait
            action.awaiting = .clock(until)
            action.reason = "\(Phrase.traffic(traffic)) watched until \(until)"
        case .shift(let next):
            action.verb = .shift
            action.reason = traffic.isEmpty ? "first traffic" : "next step of \(steps)"
            action.changes = [
                FieldChange(field: "traffic", before: Self.value(of: traffic), after: Self.value(of: next))
            ]
            action.operations = [
                .setTraffic(
                    endpoint: expected.endpoint, from: traffic, to: next,
                    tags: [
                        TagName.traffic: Self.text(of: next), TagName.trafficSince: input.now.description,
                    ])
            ]
        }
        guard let release, let gate = releaseGate, !isRolledBack, let model else { return }
        let incumbent = current?.deployments.filter { $0.name != expected.name && (traffic[$0.name] ?? 0) > 0 }
            .max { (traffic[$0.name] ?? 0, $0.name) < (traffic[$1.name] ?? 0, $1.name) }
        let answer = askRelease(gate, expected, model: model, incumbent: incumbent, release: release)
        action.gate = answer
        let hasBegun = (traffic[expected.name] ?? 0) > 0
        if hasBegun, answer.evaluation.state == .rejected, let back = look.reverted() {
            revert(to: back, why: answer.evaluation.missing ?? "rejected", expected, from: traffic, action: &action)
        } else if !hasBegun {
            apply(answer, to: &action)
        }
    }

    private func revert(
        to back: [String: Int], why: String, _ expected: ExpectedDeployment, from traffic: [String: Int],
        action: inout PlanAction
    ) {
        action.verb = .shift
        action.awaiting = nil
        action.requires = []
        action.reason = "\(why); going back"
        action.changes = [FieldChange(field: "traffic", before: Self.value(of: traffic), after: Self.value(of: back))]
        action.operations = [
            .setTraffic(
                endpoint: expected.endpoint, from: traffic, to: back,
                tags: [
                    TagName.traffic: Self.text(of: back), TagName.trafficSince: input.now.description,
                    TagName.rolloutFailed: "\(expected.name): \(why)",
                ])
        ]
    }

    private var steps: String { rollout.steps.map { String($0.traffic) }.joined(separator: "/") }

    private var releaseGate: GateName? {
        isRolledBack ? nil : release.flatMap { gateName("release", of: $0.name) }
    }

    private func askRelease(
        _ gate: GateName, _ expected: ExpectedDeployment, model: ServedModel, incumbent: LiveDeployment?,
        release: DesiredStage
    ) -> PlanGate {
        let question = releaseQuestion(
            gate: gate, endpoint: expected.endpoint, deployment: expected.name, definition: expected.digest,
            served: model,
            incumbent: incumbent, rollout: rollout)
        let current = live.onlineEndpoints.first { $0.name == expected.endpoint }
        let since = current?.deployments.first { $0.name == expected.name }?.createdAt
        return ask(
            gate, question, ledgerOf: release.name, since: since,
            authors: authors(sinceCommit: incumbent?.tags[TagName.commit]))
    }

    /// Plans the way back to the traffic that we last set, when somebody changed it; says whether that is all to plan.
    private mutating func planTrafficDrift(_ current: LiveOnlineEndpoint, action: PlanAction) -> Bool {
        let traffic = current.traffic.filter { $0.value > 0 }
        let ours = Self.traffic(current.tags[TagName.traffic]).filter { $0.value > 0 }
        guard !ours.isEmpty, traffic != ours else { return false }
        // A deployment that went away took its traffic along; the rollout below finds the way on.
        let healthy = Set(current.deployments.filter(\.isHealthy).map(\.name))
        guard ours.keys.allSatisfy({ healthy.contains($0) }) else { return false }
        let changes = [FieldChange(field: "traffic", before: Self.value(of: traffic), after: Self.value(of: ours))]
        var action = action
        action.requires = []
        if heals(changes, of: .onlineTraffic, name: current.name, id: action.id, tags: current.tags) {
            action.verb = .shift
            action.reason = "changed in the workspace"
            action.changes = changes
            action.operations = [
                .setTraffic(
                    endpoint: current.name, from: traffic, to: ours, tags: [TagName.heals: nextHeals(current.tags)])
            ]
        } else {
            action.reason = "changed in the workspace to \(Phrase.traffic(traffic))"
        }
        add(action)
        return true
    }

    /// Plans the traffic that an endpoint's file itself says for several deployments.
    private mutating func planFixedTraffic(
        _ endpoint: DesiredAsset, _ planned: [ExpectedDeployment], current: LiveOnlineEndpoint?
    ) {
        let name = endpoint.definition.name
        let wanted = (endpoint.definition.fields["traffic"]?.objectValue ?? [:]).compactMapValues(\.intValue)
            .filter { $0.value > 0 }
        let traffic = (current?.traffic ?? [:]).filter { $0.value > 0 }
        var action = PlanAction(
            id: id(.onlineTraffic, name), stage: stage.name, verb: .unchanged, kind: .onlineTraffic, name: name,
            reason: Phrase.traffic(traffic), source: endpoint.source,
            requires: planned.flatMap {
                [id(.onlineDeployment, "\(name)/\($0.name)"), id(.smokeTest, "\(name)/\($0.name)")]
            }.filter { self.action($0) != nil })
        if wanted.isEmpty {
            if traffic.isEmpty {
                action.verb = .blocked
                action.isFailure = true
                action.reason = "several deployments and no 'traffic:' in the endpoint's file: none gets requests"
            }
        } else if wanted != traffic {
            action.verb = .shift
            action.reason = "as the endpoint's file says"
            action.changes = [
                FieldChange(field: "traffic", before: Self.value(of: traffic), after: Self.value(of: wanted))
            ]
            action.operations = [
                .setTraffic(
                    endpoint: name, from: traffic, to: wanted,
                    tags: [TagName.traffic: Self.text(of: wanted), TagName.trafficSince: input.now.description])
            ]
        }
        add(action)
    }

    /// Plans the end of deployments of ours that no longer serve, once the new one has had all traffic for long enough.
    private mutating func planScaleDown(besides expected: ExpectedDeployment, current: LiveOnlineEndpoint?) {
        guard let current, current.traffic[expected.name] == 100,
            current.deployments.contains(where: { $0.name == expected.name && $0.isHealthy })
        else { return }
        let since = current.tags[TagName.trafficSince].flatMap { Timestamp($0) } ?? input.now
        let due = since + rollout.scaleDownDelay
        for old in current.deployments
        where old.name != expected.name && old.tags[TagName.digest] != nil && (current.traffic[old.name] ?? 0) == 0 {
            let name = "\(current.name)/\(old.name)"
            var action = PlanAction(
                id: id(.onlineDeployment, name), stage: stage.name, verb: .delete, kind: .onlineDeployment, name: name,
                reason: "replaced by \(expected.name)", source: release?.source ?? expected.asset.source)
            if due > input.now {
                action.verb = .wait
                action.awaiting = .clock(due)
                action.reason += "; kept until \(due)"
            } else {
                action.operations = [.deleteOnlineDeployment(endpoint: current.name, deployment: old.name)]
            }
            add(action)
        }
    }

    // MARK: - Spelling of traffic

    /// The traffic that a tag lists.
    static func traffic(_ tag: String?) -> [String: Int] { parts(tag).compactMapValues { Int($0) } }

    private static func text(of traffic: [String: Int]) -> String {
        traffic.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }.joined(separator: " ")
    }

    private static func value(of traffic: [String: Int]) -> JSONValue {
        .object(traffic.mapValues { .int(Int64($0)) })
    }
}
