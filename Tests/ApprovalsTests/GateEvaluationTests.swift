import Digest
import Testing
import TimeKeeping

@testable import Approvals

@Suite struct GateEvaluationTests {
    struct Case: Sendable, CustomTestStringConvertible {
        var name: String
        var policy = GatePolicy(gate: gate, requiredReviewers: ["alice@example.com", "bob@example.com"])
        var records: [VerifiedRecord] = []
        var authors: [String] = []
        var waitingSince: Timestamp?
        var state: GateEvaluation.State
        var counted: [String] = []
        var refused: [String] = []
        var missing: String?
        var testDescription: String { name }
    }

    static let gate = GateName("prod/register_model") ?? fallback
    private static let fallback = { () -> GateName in preconditionFailure("a plain name") }()
    static let subject = ContentDigest(of: "the question")
    static let now = Timestamp(seconds: 1_800_000_000)

    static func record(
        _ approver: String, _ decision: ApprovalRecord.Decision = .approve, subject: ContentDigest = subject,
        gate: GateName = gate, key: String? = nil, ago: Int64 = 60, expires: Timestamp? = nil, commit: String? = nil,
        follows: [String] = []
    ) -> VerifiedRecord {
        let person = "\(approver)@example.com"
        return VerifiedRecord(
            record: ApprovalRecord(
                decision: decision, gate: gate, subject: subject, approver: person, comment: "because",
                expires: expires),
            path: "environments/prod/approvals/\(approver)-\(decision.rawValue).yml", key: key ?? "SHA256:\(approver)",
            commit: commit ?? "\(approver)-\(decision)", commitTime: Timestamp(seconds: now.seconds - ago),
            follows: follows)
    }

    static func rule(_ change: (inout GatePolicy) -> Void) -> GatePolicy {
        var policy = GatePolicy(gate: gate, requiredReviewers: ["alice@example.com", "bob@example.com"])
        change(&policy)
        return policy
    }

    static let cases: [Case] = [
        Case(
            name: "no record", state: .waiting,
            missing: "0 of 1 approval; alice@example.com or bob@example.com can approve"),
        Case(name: "one approval of a required reviewer", records: [record("alice")], state: .open, counted: ["alice"]),
        Case(
            name: "an approval of somebody who is no reviewer", records: [record("mallory")], state: .waiting,
            refused: ["mallory@example.com is no required reviewer of prod/register_model"],
            missing: "0 of 1 approval; alice@example.com or bob@example.com can approve"),
        Case(
            name: "an approval of another subject", records: [record("alice", subject: ContentDigest(of: "other"))],
            state: .waiting,
            refused: [
                "is about sha256:\(ContentDigest(of: "other").prefix(12))…, but sha256:\(subject.prefix(12))… is what waits now"
            ],
            missing: "0 of 1 approval; alice@example.com or bob@example.com can approve"),
        Case(
            name: "an approval at another gate", records: [record("alice", gate: GateName("blue/release") ?? gate)],
            state: .waiting, missing: "0 of 1 approval; alice@example.com or bob@example.com can approve"),
        Case(
            name: "one person twice where two are needed", policy: rule { $0.approvals = 2 },
            records: [record("alice"), record("alice", ago: 30)], state: .waiting, counted: ["alice"],
            missing: "1 of 2 approvals; bob@example.com can approve"),
        Case(
            name: "two names with one key where two people are needed", policy: rule { $0.approvals = 2 },
            records: [record("alice", key: "SHA256:one", ago: 90), record("bob", key: "SHA256:one")],
            state: .waiting, counted: ["alice"],
            refused: ["is signed with the key that already approved as alice@example.com"],
            missing: "1 of 2 approvals; bob@example.com can approve"),
        Case(
            name: "two people where two are needed", policy: rule { $0.approvals = 2 },
            records: [record("alice", ago: 90), record("bob")], state: .open, counted: ["alice", "bob"]),
        Case(
            name: "an author approving their own change", policy: rule { $0.preventSelfReview = true },
            records: [record("alice")], authors: ["Alice@Example.com"], state: .waiting,
            refused: ["alice@example.com is an author of what is to be approved"],
            missing: "0 of 1 approval; bob@example.com can approve"),
        Case(
            name: "an author approving under another name with the key of the change",
            policy: rule { $0.preventSelfReview = true }, records: [record("bob", key: "SHA256:alice")],
            authors: ["alice@example.com", "SHA256:alice"], state: .waiting,
            refused: ["bob@example.com is an author of what is to be approved"],
            missing: "0 of 1 approval; bob@example.com can approve"),
        Case(
            name: "nobody left who may approve",
            policy: rule {
                $0.preventSelfReview = true
                $0.requiredReviewers = ["alice@example.com"]
            }, authors: ["alice@example.com"], state: .waiting,
            missing: "0 of 1 approval, and too few required reviewers are left who are not authors of the change"),
        Case(
            name: "self review where it is allowed", records: [record("alice")], authors: ["alice@example.com"],
            state: .open, counted: ["alice"]),
        Case(
            name: "an approval past its own end", records: [record("alice", expires: Timestamp(seconds: now.seconds))],
            state: .waiting, refused: ["expired at \(now)"],
            missing: "0 of 1 approval; alice@example.com or bob@example.com can approve"),
        Case(
            name: "an approval just before its own end",
            records: [record("alice", expires: Timestamp(seconds: now.seconds + 1))], state: .open, counted: ["alice"]),
        Case(
            name: "an approval older than expires_after",
            policy: rule { $0.expiresAfter = TimeSpan(seconds: 60) }, records: [record("alice")], state: .waiting,
            refused: ["expired 1m after its commit, at \(now)"],
            missing: "0 of 1 approval; alice@example.com or bob@example.com can approve"),
        Case(
            name: "an approval dated in the future", policy: rule { $0.expiresAfter = TimeSpan(seconds: 60) },
            records: [record("alice", ago: -3600)], state: .waiting,
            refused: ["its commit is dated in the future (\(now + TimeSpan(seconds: 3600)))"],
            missing: "0 of 1 approval; alice@example.com or bob@example.com can approve"),
        Case(
            name: "a rejection after another's approval", records: [record("alice"), record("bob", .reject, ago: 30)],
            state: .rejected, counted: ["bob"], missing: "rejected by bob@example.com: because"),
        Case(
            name: "a rejection before another's approval",
            records: [record("alice"), record("bob", .reject, ago: 90)], state: .rejected, counted: ["bob"],
            missing: "rejected by bob@example.com: because"),
        Case(
            name: "a rejection that its author took back by a later approval",
            records: [record("bob", .reject, ago: 90), record("bob", follows: ["bob-reject"])], state: .open,
            counted: ["bob"]),
        Case(
            name: "a rejection beside an approval of the same person, neither after the other",
            records: [record("bob", .reject, ago: 90), record("bob")], state: .rejected, counted: ["bob"],
            missing: "rejected by bob@example.com: because"),
        Case(
            name: "a rejection of somebody who is no reviewer",
            records: [record("alice"), record("mallory", .reject)], state: .open, counted: ["alice"],
            refused: ["mallory@example.com is no required reviewer of prod/register_model"]),
        Case(
            name: "a rejection of another subject",
            records: [record("alice"), record("bob", .reject, subject: ContentDigest(of: "other"))], state: .open,
            counted: ["alice"]),
        Case(
            name: "a rejection outlives expires_after", policy: rule { $0.expiresAfter = TimeSpan(seconds: 60) },
            records: [record("alice", ago: 10), record("bob", .reject, ago: 3600)], state: .rejected,
            counted: ["bob"], missing: "rejected by bob@example.com: because"),
        Case(
            name: "approved, but the wait timer has no start",
            policy: rule { $0.waitTimer = TimeSpan(seconds: 300) }, records: [record("alice")], state: .waiting,
            counted: ["alice"], missing: "the wait timer of 5m has not started"),
        Case(
            name: "approved, but the wait timer runs", policy: rule { $0.waitTimer = TimeSpan(seconds: 300) },
            records: [record("alice")], waitingSince: Timestamp(seconds: now.seconds - 299), state: .waiting,
            counted: ["alice"], missing: "the wait timer of 5m runs until \(now + TimeSpan(seconds: 1))"),
        Case(
            name: "approved, and the wait timer has run out", policy: rule { $0.waitTimer = TimeSpan(seconds: 300) },
            records: [record("alice")], waitingSince: Timestamp(seconds: now.seconds - 300), state: .open,
            counted: ["alice"]),
        Case(
            name: "a rule of a wait timer only",
            policy: rule {
                $0.requiredReviewers = []
                $0.approvals = 0
                $0.waitTimer = TimeSpan(seconds: 10)
            }, waitingSince: Timestamp(seconds: now.seconds - 10), state: .open),
    ]

    @Test("A gate opens for exactly what its rule asks, and otherwise says why not", arguments: cases)
    func rules(_ test: Case) {
        let result = GateEvaluation.evaluate(
            Self.gate, subject: Self.subject, authors: test.authors,
            ledger: Ledger(policies: [Self.gate: test.policy], records: test.records), now: Self.now,
            waitingSince: test.waitingSince)
        #expect(result.state == test.state)
        #expect(result.valid.map { $0.record.approver } == test.counted.map { "\($0)@example.com" })
        #expect(result.refused.map(\.reason) == test.refused)
        #expect(result.missing == test.missing)
        #expect(result.required == test.policy.approvals)
    }

    @Test("A closed branch, stage or gate stays closed whatever the records say")
    func closed() {
        let policy = Self.rule { _ in }
        let good = Ledger(policies: [Self.gate: policy], records: [Self.record("alice")])
        func state(_ change: (inout Ledger) -> Void) -> (GateEvaluation.State, String?) {
            var ledger = good
            change(&ledger)
            let result = GateEvaluation.evaluate(
                Self.gate, subject: Self.subject, authors: [], ledger: ledger, now: Self.now)
            return (result.state, result.missing)
        }
        #expect(state { _ in } == (.open, nil))
        #expect(state { $0.closedReason = "main was rewound" } == (.waiting, "main was rewound"))
        #expect(state { $0.closedStages["prod"] = "prod is new" } == (.waiting, "prod is new"))
        #expect(state { $0.closedGates[Self.gate] = "unclear" } == (.waiting, "unclear"))
        #expect(state { $0.closedStages["blue"] = "blue is new" } == (.open, nil))
        #expect(
            state { $0.policies = [:] } == (.waiting, "no protection rule for prod/register_model is in force"))
    }

    @Test("Refused, foreign and rejecting records never open a gate that was not open, nor add an approval")
    func garbageNeverOpens() {
        var random = SplitMix(state: 7)
        let people = ["alice", "bob", "carol"]
        for _ in 0..<2000 {
            let policy = Self.rule {
                $0.approvals = Int.random(in: 1...2, using: &random)
                $0.preventSelfReview = Bool.random(using: &random)
                $0.expiresAfter = Bool.random(using: &random) ? TimeSpan(seconds: 100) : nil
            }
            let records = (0..<Int.random(in: 0...4, using: &random)).map { index in
                Self.record(
                    people.randomElement(using: &random) ?? "alice",
                    Int.random(in: 0...4, using: &random) == 0 ? .reject : .approve,
                    ago: Int64.random(in: -10...200, using: &random), commit: "c\(index)")
            }
            var ledger = Ledger(policies: [Self.gate: policy], records: records)
            func look() -> GateEvaluation {
                GateEvaluation.evaluate(
                    Self.gate, subject: Self.subject, authors: ["alice@example.com"], ledger: ledger, now: Self.now)
            }
            let before = look()
            ledger.refused.append(RefusedRecord(path: "x", gate: Self.gate, stage: "prod", reason: "is not signed"))
            ledger.records.append(Self.record("alice", subject: ContentDigest(of: "other"), commit: "g1"))
            ledger.records.append(Self.record("mallory", commit: "g2"))
            ledger.records.append(Self.record("bob", gate: GateName("blue/release") ?? Self.gate, commit: "g3"))
            let after = look()
            #expect(after.state == before.state)
            #expect(after.valid == before.valid)
            ledger.records.append(Self.record("bob", .reject, commit: "g4"))
            #expect(look().state == .rejected)
            ledger.records.removeLast()
            ledger.closedReason = "closed"
            #expect(look().state == .waiting)
        }
    }

    @Test("A ledger survives being written as JSON")
    func codable() throws {
        let ledger = Ledger(
            policies: [Self.gate: Self.rule { _ in }], policyCommit: "abc", records: [Self.record("alice")],
            refused: [RefusedRecord(path: "p", gate: nil, stage: "prod", reason: "r")], closedReason: nil,
            closedGates: [Self.gate: "unclear"], closedStages: ["blue": "new"])
        let data = try JSON.encode(ledger)
        #expect(try JSON.decode(Ledger.self, data) == ledger)
        #expect(String(decoding: data, as: UTF8.self).contains("\"prod\\/register_model\":"))
    }
}

/// A small generator with a seed, so that a failure can be seen again.
struct SplitMix: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var value = state
        value = (value ^ (value >> 30)) &* 0xbf58_476d_1ce4_e5b9
        value = (value ^ (value >> 27)) &* 0x94d0_49bb_1331_11eb
        return value ^ (value >> 31)
    }
}
