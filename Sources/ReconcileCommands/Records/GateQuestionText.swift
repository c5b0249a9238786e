import Approvals
import CommandLine
import Diagnostics
import Planning

/// What a gate asks, as a person reads it at a terminal before answering.
struct GateQuestionText: Sendable {
    let gate: PlanGate
    var style = Style.plain

    /// The whole question in lines, ending in a line feed.
    var text: String {
        let evaluation = gate.evaluation
        let question = gate.question
        var lines = [
            style.bold("\(evaluation.gate): \(DisplayText.escaped(question.title))"),
            style.dim("subject \(evaluation.subject)"), "",
        ]
        let table = metrics
        if !table.isEmpty { lines += table + [""] }
        if !question.follows.isEmpty {
            lines.append("When the gate opens:")
            lines += question.follows.map { "  - \(DisplayText.escaped($0))" } + [""]
        }
        lines += records
        return lines.joined(separator: "\n") + "\n"
    }

    /// The metrics beside the live model's, in columns.
    private var metrics: [String] {
        let question = gate.question
        let names = Set(question.metrics.keys).union(question.liveMetrics.keys).sorted()
        guard !names.isEmpty else { return [] }
        let live = question.live.map { "live (\(DisplayText.escaped($0)))" } ?? "live (none)"
        var rows = [["metric", "this one", live, "change"]]
        for name in names {
            let new = question.metrics[name]
            let old = question.liveMetrics[name]
            rows.append([
                DisplayText.escaped(name), new.map(Phrase.metric) ?? "-", old.map(Phrase.metric) ?? "-",
                Self.change(from: old, to: new),
            ])
        }
        let widths = (0..<4).map { column in rows.map { Self.width($0[column]) }.max() ?? 0 }
        return rows.enumerated().map { index, row in
            let cells = zip(row, widths).enumerated().map { column, cell in
                let padding = String(repeating: " ", count: max(0, cell.1 - Self.width(cell.0)))
                return column == 0 ? cell.0 + padding : padding + cell.0
            }
            var line = "  " + cells.joined(separator: "  ")
            while line.last == " " { line.removeLast() }
            return index == 0 ? style.dim(line) : line
        }
    }

    /// What was answered so far.
    private var records: [String] {
        let evaluation = gate.evaluation
        var lines: [String] = []
        switch evaluation.state {
        case .open: lines.append("The gate is open.")
        case .waiting, .rejected:
            lines.append(evaluation.missing.map { DisplayText.escaped("So far: \($0).") } ?? "Nobody answered yet.")
        }
        for valid in evaluation.valid {
            let verb = valid.record.decision == .approve ? "approved" : "rejected"
            let comment = valid.record.comment.isEmpty ? "" : ": \(valid.record.comment)"
            lines.append(
                "  \(DisplayText.escaped("\(valid.record.approver) \(verb) at \(valid.commitTime)\(comment)"))")
        }
        for refusal in evaluation.refusedLines {
            lines.append("  " + style.yellow(DisplayText.escaped("refused \(refusal)")))
        }
        return lines
    }

    private static func width(_ text: String) -> Int {
        text.unicodeScalars.reduce(0) { $0 + DisplayText.width(of: $1) }
    }

    private static func change(from old: Double?, to new: Double?) -> String {
        guard let old, let new else { return "" }
        let text = Phrase.metric(new - old)
        if text == "0" || text == "-0.0" { return "=" }
        return text.hasPrefix("-") ? text : "+\(text)"
    }
}
