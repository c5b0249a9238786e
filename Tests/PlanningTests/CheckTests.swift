import AssetSchema
import DesiredState
import Diagnostics
import Digest
import Testing
import TimeKeeping
import Workspace

@testable import Planning

/// Checks before dev: run once, kept, and nothing new comes past one that fails.
@Suite struct CheckTests {
    /// A world whose dev runs two checks; what `code` stands for fails pytest.
    static func world(failing code: String? = nil) -> World {
        var world = World()
        world.evaluation = nil
        world.isGated = false
        world.commit(["dev"]) { $0.checks = ["flake8", "pytest"] }
        if let code {
            var content = SampleContent()
            content.code = code
            world.workspaces["dev"]?.failingChecks = [SampleProject.check("pytest", content).key.description]
        }
        return world
    }

    static let failure = "data-science/tests/test_split.py:14: test_split: assert 3 == 4 (1 of 12 tests failed)"

    @Test("checks come first, all else waits for them, and their counts are kept with the job")
    func pass() throws {
        var world = Self.world()
        let first = world.plan()
        #expect(first.stages.first?.actions.prefix(2).map(\.id) == ["dev/check/flake8", "dev/check/pytest"])
        #expect(first.due.allSatisfy { $0.kind == .check || $0.stage == "prod" })
        #expect(
            first.actions.first { $0.id == "dev/environment/diabetes-train" }?.reason
                == "new; after check flake8, check pytest")
        let last = try world.run()
        #expect(last.actions.first { $0.id == "dev/check/pytest" }?.reason == "passed: 12 tests, coverage 87%")
        #expect(world.pending == [])
        let checks = world.live("dev").jobs.filter { $0.tags[TagName.check] != nil }
        #expect(checks.count == 2)
        #expect(checks.allSatisfy { $0.tags[TagName.checkResult] == "passed: 12 tests, coverage 87%" })
        #expect(checks.allSatisfy { $0.tags[TagName.commit] == world.commits["dev"] })
        #expect(world.live("prod").jobs.allSatisfy { $0.tags[TagName.check] == nil })
    }

    @Test("a failed check closes the way with the test and its line, and what is live stays")
    func fail() throws {
        var world = Self.world(failing: "broken")
        try world.run()
        let before = world.live("dev")
        world.commit { $0.code = "broken" }
        let plan = try world.run()
        let check = try #require(plan.actions.first { $0.id == "dev/check/pytest" })
        #expect(check.verb == .blocked && check.isFailure)
        #expect(check.reason == "failed: \(Self.failure)")
        let job = try #require(plan.actions.first { $0.id == "dev/command_job/train" })
        #expect(job.verb == .blocked)
        #expect(job.reason == "check pytest failed: \(Self.failure)")
        #expect(plan.hasFailures)
        #expect(world.live("dev").assets == before.assets)
        #expect(world.live("dev").onlineEndpoints == before.onlineEndpoints)
        #expect(world.live("prod").jobs.count { $0.tags[TagName.trainingKey] != nil } == 1)
        world.commit { $0.code = "mended" }
        try world.run()
        #expect(world.pending == [])
    }

    @Test("a check is run once for what it looks at, and again when asked for a new training")
    func once() throws {
        var world = Self.world()
        try world.run()
        func runs() -> Int { world.live("dev").jobs.count { $0.tags[TagName.check] != nil } }
        world.commit { $0.data = "500 rows" }
        try world.run()
        #expect(runs() == 2)
        world.commit { $0.tests = "more tests" }
        try world.run()
        #expect(runs() == 4)
        let now = world.now
        world.commit(["dev"]) {
            $0.retrain = [
                RetrainRecord(
                    reason: "the test was flaky", requestedBy: "carol@example.com", requestedAt: now,
                    location: SourceLocation(path: "environments/dev/retrain/1.yml"))
            ]
        }
        try world.run()
        #expect(runs() == 6)
        #expect(world.pending == [])
    }

    @Test("while a check fails, drift is healed and nothing new comes")
    func healing() throws {
        var world = Self.world(failing: "broken")
        try world.run()
        world.commit { $0.code = "broken" }
        try world.run()
        try world.workspaces["dev"]?.endpoint("diabetes-oep-dev") { $0.fields["auth_mode"] = "aad_token" }
        try world.run()
        #expect(world.live("dev").onlineEndpoints.first?.fields["auth_mode"] == "key")
        #expect(world.live("dev").jobs.count { $0.tags[TagName.trainingKey] != nil } == 1)
    }

    @Test("a machine that is lost runs a check again, three times at most")
    func lost() throws {
        var world = Self.world()
        for _ in 0..<3 {
            _ = try world.act(on: world.plan())
            for index in world.live("dev").jobs.indices {
                world.workspaces["dev"]?.state.jobs[index].status = .notResponding
            }
        }
        let plan = world.plan()
        #expect(world.live("dev").jobs.map(\.name).filter { $0.hasSuffix("-r2") }.count == 2)
        #expect(plan.actions.first { $0.kind == .check }?.reason == "lost 3 times with the machine it ran on")
        #expect(plan.due.isEmpty)
    }

    @Test("killed after any operation, the next pass runs no check twice")
    func killed() throws {
        var whole = Self.world()
        try whole.run()
        let count = whole.workspaces["dev"]?.log.count ?? 0
        for limit in 1...count {
            var world = Self.world()
            try world.run(limit: limit)
            try world.run()
            #expect(world.pending == [], "killed after \(limit)")
            #expect(world.live("dev").jobs.count { $0.tags[TagName.check] != nil } == 2)
        }
    }

    @Test("the counts of a job are told as people say them")
    func words() {
        func said(_ metrics: [String: Double], error: String? = nil) -> String {
            CheckJob.result(
                of: LiveJob(
                    name: "check", status: error == nil ? .completed : .failed, metrics: metrics,
                    createdAt: Timestamp(seconds: 0), error: error))
        }
        #expect(said([:]) == "passed")
        #expect(said(["tests": 1, "coverage": 99.96]) == "passed: 1 test, coverage 99%")
        #expect(said(["tests": 1200, "skipped": 2]) == "passed: 1,200 tests, 2 skipped")
        #expect(said(["tests": 12.5, "coverage": .nan]) == "passed")
        #expect(said([:], error: "exited with status 1: a.py:1: x") == "failed: a.py:1: x")
        #expect(said([:], error: "was ended by signal 9") == "failed: was ended by signal 9")
    }
}
