import Approvals
import AssetSchema
import DesiredState
import Diagnostics
import Digest
import Testing
import TimeKeeping
import Workspace

@testable import Planning

/// What must hold in every world, whatever people and machines do to it.
@Suite struct PropertyTests {
    static let codes = ["logistic regression", "random forest", "coin", "broken", "gradient boosting"]

    static func world(_ random: inout SeededGenerator) -> World {
        var world = World()
        world.expect("logistic regression", accuracy: 0.79)
        world.expect("random forest", accuracy: 0.93)
        world.expect("coin", accuracy: 0.5)
        world.expect("broken", accuracy: 0, status: .failed)
        world.expect("gradient boosting", accuracy: 0.95)
        world.rollout.strategy = [.blueGreen, .canary, .inPlace].randomElement(using: &random) ?? .blueGreen
        world.isGated = Bool.random(using: &random)
        world.prune = Bool.random(using: &random)
        world.drift = DriftPolicy(mode: [.heal, .heal, .warn, .ignore].randomElement(using: &random) ?? .heal)
        return world
    }

    /// Something that somebody does, or that happens.
    static func disturb(_ world: inout World, _ random: inout SeededGenerator) throws {
        let stage = Bool.random(using: &random) ? "dev" : "prod"
        switch Int.random(in: 0..<17, using: &random) {
        case 0...2:
            let code = codes.randomElement(using: &random) ?? "coin"
            world.commit(Bool.random(using: &random) ? ["dev", "prod"] : ["dev"]) { $0.code = code }
        case 3: world.commit { $0.instances = Int64.random(in: 1...3, using: &random) }
        case 4: world.commit { $0.conda = "scikit-learn 1.\(Int.random(in: 4...6, using: &random))" }
        case 5: world.commit { $0.description += "." }
        case 6: world.decide(World.registerGate, Int.random(in: 0..<4, using: &random) == 0 ? .reject : .approve)
        case 7: world.decide(World.releaseGate, Int.random(in: 0..<4, using: &random) == 0 ? .reject : .approve)
        case 8: world.now = world.now + TimeSpan(seconds: Int64.random(in: 1...2000, using: &random))
        case 9: try meddleWithTraffic(&world, stage, &random)
        case 10:
            try meddle(&world, stage) { endpoint in
                guard let index = endpoint.deployments.indices.randomElement(using: &random) else { return }
                endpoint.deployments[index].fields["instance_count"] = 7
            }
        case 11:
            try meddle(&world, stage) { endpoint in
                guard let gone = endpoint.deployments.randomElement(using: &random) else { return }
                endpoint.deployments.removeAll { $0.name == gone.name }
                endpoint.traffic[gone.name] = nil
                if let other = endpoint.traffic.keys.min() { endpoint.traffic = [other: 100] }
            }
        case 12:
            try meddle(&world, stage) { endpoint in
                guard let index = endpoint.deployments.indices.randomElement(using: &random) else { return }
                endpoint.deployments[index].isHealthy.toggle()
            }
        case 13:
            let count = world.workspaces[stage]?.state.assets.count ?? 0
            if count > 0 {
                world.workspaces[stage]?.state.assets[Int.random(in: 0..<count, using: &random)].isArchived = true
            }
        case 14: try meddle(&world, stage) { $0.fields["auth_mode"] = "aad_token" }
        case 15:
            let suspension = SuspensionRecord(
                objects: [["*"], ["online_traffic/diabetes-oep-prod"], ["command_job/train"]].randomElement(
                    using: &random) ?? ["*"], reason: "audit", by: "bob@example.com",
                location: SourceLocation(path: "environments/\(stage)/suspended.yml"))
            world.commit([stage]) { $0.suspension = $0.suspension == nil ? suspension : nil }
        default:
            let models = world.models("prod")
            guard models.count > 1, let first = models.first, let last = models.last,
                let from = last.tags[TagName.modelDigest].flatMap({ ContentDigest($0) }),
                let to = first.tags[TagName.modelDigest].flatMap({ ContentDigest($0) })
            else { return }
            let rollback = RollbackRecord(
                from: from, to: "diabetes:\(first.version)", toDigest: to, reason: "complaints",
                requestedBy: "bob@example.com", location: SourceLocation(path: "environments/prod/rollback.yml"))
            world.commit(["prod"]) { $0.rollback = $0.rollback == nil ? rollback : nil }
        }
    }

    private static func meddle(
        _ world: inout World, _ stage: String, _ change: (inout LiveOnlineEndpoint) -> Void
    ) throws {
        guard world.live(stage).onlineEndpoints.contains(where: { $0.name == "diabetes-oep-\(stage)" }) else { return }
        try world.workspaces[stage]?.endpoint("diabetes-oep-\(stage)") { change(&$0) }
    }

    private static func meddleWithTraffic(_ world: inout World, _ stage: String, _ random: inout SeededGenerator) throws
    {
        try meddle(&world, stage) { endpoint in
            let names = endpoint.deployments.filter(\.isHealthy).map(\.name)
            guard let name = names.randomElement(using: &random) else { return }
            endpoint.traffic = [name: 100]
        }
    }

    /// What every plan must keep.
    static func check(_ plan: Plan, _ world: World, _ note: Comment) {
        #expect(plan == world.plan(), note)
        let ids = plan.actions.map(\.id)
        #expect(Set(ids).count == ids.count, note)
        for stage in plan.stages {
            var seen: [String: PlanAction] = [:]
            for action in stage.actions {
                for required in action.requires {
                    #expect(seen[required] != nil, "\(note) \(action.id) requires \(required)")
                    if action.isDue {
                        #expect(seen[required]?.verb == .unchanged, "\(note) \(action.id) is due before \(required)")
                    }
                }
                if action.isDue {
                    #expect(
                        action.awaiting == nil && action.upcomingGate == nil, "\(note) \(action.id) waits and is due")
                    #expect(action.verb != .unchanged && action.verb != .wait && action.verb != .blocked, note)
                    let isReverted = action.reason.hasSuffix("going back")
                    if let gate = action.gate, !isReverted, !world.hasBegun(action) {
                        #expect(gate.evaluation.state == .open, "\(note) \(action.id) passes a closed gate")
                    }
                    if let suspension = world.contents[stage.stage]?.suspension {
                        #expect(!suspension.objects.contains("*"), "\(note) \(action.id) is suspended and due")
                        #expect(
                            !suspension.objects.contains("\(action.id.dropFirst(stage.stage.count + 1))"),
                            "\(note) \(action.id) is suspended and due")
                    }
                } else {
                    #expect(
                        action.verb != .unchanged || action.changes.isEmpty, "\(note) \(action.id) shows changes")
                }
                seen[action.id] = action
            }
        }
    }

    @Test("in random worlds every plan keeps the rules, and all comes to rest", arguments: 0..<20)
    func randomWorlds(seed: Int) throws {
        var random = SeededGenerator(seed: UInt64(seed))
        var world = Self.world(&random)
        for step in 0..<16 {
            try Self.disturb(&world, &random)
            for _ in 0..<Int.random(in: 0...8, using: &random) {
                let plan = world.plan()
                Self.check(plan, world, "seed \(seed), step \(step)")
                _ = try world.act(on: plan, limit: Int.random(in: 1...4, using: &random))
                if Bool.random(using: &random) { _ = world.progress() }
            }
            #expect(world.violations == [], "seed \(seed), step \(step)")
        }
        try world.run()
        let plan = world.plan()
        Self.check(plan, world, "seed \(seed), at rest")
        #expect(plan.due.isEmpty, "seed \(seed)")
        #expect(world.violations == [], "seed \(seed)")
        for stage in ["dev", "prod"] {
            let live = world.live(stage)
            let completed = live.jobs.filter { $0.status == .completed }.compactMap { $0.tags[TagName.trainingKey] }
            #expect(Set(completed).count == completed.count, "seed \(seed): a key was trained twice")
            #expect(Set(live.jobs.map(\.name)).count == live.jobs.count)
            let models = world.models(stage).compactMap { $0.tags[TagName.modelDigest] }
            #expect(Set(models).count == models.count, "seed \(seed): a model was registered twice")
        }
    }

    /// What is left of a world when times are taken away: two histories with the same end are equal in it.
    private static func essence(_ world: World) -> [String] {
        world.workspaces.keys.sorted().flatMap { stage -> [String] in
            let live = world.live(stage)
            let timeless = { (tags: [String: String]) in
                tags.filter { ![TagName.trafficSince, TagName.passed].contains($0.key) }.sorted { $0.key < $1.key }
                    .map { "\($0.key)=\($0.value)" }.joined(separator: " ")
            }
            return live.assets.map { "\(stage) \($0.kind) \($0.name):\($0.version) \(timeless($0.tags))" }
                + live.jobs.map { "\(stage) \($0.name) \($0.status) \(timeless($0.tags))" }
                + live.onlineEndpoints.map {
                    "\(stage) \($0.name) \($0.traffic.sorted { $0.key < $1.key }) \(timeless($0.tags))"
                }
                + live.onlineEndpoints.flatMap(\.deployments).map { "\(stage) \($0.name) \(timeless($0.tags))" }
                + live.batchEndpoints.flatMap(\.deployments).map { "\(stage) \($0.name) \(timeless($0.tags))" }
        }.sorted()
    }

    @Test("killed after any operation, the next pass ends in the same state")
    func killedAnywhere() throws {
        var start = try StoryTests.released()
        start.isGated = false
        start.commit { $0.code = "random forest" }
        var whole = start
        try whole.run()
        #expect(whole.servedVersions == ["2": 100])
        let count =
            whole.workspaces.values.reduce(0) { $0 + $1.log.count }
            - start.workspaces.values.reduce(0) { $0 + $1.log.count }
        #expect(count > 15)
        for limit in 1...count {
            var world = start
            try world.run(limit: limit)
            try world.run()
            #expect(Self.essence(world) == Self.essence(whole), "killed after \(limit) of \(count) operations")
            #expect(world.violations == [])
        }
    }

    @Test("prune takes away only what is ours, and nothing that serves")
    func prune() throws {
        var world = try StoryTests.released()
        world.prune = true
        for stage in ["dev", "prod"] {
            world.workspaces[stage]?.state.assets.append(
                LiveAsset(
                    kind: .data, name: "by-hand", version: "1", fields: [:], tags: [:],
                    createdAt: Timestamp(seconds: 0)))
            world.workspaces[stage]?.state.assets.append(
                LiveAsset(
                    kind: .data, name: "of-ours", version: "1", fields: [:], tags: [TagName.digest: "sha256:1"],
                    createdAt: Timestamp(seconds: 0)))
        }
        try world.run()
        #expect(world.live("prod").assets.first { $0.name == "by-hand" }?.isArchived == false)
        #expect(world.live("prod").assets.first { $0.name == "of-ours" }?.isArchived == true)
        let before = world.workspaces.mapValues(\.state)
        world.commit { $0.isWithoutAssets = true }
        let plan = try world.run()
        #expect(world.workspaces.mapValues(\.state) == before)
        #expect(plan.actions.contains { $0.reason.contains("git holds nothing at all") })
    }
}

extension World {
    /// Whether an action goes on with a release that a gate let through before.
    func hasBegun(_ action: PlanAction) -> Bool {
        guard action.kind == .onlineTraffic, case .setTraffic(_, let from, let to, _) = action.operations.first else {
            return false
        }
        return to.contains { ($0.value > (from[$0.key] ?? 0)) && (from[$0.key] ?? 0) > 0 }
    }
}
