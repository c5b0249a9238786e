import Approvals
import Controller
import Diagnostics
import Planning
import TimeKeeping

/// A person's answer to a waiting gate, ready to be committed.
struct DecisionRecord: Sendable, Hashable {
    let record: ApprovalRecord
    /// What the answer is about, in the plan's words.
    let title: String

    /// The answer of a person to what a gate asks.
    init(
        _ decision: ApprovalRecord.Decision, to gate: PlanGate, by person: String, reason: ReasonText,
        expires: Timestamp? = nil
    ) {
        record = ApprovalRecord(
            decision: decision, gate: gate.evaluation.gate, subject: gate.evaluation.subject, approver: person,
            comment: reason.text, expires: expires)
        title = DisplayText.escaped(gate.question.title)
    }

    /// The file with the commit's message.
    ///
    /// - Parameter isTaken: Whether a path is in use on the stage's branch.
    func file(isTaken: (String) -> Bool) -> RecordCommit.Record {
        let verb = record.decision == .approve ? "Approve" : "Reject"
        var paragraphs = ["\(verb) \(record.gate): \(title)"]
        if !record.comment.isEmpty { paragraphs.append(record.comment) }
        paragraphs.append("Subject: \(record.subject)")
        return RecordCommit.Record(
            path: record.path(isTaken: isTaken), content: Array(record.text.utf8),
            message: paragraphs.joined(separator: "\n\n") + "\n")
    }
}

extension DecisionRecord {
    /// Why a person's answer would count for nothing, said before anything is written; nil where it would count.
    ///
    /// - Parameters:
    ///   - person: The address in the person's git configuration.
    ///   - gate: The gate.
    ///   - ledger: The rules in force.
    ///   - authors: Whose change is asked about.
    static func objection(
        to person: String, at gate: GateName, decision: ApprovalRecord.Decision, ledger: Ledger, authors: [String]
    ) -> String? {
        if let reason = ledger.closedReason ?? ledger.closedStages[gate.stage] ?? ledger.closedGates[gate] {
            return "\(gate) is closed: \(reason)"
        }
        guard let policy = ledger.policies[gate] else { return "no protection rule for \(gate) is in force" }
        guard policy.requiredReviewers.contains(person) else {
            let reviewers = policy.requiredReviewers.joined(separator: ", ")
            return "\(person) is no required reviewer of \(gate); these are: \(reviewers)"
        }
        if decision == .approve, policy.preventSelfReview, authors.contains(where: { Identity.isSame($0, person) }) {
            return "\(person) is an author of what is to be approved, and \(gate) prevents self review"
        }
        return nil
    }
}
