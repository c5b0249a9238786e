import AssetSchema
import DesiredState
import Diagnostics
import Digest
import Testing
import TimeKeeping
import Workspace

@testable import Planning

/// Projects with other kinds than the sample has: what comes of them, and that all comes to rest.
@Suite struct KindsTests {
    struct Project: Sendable, CustomTestStringConvertible {
        var name: String
        var assets: @Sendable () -> [DesiredAsset]
        var testDescription: String { name }

        var world: World {
            var world = World()
            world.isGated = false
            world.evaluation = nil
            world.isWithoutModelPath = true
            world.prune = true
            world.assets = ["dev": assets(), "prod": assets()]
            return world
        }
    }

    static let projects = [
        Project(name: "a pipeline") { KindsProject.pipeline() },
        Project(name: "two models") { KindsProject.twoModels() },
        Project(name: "a schedule on a compute") { KindsProject.schedule() },
    ]

    @Test("planning after applying finds nothing to do, wherever it was killed", arguments: projects)
    func idempotence(_ project: Project) throws {
        var whole = project.world
        try whole.run()
        #expect(whole.pending == [])
        #expect(whole.violations == [])
        #expect(!whole.plan().hasFailures)
        let count = whole.workspaces.values.reduce(0) { $0 + $1.log.count }
        for limit in 1...count {
            var world = project.world
            try world.run(limit: limit)
            try world.run()
            #expect(world.pending == [], "killed after \(limit)")
            for stage in ["dev", "prod"] {
                #expect(
                    world.live(stage).jobs.map(\.name).sorted() == whole.live(stage).jobs.map(\.name).sorted(),
                    "killed after \(limit)")
                #expect(world.live(stage).assets.count == whole.live(stage).assets.count, "killed after \(limit)")
                #expect(world.live(stage).resources.count == whole.live(stage).resources.count)
            }
        }
    }

    @Test("a pipeline's model is taken from the output that its own step registers")
    func pipelineModel() throws {
        var world = Self.projects[0].world
        try world.run()
        let registration = world.workspaces["prod"]?.log.compactMap { operation in
            if case .registerModel(let draft) = operation { draft } else { nil }
        }.first
        let draft = try #require(registration)
        #expect(draft.output == "trained_model")
        #expect(draft.artifactPath == "")
        #expect(draft.job == world.live("prod").jobs.first?.name)
        #expect(
            draft.tags[TagName.modelDigest]
                == world.live("prod").jobs.first?.outputDigests["trained_model"]?.description)
    }

    @Test("a step's model and metrics count as the pipeline's")
    func stepModel() throws {
        var world = Self.projects[0].world
        world.isWithoutModelPath = false
        world.evaluation = EvaluationPolicy(metric: "rmse", goal: .minimize)
        _ = try world.run()
        let parent = try #require(world.live("dev").jobs.first?.name)
        let digest = ContentDigest(of: "what the step logged")
        world.workspaces["dev"]?.state.jobs[0].artifactDigests = [:]
        world.workspaces["dev"]?.state.assets.removeAll { $0.kind == .model }
        world.workspaces["dev"]?.state.jobs.append(
            LiveJob(
                name: "step", status: .completed, metrics: ["rmse": 2.5], createdAt: world.now,
                artifactDigests: ["model": digest], parent: parent))
        try world.run()
        let model = try #require(world.models("dev").first)
        #expect(model.tags[TagName.modelDigest] == digest.description)
        #expect(model.tags[TagName.job] == parent)
        #expect(
            world.workspaces["dev"]?.log.contains { operation in
                if case .registerModel(let draft) = operation { draft.job == "step" } else { false }
            } == true)
    }

    @Test("each model comes from its own job, and each deployment serves its own model")
    func twoModels() throws {
        var world = Self.projects[1].world
        try world.run()
        for name in ["taxi", "fraud"] {
            let model = try #require(world.models("prod").first { $0.name == "\(name)-model" })
            let job = try #require(world.live("prod").jobs.first { $0.name == model.tags[TagName.job] })
            #expect(job.tags[TagName.source] == "mlops/azureml/train/\(name).yml")
            let endpoint = try #require(world.live("prod").onlineEndpoints.first { $0.name == "\(name)-oep" })
            #expect(endpoint.deployments.first?.fields["model"] == .string("azureml:\(name)-model:1"))
        }
        world.assets = ["dev": KindsProject.twoModels(taxi: "new"), "prod": KindsProject.twoModels(taxi: "new")]
        try world.run()
        #expect(world.models("prod").count { $0.name == "taxi-model" } == 2)
        #expect(world.models("prod").count { $0.name == "fraud-model" } == 1)
        #expect(world.pending == [])
    }

    @Test("a failing test of one model does not keep the other from being promoted")
    func promotionByModel() throws {
        var world = Self.projects[1].world
        for stage in ["dev", "prod"] {
            world.workspaces[stage]?.outcomes[SampleProject.file("train.py", "bad").digest] = .init(model: "bad")
        }
        world.workspaces["dev"]?.failingModels = [ContentDigest(of: "bad").description]
        try world.run()
        let assets = KindsProject.twoModels(taxi: "bad", fraud: "good")
        world.assets = ["dev": assets, "prod": assets]
        let plan = try world.run()
        #expect(world.models("prod").count { $0.name == "fraud-model" } == 2)
        #expect(world.models("prod").count { $0.name == "taxi-model" } == 1)
        #expect(plan.actions.contains { $0.stage == "prod" && $0.kind == .commandJob && $0.awaiting == .stage("dev") })
    }

    @Test("scoring code that dev has not tested waits in prod, and goes on when it has")
    func scoringCode() throws {
        var world = Self.projects[1].world
        try world.run()
        world.assets["prod"] = KindsProject.twoModels(score: "new")
        let plan = try world.run()
        let waiting = plan.actions.filter { $0.stage == "prod" && $0.kind == .onlineDeployment && $0.verb == .wait }
        #expect(
            waiting.map(\.reason)
                == Array(
                    repeating: "after dev has deployed and tested the same scoring code and environment", count: 2))
        world.assets["dev"] = KindsProject.twoModels(score: "new")
        try world.run()
        #expect(world.pending == [])
        // What dev goes on to does not take back what it has tested.
        world.assets["dev"] = KindsProject.twoModels(score: "newer still")
        try world.run()
        #expect(world.plan().actions.filter { $0.stage == "prod" && $0.verb != .unchanged }.isEmpty)
    }

    @Test("what others made is used or left, and never changed or pruned")
    func strangers() throws {
        var world = Self.projects[2].world
        for (kind, name) in [(AssetKind.compute, "cpu-cluster"), (.datastore, "lake"), (.schedule, "daily")] {
            world.workspaces["dev"]?.state.resources.append(
                LiveResource(kind: kind, name: name, fields: ["type": "other"], createdAt: world.now))
        }
        let before = world.live("dev").resources
        let plan = try world.run()
        #expect(world.live("dev").resources == before)
        #expect(plan.actions.first { $0.id == "dev/compute/cpu-cluster" }?.verb == .unchanged)
        #expect(plan.stages.first?.drift.contains { $0.name == "cpu-cluster" && $0.policy == "warn" } == true)
        let schedule = try #require(plan.actions.first { $0.id == "dev/schedule/daily" })
        #expect(schedule.verb == .blocked && schedule.isFailure)
        #expect(world.live("dev").jobs.contains { $0.status == .completed })
        world.assets["dev"] = [KindsProject.schedule()[2]]
        try world.run()
        #expect(world.live("dev").resources == before)
    }

    @Test("a compute goes only with prune, and never while a deployment runs on it")
    func pruneCompute() throws {
        var world = Self.projects[2].world
        world.prune = false
        try world.run()
        world.assets["dev"] = [KindsProject.schedule()[1]]
        try world.run()
        #expect(world.live("dev").resources.count == 3)
        world.workspaces["dev"]?.state.batchEndpoints = [
            LiveBatchEndpoint(
                name: "scores", fields: [:],
                deployments: [
                    LiveDeployment(name: "blue", fields: ["compute": "azureml:cpu-cluster"], createdAt: world.now)
                ])
        ]
        world.prune = true
        try world.run()
        #expect(world.live("dev").resources.map(\.name).sorted() == ["cpu-cluster", "lake"])
        world.workspaces["dev"]?.state.batchEndpoints = []
        try world.run()
        #expect(world.live("dev").resources.map(\.name) == ["lake"])
    }

    @Test("prod has a schedule only when dev has one that starts the same")
    func scheduleFollows() throws {
        var world = Self.projects[2].world
        world.assets["dev"] = KindsProject.schedule().filter { $0.kind != .schedule }
        let plan = try world.run()
        #expect(plan.actions.first { $0.id == "prod/schedule/daily" }?.awaiting == .stage("dev"))
        world.assets["dev"] = KindsProject.schedule(hour: 3)
        try world.run()
        #expect(world.live("prod").resources.contains { $0.kind == .schedule })
        #expect(world.pending == [])
    }

    struct Refusal: Sendable, CustomTestStringConvertible {
        var kind: AssetKind
        var fields: JSONValue
        var sentence: String?
        var testDescription: String { "\(kind.title): \(sentence ?? "run")" }
    }

    @Test(
        "what the embedded workspace does not run stands in the plan with one sentence, and Azure ML takes it",
        arguments: [
            Refusal(kind: .sparkJob, fields: ["type": "spark"], sentence: "Spark jobs"),
            Refusal(kind: .autoMLJob, fields: ["task": "image_classification"], sentence: "AutoML jobs on images"),
            Refusal(kind: .autoMLJob, fields: ["task": "text_ner"], sentence: "AutoML jobs on text"),
            Refusal(kind: .autoMLJob, fields: ["task": "regression"], sentence: nil),
            Refusal(
                kind: .pipelineJob, fields: ["type": "pipeline", "jobs": ["a": ["type": "spark"]]],
                sentence: "Spark jobs"),
            Refusal(kind: .schedule, fields: ["create_job": ["type": "spark"]], sentence: "Spark jobs"),
        ])
    func refusals(_ example: Refusal) throws {
        var asset = SampleProject.asset(example.kind, "it", "it.yml", example.fields)
        (asset.contentKey, asset.trainingKey) = (asset.digest, asset.digest)
        var world = Self.projects[2].world
        world.assets = ["dev": [asset], "prod": []]
        let action = try #require(try world.run().actions.first { $0.stage == "dev" })
        if let sentence = example.sentence {
            #expect(action.verb == .blocked && action.isFailure)
            #expect(
                action.reason
                    == "the embedded workspace does not run \(sentence); Azure ML does (workspace: { type: azureml })")
        } else {
            #expect(action.verb == .unchanged)
        }
        world.engine = .azureml
        #expect(try world.run().actions.first { $0.stage == "dev" }?.verb == .unchanged)
    }
}
