import Digest
import Testing
import TimeKeeping

@testable import Approvals

@Suite struct StageProtectionTests {
    static let path = "environments/prod.yml"

    static func read(_ rules: String) -> Result<StageProtection, StageProtection.Unclear> {
        StageProtection.read(Array("name: prod\nprotection_rules:\n  g: \(rules)\n".utf8), path: path, stage: "prod")
    }

    @Test("A whole rule is read with all its parts, and defaults fill the rest")
    func whole() throws {
        let full = try Self.read(
            "{ required_reviewers: [a@x.y, b@x.y], approvals: 2, prevent_self_review: true, expires_after: 14d, wait_timer: 5m }"
        ).get()
        let gate = try #require(GateName("prod/g"))
        #expect(
            full.policies == [
                GatePolicy(
                    gate: gate, requiredReviewers: ["a@x.y", "b@x.y"], approvals: 2, preventSelfReview: true,
                    expiresAfter: TimeSpan("14d"), waitTimer: TimeSpan(seconds: 300))
            ])
        #expect(try Self.read("{ required_reviewers: [a@x.y] }").get().policies.first?.approvals == 1)
        let timer = try Self.read("{ wait_timer: 10m }").get()
        #expect(timer.policies.first?.approvals == 0)
        #expect(timer.unclear.isEmpty)
    }

    @Test(
        "A rule that is not clear closes its gate with a place and a reason",
        arguments: [
            ("{}", "3:6: a protection rule needs required_reviewers or a wait_timer"),
            ("yes", "3:6: a protection rule must be a mapping, not a boolean"),
            ("{ wait_timer: 0 }", "3:6: a protection rule needs required_reviewers or a wait_timer"),
            ("{ required_reviewers: a@x.y }", "3:28: \"required_reviewers\" must be a list, not a string"),
            (
                "{ required_reviewers: ['*'] }",
                "3:28: a required reviewer must be one person, such as alice@example.com"
            ),
            ("{ required_reviewers: [a@x.y, A@x.y] }", "3:28: A@x.y stands twice among the required reviewers"),
            (
                "{ required_reviewers: [a@x.y], approvals: 2 }",
                "3:48: 2 approvals cannot come from 1 required reviewers"
            ),
            (
                "{ required_reviewers: [a@x.y], approvals: 0 }",
                "3:48: \"approvals\" must be a whole number from 1 to 100"
            ),
            (
                "{ required_reviewers: [a@x.y], prevent_self_review: maybe }",
                "3:58: \"prevent_self_review\" must be true or false, not a string"
            ),
            (
                "{ required_reviewers: [a@x.y], expires_after: 14 }",
                "3:52: \"expires_after\" must be a length of time such as 30m, 12h or 14d, not \"14\""
            ),
        ])
    func unclear(rule: String, reason: String) throws {
        let protection = try Self.read(rule).get()
        #expect(protection.policies.isEmpty)
        #expect(protection.unclear.values.map(\.self) == ["\(Self.path):\(reason)"])
    }

    @Test("A file that is no stage file says why")
    func noStageFile() {
        func reason(_ text: String) -> String? {
            switch StageProtection.read(Array(text.utf8), path: Self.path, stage: "prod") {
            case .success: nil
            case .failure(let unclear): unclear.reason
            }
        }
        #expect(reason("") == "\(Self.path) is empty")
        #expect(reason("[]") == "\(Self.path):1:1: a stage file must be a mapping")
        #expect(reason("name: a b") == "\(Self.path): \"name\" must be one plain word")
        #expect(reason("protection_rules: []") == "\(Self.path):1:19: protection_rules must be a mapping")
        #expect(reason("name: prod\nname: dev") != nil)
        #expect(reason("name: prod") == nil)
    }

    @Test("The digest sees rules, name, branch, release and workspace, and nothing else")
    func digest() throws {
        func digest(_ text: String) throws -> String {
            try StageProtection.read(Array(text.utf8), path: Self.path, stage: "prod").get().digest.hex
        }
        let base = "name: prod\nbranch: main\nprotection_rules: { g: { required_reviewers: [a@x.y] } }\n"
        #expect(try digest(base) == digest("# hello\n" + base + "prune: true\nconfig: [a]\n"))
        for (old, new) in [("a@x.y", "b@x.y"), ("main", "other"), ("name: prod", "name: pre"), ("g:", "h:")] {
            #expect(try digest(base) != digest(base.replacing(old, with: new)))
        }
        #expect(try digest(base) != digest(base + "workspace: { type: azureml }\n"))
        #expect(try digest(base) != digest(base + "releases: prod\n"))
    }
}
