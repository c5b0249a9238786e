package import Digest
package import TimeKeeping

/// What a person decided about exactly one question, as it stands in a file of `approvals/`.
package struct ApprovalRecord: Sendable, Hashable, Codable {
    /// Yes or no.
    package enum Decision: String, Sendable, Hashable, Codable, CaseIterable {
        case approve
        case reject
    }

    /// Yes or no.
    package var decision: Decision
    /// The gate that asked.
    package var gate: GateName
    /// The digest of exactly what was asked.
    package var subject: ContentDigest
    /// Who decided.
    package var approver: String
    /// Why, in the person's own words.
    package var comment: String
    /// When the decision stops to count; never when nil.
    package var expires: Timestamp?

    /// A decision; see the properties for the meaning of each part.
    package init(
        decision: Decision, gate: GateName, subject: ContentDigest, approver: String, comment: String = "",
        expires: Timestamp? = nil
    ) {
        self.decision = decision
        self.gate = gate
        self.subject = subject
        self.approver = approver
        self.comment = comment
        self.expires = expires
    }
}
