internal import Digest
internal import YAML

extension ApprovalRecord {
    /// The record as the text of its file: one key a line, in the order of the documentation.
    package var text: String {
        var entries: [(String, YAMLValue)] = [
            ("decision", .string(decision.rawValue)), ("gate", .string(gate.description)),
            ("subject", .string(subject.description)), ("approver", .string(approver)),
        ]
        if !comment.isEmpty { entries.append(("comment", .string(comment))) }
        // A time is written bare, as in the documentation, and read as the text that it is.
        return YAMLWriter.text(.mapping(entries)) + (expires.map { "expires: \($0)\n" } ?? "")
    }

    /// The folder in which the decisions about a stage's gates stand.
    package static func folder(of stage: String) -> String { "environments/\(stage)/approvals" }

    /// The path where this record goes, the first that `isTaken` does not refuse.
    ///
    /// A first approval is `<rule>-<6 digits of the subject>.yml`; a rejection says so in its name; whoever comes
    /// second adds their own name, so that nobody has to write into a file that another person signed.
    package func path(isTaken: (String) -> Bool) -> String {
        let stem =
            "\(Self.folder(of: gate.stage))/\(gate.rule)-\(subject.prefix(6))\(decision == .reject ? "-reject" : "")"
        let slug = approver.prefix { $0 != "@" }.lowercased().map { GateName.isWord(String($0)) ? $0 : "-" }
        let named = "\(stem)-\(String(slug).prefix(40))"
        for candidate in ["\(stem).yml", "\(named).yml"] where !isTaken(candidate) { return candidate }
        var number = 2
        while isTaken("\(named)-\(number).yml") { number += 1 }
        return "\(named)-\(number).yml"
    }
}
