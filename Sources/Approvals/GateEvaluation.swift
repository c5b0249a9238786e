package import Digest
package import TimeKeeping

/// Whether one gate lets one question through, and if not, who must do what.
package struct GateEvaluation: Sendable, Hashable, Codable {
    /// What a gate does with the question.
    package enum State: String, Sendable, Hashable, Codable {
        case waiting
        case open
        case rejected
    }

    /// A record that was looked at and does not count.
    package struct Refusal: Sendable, Hashable, Codable {
        /// The path of the record's file.
        package var record: String
        /// Why, in one sentence.
        package var reason: String
        /// Whether it is about another question, as all records are once their question was decided.
        package var isAboutAnother: Bool

        /// A refusal of a record, with its reason.
        package init(record: String, reason: String, isAboutAnother: Bool = false) {
            self.record = record
            self.reason = reason
            self.isAboutAnother = isAboutAnother
        }
    }

    /// The gate that was asked.
    package var gate: GateName
    /// The digest of what was asked.
    package var subject: ContentDigest
    /// What the gate does.
    package var state: State
    /// How many approvals are needed.
    package var required: Int
    /// The records that count: approvals, or the rejections that stand.
    package var valid: [VerifiedRecord]
    /// The records that do not, with reasons.
    package var refused: [Refusal]
    /// What is missing until it opens, in one sentence; nil when it is open.
    package var missing: String?
    /// When it opens by itself, where only the wait timer is missing.
    package var opensAt: Timestamp?

    /// Asks a gate.
    ///
    /// - Parameters:
    ///   - gate: The gate.
    ///   - subject: The digest of exactly what is asked.
    ///   - authors: The people, or fingerprints of the keys, whose change is to be let through.
    ///   - ledger: What was decided, by whom, under which rules.
    ///   - now: The time it is.
    ///   - waitingSince: Since when the question stands; the wait timer starts then.
    package static func evaluate(
        _ gate: GateName, subject: ContentDigest, authors: [String], ledger: Ledger, now: Timestamp,
        waitingSince: Timestamp? = nil
    ) -> GateEvaluation {
        var result = GateEvaluation(
            gate: gate, subject: subject, state: .waiting, required: max(1, ledger.policies[gate]?.approvals ?? 1),
            valid: [], refused: ledger.unreadable(for: gate), missing: nil, opensAt: nil)
        if let reason = ledger.closedReason ?? ledger.closedStages[gate.stage] ?? ledger.closedGates[gate] {
            result.missing = reason
            return result
        }
        guard let policy = ledger.policies[gate] else {
            result.missing = "no protection rule for \(gate) is in force"
            return result
        }
        result.required = policy.approvals
        let ballot = Ballot(
            policy: policy, subject: subject, authors: authors, records: ledger.records, unasked: ledger.unasked,
            now: now)
        result.refused = (result.refused + ballot.refused).sorted { ($0.record, $0.reason) < ($1.record, $1.reason) }
        if let rejection = ballot.rejections.first {
            result.state = .rejected
            result.valid = ballot.rejections
            result.missing = "rejected by \(rejection.record.approver)\(rejection.record.quotedComment)"
            return result
        }
        result.valid = ballot.approvals
        guard ballot.approvals.count >= policy.approvals else {
            result.missing = ballot.missingSentence
            return result
        }
        result.wait(for: policy.waitTimer, since: waitingSince, now: now)
        return result
    }

    private mutating func wait(for timer: TimeSpan, since: Timestamp?, now: Timestamp) {
        if timer > .zero {
            guard let since else {
                missing = "the wait timer of \(timer) has not started"
                return
            }
            guard since + timer <= now else {
                opensAt = since + timer
                missing = "the wait timer of \(timer) runs until \(since + timer)"
                return
            }
        }
        state = .open
    }
}

extension Ledger {
    /// The records that were refused before anybody asked, as far as they concern a gate.
    fileprivate func unreadable(for gate: GateName) -> [GateEvaluation.Refusal] {
        refused.filter { $0.gate == gate || ($0.gate == nil && $0.stage == gate.stage) }
            .map { .init(record: $0.path, reason: ($0.location.map { "\($0): " } ?? "") + $0.reason) }
    }
}

extension GateEvaluation {
    /// The refusals in lines for people; records about other questions pile up, so several are only counted.
    package var refusedLines: [String] {
        let others = refused.filter(\.isAboutAnother)
        let told = others.count > 1 ? refused.filter { !$0.isAboutAnother } : refused
        let lines = told.map { "\($0.record): \($0.reason)" }
        return lines + (others.count > 1 ? ["\(others.count) records that are about other questions"] : [])
    }
}

extension ApprovalRecord {
    fileprivate var quotedComment: String { comment.isEmpty ? "" : ": \(comment)" }
}
