import Digest
import TimeKeeping

/// The counting of the records on one question under one rule.
struct Ballot {
    let policy: GatePolicy
    let authors: [String]
    /// One approval for each person that counts.
    private(set) var approvals: [VerifiedRecord] = []
    /// The rejections that stand.
    private(set) var rejections: [VerifiedRecord] = []
    private(set) var refused: [GateEvaluation.Refusal] = []

    /// More records for other subjects than this are not listed, for they pile up over a project's life.
    private static let listedStrangers = 20

    init(
        policy: GatePolicy, subject: ContentDigest, authors: [String], records: [VerifiedRecord],
        unasked: [RefusedRecord],
        now: Timestamp
    ) {
        self.policy = policy
        self.authors = authors
        var approving: [VerifiedRecord] = []
        var rejecting: [VerifiedRecord] = []
        var strangers = unasked.filter { $0.gate == policy.gate }.map {
            GateEvaluation.Refusal(record: $0.path, reason: $0.reason, isAboutAnother: true)
        }
        for record in records.sorted(by: Self.isEarlier) where record.record.gate == policy.gate {
            if record.record.subject != subject {
                strangers.append(Self.stranger(record, asked: subject))
            } else if let reason = Self.objection(to: record, policy: policy, authors: authors, now: now) {
                refused.append(.init(record: record.path, reason: reason))
            } else if record.record.decision == .approve {
                approving.append(record)
            } else {
                rejecting.append(record)
            }
        }
        // A person takes a rejection back by approving in a commit that comes after it, and in no other way.
        rejections = rejecting.filter { rejection in
            !approving.contains {
                $0.record.approver == rejection.record.approver && $0.follows.contains(rejection.commit)
            }
        }
        count(approving)
        if approvals.count < policy.approvals || !rejections.isEmpty {
            refused += strangers.suffix(Self.listedStrangers)
        }
    }

    /// Takes one approval from each person and from each key.
    ///
    /// A signers file may bind one key to several names by a pattern; its holder is still one person.
    private mutating func count(_ approving: [VerifiedRecord]) {
        for approval in approving {
            if approvals.contains(where: { $0.record.approver == approval.record.approver }) { continue }
            if let other = approvals.first(where: { $0.key == approval.key }) {
                refused.append(
                    .init(
                        record: approval.path,
                        reason: "is signed with the key that already approved as \(other.record.approver)"))
                continue
            }
            approvals.append(approval)
        }
    }

    private static func isEarlier(_ left: VerifiedRecord, _ right: VerifiedRecord) -> Bool {
        (left.commitTime, left.path, left.commit) < (right.commitTime, right.path, right.commit)
    }

    private static func stranger(_ record: VerifiedRecord, asked: ContentDigest) -> GateEvaluation.Refusal {
        .init(
            record: record.path,
            reason: "is about \(short(record.record.subject)), but \(short(asked)) is what waits now",
            isAboutAnother: true)
    }

    private static func short(_ digest: ContentDigest) -> String { "sha256:\(digest.prefix(12))…" }

    /// Why a record with a valid signature does not count under a rule, if it does not.
    private static func objection(
        to record: VerifiedRecord, policy: GatePolicy, authors: [String], now: Timestamp
    ) -> String? {
        let approver = record.record.approver
        guard policy.requiredReviewers.contains(approver) else {
            return "\(approver) is no required reviewer of \(policy.gate)"
        }
        // Clocks of people's machines may run ahead a little; a date in the future would outlive expires_after.
        guard record.commitTime <= now + TimeSpan(seconds: 300) else {
            return "its commit is dated in the future (\(record.commitTime))"
        }
        if let expires = record.record.expires, expires <= now { return "expired at \(expires)" }
        guard record.record.decision == .approve else { return nil }
        if let span = policy.expiresAfter, record.commitTime + span <= now {
            return "expired \(span) after its commit, at \(record.commitTime + span)"
        }
        if policy.preventSelfReview, authors.contains(where: { Identity.isSame($0, approver) || $0 == record.key }) {
            return "\(approver) is an author of what is to be approved"
        }
        return nil
    }

    /// How many approvals there are and who can still give one.
    var missingSentence: String {
        let left = policy.requiredReviewers.filter { reviewer in
            !approvals.contains { $0.record.approver == reviewer }
                && !(policy.preventSelfReview && authors.contains { Identity.isSame($0, reviewer) })
        }
        let count = "\(approvals.count) of \(policy.approvals) approval\(policy.approvals == 1 ? "" : "s")"
        guard left.count >= policy.approvals - approvals.count else {
            return "\(count), and too few required reviewers are left who are not authors of the change"
        }
        return "\(count); \(left.joined(separator: " or ")) can approve"
    }
}
