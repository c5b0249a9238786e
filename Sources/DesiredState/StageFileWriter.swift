internal import Diagnostics

/// A stage file that says what was assumed: the plan is the same with it as without.
package struct AssumedStageFile: Sendable, Equatable {
    /// Where it belongs, from the project's folder.
    package let path: String
    package let text: String

    init(_ file: StageFile, passed: PassedValues?) {
        path = "\(StageDiscovery.folder)/\(file.name.value).yml"
        var lines = ["name: \(file.name.value)"]
        if let branch = file.branch { lines.append("branch: \(Self.quoted(branch.value))") }
        if let releases = file.releases { lines.append("releases: \(releases.value)") }
        if let config = file.config {
            lines.append("config: [\(config.map { Self.quoted($0.value) }.joined(separator: ", "))]")
        }
        if file.releases == nil { lines.append("workspace: { type: \(file.workspace.engine.rawValue) }") }
        if let promotes = file.promotes { lines.append("promotes: \(promotes.value)") }
        for (gate, rules) in file.protectionRules.sorted(by: { $0.key < $1.key }) {
            lines += [
                "protection_rules:", "  # The gate stays closed until reviewers are named, by their e-mail addresses:",
                "  \(gate): { required_reviewers: [], approvals: \(rules.approvals) }",
            ]
        }
        if let rollout = file.rollout {
            let steps = rollout.steps.map { "{ traffic: \($0.traffic) }" }.joined(separator: ", ")
            lines += ["rollout:", "  strategy: \(rollout.strategy.rawValue)", "  steps: [\(steps)]"]
        }
        if let passed, file.releases == nil { lines += Self.lines(of: passed) }
        text = lines.joined(separator: "\n") + "\n"
    }

    private static func lines(of passed: PassedValues) -> [String] {
        var lines: [String] = []
        let files = passed.fields.filter { !$0.value.isEmpty }.sorted { $0.key < $1.key }
        if files.isEmpty {
            lines.append("overrides: {}")
        } else {
            lines += ["# What the pipelines passed on the command line:", "overrides:"]
            for (path, fields) in files {
                lines.append("  \(quoted(path)):")
                for (field, override) in fields.sorted(by: { $0.key < $1.key }) {
                    lines.append("    \(quoted(field)): \(quoted(override.text, isValue: true))")
                }
            }
        }
        let requests = [("online", passed.onlineRequest), ("batch", passed.batchRequest)]
            .compactMap { kind, request in request.map { "\(kind): \(quoted($0.value, isValue: true))" } }
        if !requests.isEmpty { lines.append("sample_requests: { \(requests.joined(separator: ", ")) }") }
        if let path = passed.modelPath { lines.append("model_path: \(quoted(path.value, isValue: true))") }
        if !passed.leftOut.isEmpty {
            lines += ["# Files that the pipelines do not use:", "left_out:"]
            lines += passed.leftOut.sorted().map { "  - \(quoted($0))" }
        }
        return lines
    }

    /// A text as YAML that reads as this text and nothing else.
    private static func quoted(_ text: String, isValue: Bool = false) -> String {
        let isPlain =
            !text.isEmpty && text.utf8.first != UInt8(ascii: "-")
            && text.utf8.allSatisfy {
                (97...122).contains($0) || (65...90).contains($0) || (48...57).contains($0) || "_./-".utf8.contains($0)
            }
        // A value may look like a number or a truth; a path or a key of ours does not.
        if isPlain, !isValue { return text }
        var result = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": result += "\\\""
            case "\\": result += "\\\\"
            case "\n": result += "\\n"
            case "\t": result += "\\t"
            case _ where scalar.value < 0x20 || scalar.value == 0x7F:
                result += "\\x" + (scalar.value < 16 ? "0" : "") + String(scalar.value, radix: 16)
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result + "\""
    }
}
