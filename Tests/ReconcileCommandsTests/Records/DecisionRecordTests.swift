import Approvals
import CommandLine
import Controller
import Diagnostics
import Digest
import Planning
import Testing
import TimeKeeping

@testable import ReconcileCommands

@Suite struct DecisionRecordTests {
    static let now = Timestamp(seconds: 1_800_000_000)

    static func gate(title: String = "register model diabetes:5 in prod") throws -> PlanGate {
        let name = try #require(GateName("prod/register_model"))
        let question = GateQuestion(
            canonical: ["model": "x"], title: title, metrics: ["Accuracy": 0.93, "Loss": 0.2, "Rows": 15000],
            liveMetrics: ["Accuracy": 0.79, "Loss": 0.25, "Old": 1], live: "diabetes:4",
            follows: ["the model is registered", "it is deployed at no traffic"])
        let ledger = Ledger(
            policies: [name: GatePolicy(gate: name, requiredReviewers: ["alice@example.com"])],
            refused: [RefusedRecord(path: "a.yml", gate: name, stage: "prod", reason: "is\u{1b}[2J not signed")])
        return PlanGate(
            evaluation: GateEvaluation.evaluate(
                name, subject: question.subject, authors: [], ledger: ledger, now: now), question: question)
    }

    @Test("An answer becomes a record with the subject that was asked, in a file and commit that say so")
    func file() throws {
        let gate = try Self.gate()
        let answer = DecisionRecord(
            .approve, to: gate, by: "alice@example.com",
            reason: try ReasonText(["Accuracy 0.79 -> 0.93"], isRequired: false))
        let file = answer.file { _ in false }
        let subject = gate.question.subject
        #expect(file.path == "environments/prod/approvals/register_model-\(subject.prefix(6)).yml")
        let (record, findings) = ApprovalRecord.read(file.content ?? [], path: file.path)
        #expect(findings.isEmpty)
        #expect(record == answer.record)
        #expect(record?.subject == subject)
        #expect(
            file.message
                == "Approve prod/register_model: register model diabetes:5 in prod\n\nAccuracy 0.79 -> 0.93\n\nSubject: \(subject)\n"
        )
        let no = DecisionRecord(
            .reject, to: gate, by: "alice@example.com", reason: try ReasonText(["no"], isRequired: true))
        #expect(no.file { _ in false }.path.hasSuffix("-reject.yml"))
        #expect(no.file { _ in false }.message.hasPrefix("Reject prod/register_model: "))
    }

    @Test("A title with line breaks or escapes cannot forge another line of the message")
    func hostileTitle() throws {
        let gate = try Self.gate(title: "model x\n\nSubject: sha256:forged\u{1b}[2J")
        let answer = DecisionRecord(
            .approve, to: gate, by: "alice@example.com", reason: try ReasonText([], isRequired: false))
        let message = answer.file { _ in false }.message
        #expect(message.split(separator: "\n").count == 2)
        #expect(!message.contains("\u{1b}"))
    }

    @Test("The question shows the metrics beside the live model's, what follows, and who must act")
    func question() throws {
        let gate = try Self.gate()
        #expect(
            GateQuestionText(gate: gate).text == """
                prod/register_model: register model diabetes:5 in prod
                subject \(gate.question.subject)

                  metric    this one  live (diabetes:4)  change
                  Accuracy      0.93               0.79   +0.14
                  Loss           0.2               0.25   -0.05
                  Old              -                  1
                  Rows         15000                  -

                When the gate opens:
                  - the model is registered
                  - it is deployed at no traffic

                So far: 0 of 1 approval; alice@example.com can approve.
                  refused a.yml: is\\u{1b}[2J not signed

                """)
    }

    @Test("Whose answer would not count is told before anything is written")
    func objection() throws {
        let name = try #require(GateName("prod/register_model"))
        var policy = GatePolicy(gate: name, requiredReviewers: ["alice@example.com"])
        func objection(_ person: String, _ decision: ApprovalRecord.Decision = .approve, ledger: Ledger? = nil)
            -> String?
        {
            DecisionRecord.objection(
                to: person, at: name, decision: decision, ledger: ledger ?? Ledger(policies: [name: policy]),
                authors: ["alice@example.com"])
        }
        #expect(objection("alice@example.com") == nil)
        #expect(
            objection("bob@example.com")
                == "bob@example.com is no required reviewer of prod/register_model; these are: alice@example.com")
        policy.preventSelfReview = true
        #expect(objection("alice@example.com")?.contains("prevents self review") == true)
        #expect(objection("alice@example.com", .reject) == nil)
        #expect(
            objection("alice@example.com", ledger: .empty) == "no protection rule for prod/register_model is in force")
        #expect(
            objection("alice@example.com", ledger: Ledger(closedReason: "rewound"))
                == "prod/register_model is closed: rewound")
    }

    @Test(
        "A reason is readable text of a sensible length",
        arguments: [
            ([], true, nil, "Say why with '-m'."),
            ([" \n "], true, nil, "Say why with '-m'."),
            ([], false, "", nil),
            ([" one ", "", "two\n"], true, "one\n\ntwo", nil),
            (["größer 模型 👩‍🔬"], true, "größer 模型 👩‍🔬", nil),
            (["a\u{1b}[2J"], true, nil, "The text of '-m' holds characters that cannot be seen."),
            (["a\u{202e}b"], true, nil, "The text of '-m' holds characters that cannot be seen."),
            (["a\u{0}"], true, nil, "The text of '-m' holds characters that cannot be seen."),
            ([String(repeating: "x", count: 2001)], true, nil, "The text of '-m' is longer than 2000 characters."),
        ] as [([String], Bool, String?, String?)])
    func reason(given: [String], isRequired: Bool, text: String?, problem: String?) {
        do {
            #expect(try ReasonText(given, isRequired: isRequired).text == text)
        } catch {
            #expect(error.message == problem)
        }
    }

    @Test("A person is asked at a terminal, anything but yes is no, and without a terminal only --yes will do")
    func confirmation() throws {
        let root = Command(name: "reconcile", abstract: "", options: [], flags: [])
        guard case .run(let invocation) = try CommandParser(root: root).parse([]) else {
            Issue.record("an empty command line runs the root command")
            return
        }
        func answer(_ typed: String?, yes: Bool = false, terminal: Bool = true) throws -> Consent.Answer {
            try Consent(isGiven: yes, isInteractive: terminal).answer("Approve?", for: invocation) { prompt in
                #expect(prompt == "Approve? [y/N] ")
                return typed
            }
        }
        for word in ["y", "Y", "yes", " Yes\n"] { #expect(try answer(word) == .yes) }
        for word in ["", "n", "no", "yeah", "y e s s", "да", nil] { #expect(try answer(word) == .no) }
        #expect(try answer(nil, yes: true, terminal: false) == .yes)
        #expect(throws: UsageError.self) { try answer("y", terminal: false) }
    }

    @Test("What is to be trusted is told rule by rule")
    func trust() throws {
        let name = try #require(GateName("prod/register_model"))
        let text = TrustQuestionText(
            branch: "main", before: "0123456789", head: "abcdef0123",
            policies: [
                GatePolicy(
                    gate: name, requiredReviewers: ["alice@example.com", "bob@example.com"], approvals: 2,
                    preventSelfReview: true, expiresAfter: TimeSpan("14d"), waitTimer: TimeSpan(seconds: 60))
            ], signers: ["alice@example.com"]
        ).text
        #expect(
            text == """
                Trust main as it stands at abcdef0 (so far 0123456)

                  prod/register_model: 2 of alice@example.com, bob@example.com; no self review; expires after 14d; waits 1m
                  signatures of: alice@example.com

                """)
    }
}
