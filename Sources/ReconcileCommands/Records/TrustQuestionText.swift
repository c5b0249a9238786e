import Approvals
import CommandLine
import Diagnostics
import TimeKeeping

/// What `reconcile trust` is about to trust, as a person reads it before answering.
struct TrustQuestionText: Sendable {
    let branch: String
    /// The commit whose policy is in force so far, if any.
    let before: String?
    let head: String
    /// The rules as they would be trusted.
    let policies: [GatePolicy]
    /// Gates that would stay closed, and why.
    var unclear: [GateName: String] = [:]
    /// The names of those whose signatures would count.
    let signers: [String]
    var style = Style.plain

    /// The whole question in lines, ending in a line feed.
    var text: String {
        var lines = [
            style.bold(
                "Trust \(DisplayText.escaped(branch)) as it stands at \(head.prefix(7))"
                    + (before.map { " (so far \($0.prefix(7)))" } ?? "")), "",
        ]
        if policies.isEmpty, unclear.isEmpty {
            lines.append("  no protection rules: nothing will wait for an approval")
        }
        for policy in policies.sorted(by: { $0.gate < $1.gate }) {
            var parts: [String] = []
            if policy.approvals > 0 {
                parts.append("\(policy.approvals) of \(policy.requiredReviewers.joined(separator: ", "))")
            }
            if policy.preventSelfReview { parts.append("no self review") }
            if let span = policy.expiresAfter { parts.append("expires after \(span)") }
            if policy.waitTimer > .zero { parts.append("waits \(policy.waitTimer)") }
            lines.append("  \(policy.gate): \(DisplayText.escaped(parts.joined(separator: "; ")))")
        }
        for (gate, reason) in unclear.sorted(by: { $0.key < $1.key }) {
            lines.append("  \(gate): stays closed: \(DisplayText.escaped(reason))")
        }
        lines.append(
            "  signatures of: \(signers.isEmpty ? "nobody" : DisplayText.escaped(signers.joined(separator: ", ")))")
        return lines.joined(separator: "\n") + "\n"
    }
}
