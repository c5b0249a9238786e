import Diagnostics
import Digest
import Testing
import TimeKeeping

@testable import Approvals

@Suite struct ApprovalRecordTests {
    static let subject = ContentDigest(of: "the question")
    static let path = "environments/prod/approvals/a.yml"
    static let gate = GateEvaluationTests.gate

    static func text(_ change: (inout [String]) -> Void = { _ in }) -> String {
        var lines = [
            "decision: approve", "gate: prod/register_model", "subject: \(subject)", "approver: alice@example.com",
        ]
        change(&lines)
        return lines.joined(separator: "\n") + "\n"
    }

    struct Wrong: Sendable, CustomTestStringConvertible {
        var name: String
        var text: String
        var findings: [String]
        var testDescription: String { name }
    }

    static let wrongs: [Wrong] = [
        Wrong(name: "empty", text: "", findings: ["\(path):1:1: error: the record is empty"]),
        Wrong(
            name: "a list", text: "- decision: approve\n",
            findings: ["\(path):1:1: error: an approval record must be a mapping, not a list"]),
        Wrong(
            name: "an unknown key", text: text { $0.append("aprover: bob") },
            findings: ["\(path):5:1: error: unknown key \"aprover\" in an approval record"]),
        Wrong(
            name: "a key given twice", text: text { $0.append("decision: reject") },
            findings: ["\(path):5:1: error: the key \"decision\" is written twice"]),
        Wrong(
            name: "everything wrong at once",
            text: "decision: maybe\ngate: prod\nsubject: sha256:12\napprover: a b\nexpires: soon\n",
            findings: [
                "\(path):1:11: error: \"decision\" must be approve or reject, not \"maybe\"",
                "\(path):2:7: error: \"gate\" must be <stage>/<rule> such as prod/register_model, not \"prod\"",
                "\(path):3:10: error: \"subject\" must be sha256: and 64 hexadecimal digits in lower case",
                "\(path):4:11: error: \"approver\" must name one person, such as alice@example.com",
                "\(path):5:10: error: \"expires\" must be a time such as 2026-12-04T00:00:00Z, not \"soon\"",
            ]),
        Wrong(
            name: "values of other types", text: "decision: [approve]\ngate: {}\nsubject: ~\napprover: []\n",
            findings: [
                "\(path):1:11: error: \"decision\" must be a text, not a list",
                "\(path):2:7: error: \"gate\" must be a text, not a mapping",
                "\(path):3:10: error: \"subject\" must be a text, not null",
                "\(path):4:11: error: \"approver\" must be a text, not a list",
            ]),
        Wrong(
            name: "keys missing", text: "decision: approve\n",
            findings: [
                "\(path):1:1: error: \"approver\" is missing", "\(path):1:1: error: \"gate\" is missing",
                "\(path):1:1: error: \"subject\" is missing",
            ]),
        Wrong(
            name: "a digest in capitals", text: text { $0[2] = "subject: sha256:\(subject.hex.uppercased())" },
            findings: ["\(path):3:10: error: \"subject\" must be sha256: and 64 hexadecimal digits in lower case"]),
        Wrong(
            name: "an alias", text: "x: &a approve\ndecision: *a\n",
            findings: ["\(path):2:11: error: more than 0 aliases"]),
    ]

    @Test("A record that is not right is refused with everything that is wrong, each with its place", arguments: wrongs)
    func wrong(_ test: Wrong) {
        let (record, findings) = ApprovalRecord.read(Array(test.text.utf8), path: Self.path)
        #expect(record == nil)
        #expect(findings.map(\.description) == test.findings)
    }

    @Test("No bytes at all make the reader fail")
    func garbage() {
        var random = SplitMix(state: 3)
        let seed = Array(Self.text { $0.append("comment: \"x\"\nexpires: 2026-12-04T00:00:00Z") }.utf8)
        for _ in 0..<3000 {
            var bytes = seed
            for _ in 0..<Int.random(in: 1...8, using: &random) where !bytes.isEmpty {
                let index = Int.random(in: 0..<bytes.count, using: &random)
                switch Int.random(in: 0...2, using: &random) {
                case 0: bytes[index] = UInt8.random(in: 0...255, using: &random)
                case 1: bytes.remove(at: index)
                default: bytes.insert(UInt8.random(in: 0...255, using: &random), at: index)
                }
            }
            let (record, findings) = ApprovalRecord.read(bytes, path: Self.path)
            #expect((record == nil) == !findings.isEmpty)
        }
    }

    @Test(
        "What is written is read back as the same record",
        arguments: [
            "", "Accuracy 0.79 -> 0.93", "yes", "12", "a: b # c", "- x", "\"quoted\" 'and' \\", "zwei\nZeilen",
            "tab\tnul\u{0}",
            "ünïcödé 模型", " blank ", "2026-12-04T00:00:00Z", "!tag", "&anchor", "*alias", "\u{2028}\u{feff}",
        ])
    func roundTrip(_ comment: String) {
        for expires in [nil, Timestamp("2026-12-04T00:00:00Z")] {
            let record = ApprovalRecord(
                decision: .reject, gate: Self.gate, subject: Self.subject, approver: "alice@example.com",
                comment: comment, expires: expires)
            let (read, findings) = ApprovalRecord.read(Array(record.text.utf8), path: Self.path)
            #expect(findings.isEmpty, "\(findings) \(record.text)")
            #expect(read == record)
        }
    }

    @Test("The text is that of the documentation")
    func text() {
        let record = ApprovalRecord(
            decision: .approve, gate: Self.gate, subject: Self.subject, approver: "alice@example.com",
            comment: "Accuracy 0.79 -> 0.93", expires: Timestamp("2026-12-04T00:00:00Z"))
        #expect(
            record.text == """
                decision: approve
                gate: prod/register_model
                subject: \(Self.subject)
                approver: alice@example.com
                comment: Accuracy 0.79 -> 0.93
                expires: 2026-12-04T00:00:00Z

                """)
    }

    @Test("Each decision gets a file of its own, named after gate, subject, decision and, if need be, person")
    func paths() {
        let digits = Self.subject.prefix(6)
        let folder = "environments/prod/approvals"
        func path(_ decision: ApprovalRecord.Decision, _ approver: String, taken: Set<String>) -> String {
            ApprovalRecord(decision: decision, gate: Self.gate, subject: Self.subject, approver: approver)
                .path(isTaken: taken.contains)
        }
        let first = "\(folder)/register_model-\(digits).yml"
        let second = "\(folder)/register_model-\(digits)-bob-b.yml"
        #expect(path(.approve, "alice@example.com", taken: []) == first)
        #expect(path(.reject, "alice@example.com", taken: []) == "\(folder)/register_model-\(digits)-reject.yml")
        #expect(path(.approve, "Bob/B@example.com", taken: [first]) == second)
        #expect(
            path(.approve, "bob.b@example.com", taken: [first, second])
                == "\(folder)/register_model-\(digits)-bob-b-2.yml")
    }

    @Test(
        "Names of gates are plain words on both sides",
        arguments: [
            "prod", "prod/", "/x", "prod/x/y", "prod/..", "../x", "pro d/x", "prod/x\n", "prod/-x", "prod/ü", "",
        ])
    func gateNames(_ text: String) {
        #expect(GateName(text) == nil)
    }
}
