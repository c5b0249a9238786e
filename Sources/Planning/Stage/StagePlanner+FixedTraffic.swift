import AssetSchema
import DesiredState
import Digest
import TimeKeeping
import Workspace

extension StagePlanner {
    /// Plans the traffic that an endpoint's file itself says for several deployments.
    mutating func planFixedTraffic(
        _ endpoint: DesiredAsset, _ planned: [ExpectedDeployment], current: LiveOnlineEndpoint?,
        served: [AssetKey: ServedModel]
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
        let strangers = wanted.keys.filter { key in !planned.contains { $0.name == key } }.sorted()
        if wanted.isEmpty {
            if traffic.isEmpty {
                action.verb = .blocked
                action.isFailure = true
                action.reason = "several deployments and no 'traffic:' in the endpoint's file: none gets requests"
            }
        } else if wanted.values.reduce(0, +) != 100 || !strangers.isEmpty {
            action.verb = .blocked
            action.isFailure = true
            action.reason =
                strangers.isEmpty
                ? "'traffic:' in the endpoint's file does not add up to 100"
                : "'traffic:' in the endpoint's file names \(strangers[0]), which no file defines"
        } else if wanted != traffic {
            planFixedShift(planned, from: traffic, to: wanted, current: current, served: served, &action)
        }
        add(action)
    }

    private func planFixedShift(
        _ planned: [ExpectedDeployment], from traffic: [String: Int], to wanted: [String: Int],
        current: LiveOnlineEndpoint?, served: [AssetKey: ServedModel], _ action: inout PlanAction
    ) {
        action.verb = .shift
        action.reason = "as the endpoint's file says"
        action.changes = [
            FieldChange(field: "traffic", before: Self.value(of: traffic), after: Self.value(of: wanted))
        ]
        action.operations = [
            .setTraffic(
                endpoint: action.name, from: traffic, to: wanted,
                tags: [TagName.traffic: Self.text(of: wanted), TagName.trafficSince: input.now.description])
        ]
        let ours = Self.traffic(current?.tags[TagName.traffic]).filter { $0.value > 0 }
        // What was let through before is only put back.
        guard ours != wanted, let release, let gate = releaseGate(of: nil) else { return }
        guard unmet(action.requires).isEmpty else {
            action.reason = "waits for gate \(gate)"
            action.upcomingGate = upcoming(gate)
            return
        }
        let question = fixedReleaseQuestion(
            gate: gate, endpoint: action.name, traffic: wanted, live: traffic,
            definitions: Dictionary(planned.map { ($0.name, $0.digest) }, uniquingKeysWith: { first, _ in first }))
        let commits = (current?.deployments ?? []).filter { (traffic[$0.name] ?? 0) > 0 }.map {
            $0.tags[TagName.commit]
        }
        let answer = ask(
            gate, question, ledgerOf: release.name, since: current?.deployments.map(\.createdAt).max(),
            authors: authors(sinceCommit: commits.first ?? nil))
        action.gate = answer
        apply(answer, to: &action)
    }

    /// Plans the end of deployments of ours that no longer serve, once the new one has had all traffic for long enough.
    mutating func planScaleDown(besides expected: ExpectedDeployment, model: ServedModel, current: LiveOnlineEndpoint?)
    {
        guard let current, current.traffic[expected.name] == 100,
            let serving = current.deployments.first(where: { $0.name == expected.name }), serving.isHealthy
        else { return }
        let since = current.tags[TagName.trafficSince].flatMap { Timestamp($0) } ?? serving.createdAt
        let due = since + rollout(of: model).scaleDownDelay
        for old in current.deployments
        where old.name != expected.name && old.tags[TagName.digest] != nil && (current.traffic[old.name] ?? 0) == 0 {
            let name = "\(current.name)/\(old.name)"
            var action = PlanAction(
                id: id(.onlineDeployment, name), stage: stage.name, verb: .delete, kind: .onlineDeployment, name: name,
                reason: "replaced by \(expected.name)", source: release?.source ?? expected.asset.source)
            if old.provisioningState == .deleting {
                action.verb = .wait
                action.awaiting = .deployment(name)
            } else if due > input.now {
                action.verb = .wait
                action.awaiting = .clock(due)
                action.reason += "; kept until \(due)"
            } else {
                action.operations = [.deleteOnlineDeployment(endpoint: current.name, deployment: old.name)]
            }
            add(action)
        }
    }
}
