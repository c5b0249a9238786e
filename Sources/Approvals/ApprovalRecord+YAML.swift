package import Diagnostics
internal import Digest
internal import TimeKeeping
internal import YAML

extension ApprovalRecord {
    /// No decision of a person takes more room; larger files are not even read.
    package static let largestFile = 64 << 10

    private static let keys = ["decision", "gate", "subject", "approver", "comment", "expires"]
    private static let limits = YAMLLimits(bytes: largestFile, depth: 4, nodes: 100, aliases: 0)

    /// A record as its file's text tells it, or everything that is wrong with the text.
    ///
    /// - Parameters:
    ///   - bytes: The content of the file.
    ///   - path: The path of the file in the repository, for findings.
    package static func read(_ bytes: [UInt8], path: String) -> (record: ApprovalRecord?, findings: [Diagnostic]) {
        let root: Node
        do {
            guard let node = try YAMLReader(limits: limits).document(bytes) else {
                return (nil, [.error("empty-record", "the record is empty", at: SourceLocation(path: path))])
            }
            root = node
        } catch {
            return (nil, [.error(error.code.rawValue, error.message, at: StrictMapping.location(path, error.mark))])
        }
        var findings: [Diagnostic] = []
        guard var fields = StrictMapping(root, path: path, known: keys, what: "an approval record", into: &findings)
        else { return (nil, findings) }
        let decision = fields.decision()
        let gate = fields.gate()
        let subject = fields.subject()
        let approver = fields.approver()
        let comment = fields.text("comment", isRequired: false) ?? ""
        let expires = fields.expires()
        guard fields.findings.isEmpty, let decision, let gate, let subject, let approver else {
            return (nil, fields.findings.sorted())
        }
        return (
            ApprovalRecord(
                decision: decision, gate: gate, subject: subject, approver: approver, comment: comment,
                expires: expires), []
        )
    }
}

extension StrictMapping {
    fileprivate mutating func decision() -> ApprovalRecord.Decision? {
        guard let text = text("decision") else { return nil }
        if let decision = ApprovalRecord.Decision(rawValue: text) { return decision }
        let words = ApprovalRecord.Decision.allCases.map(\.rawValue)
        wrong(
            "decision", "\"decision\" must be approve or reject, not \"\(text)\"",
            hint: EditDistance.hint(for: text, among: words))
        return nil
    }

    fileprivate mutating func gate() -> GateName? {
        guard let text = text("gate") else { return nil }
        if let gate = GateName(text) { return gate }
        wrong("gate", "\"gate\" must be <stage>/<rule> such as prod/register_model, not \"\(text)\"")
        return nil
    }

    fileprivate mutating func subject() -> ContentDigest? {
        guard let text = text("subject") else { return nil }
        if text.hasPrefix("sha256:"), let digest = ContentDigest(text) { return digest }
        wrong(
            "subject", "\"subject\" must be sha256: and 64 hexadecimal digits in lower case",
            hint: "`reconcile approve` writes it")
        return nil
    }

    fileprivate mutating func approver() -> String? {
        guard let text = text("approver") else { return nil }
        if Identity.isPlain(text) { return text }
        wrong("approver", "\"approver\" must name one person, such as alice@example.com")
        return nil
    }

    fileprivate mutating func expires() -> Timestamp? {
        guard let text = text("expires", isRequired: false) else { return nil }
        if let moment = Timestamp(text) { return moment }
        wrong("expires", "\"expires\" must be a time such as 2026-12-04T00:00:00Z, not \"\(text)\"")
        return nil
    }
}
