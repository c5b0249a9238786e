internal import Digest

extension ApprovalRecord {
    /// The record as the text of its file: one key a line, in the order of the documentation.
    package var text: String {
        var lines = [
            "decision: \(decision.rawValue)",
            "gate: \(gate)",
            "subject: \(subject)",
            "approver: \(YAMLText.scalar(approver))",
        ]
        if !comment.isEmpty { lines.append("comment: \(YAMLText.scalar(comment))") }
        if let expires { lines.append("expires: \(expires)") }
        return lines.joined(separator: "\n") + "\n"
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

/// The few forms of YAML that we write ourselves.
package enum YAMLText {
    /// A text as a scalar that every YAML reader takes back as the same text.
    package static func scalar(_ text: String) -> String {
        isPlain(text) ? text : quoted(text)
    }

    /// Plain only where no reader of any YAML version could see something else than text.
    private static func isPlain(_ text: String) -> Bool {
        guard let first = text.unicodeScalars.first, let last = text.unicodeScalars.last else { return false }
        guard first.properties.isAlphabetic, first.isASCII, last != " ", last != ":" else { return false }
        let words: Set<String> = ["true", "false", "yes", "no", "on", "off", "null", "y", "n"]
        guard !words.contains(text.lowercased()) else { return false }
        var previous: Unicode.Scalar = " "
        for scalar in text.unicodeScalars {
            guard scalar.value >= 0x20, scalar.value < 0x7f else { return false }
            if scalar == "#", previous == " " { return false }
            if scalar == " ", previous == ":" { return false }
            previous = scalar
        }
        return true
    }

    private static func quoted(_ text: String) -> String {
        var result = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": result += "\\\""
            case "\\": result += "\\\\"
            case "\n": result += "\\n"
            case "\t": result += "\\t"
            case _ where scalar.value < 0x20 || (0x7f...0x9f).contains(scalar.value):
                let digits = String(scalar.value, radix: 16)
                result += "\\x" + String(repeating: "0", count: 2 - digits.count) + digits
            // Line separators and the byte order mark would end a line or vanish in some readers.
            case "\u{2028}", "\u{2029}", "\u{feff}": result += "\\u" + String(scalar.value, radix: 16)
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result + "\""
    }
}
