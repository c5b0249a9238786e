import Approvals
import AssetSchema
import DesiredState
import Digest
import Testing
import TimeKeeping
import Workspace

@testable import Planning

@Suite struct DriftTests {
    struct Case: Sendable, CustomTestStringConvertible {
        var name: String
        var id: String
        var field: String
        var meddle: @Sendable (inout World) throws -> Void
        var isHealed: @Sendable (World) -> Bool
        var testDescription: String { name }
    }

    static let cases: [Case] = [
        Case(
            name: "instance count", id: "online_deployment", field: "instance_count",
            meddle: { try $0.meddle { $0.deployments[0].fields["instance_count"] = 9 } },
            isHealed: { $0.endpoint?.deployments[0].fields["instance_count"] == 1 }),
        Case(
            name: "an endpoint's field", id: "online_endpoint", field: "auth_mode",
            meddle: { try $0.meddle { $0.fields["auth_mode"] = "aml_token" } },
            isHealed: { $0.endpoint?.fields["auth_mode"] == "key" }),
        Case(
            name: "a tag", id: "online_endpoint", field: "tags.Project",
            meddle: { try $0.meddle { $0.tags["Project"] = "theirs" } },
            isHealed: { $0.endpoint?.tags["Project"] == "diabetes" }),
        Case(
            name: "a deployment gone", id: "online_deployment", field: "deployment",
            meddle: {
                try $0.meddle { endpoint in
                    endpoint.deployments = []
                    endpoint.traffic = [:]
                }
            },
            isHealed: { $0.endpoint?.deployments.count == 1 && $0.servedVersions == ["1": 100] }),
        Case(
            name: "traffic", id: "online_traffic", field: "traffic",
            meddle: { try $0.meddle { $0.traffic = [:] } }, isHealed: { $0.servedVersions == ["1": 100] }),
        Case(
            name: "an archived asset", id: "data", field: "archived",
            meddle: { $0.archive(.data) },
            isHealed: { $0.live("prod").assets.contains { $0.kind == .data && !$0.isArchived } }),
        Case(
            name: "an archived model", id: "model", field: "archived",
            meddle: { $0.archive(.model) }, isHealed: { $0.models("prod").map(\.isArchived) == [false] }),
        Case(
            name: "a model's description", id: "model", field: "description",
            meddle: { world in
                for index in world.live("prod").assets.indices where world.live("prod").assets[index].kind == .model {
                    world.workspaces["prod"]?.state.assets[index].fields["description"] = "theirs"
                }
            },
            isHealed: { $0.models("prod")[0].fields["description"] != "theirs" }),
        Case(
            name: "the batch endpoint's default", id: "batch_endpoint", field: "defaults.deployment_name",
            meddle: { $0.workspaces["prod"]?.state.batchEndpoints[0].defaultDeployment = "by-hand" },
            isHealed: { $0.live("prod").batchEndpoints[0].defaultDeployment == "diabetes-bdp" }),
    ]

    private static func drifted(_ world: World, _ example: Case) -> PlanDrift? {
        world.plan().stages.flatMap(\.drift).first { drift in
            drift.id.hasPrefix("prod/") && drift.changes.contains { $0.field == example.field }
        }
    }

    @Test("what somebody changed is told and healed", arguments: cases)
    func heals(_ example: Case) throws {
        var world = try StoryTests.released()
        try example.meddle(&world)
        let drift = try #require(Self.drifted(world, example))
        #expect(drift.policy == "heal")
        #expect(drift.kind.rawValue == example.id)
        try world.run(movingClock: false)
        #expect(example.isHealed(world))
        #expect(Self.drifted(world, example) == nil)
        #expect(world.pending == [])
    }

    @Test("what somebody changed is told and left where the stage says warn", arguments: cases)
    func warns(_ example: Case) throws {
        var world = try StoryTests.released()
        world.drift = DriftPolicy(mode: .warn)
        try example.meddle(&world)
        try world.run(movingClock: false)
        #expect(Self.drifted(world, example)?.policy == "warn")
        #expect(!example.isHealed(world))
        #expect(world.plan().due.isEmpty)
        #expect(!PlanTextRenderer().render(world.plan()).contains("match what is committed"))
    }

    @Test("what somebody changed is not told where the stage says ignore", arguments: cases)
    func ignores(_ example: Case) throws {
        var world = try StoryTests.released()
        world.drift = DriftPolicy(mode: .ignore)
        try example.meddle(&world)
        try world.run(movingClock: false)
        #expect(Self.drifted(world, example) == nil)
        #expect(!example.isHealed(world))
    }

    @Test("only the fields that may be healed are put back")
    func mixed() throws {
        var world = try StoryTests.released()
        world.drift = DriftPolicy(mode: .heal, fields: ["online_deployment.instance_type": .ignore])
        try world.meddle { endpoint in
            endpoint.deployments[0].fields["instance_count"] = 9
            endpoint.deployments[0].fields["instance_type"] = "Standard_F4s"
        }
        try world.run(movingClock: false)
        #expect(world.endpoint?.deployments[0].fields["instance_count"] == 1)
        #expect(world.endpoint?.deployments[0].fields["instance_type"] == "Standard_F4s")
        #expect(world.pending == [])
    }

    @Test("what keeps coming back is healed ever more seldom, and peace forgets it", arguments: cases)
    func backsOff(_ example: Case) throws {
        var world = try StoryTests.released()
        var heals = 0
        let start = world.now
        while world.now < start + TimeSpan(seconds: 3600) {
            if example.isHealed(world) { try example.meddle(&world) }
            let done = try world.act(on: world.plan())
            if done > 0 { heals += 1 }
            _ = world.progress()
            world.now = world.now + TimeSpan(seconds: 60)
        }
        #expect(heals > 2, "healed \(heals) times")
        #expect(heals < 12, "healed \(heals) times in an hour")
        world.now = world.now + TimeSpan(seconds: 8000)
        try world.run(movingClock: false)
        #expect(example.isHealed(world))
    }

    @Test("drift of what serves is healed while the next model waits at a gate")
    func whileWaiting() throws {
        var world = try StoryTests.released()
        world.commit { $0.code = "random forest" }
        try world.run()
        #expect(world.gate(World.registerGate)?.evaluation.state == .waiting)
        try world.meddle { $0.deployments[0].fields["instance_count"] = 9 }
        try world.run()
        #expect(world.endpoint?.deployments[0].fields["instance_count"] == 1)
        try world.meddle { endpoint in
            endpoint.deployments = []
            endpoint.traffic = [:]
        }
        try world.run()
        #expect(world.servedVersions == ["1": 100])
    }
}

extension World {
    mutating func meddle(_ change: (inout LiveOnlineEndpoint) -> Void) throws {
        try workspaces["prod"]?.endpoint("diabetes-oep-prod") { change(&$0) }
    }

    mutating func archive(_ kind: AssetKind) {
        for index in live("prod").assets.indices where live("prod").assets[index].kind == kind {
            workspaces["prod"]?.state.assets[index].isArchived = true
        }
    }
}
