import Approvals
import AssetSchema
import Diagnostics

/// Writes a plan in Markdown, to be pasted into a pull request.
package enum PlanMarkdownRenderer {
    /// The whole plan, ending in a line feed.
    package static func render(_ plan: Plan) -> String {
        var lines = ["## Plan", "", "**\(PlanWords.footer(plan))**"]
        for stage in plan.stages { lines += block(stage) }
        if !plan.assumptions.isEmpty {
            lines += ["", "Assumed:", ""] + plan.assumptions.map { "- \(MarkdownText.escaped($0))" }
        }
        return lines.joined(separator: "\n") + "\n"
    }

    private static func block(_ stage: StagePlan) -> [String] {
        var lines = ["", MarkdownText.escaped("\(stage.stage): \(PlanWords.route(stage))").asHeading]
        let told = stage.actions.filter { $0.verb != .unchanged }
        if !told.isEmpty { lines += [""] + table(told) }
        lines += gates(stage)
        if !stage.drift.isEmpty { lines += ["", "Drift:", ""] + stage.drift.flatMap(drift) }
        if !stage.diagnostics.isEmpty {
            lines += [""] + stage.diagnostics.map { "- \(MarkdownText.escaped($0.description))" }
        }
        let unchanged = stage.actions.filter { $0.verb == .unchanged }
        if !unchanged.isEmpty {
            let count = PlanWords.count(unchanged.count, "object")
            lines += ["", "<details><summary>\(count) unchanged</summary>", ""] + table(unchanged)
            lines += ["", "</details>"]
        }
        return lines
    }

    private static func table(_ actions: [PlanAction]) -> [String] {
        ["| | kind | name | why |", "| --- | --- | --- | --- |"]
            + actions.map { action in
                let changes = action.kind == .onlineTraffic ? [] : action.changes.map(PlanWords.change)
                let why = ([action.reason] + changes).map(MarkdownText.escaped).joined(separator: "<br>")
                let name = MarkdownText.escaped(PlanWords.name(of: action))
                let symbol = MarkdownText.escaped(PlanWords.symbol(action.verb))
                return "| \(symbol) | \(action.kind.planTitle) | \(name) | \(why) |"
            }
    }

    /// A box to tick for each gate; ticked where it is open.
    private static func gates(_ stage: StagePlan) -> [String] {
        var lines: [String] = []
        for action in stage.actions {
            if let gate = action.gate {
                let evaluation = gate.evaluation
                let box = evaluation.state == .open ? "[x]" : "[ ]"
                var text = "\(evaluation.gate): \(gate.question.title)"
                if let missing = evaluation.missing { text += "; \(missing)" }
                lines.append("- \(box) \(MarkdownText.escaped(text)) (subject `\(evaluation.subject)`)")
                lines += metrics(gate.question)
                lines += evaluation.refusedLines.map {
                    "  - refused: \(MarkdownText.escaped($0))"
                }
            } else if let gate = action.upcomingGate {
                lines.append("- [ ] \(MarkdownText.escaped(gate.name.description)): asked later")
            }
        }
        return lines.isEmpty ? [] : ["", "Gates:", ""] + lines
    }

    private static func metrics(_ question: GateQuestion) -> [String] {
        question.metrics.sorted { $0.key < $1.key }.prefix(20).map { name, value in
            let live = question.liveMetrics[name].map { " (live: \(Phrase.metric($0)))" } ?? ""
            return "  - \(MarkdownText.escaped("\(name) \(Phrase.metric(value))\(live)"))"
        }
    }

    private static func drift(_ drift: PlanDrift) -> [String] {
        ["- \(MarkdownText.escaped("\(drift.kind.planTitle) \(drift.name): \(drift.policy); \(drift.reason)"))"]
            + drift.changes.map { "  - \(MarkdownText.escaped(PlanWords.change($0)))" }
    }
}

extension String {
    fileprivate var asHeading: String { "### " + self }
}
