import Approvals
import AssetSchema
import DesiredState
import Diagnostics
import Digest
import TimeKeeping
import Workspace

extension StagePlanner {
    /// Plans the traffic of an endpoint with one deployment: back to what we set, then on to what is wanted.
    mutating func planTraffic(
        to expected: ExpectedDeployment, model: ServedModel?, interim: Interim?, current: LiveOnlineEndpoint?
    ) {
        if let current, let drifted = driftedTraffic(current, source: expected.asset.source) {
            add(drifted)
            return
        }
        guard model?.action != nil else {
            add(trafficAction(to: expected, model: model, current: current))
            return
        }
        if let interim {
            let action = trafficAction(to: interim.expected, model: interim.model, current: current)
            if action.verb != .unchanged {
                add(action)
                return
            }
        }
        add(pendingTraffic(to: expected, model: model, current: current))
    }

    private func newTrafficAction(_ expected: ExpectedDeployment, _ current: LiveOnlineEndpoint?) -> PlanAction {
        let name = "\(expected.endpoint)/\(expected.name)"
        return PlanAction(
            id: id(.onlineTraffic, expected.endpoint), stage: stage.name, verb: .unchanged, kind: .onlineTraffic,
            name: expected.endpoint, reason: Phrase.traffic(current?.traffic ?? [:]),
            source: release?.source ?? expected.asset.source,
            requires: [id(.onlineDeployment, name), id(.smokeTest, name)].filter { self.action($0) != nil })
    }

    /// What will become of the traffic once the model and its deployment are there.
    private func pendingTraffic(
        to expected: ExpectedDeployment, model: ServedModel?, current: LiveOnlineEndpoint?
    ) -> PlanAction {
        let traffic = (current?.traffic ?? [:]).filter { $0.value > 0 }
        var action = newTrafficAction(expected, current)
        guard strategy != .inPlace || traffic[expected.name] != 100 else { return action }
        let steps = traffic.isEmpty ? "100" : Self.text(of: rollout(of: model).steps)
        action.verb = .shift
        action.changes = [
            FieldChange(field: "traffic", before: Self.value(of: traffic), after: .string("\(expected.name) \(steps)"))
        ]
        action.reason = ""
        if let gate = releaseGate(of: model) {
            action.reason = "waits for gate \(gate)"
            action.upcomingGate = upcoming(gate)
        }
        return action
    }

    private func trafficAction(
        to expected: ExpectedDeployment, model: ServedModel?, current: LiveOnlineEndpoint?
    ) -> PlanAction {
        let traffic = (current?.traffic ?? [:]).filter { $0.value > 0 }
        var action = newTrafficAction(expected, current)
        guard let current, let target = current.deployments.first(where: { $0.name == expected.name }) else {
            // The target may have gone away with its traffic; what we last set says what it had.
            var look = look(at: current, expected, model, requests: nil)
            if look.current.isEmpty { look.current = Self.traffic(current?.tags[TagName.traffic]) }
            if case .revert(let back, let why) = look.decide() {
                revert(to: back, why: why, isGivenUp: false, expected, from: traffic, action: &action)
                return action
            }
            return pendingTraffic(to: expected, model: model, current: current)
        }
        if let failed = current.tags[TagName.rolloutFailed], failed.hasPrefix(expected.name + ":"),
            traffic[expected.name] == nil
        {
            action.verb = .blocked
            action.isFailure = true
            action.reason =
                "rollout given up:\(failed.dropFirst(expected.name.count + 1)); \(Phrase.traffic(traffic)) stays; "
                + "commit a change to try again"
            return action
        }
        decide(look(at: current, expected, model, requests: target.requests), expected, current, model, &action)
        return action
    }

    private func look(
        at current: LiveOnlineEndpoint?, _ expected: ExpectedDeployment, _ model: ServedModel?, requests: RequestCounts?
    ) -> Rollout {
        Rollout(
            current: current?.traffic ?? [:], target: expected.name, healthy: Self.healthy(current),
            released: Self.released(current), steps: rollout(of: model).steps,
            since: current?.tags[TagName.trafficSince].flatMap { Timestamp($0) }, now: input.now, requests: requests)
    }

    private func decide(
        _ look: Rollout, _ expected: ExpectedDeployment, _ current: LiveOnlineEndpoint, _ model: ServedModel?,
        _ action: inout PlanAction
    ) {
        let traffic = look.current
        switch look.decide() {
        case .done: return
        case .stuck(let why):
            action.verb = .wait
            action.awaiting = .deployment("\(expected.endpoint)/\(expected.name)")
            action.reason = why
            return
        case .revert(let back, let why):
            revert(to: back, why: why, isGivenUp: true, expected, from: traffic, action: &action)
            return
        case .hold(let until):
            action.verb = .wait
            action.awaiting = .clock(until)
            action.reason = "\(Phrase.traffic(traffic)) watched until \(until)"
        case .shift(let next):
            action.verb = .shift
            action.reason = traffic.isEmpty ? "first traffic" : "next step of \(Self.text(of: look.steps))"
            set(next, from: traffic, current, &action)
        }
        guard let release, let model, let gate = releaseGate(of: model) else { return }
        // Only what we began ourselves counts as begun: traffic that somebody else gave opens no gate.
        let ours = Self.traffic(current.tags[TagName.traffic])
        let hasBegun = (traffic[expected.name] ?? 0) > 0 && (ours[expected.name] ?? 0) > 0
        guard hasBegun || unmet(action.requires).isEmpty else {
            action = pendingTraffic(to: expected, model: model, current: current)
            return
        }
        let incumbent = current.deployments.filter { $0.name != expected.name && (traffic[$0.name] ?? 0) > 0 }
            .max { (traffic[$0.name] ?? 0, $0.name) < (traffic[$1.name] ?? 0, $1.name) }
        let answer = askRelease(gate, expected, model: model, incumbent: incumbent, release: release)
        action.gate = answer
        if !hasBegun {
            apply(answer, to: &action)
        } else if answer.evaluation.state == .rejected, let back = look.reverted() {
            revert(
                to: back, why: answer.evaluation.missing ?? "rejected", isGivenUp: false, expected, from: traffic,
                action: &action)
        }
    }

    /// Moves traffic, and notes which deployments once had all of it.
    private func set(
        _ next: [String: Int], from traffic: [String: Int], _ current: LiveOnlineEndpoint, _ action: inout PlanAction
    ) {
        action.changes = [
            FieldChange(field: "traffic", before: Self.value(of: traffic), after: Self.value(of: next))
        ]
        var tags = [TagName.traffic: Self.text(of: next), TagName.trafficSince: input.now.description]
        let full = next.filter { $0.value == 100 }.keys
        if !full.isEmpty {
            let there = Self.released(current).intersection(current.deployments.map(\.name))
            tags[TagName.released] = there.union(full).sorted().joined(separator: " ")
        }
        action.operations = [.setTraffic(endpoint: current.name, from: traffic, to: next, tags: tags)]
    }

    private func revert(
        to back: [String: Int], why: String, isGivenUp: Bool, _ expected: ExpectedDeployment,
        from traffic: [String: Int], action: inout PlanAction
    ) {
        action.verb = .shift
        action.awaiting = nil
        action.requires = []
        action.reason = "\(why); going back"
        action.changes = [FieldChange(field: "traffic", before: Self.value(of: traffic), after: Self.value(of: back))]
        var tags = [TagName.traffic: Self.text(of: back), TagName.trafficSince: input.now.description]
        if isGivenUp { tags[TagName.rolloutFailed] = "\(expected.name): \(why)" }
        action.operations = [.setTraffic(endpoint: expected.endpoint, from: traffic, to: back, tags: tags)]
    }

    func askRelease(
        _ gate: GateName, _ expected: ExpectedDeployment, model: ServedModel, incumbent: LiveDeployment?,
        release: DesiredStage
    ) -> PlanGate {
        let question = releaseQuestion(
            gate: gate, endpoint: expected.endpoint, deployment: expected.name, definition: expected.digest,
            served: model, incumbent: incumbent, rollout: rollout(of: model))
        let current = index.onlineEndpoint(expected.endpoint)
        let since = current?.deployments.first { $0.name == expected.name }?.createdAt
        return ask(
            gate, question, ledgerOf: release.name, since: since,
            authors: authors(sinceCommit: incumbent?.tags[TagName.commit]))
    }

    /// The way back to the traffic that we last set, when somebody changed it; nil where all is as we left it.
    private mutating func driftedTraffic(_ current: LiveOnlineEndpoint, source: SourceLocation) -> PlanAction? {
        let traffic = current.traffic.filter { $0.value > 0 }
        let ours = Self.traffic(current.tags[TagName.traffic]).filter { $0.value > 0 }
        guard !ours.isEmpty, traffic != ours else { return nil }
        // A deployment that went away took its traffic along; the rollout finds the way on.
        let healthy = Self.healthy(current)
        guard ours.keys.allSatisfy({ healthy.contains($0) }) else { return nil }
        let changes = [FieldChange(field: "traffic", before: Self.value(of: traffic), after: Self.value(of: ours))]
        var action = PlanAction(
            id: id(.onlineTraffic, current.name), stage: stage.name, verb: .unchanged, kind: .onlineTraffic,
            name: current.name, reason: "changed in the workspace to \(Phrase.traffic(traffic)), and left so",
            source: release?.source ?? source)
        if heals(changes, of: .onlineTraffic, name: current.name, id: action.id, tags: current.tags) {
            action.verb = .shift
            action.reason = "changed in the workspace"
            action.changes = changes
            action.operations = [
                .setTraffic(
                    endpoint: current.name, from: traffic, to: ours, tags: [TagName.heals: nextHeals(current.tags)])
            ]
        }
        return action
    }

    // MARK: - Reading and spelling of traffic

    /// The deployments of an endpoint that answer.
    static func healthy(_ endpoint: LiveOnlineEndpoint?) -> Set<String> {
        Set((endpoint?.deployments ?? []).filter { $0.isHealthy && $0.provisioningState != .failed }.map(\.name))
    }

    private static func released(_ endpoint: LiveOnlineEndpoint?) -> Set<String> {
        Set((endpoint?.tags[TagName.released] ?? "").split(separator: " ").map(String.init))
    }

    /// The traffic that a tag lists.
    static func traffic(_ tag: String?) -> [String: Int] { parts(tag).compactMapValues { Int($0) } }

    static func text(of traffic: [String: Int]) -> String {
        traffic.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }.joined(separator: " ")
    }

    private static func text(of steps: [RolloutPolicy.Step]) -> String {
        steps.map { String($0.traffic) }.joined(separator: "/")
    }

    static func value(of traffic: [String: Int]) -> JSONValue { .object(traffic.mapValues { .int(Int64($0)) }) }
}
