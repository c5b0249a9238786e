import Digest
import Foundation
import Git
import Testing
import TimeKeeping

@testable import Approvals

@Suite struct TrustedPolicyTests {
    typealias Project = SignedProject
    static let path = SignedProject.path
    static let signers = TrustedSigners.allowedSignersPath
    static let rulesPath = "environments/prod.yml"
    static let malloryRules = Project.rules.replacing("alice@example.com, ", with: "mallory@example.com, ")

    @Test("The first sight is trusted and said; a commit that changes no policy moves trust on in silence")
    func firstSight() async throws {
        let project = try await Project()
        let first = try await project.trust(nil)
        #expect(first.notes.count == 1)
        #expect(first.closedReason == nil && first.closedGates.isEmpty)
        #expect(first.entry.gates == [Project.gate])
        let commit = try await project.commit(["README.md": "hello"])
        let second = try await project.trust(first.entry)
        #expect(second.notes.isEmpty)
        #expect(second.entry.trusted == commit.description)
        #expect(second.entry.pinned == first.entry.pinned)
    }

    @Test("A signer who adds themself approves nothing, in the same push or in a later one")
    func selfAdded() async throws {
        let project = try await Project()
        let first = try await project.trust(nil)
        let added = try await project.commit([
            Self.signers: try project.signerLine("alice") + project.signerLine("mallory"),
            Self.rulesPath: Self.malloryRules,
        ])
        try await project.commit([Self.path: Project.record(by: "mallory")], by: "mallory")
        let same = try await project.trust(first.entry)
        #expect(same.commit.description == first.entry.trusted)
        #expect(same.notes.count == 1)
        #expect(same.notes.first?.hasPrefix("\(added.short) by somebody@example.com changes ") == true)
        #expect(same.notes.first?.contains("but is not signed; the policy of") == true)
        let answer = try await project.ask(entry: first.entry)
        #expect(answer.state == .waiting)
        #expect(answer.refused.first?.reason.contains("binds to mallory@example.com") == true)
        // The controller remembers that look; the next push still finds the old policy in force.
        try await project.commit(
            [
                "environments/prod/approvals/two.yml": Project.record(by: "mallory", subject: Project.subject)
            ], by: "mallory")
        #expect(try await project.ask(entry: same.entry).state == .waiting)
        #expect(try await project.trust(same.entry).commit.description == first.entry.trusted)
    }

    @Test("A push that binds an attacker's key to a reviewer's name changes nothing")
    func stolenName() async throws {
        let project = try await Project()
        let first = try await project.trust(nil)
        let line = try project.signerLine("mallory").replacing("mallory@", with: "alice@")
        try await project.commit([Self.signers: line])
        try await project.commit([Self.path: Project.record()], by: "mallory")
        #expect(try await project.ask(entry: first.entry).state == .waiting)
    }

    @Test("A push that takes the rules away leaves the gate where it is")
    func rulesRemoved() async throws {
        for files in [[Self.rulesPath: "name: prod\nbranch: main\n"], [Self.rulesPath: nil], [Self.rulesPath: "{{"]] {
            let project = try await Project()
            let first = try await project.trust(nil)
            try await project.commit(files)
            let trust = try await project.trust(first.entry)
            let ledger = try await project.ledger(trust)
            #expect(ledger.gates == [Project.gate])
            #expect(trust.notes.count == 1)
        }
    }

    @Test("A change that a required reviewer signed counts, and then the new policy is the trusted one")
    func signedChange() async throws {
        let project = try await Project()
        let first = try await project.trust(nil)
        try await project.commit(
            [
                Self.signers: try ["alice", "bob", "mallory"].map(project.signerLine).joined(),
                Self.rulesPath: Self.malloryRules,
            ], by: "alice")
        try await project.commit([Self.path: Project.record(by: "mallory")], by: "mallory")
        let trust = try await project.trust(first.entry)
        #expect(trust.notes.isEmpty, "\(trust.notes)")
        #expect(trust.policy.policies[Project.gate]?.requiredReviewers.first == "mallory@example.com")
        #expect(try await project.ask(entry: first.entry).state == .open)
    }

    @Test("Whoever the trusted policy does not know cannot vouch for a change that a known reviewer never signed")
    func chain() async throws {
        let project = try await Project()
        let first = try await project.trust(nil)
        try await project.commit(
            [Self.signers: try ["alice", "bob", "mallory"].map(project.signerLine).joined()], by: "bob")
        try await project.commit([Self.rulesPath: Self.malloryRules], by: "mallory")
        let trust = try await project.trust(first.entry)
        #expect(trust.notes.count == 1)
        #expect(trust.commit.description == first.entry.trusted)
    }

    @Test("A refused change that was reverted is forgiven, and the same done again with a signature counts")
    func reverted() async throws {
        let project = try await Project()
        let first = try await project.trust(nil)
        try await project.commit([Self.rulesPath: Self.malloryRules])
        try await project.commit([Self.rulesPath: Project.rules])
        let reverted = try await project.trust(first.entry)
        #expect(reverted.notes.isEmpty)
        try await project.commit([Self.rulesPath: Self.malloryRules], by: "alice")
        #expect(try await project.trust(first.entry).notes.isEmpty)
        #expect(try await project.trust(first.entry).policy.allReviewers.contains("mallory@example.com"))
    }

    @Test("An unsigned merge brings in a signed change, and cannot bring back a removed reviewer")
    func merges() async throws {
        let project = try await Project(rules: Self.malloryRules)
        let first = try await project.trust(nil)
        let old = try project.head
        try await project.here("checkout", "-qb", "side")
        try await project.commit([Self.rulesPath: Project.rules], by: "bob")
        try await project.here("checkout", "-q", "main")
        try await project.commit(["README.md": "main goes on"])
        try await project.here("merge", "-q", "--no-ff", "side")
        let second = try await project.trust(first.entry)
        #expect(second.notes.isEmpty, "\(second.notes)")
        #expect(!second.policy.allReviewers.contains("mallory@example.com"))
        // A branch from the time of mallory, merged so that its policy wins.
        try await project.here("checkout", "-qb", "attack", old.description)
        try await project.commit(["evil.md": "x"])
        try await project.here("checkout", "-q", "main")
        try await project.here("merge", "-q", "--no-ff", "--no-commit", "attack")
        try await project.here("checkout", "attack", "--", Self.rulesPath)
        try await project.here("commit", "-qm", "Merge")
        let third = try await project.trust(second.entry)
        #expect(third.notes.count == 1)
        #expect(!third.policy.allReviewers.contains("mallory@example.com"))
    }

    @Test("History that was rewound or replaced closes every gate until a person trusts it")
    func rewound() async throws {
        let project = try await Project()
        try await project.commit(["README.md": "one"])
        let first = try await project.trust(nil)
        try await project.commit([Self.path: Project.record()], by: "alice")
        let second = try await project.trust(first.entry)
        try await project.here("reset", "-q", "--hard", "HEAD~1")
        let back = try await project.trust(second.entry)
        #expect(back.closedReason?.hasPrefix("the history of main was rewound or replaced: ") == true)
        #expect(back.entry == second.entry)
        #expect(try await project.ask(entry: second.entry).state == .waiting)
        // Replaced by one without any rules: the gate is still known, and closed.
        try await project.here("checkout", "-q", "--orphan", "other")
        try await project.commit([Self.rulesPath: "name: prod\n", Self.path: nil].filter { $0.key != Self.path })
        try await project.here("branch", "-qf", "main", "other")
        let ledger = try await project.ledger(try await project.trust(second.entry))
        #expect(ledger.gates == [Project.gate])
        #expect(ledger.closedGates[Project.gate] != nil)
        // `reconcile trust` pins what is there now.
        let pinned = TrustEntry(pinning: try project.head.description)
        #expect(try await project.trust(pinned).closedReason == nil)
    }

    @Test("A plan of some other commit is shown under the trusted rules, and moves nothing")
    func rehearsal() async throws {
        let project = try await Project()
        let old = try project.head
        try await project.commit(["README.md": "one"])
        let first = try await project.trust(nil)
        let shown = try await TrustedPolicy.assess(
            branch: "main", head: old, stages: ["prod"], entry: first.entry, isRehearsal: true,
            repository: try project.repository, verifier: project.verifier, now: Project.now)
        #expect(shown.closedReason == nil && shown.closedStages.isEmpty)
        #expect(shown.policy.policies[Project.gate] != nil)
        #expect(shown.notes.count == 1)
    }

    @Test("A project that had no rules may get its first ones from anybody, and that is said")
    func beginning() async throws {
        let project = try await Project(signers: [], rules: "name: prod\nbranch: main\n")
        let first = try await project.trust(nil)
        #expect(first.notes.isEmpty && first.entry.gates.isEmpty)
        try await project.commit([Self.rulesPath: Project.rules, Self.signers: try project.signerLine("alice")])
        let second = try await project.trust(first.entry)
        #expect(second.notes.count == 1)
        #expect(second.entry.gates == [Project.gate])
        #expect(second.closedGates.isEmpty)
    }

    @Test("Without allowed_signers the gates are closed, and so are those with a rule that is not clear")
    func unclear() async throws {
        let project = try await Project(signers: [])
        let missing = try await project.trust(nil)
        #expect(missing.closedGates[Project.gate]?.contains("allowed_signers is missing") == true)
        let typo = try await Project(rules: Project.rules.replacing("required_reviewers", with: "required_reviewer"))
        let reason = try await typo.trust(nil).closedGates[Project.gate]
        #expect(
            reason
                == "environments/prod.yml:4:21: unknown key \"required_reviewer\" in a protection rule; did you mean \"required_reviewers\"?"
        )
    }

    @Test("A stage or gate that an unsigned push adds beside kept ones stays closed")
    func added() async throws {
        let project = try await Project()
        let first = try await project.trust(nil, stages: ["prod", "prod2"])
        try await project.commit([
            "environments/prod2.yml": "name: prod2\nbranch: main\n",
            Self.rulesPath: Project.rules + "  second: { wait_timer: 1s }\n",
        ])
        let trust = try await project.trust(first.entry, stages: ["prod", "prod2"])
        #expect(trust.closedStages["prod2"]?.contains("without the signature of a required reviewer") == true)
        let second = try #require(GateName("prod/second"))
        #expect(trust.closedGates[second]?.contains("without the signature") == true)
        #expect(trust.closedGates[Project.gate] == nil)
    }

    @Test(
        "A release stage that an unsigned push removes, turns away or doubles closes what it releases",
        arguments: [
            ["environments/blue.yml": nil],
            ["environments/blue.yml": "name: blue\nreleases: dev\n"],
            ["environments/blue.yml": "name: azure\nreleases: prod\n"],
            ["environments/other.yml": "name: other\nreleases: prod\n"],
        ] as [[String: String?]])
    func releaseStage(files: [String: String?]) async throws {
        let blue =
            "name: blue\nreleases: prod\nprotection_rules: { release: { required_reviewers: [bob@example.com] } }\n"
        let project = try await Project()
        try await project.commit(["environments/blue.yml": blue])
        let first = try await project.trust(nil, stages: ["prod", "blue"])
        #expect(first.closedStages.isEmpty)
        try await project.commit(files)
        let trust = try await project.trust(first.entry, stages: ["prod"])
        #expect(trust.closedStages["prod"]?.contains("without the signature of a required reviewer") == true)
        #expect(try await project.ledger(trust).closedStages["prod"] != nil)
    }

    @Test("A reviewer of one stage can change their own key, and no key of another stage's reviewer")
    func scope() async throws {
        let blue = """
            name: blue
            branch: main
            protection_rules:
              release: { required_reviewers: [bob@example.com] }

            """
        let prod = Project.rules.replacing(", bob@example.com", with: "")
        let project = try await Project(rules: prod)
        try await project.commit(["environments/blue.yml": blue])
        let first = try await project.trust(nil, stages: ["prod", "blue"])
        let own = try project.signerLine("mallory").replacing("mallory@", with: "bob@")
        try await project.commit([Self.signers: try project.signerLine("alice") + own], by: "bob")
        let changed = try await project.trust(first.entry, stages: ["prod", "blue"])
        #expect(changed.notes.isEmpty, "\(changed.notes)")
        let stolen = try project.signerLine("mallory").replacing("mallory@", with: "alice@")
        try await project.commit([Self.signers: own + stolen], by: "mallory")
        #expect(try await project.trust(changed.entry, stages: ["prod", "blue"]).notes.count == 1)
        try await project.here("reset", "-q", "--hard", "HEAD~1")
        try await project.commit([Self.rulesPath: prod.replacing("alice", with: "bob")], by: "mallory")
        #expect(try await project.trust(changed.entry, stages: ["prod", "blue"]).notes.count == 1)
    }

    @Test("Comments and other settings of a stage file are nobody's business but the author's")
    func otherSettings() async throws {
        let project = try await Project()
        let first = try await project.trust(nil)
        try await project.commit([Self.rulesPath: "# a word\n" + Project.rules + "drift: warn\nprune: true\n"])
        let second = try await project.trust(first.entry)
        #expect(second.notes.isEmpty)
        #expect(second.entry.trusted != first.entry.trusted)
    }

    struct Merge: Sendable, CustomTestStringConvertible {
        var name: String
        var own: String?
        var parents: [String?]
        var bases: [String?]
        var isTakenOver: Bool
        var testDescription: String { name }
    }

    @Test(
        "A merge takes a file over only as git itself would",
        arguments: [
            Merge(name: "nothing changed", own: "a", parents: ["a", "a"], bases: ["a"], isTakenOver: true),
            Merge(name: "the other side changed", own: "b", parents: ["a", "b"], bases: ["a"], isTakenOver: true),
            Merge(name: "this side changed", own: "b", parents: ["b", "a"], bases: ["a"], isTakenOver: true),
            Merge(name: "a change was undone", own: "a", parents: ["a", "b"], bases: ["a"], isTakenOver: false),
            Merge(name: "both changed", own: "b", parents: ["b", "c"], bases: ["a"], isTakenOver: false),
            Merge(name: "both made the same change", own: "b", parents: ["b", "b"], bases: ["a"], isTakenOver: true),
            Merge(name: "the merge itself changed", own: "c", parents: ["a", "b"], bases: ["a"], isTakenOver: false),
            Merge(name: "unrelated histories", own: "a", parents: ["a", nil], bases: [], isTakenOver: false),
            Merge(name: "bases that differ", own: "b", parents: ["a", "b"], bases: ["a", "b"], isTakenOver: false),
            Merge(name: "a first commit with policy", own: "a", parents: [], bases: [], isTakenOver: false),
            Merge(name: "a first commit without", own: nil, parents: [], bases: [], isTakenOver: true),
            Merge(name: "three that agree", own: "a", parents: ["a", "a", "a"], bases: [], isTakenOver: true),
            Merge(name: "three that do not", own: "a", parents: ["a", "a", "b"], bases: [], isTakenOver: false),
        ])
    func merge(_ test: Merge) {
        #expect(PolicyWalk.isTakenOver(test.own, parents: test.parents, bases: test.bases) == test.isTakenOver)
    }
}
