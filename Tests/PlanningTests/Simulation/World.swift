import Approvals
import AssetSchema
import DesiredState
import Diagnostics
import Digest
import TimeKeeping
import Workspace

@testable import Planning

/// Git, two workspaces, the approvals and the clock in one value, and a loop that looks, plans and acts.
struct World {
    var contents: [String: SampleContent] = ["dev": SampleContent(), "prod": SampleContent()]
    var commits: [String: String] = ["dev": "d000001deadbeef", "prod": "f000001deadbeef"]
    var workspaces: [String: SimulatedWorkspace] = ["dev": SimulatedWorkspace(), "prod": SimulatedWorkspace()]
    var ledgers: [String: Ledger] = [:]
    var history: [String: ChangeHistory] = [:]
    var facts: [String: FileFacts] = [:]
    var now = Timestamp(seconds: 1_800_000_000)
    var evaluation: EvaluationPolicy? = EvaluationPolicy(
        metric: "Accuracy", minimum: 0.7, isBetterThanRegistered: true)
    var rollout = RolloutPolicy(
        strategy: .blueGreen,
        steps: [
            .init(traffic: 10, hold: TimeSpan(seconds: 300)), .init(traffic: 50, hold: TimeSpan(seconds: 300)),
            .init(traffic: 100),
        ], scaleDownDelay: TimeSpan(seconds: 600))
    var drift = DriftPolicy()
    var prune = false
    var isGated = true
    var releaseSuspension: SuspensionRecord?
    var diagnostics: [Diagnostic] = []
    /// Other assets than the sample project's, by stage.
    var assets: [String: [DesiredAsset]] = [:]
    /// Whether there is no MODEL_PATH.
    var isWithoutModelPath = false
    var engine = WorkspaceTarget.Engine.local

    static let registerGate = GateName("prod/register_model")
    static let releaseGate = GateName("blue/release")

    init() {
        for gate in [Self.registerGate, Self.releaseGate].compactMap({ $0 }) {
            ledgers[gate.stage] = Ledger(policies: [
                gate: GatePolicy(gate: gate, requiredReviewers: ["alice@example.com", "bob@example.com"])
            ])
        }
    }

    // MARK: - Looking and planning

    var project: DesiredProject {
        var dev = SampleProject.stage("dev", content: contents["dev"] ?? .init(), commit: commits["dev"] ?? "")
        var prod = SampleProject.stage("prod", content: contents["prod"] ?? .init(), commit: commits["prod"] ?? "")
        if let assets = assets["dev"] { dev.assets = assets.sorted { $0.key < $1.key } }
        if let assets = assets["prod"] { prod.assets = assets.sorted { $0.key < $1.key } }
        if isWithoutModelPath { (dev.modelPath, prod.modelPath) = (nil, nil) }
        (dev.workspace.engine, prod.workspace.engine) = (engine, engine)
        dev.drift = drift
        dev.prune = prune
        prod.drift = drift
        prod.prune = prune
        prod.promotes = "dev"
        prod.evaluation = evaluation
        var blue = SampleProject.stage("blue", content: SampleContent(isWithoutAssets: true))
        blue.releases = "prod"
        blue.rollout = rollout
        blue.suspension = releaseSuspension
        if isGated {
            let rules = ProtectionRules(requiredReviewers: ["alice@example.com", "bob@example.com"])
            prod.protectionRules = ["register_model": rules]
            blue.protectionRules = ["release": rules]
        }
        return DesiredProject(stages: [dev, prod, blue], diagnostics: diagnostics)
    }

    var input: PlanningInput {
        PlanningInput(
            project: project, live: workspaces.mapValues(\.state), ledgers: isGated ? ledgers : [:], history: history,
            facts: facts, now: now)
    }

    func plan() -> Plan { Planner.plan(input) }

    // MARK: - Acting

    /// Does operations that are due, at most so many; says how many were done.
    mutating func act(on plan: Plan, limit: Int = .max) throws -> Int {
        var count = 0
        for action in plan.due {
            for operation in action.operations {
                guard count < limit else { return count }
                do {
                    try workspaces[action.stage]?.perform(operation, now: now)
                } catch let refused as SimulatedWorkspace.Refused {
                    throw SimulatedWorkspace.Refused(reason: "\(action.id): \(refused.reason)")
                }
                count += 1
            }
        }
        return count
    }

    /// Lets jobs end and deployments come up.
    mutating func progress() -> Bool {
        var isChanged = false
        for stage in workspaces.keys.sorted() where workspaces[stage]?.progress(now: now) == true { isChanged = true }
        return isChanged
    }

    /// Looks, plans and acts until nothing is due and nothing goes on; moves the clock only when told.
    ///
    /// `limit` kills the loop after so many operations.
    @discardableResult
    mutating func run(movingClock: Bool = true, limit: Int = .max) throws -> Plan {
        var left = limit
        for _ in 0..<200 {
            let plan = plan()
            let done = try act(on: plan, limit: left)
            left -= done
            if left <= 0 { return plan }
            if progress() || done > 0 { continue }
            let moments = plan.actions.compactMap { action -> Timestamp? in
                if case .clock(let moment) = action.awaiting { moment } else { nil }
            }
            guard movingClock, let next = moments.min() else { return plan }
            now = max(next, now + TimeSpan(seconds: 1))
        }
        throw SimulatedWorkspace.Refused(reason: "does not come to rest")
    }

    // MARK: - People

    /// Commits a content to develop and merges it to main.
    mutating func commit(_ stages: [String] = ["dev", "prod"], _ change: (inout SampleContent) -> Void) {
        for stage in stages {
            var content = contents[stage] ?? .init()
            change(&content)
            contents[stage] = content
            commits[stage] = ContentDigest(of: "\(commits[stage] ?? "")+").prefix(40)
        }
    }

    /// What an action's gate asks now.
    func gate(_ name: GateName?) -> PlanGate? {
        plan().actions.compactMap(\.gate).first { $0.evaluation.gate == name }
    }

    /// Decides what the gate asks now, as a valid record on the branch.
    mutating func decide(
        _ gate: GateName?, _ decision: ApprovalRecord.Decision = .approve, by person: String = "alice@example.com"
    ) {
        guard let gate, let asked = self.gate(gate) else { return }
        let number = ledgers[gate.stage]?.records.count ?? 0
        ledgers[gate.stage]?.records.append(
            VerifiedRecord(
                record: ApprovalRecord(
                    decision: decision, gate: gate, subject: asked.evaluation.subject, approver: person,
                    comment: decision == .approve ? "better" : "not now"),
                path: "environments/\(gate.stage)/approvals/\(gate.rule)-\(number).yml", key: "SHA256:\(person)",
                commit: "a\(number)", commitTime: now))
    }

    /// Says what trainings with some code come to.
    mutating func expect(_ code: String, accuracy: Double, status: JobStatus = .completed, model: String = "") {
        for stage in workspaces.keys {
            workspaces[stage]?.outcomes[SampleProject.file("main.py", code).digest] = .init(
                status: status, metrics: ["Accuracy": accuracy], model: model)
        }
    }

    /// Runs to the gates, approving whatever is asked, until all is at rest.
    mutating func settle() throws {
        for _ in 0..<6 {
            try run()
            let waiting = [Self.registerGate, Self.releaseGate].filter { gate($0)?.evaluation.state == .waiting }
            if waiting.isEmpty { return }
            for gate in waiting { decide(gate) }
        }
    }

    // MARK: - Looking at a workspace

    func live(_ stage: String) -> LiveState { workspaces[stage]?.state ?? LiveState() }
    var endpoint: LiveOnlineEndpoint? { live("prod").onlineEndpoints.first }
    var traffic: [String: Int] { (endpoint?.traffic ?? [:]).filter { $0.value > 0 } }
    func models(_ stage: String) -> [LiveAsset] { live(stage).assets.filter { $0.kind == .model } }

    /// The versions of the models that get prod's traffic, with their shares.
    var servedVersions: [String: Int] {
        var shares: [String: Int] = [:]
        for deployment in endpoint?.deployments ?? [] where (traffic[deployment.name] ?? 0) > 0 {
            let model = deployment.fields["model"]?.stringValue?.split(separator: ":").last.map(String.init) ?? "?"
            shares[model, default: 0] += traffic[deployment.name] ?? 0
        }
        return shares
    }

    /// What is still to happen, in words; empty when all is as git wants it.
    var pending: [String] {
        plan().actions.filter { $0.verb.isChange }.map { "\($0.verb) \($0.id): \($0.reason)" }
    }

    var violations: [String] { workspaces.values.flatMap(\.violations) }
}
