import Approvals
import AssetSchema
import DesiredState
import Diagnostics
import Digest
import Testing
import TimeKeeping
import Workspace

@testable import Planning

@Suite struct StoryTests {
    /// A world in which the first model was released: prod serves version 1.
    static func released() throws -> World {
        var world = World()
        world.expect("logistic regression", accuracy: 0.79)
        world.expect("random forest", accuracy: 0.93)
        world.expect("coin", accuracy: 0.5)
        try world.settle()
        return world
    }

    @Test("dev trains, deploys, tests, serves, and marks what passed")
    func dev() throws {
        var world = World()
        world.commit(["prod"]) { $0.isWithoutAssets = true }
        try world.run()
        let dev = world.live("dev")
        #expect(dev.jobs.count { $0.tags[TagName.trainingKey] != nil } == 1)
        #expect(world.models("dev").map(\.version) == ["1"])
        #expect(dev.onlineEndpoints.first?.traffic == ["diabetes-odp": 100])
        #expect(dev.batchEndpoints.first?.defaultDeployment == "diabetes-bdp")
        #expect(dev.jobs.first { $0.tags[TagName.trainingKey] != nil }?.tags[TagName.passed] != nil)
        #expect(world.pending == [])
    }

    @Test("prod waits until dev has passed the same content")
    func promotion() throws {
        var world = World()
        world.commit(["prod"]) { $0.code = "never seen in dev" }
        let plan = try world.run()
        let job = try #require(plan.actions.first { $0.id == "prod/command_job/train" })
        #expect(job.verb == .wait)
        #expect(job.awaiting == .stage("dev"))
        #expect(job.reason == "after dev has trained, deployed and tested the same content")
        #expect(world.live("prod").jobs.isEmpty)
    }

    @Test("content that leads to the very same model as before is promoted all the same")
    func sameModelOfOtherContent() throws {
        var world = try Self.released()
        world.expect("only a comment more", accuracy: 0.79, model: "the same bytes")
        world.expect("logistic regression, tidied", accuracy: 0.79, model: "the same bytes")
        world.evaluation = nil
        world.commit { $0.code = "only a comment more" }
        try world.settle()
        world.commit { $0.code = "logistic regression, tidied" }
        try world.settle()
        #expect(world.live("prod").jobs.count { $0.tags[TagName.trainingKey] != nil } == 3)
        #expect(world.pending == [])
    }

    @Test("prod trains, asks before it registers, deploys at no traffic, tests, asks before it releases, and serves")
    func firstRelease() throws {
        var world = World()
        world.expect("logistic regression", accuracy: 0.79)
        var plan = try world.run()
        #expect(plan.isAtClosedGate)
        #expect(world.models("prod").isEmpty)
        #expect(plan.actions.first { $0.kind == .evaluation }?.reason == "Accuracy 0.79 passes")
        world.decide(World.registerGate)
        plan = try world.run()
        #expect(world.models("prod").map(\.version) == ["1"])
        #expect(world.models("prod").first?.tags[TagName.approvedBy] == "alice@example.com")
        #expect(world.endpoint?.deployments.count == 1)
        #expect(world.traffic.isEmpty)
        #expect(
            plan.actions.first { $0.kind == .onlineTraffic && $0.stage == "prod" }?.awaiting
                == World.releaseGate.map { .gate($0) })
        world.decide(World.releaseGate)
        try world.run()
        #expect(world.servedVersions == ["1": 100])
        #expect(world.pending == [])
        #expect(world.violations == [])
    }

    @Test("traffic goes in steps, each held, and the old deployment is removed after its delay")
    func rollout() throws {
        var world = try Self.released()
        world.commit { $0.code = "random forest" }
        try world.run()
        world.decide(World.registerGate)
        try world.run()
        world.decide(World.releaseGate)
        try world.run(movingClock: false)
        #expect(world.servedVersions == ["1": 90, "2": 10])
        world.now = world.now + TimeSpan(seconds: 299)
        try world.run(movingClock: false)
        #expect(world.servedVersions == ["1": 90, "2": 10])
        world.now = world.now + TimeSpan(seconds: 1)
        try world.run(movingClock: false)
        #expect(world.servedVersions == ["1": 50, "2": 50])
        world.now = world.now + TimeSpan(seconds: 300)
        try world.run(movingClock: false)
        #expect(world.servedVersions == ["2": 100])
        #expect(world.endpoint?.deployments.count == 2)
        world.now = world.now + TimeSpan(seconds: 600)
        try world.run(movingClock: false)
        #expect(world.endpoint?.deployments.count == 1)
        #expect(world.pending == [])
        #expect(world.violations == [])
    }

    @Test("a worse model is not registered, and nothing that is live changes")
    func worse() throws {
        var world = try Self.released()
        let before = world.live("prod")
        world.commit { $0.code = "coin" }
        let plan = try world.run()
        let evaluation = try #require(plan.actions.first { $0.kind == .evaluation })
        #expect(evaluation.verb == .blocked)
        #expect(evaluation.reason == "Accuracy 0.5 is under the minimum 0.7: not registered")
        #expect(world.models("prod").map(\.version) == ["1"])
        #expect(world.live("prod").onlineEndpoints == before.onlineEndpoints)
        #expect(world.live("prod").batchEndpoints == before.batchEndpoints)
        #expect(plan.stages.last?.actions.allSatisfy { $0.verb == .unchanged || $0.kind == .evaluation } == true)
        #expect(!plan.isAtClosedGate)
    }

    @Test("a rejection leaves live what is live")
    func rejection() throws {
        var world = try Self.released()
        world.commit { $0.code = "random forest" }
        try world.run()
        world.decide(World.registerGate, .reject)
        let plan = try world.run()
        #expect(world.models("prod").map(\.version) == ["1"])
        #expect(world.servedVersions == ["1": 100])
        let model = try #require(plan.actions.first { $0.id == "prod/model/diabetes" })
        #expect(model.verb == .blocked)
        #expect(model.reason == "gate prod/register_model: rejected by alice@example.com: not now")
        #expect(plan.due.isEmpty)
        #expect(!plan.isAtClosedGate)
    }

    @Test("a rejection of the release in the middle of it goes back")
    func rejectedRelease() throws {
        var world = try Self.released()
        world.commit { $0.code = "random forest" }
        try world.run()
        world.decide(World.registerGate)
        try world.run()
        world.decide(World.releaseGate)
        try world.run(movingClock: false)
        world.decide(World.releaseGate, .reject, by: "bob@example.com")
        try world.run()
        #expect(world.servedVersions == ["1": 100])
        #expect(world.violations == [])
    }

    @Test("failing requests at a step send the traffic back and are not tried again")
    func failingStep() throws {
        var world = try Self.released()
        world.commit { $0.code = "random forest" }
        try world.run()
        world.decide(World.registerGate)
        try world.run()
        world.decide(World.releaseGate)
        try world.run(movingClock: false)
        let new = try #require(world.traffic.first { $0.value == 10 }?.key)
        try world.workspaces["prod"]?.endpoint("diabetes-oep-prod") { endpoint in
            for index in endpoint.deployments.indices where endpoint.deployments[index].name == new {
                endpoint.deployments[index].requests = RequestCounts(succeeded: 80, failed: 20)
            }
        }
        let plan = try world.run()
        #expect(world.servedVersions == ["1": 100])
        let traffic = try #require(plan.actions.first { $0.id == "prod/online_traffic/diabetes-oep-prod" })
        #expect(traffic.verb == .blocked)
        #expect(traffic.reason.contains("20 of 100 requests failed at 10 percent"))
    }

    @Test("a failing sample request keeps a model from any traffic")
    func failingTest() throws {
        var world = try Self.released()
        world.expect("random forest", accuracy: 0.93, model: "cannot be loaded")
        world.commit { $0.code = "random forest" }
        world.evaluation = nil
        world.workspaces["prod"]?.failingModels = [ContentDigest(of: "cannot be loaded").description]
        try world.settle()
        #expect(world.servedVersions == ["1": 100])
        #expect(world.plan().hasFailures)
        #expect(world.gate(World.releaseGate) == nil)
    }

    @Test("a committed rollback serves the earlier model at once and without a gate")
    func rollback() throws {
        var world = try Self.released()
        world.commit { $0.code = "random forest" }
        try world.settle()
        #expect(world.servedVersions == ["2": 100])
        try #require(world.models("prod").count == 2)
        let digests = world.models("prod").compactMap { $0.tags[TagName.modelDigest].flatMap { ContentDigest($0) } }
        world.commit(["prod"]) { content in
            content.rollback = RollbackRecord(
                from: digests[1], to: "diabetes:1", toDigest: digests[0], reason: "complaints",
                requestedBy: "bob@example.com", location: SourceLocation(path: "environments/prod/rollback.yml"))
        }
        let plan = try world.run()
        #expect(world.servedVersions == ["1": 100])
        #expect(
            plan.actions.first { $0.id == "prod/model/diabetes" }?.reason
                == "rolled back by bob@example.com: complaints")
        #expect(world.pending == [])
        world.expect("gradient boosting", accuracy: 0.95)
        world.commit { $0.code = "gradient boosting" }
        try world.settle()
        #expect(world.servedVersions == ["3": 100])
        #expect(world.violations == [])
    }

    @Test("a rollback counts at once, also while another model is being trained")
    func rollbackWhileTraining() throws {
        var world = try Self.released()
        world.commit { $0.code = "random forest" }
        try world.settle()
        try #require(world.models("prod").count == 2)
        let digests = world.models("prod").compactMap { $0.tags[TagName.modelDigest].flatMap { ContentDigest($0) } }
        world.expect("gradient boosting", accuracy: 0.95)
        world.commit { $0.code = "gradient boosting" }
        world.commit(["prod"]) { content in
            content.rollback = RollbackRecord(
                from: digests[1], to: "diabetes:1", toDigest: digests[0], reason: "complaints",
                requestedBy: "bob@example.com", location: SourceLocation(path: "environments/prod/rollback.yml"))
        }
        try world.run()
        #expect(world.gate(World.registerGate)?.evaluation.state == .waiting)
        #expect(world.servedVersions == ["1": 100])
    }

    @Test("a committed retraining trains unchanged inputs again, once")
    func retrain() throws {
        var world = try Self.released()
        world.evaluation = nil
        let moment = world.now
        world.commit(["dev"]) { content in
            content.retrain = [
                RetrainRecord(
                    reason: "new drivers", requestedBy: "carol@example.com", requestedAt: moment,
                    location: SourceLocation(path: "environments/dev/retrain/1.yml"))
            ]
        }
        let job = try #require(world.plan().actions.first { $0.id == "dev/command_job/train" })
        #expect(job.verb == .run)
        #expect(job.reason.hasPrefix("retraining asked for by carol@example.com: new drivers"))
        try world.settle()
        #expect(world.live("dev").jobs.count { $0.tags[TagName.trainingKey] != nil } == 2)
        #expect(world.pending == [])
    }

    @Test("a failed training says why, and what serves goes on")
    func failedTraining() throws {
        var world = try Self.released()
        world.expect("broken", accuracy: 0, status: .failed)
        world.commit { $0.code = "broken" }
        let plan = try world.run()
        let job = try #require(plan.actions.first { $0.id == "dev/command_job/train" })
        #expect(job.verb == .blocked && job.isFailure)
        #expect(job.reason == "failed: ValueError: no luck; commit a fix or ask for a retraining")
        #expect(plan.actions.first { $0.id == "dev/model/diabetes" }?.reason.contains("diabetes:1 stays") == true)
        #expect(world.servedVersions == ["1": 100])
        #expect(plan.due.isEmpty)
    }

    @Test("a job that the machine lost is run again under a name of its own, three times at most")
    func lostJob() throws {
        var world = World()
        world.expect("logistic regression", accuracy: 0.79, status: .notResponding)
        let plan = try world.run()
        let names = world.live("dev").jobs.map(\.name)
        #expect(names.count == 3)
        #expect(Set(names).count == 3)
        #expect(plan.actions.first { $0.id == "dev/command_job/train" }?.isFailure == true)
    }

    @Test("a commit that touches no asset changes nothing")
    func readme() throws {
        var world = try Self.released()
        let before = world.workspaces.mapValues(\.state)
        world.commit { _ in }
        let plan = try world.run()
        #expect(!plan.hasChanges)
        #expect(world.workspaces.mapValues(\.state) == before)
        #expect(PlanTextRenderer().render(plan).hasSuffix("No changes. The workspaces match what is committed.\n"))
    }

    @Test("in place, the one deployment is updated; serving it is the release that the gate is asked for")
    func inPlace() throws {
        var world = World()
        world.rollout = RolloutPolicy(strategy: .inPlace)
        world.expect("logistic regression", accuracy: 0.79)
        world.expect("random forest", accuracy: 0.93)
        try world.settle()
        #expect(world.traffic == ["diabetes-odp": 100])
        world.commit { $0.code = "random forest" }
        try world.run()
        world.decide(World.registerGate)
        try world.run()
        #expect(world.servedVersions == ["1": 100])
        #expect(world.gate(World.releaseGate)?.evaluation.state == .waiting)
        world.decide(World.releaseGate)
        try world.run()
        #expect(world.servedVersions == ["2": 100])
        #expect(world.pending == [])
    }

    @Test("an edited deployment is updated with the model that it has")
    func edit() throws {
        var world = try Self.released()
        let jobs = world.live("prod").jobs.count { $0.tags[TagName.trainingKey] != nil }
        world.commit { $0.instances = 3 }
        let action = try #require(world.plan().actions.first { $0.stage == "prod" && $0.kind == .onlineDeployment })
        #expect(action.verb == .update)
        #expect(action.changes == [FieldChange(field: "instance_count", before: 1, after: 3)])
        try world.settle()
        #expect(world.endpoint?.deployments.map { $0.fields["instance_count"] } == [3])
        #expect(world.live("prod").jobs.count { $0.tags[TagName.trainingKey] != nil } == jobs)
        #expect(world.pending == [])
    }

    @Test("an error in what git says holds everything")
    func brokenProject() {
        var world = World()
        world.diagnostics = [.error("unknown-key", "unknown key 'instnce_count'")]
        let plan = world.plan()
        #expect(plan.due.isEmpty)
        #expect(plan.hasFailures)
        // What comes after something that is held is held too, and an empty plan is no good news.
        #expect(plan.summary.add == 0)
        let empty = Plan(stages: [], diagnostics: world.diagnostics)
        #expect(PlanTextRenderer().render(empty) == "Nothing is planned before the mistakes in the files are mended.\n")
    }
}
