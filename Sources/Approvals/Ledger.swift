package import Diagnostics
package import TimeKeeping

/// What the records on a branch say, each checked, beside the rules that say what they are worth.
package struct Ledger: Sendable, Equatable, Codable {
    /// The rules in force, by gate; never those of a push that is not trusted.
    package var policies: [GateName: GatePolicy]
    /// The commit that the rules were read from.
    package var policyCommit: String?
    /// Records with a valid signature of the person who they name.
    package var records: [VerifiedRecord]
    /// Records that count for nothing, and why.
    package var refused: [RefusedRecord]
    /// Records about questions that nobody asks now; their signatures were not looked at.
    package var unasked: [RefusedRecord]
    /// Why all gates of the branch are closed, if they are.
    package var closedReason: String?
    /// Why single gates are closed whatever their records say.
    package var closedGates: [GateName: String]
    /// Why whole stages are closed: such as one that a push added past the reviewers.
    package var closedStages: [String: String]

    /// A ledger; see the properties for the meaning of each part.
    package init(
        policies: [GateName: GatePolicy] = [:], policyCommit: String? = nil, records: [VerifiedRecord] = [],
        refused: [RefusedRecord] = [],
        unasked: [RefusedRecord] = [], closedReason: String? = nil,
        closedGates: [GateName: String] = [:],
        closedStages: [String: String] = [:]
    ) {
        self.policies = policies
        self.policyCommit = policyCommit
        self.records = records
        self.refused = refused
        self.unasked = unasked
        self.closedReason = closedReason
        self.closedGates = closedGates
        self.closedStages = closedStages
    }

    /// A ledger in which nobody approved anything and no gate is known.
    package static let empty = Ledger()

    /// All gates that anybody knows of, in order: those with a rule in force and those closed for another reason.
    package var gates: [GateName] { Set(policies.keys).union(closedGates.keys).sorted() }

    /// The ledgers of several branches as one; a branch's reason to be closed becomes that of its gates.
    package static func merged(_ ledgers: [Ledger]) -> Ledger {
        var result = Ledger()
        for ledger in ledgers {
            result.policies.merge(ledger.policies) { first, _ in first }
            result.records += ledger.records
            result.refused += ledger.refused
            result.unasked += ledger.unasked
            // First reasons stay: a gate that one branch closes is not opened by another.
            result.closedGates.merge(ledger.closedGates) { first, _ in first }
            result.closedStages.merge(ledger.closedStages) { first, _ in first }
            if let reason = ledger.closedReason {
                for gate in ledger.policies.keys { result.closedGates[gate] = reason }
            }
            result.policyCommit = result.policyCommit ?? ledger.policyCommit
        }
        return result
    }
}

/// A record whose last change was signed by the person who it names.
package struct VerifiedRecord: Sendable, Hashable, Codable {
    /// The record itself.
    package var record: ApprovalRecord
    /// The path of its file in the repository.
    package var path: String
    /// The fingerprint of the key that signed.
    package var key: String
    /// The signed commit.
    package var commit: String
    /// When that commit says that it was made.
    package var commitTime: Timestamp
    /// Commits of the same person's rejections of the same subject that this one came after.
    package var follows: [String]

    /// A verified record; see the properties for the meaning of each part.
    package init(
        record: ApprovalRecord, path: String, key: String, commit: String, commitTime: Timestamp,
        follows: [String] = []
    ) {
        self.record = record
        self.path = path
        self.key = key
        self.commit = commit
        self.commitTime = commitTime
        self.follows = follows
    }
}

/// A record that counts for nothing.
package struct RefusedRecord: Sendable, Hashable, Codable {
    /// The path of its file in the repository.
    package var path: String
    /// The gate it is for, where that could be read; the stage's gates all show it otherwise.
    package var gate: GateName?
    /// The stage in whose folder it stands.
    package var stage: String
    /// Why, in one sentence.
    package var reason: String
    /// The place in the file, where the reason is one.
    package var location: SourceLocation?

    /// A refused record; see the properties for the meaning of each part.
    package init(path: String, gate: GateName?, stage: String, reason: String, location: SourceLocation? = nil) {
        self.path = path
        self.gate = gate
        self.stage = stage
        self.reason = reason
        self.location = location
    }
}
