import Approvals
import AssetSchema
import DesiredState
import Diagnostics
import Digest
import Foundation
import Testing
import TimeKeeping
import Workspace

@testable import Planning

/// Whole plans as people and programs read them; `make golden` writes them anew.
@Suite struct GoldenPlanTests {
    struct Case: Sendable, CustomTestStringConvertible {
        var name: String
        var world: @Sendable () throws -> World
        var isVerbose = false
        var testDescription: String { name }
    }

    static let cases: [Case] = [
        Case(name: "empty-workspaces") { World() },
        Case(name: "new-data") {
            var world = try StoryTests.released()
            let old = SampleProject.file("diabetes.csv", "442 rows").entries[0].blob
            let new = SampleProject.file("diabetes.csv", "1,646 rows").entries[0].blob
            world.facts = [old: FileFacts(bytes: 22_000, rows: 442), new: FileFacts(bytes: 812_345, rows: 1646)]
            for stage in ["dev", "prod"] {
                for index in world.live(stage).assets.indices where world.live(stage).assets[index].kind == .data {
                    world.workspaces[stage]?.state.assets[index].tags[TagName.rows] = "442"
                }
                for index in world.live(stage).jobs.indices {
                    let ended = world.now + TimeSpan(seconds: 41)
                    world.workspaces[stage]?.state.jobs[index].startedAt = world.now
                    world.workspaces[stage]?.state.jobs[index].endedAt = ended
                }
            }
            world.commit(["dev"]) { $0.data = "1,646 rows" }
            try world.run()
            world.commit(["prod"]) { $0.data = "1,646 rows" }
            return world
        },
        Case(name: "waiting-to-register") {
            var world = try waiting()
            if let gate = World.registerGate {
                world.ledgers["prod"]?.refused = [
                    RefusedRecord(
                        path: "environments/prod/approvals/register_model-3f9c21.yml", gate: gate, stage: "prod",
                        reason: "its last commit carries no signature")
                ]
            }
            return world
        },
        Case(name: "waiting-to-release") {
            var world = try waiting()
            world.decide(World.registerGate)
            try world.run()
            return world
        },
        Case(name: "traffic-step") {
            var world = try waiting()
            world.decide(World.registerGate)
            try world.run()
            world.decide(World.releaseGate)
            try world.run(movingClock: false)
            return world
        },
        Case(name: "worse-model") {
            var world = try StoryTests.released()
            world.commit { $0.code = "coin" }
            try world.run()
            return world
        },
        Case(name: "drift") {
            var world = try StoryTests.released()
            world.drift = DriftPolicy(mode: .heal, fields: ["tags": .warn])
            try world.workspaces["prod"]?.endpoint("diabetes-oep-prod") { endpoint in
                endpoint.deployments[0].fields["instance_count"] = 3
                endpoint.tags["Project"] = "somebody else's"
            }
            return world
        },
        Case(name: "no-changes", world: { try StoryTests.released() }, isVerbose: true),
        Case(name: "pipeline") {
            var world = World()
            world.assets = ["dev": KindsProject.pipeline(), "prod": KindsProject.pipeline()]
            world.isWithoutModelPath = true
            return world
        },
        Case(name: "pipeline-changed") {
            var world = World()
            world.evaluation = nil
            world.isGated = false
            world.assets = ["dev": KindsProject.pipeline(), "prod": KindsProject.pipeline()]
            world.isWithoutModelPath = true
            try world.run()
            world.assets["dev"] = KindsProject.pipeline(code: "second")
            return world
        },
        Case(name: "two-models") {
            var world = World()
            world.isGated = false
            world.evaluation = nil
            world.assets = ["dev": KindsProject.twoModels(), "prod": KindsProject.twoModels()]
            try world.run()
            world.assets["dev"] = KindsProject.twoModels(fraud: "better fraud code")
            try world.run()
            world.assets["prod"] = KindsProject.twoModels(fraud: "better fraud code", score: "other score")
            return world
        },
        Case(name: "schedule-compute-datastore") {
            var world = World()
            world.assets = ["dev": KindsProject.schedule(), "prod": KindsProject.schedule()]
            return world
        },
        Case(name: "resources-changed") {
            var world = World()
            world.prune = true
            world.assets = ["dev": KindsProject.schedule(), "prod": KindsProject.schedule()]
            try world.run()
            world.workspaces["dev"]?.state.resources.append(
                LiveResource(
                    kind: .compute, name: "by-hand", fields: ["type": "amlcompute"], createdAt: world.now))
            for index in world.live("prod").resources.indices
            where world.live("prod").resources[index].kind == .compute {
                world.workspaces["prod"]?.state.resources[index].fields["max_instances"] = 8
            }
            world.assets["dev"] = KindsProject.schedule(hour: 7).filter { $0.kind != .datastore }
            return world
        },
        Case(name: "checks-first") {
            CheckTests.world()
        },
        Case(name: "check-failed") {
            var world = CheckTests.world(failing: "broken")
            try world.run()
            world.commit(["dev"]) { $0.code = "broken" }
            try world.run()
            return world
        },
        Case(name: "hostile-texts") {
            var world = try StoryTests.released()
            world.expect("hostile", accuracy: 0, status: .failed)
            world.commit { $0.code = "hostile" }
            try world.run()
            for index in world.live("dev").jobs.indices where world.live("dev").jobs[index].status == .failed {
                world.workspaces["dev"]?.state.jobs[index].error =
                    "\u{1B}]0;pwned\u{7}\u{1B}[2J | <img src=x onerror=alert(1)> `rm` **bold**\n# heading @everyone "
                    + "https://evil.example \u{202E}txet"
            }
            return world
        },
    ]

    /// A world in which a better model waits at the first gate.
    private static func waiting() throws -> World {
        var world = try StoryTests.released()
        world.commit { $0.code = "random forest" }
        try world.run()
        return world
    }

    @Test("plans read as recorded", arguments: cases)
    func golden(_ example: Case) throws {
        let plan = try example.world().plan()
        let folder = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Fixtures/\(example.name)")
        let texts = [
            "plan.txt": PlanTextRenderer(verbose: example.isVerbose).render(plan),
            "plan.json": PlanJSONRenderer.render(plan),
            "plan.md": PlanMarkdownRenderer.render(plan),
        ]
        let isRecording = ProcessInfo.processInfo.environment["RECONCILE_RECORD_GOLDEN"] == "1"
        for (name, text) in texts.sorted(by: { $0.key < $1.key }) {
            let file = folder.appending(path: name)
            if isRecording {
                try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
                try Data(text.utf8).write(to: file)
                Issue.record("recorded \(example.name)/\(name); read the diff")
            } else {
                let recorded = try #require(
                    try? String(contentsOf: file, encoding: .utf8), "no \(example.name)/\(name)")
                #expect(text == recorded, "\(example.name)/\(name) differs; `make golden` writes it anew")
            }
        }
    }

    @Test("nothing in a plan can steer a terminal")
    func hostile() throws {
        let world = try #require(Self.cases.first { $0.name == "hostile-texts" }).world()
        for text in [PlanTextRenderer(verbose: true).render(world.plan()), PlanMarkdownRenderer.render(world.plan())] {
            for scalar in text.unicodeScalars {
                #expect(scalar == "\n" || scalar.value >= 0x20 && !(0x7F...0x9F).contains(scalar.value))
                #expect(!(0x202A...0x202E).contains(scalar.value))
            }
        }
        let markdown = PlanMarkdownRenderer.render(world.plan())
        #expect(!markdown.contains("<img"))
        #expect(!markdown.contains("https://"))
    }

    @Test("each piece of a line is dressed for what it is")
    func style() {
        let text = PlanTextRenderer { role, text in "<\(role)>\(text)</\(role)>" }.render(World().plan())
        #expect(text.contains("<heading>dev  develop@"))
        #expect(text.contains("<add>+ environment"))
        #expect(text.contains("<run>> job"))
    }
}
