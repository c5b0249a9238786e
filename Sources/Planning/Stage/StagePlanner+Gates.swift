import Approvals
import AssetSchema
import DesiredState
import Digest
import TimeKeeping
import Workspace

extension StagePlanner {
    /// The gate of a rule, if the stage file or the rules in force know of one.
    ///
    /// A push that takes a rule away does not take the gate away: the ledger still holds the trusted rule.
    func gateName(_ rule: String, of stageName: String) -> GateName? {
        guard let gate = GateName(stage: stageName, rule: rule) else { return nil }
        let isWanted = input.project.stages.first { $0.name == stageName }?.protectionRules[rule] != nil
        let ledger = input.ledgers[stageName]
        let isInForce = ledger?.policies[gate] != nil || ledger?.closedGates[gate] != nil
        return isWanted || isInForce ? gate : nil
    }

    /// A gate that will be asked when its question is known.
    func upcoming(_ gate: GateName) -> UpcomingGate {
        let rule = input.project.stages.first { $0.name == gate.stage }?.protectionRules[gate.rule]
        let required = input.ledgers[gate.stage]?.policies[gate]?.approvals ?? rule?.approvals ?? 1
        return UpcomingGate(name: gate, required: max(1, required))
    }

    /// Takes the operations of a stage that a push tried to lead past its gates.
    ///
    /// Traffic that goes back from a deployment that fails is let through: waiting for people is no reason to go on failing.
    mutating func holdClosed() {
        let names = [stage.name, release?.name].compactMap(\.self)
        guard let reason = names.compactMap({ input.ledgers[$0]?.closedStages[$0] }).first else { return }
        for index in actions.indices where actions[index].isDue && !actions[index].isGoingBack {
            actions[index].operations = []
            actions[index].verb = .blocked
            actions[index].awaiting = nil
            actions[index].reason += "; \(reason)"
        }
    }

    /// Asks a gate; without a ledger nothing was approved.
    func ask(
        _ gate: GateName, _ question: GateQuestion, ledgerOf stageName: String, since: Timestamp?, authors: [String]
    ) -> PlanGate {
        var question = question
        question.authors = authors
        return PlanGate(
            evaluation: GateEvaluation.evaluate(
                gate, subject: question.subject, authors: authors, ledger: input.ledgers[stageName] ?? .empty,
                now: input.now, waitingSince: since),
            question: question)
    }

    /// Lets an action wait or stand still as its gate says.
    func apply(_ answer: PlanGate, to action: inout PlanAction) {
        let gate = answer.evaluation.gate
        switch answer.evaluation.state {
        case .open: break
        case .waiting:
            action.verb = .wait
            action.operations = []
            action.awaiting = answer.evaluation.opensAt.map { .clock($0) } ?? .gate(gate)
            let missing = answer.evaluation.missing.map { " (\($0))" } ?? ""
            action.reason = [action.reason, "waits for gate \(gate)\(missing)"].filter { !$0.isEmpty }
                .joined(separator: "; ")
        case .rejected:
            action.verb = .blocked
            action.operations = []
            action.reason = "gate \(gate): \(answer.evaluation.missing ?? "rejected")"
        }
    }

    /// Those whose changes are asked about: who changed the assets since the commit of what is live.
    func authors(sinceCommit commit: String?) -> [String] {
        guard let history = input.history[stage.name] else {
            return stage.commit.map { [$0.authorEmail] } ?? []
        }
        return commit.flatMap { history.since[$0]?.authors } ?? history.allAuthors
    }

    /// The question of a registration, in its canonical form.
    func registrationQuestion(
        _ model: DesiredAsset, gate: GateName, digest: ContentDigest, job: LiveJob?, version: String,
        live: LiveAsset?
    ) -> GateQuestion {
        var canonical = canonicalQuestion(gate, modelDigest: digest)
        canonical["training_key"] = job?.tags[TagName.trainingKey].map { .string($0) } ?? .null
        canonical["job"] = job.map { .string($0.name) } ?? .null
        let metrics = job.map { judgedMetrics($0) } ?? [:]
        canonical["metrics"] = .object(metrics.mapValues { .double($0) })
        canonical["target"] = ["name": .string(model.definition.name), "definition": .string(model.digest.description)]
        return GateQuestion(
            canonical: canonical, title: "register model \(model.definition.name):\(version) in \(stage.name)",
            // What autologging adds by the dozen would hide what is to be judged.
            metrics: (job.map { self.metrics(of: $0) } ?? [:]).filter { !$0.key.hasPrefix("training_") },
            liveMetrics: live.map { ServedModel.metrics(of: $0) } ?? [:],
            live: live.map { "\($0.name):\($0.version)" },
            follows: [
                "the model is registered in workspace \(stage.workspace.name) as \(model.definition.name):\(version)",
                "it is deployed to the stage's endpoints at no traffic and invoked with the sample requests",
            ])
    }

    /// The question of a release, in its canonical form.
    func releaseQuestion(
        gate: GateName, endpoint: String, deployment: String, definition: ContentDigest, served: ServedModel,
        incumbent: LiveDeployment?, rollout: RolloutPolicy
    ) -> GateQuestion {
        var canonical = canonicalQuestion(gate, modelDigest: served.digest ?? .zero)
        let tags = served.asset?.tags ?? [:]
        canonical["training_key"] = tags[TagName.trainingKey].map { .string($0) } ?? .null
        canonical["job"] = tags[TagName.job].map { .string($0) } ?? .null
        canonical["metrics"] = .object(served.metrics.mapValues { .double($0) })
        canonical["target"] = [
            "endpoint": .string(endpoint), "deployment": .string(deployment),
            "definition": .string(definition.description),
        ]
        let steps = rollout.steps.map { "\($0.traffic)" }.joined(separator: "/")
        let liveModel = live.assets.first {
            $0.kind == .model && $0.tags[TagName.modelDigest] == incumbent?.tags[TagName.modelDigest]
        }
        return GateQuestion(
            canonical: canonical, title: "release \(served.name):\(served.version) on \(endpoint)",
            metrics: served.metrics, liveMetrics: liveModel.map { ServedModel.metrics(of: $0) } ?? [:],
            live: liveModel.map { "\($0.name):\($0.version)" },
            follows: [
                incumbent == nil
                    ? "all traffic of \(endpoint) goes to deployment \(deployment)"
                    : "traffic of \(endpoint) moves to deployment \(deployment) in steps of \(steps) percent",
                "a failed step goes back to what serves now",
            ])
    }

    /// The question of a release of several deployments at once, as their endpoint's file shares the traffic.
    func fixedReleaseQuestion(
        gate: GateName, endpoint: String, traffic: [String: Int], live: [String: Int],
        definitions: [String: ContentDigest]
    ) -> GateQuestion {
        var canonical = canonicalQuestion(gate, modelDigest: .zero)
        canonical["target"] = [
            "endpoint": .string(endpoint), "traffic": Self.value(of: traffic),
            "definitions": .object(definitions.mapValues { .string($0.description) }),
        ]
        return GateQuestion(
            canonical: canonical, title: "release \(Phrase.traffic(traffic)) on \(endpoint)", metrics: [:],
            liveMetrics: [:], live: live.isEmpty ? nil : Phrase.traffic(live),
            follows: ["traffic of \(endpoint) becomes \(Phrase.traffic(traffic))"])
    }

    /// What every question holds: which project, which workspace, which gate, which model.
    private func canonicalQuestion(_ gate: GateName, modelDigest: ContentDigest) -> JSONValue {
        [
            "project": .string(input.project.path),
            "workspace": [
                "subscription": .string(stage.workspace.subscriptionID),
                "resource_group": .string(stage.workspace.resourceGroup), "name": .string(stage.workspace.name),
            ],
            "gate": .string(gate.description),
            "model": .string(modelDigest.description),
        ]
    }
}

extension PlanAction {
    /// Whether all it does is to give up a rollout.
    var isGoingBack: Bool {
        operations.allSatisfy { operation in
            if case .setTraffic(_, _, _, let tags) = operation { tags[TagName.rolloutFailed] != nil } else { false }
        }
    }
}
