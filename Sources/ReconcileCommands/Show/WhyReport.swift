import Approvals
import AssetSchema
import CommandLine
import Diagnostics
import Digest
import Planning

/// The answer to "why": one object's line, what it waits for down to the cause, and who must act.
struct WhyReport {
    let plan: Plan

    /// The actions that a word names: an id, `kind/name`, a gate, or a bare name.
    func actions(named word: String) -> [PlanAction] {
        let wanted = word.replacing("-", with: "_")
        let exact = plan.actions.filter { action in
            [action.id, "\(action.kind.rawValue)/\(action.name)", "\(action.stage)/\(action.name)"].contains(word)
                || action.gate?.evaluation.gate.description == word
        }
        if !exact.isEmpty { return exact }
        // A gate whose question is not known yet is only named by what will stand at it.
        let standing = plan.actions.filter { $0.reason.contains("gate \(word)") }
        if GateName(word) != nil, !standing.isEmpty { return standing }
        return plan.actions.filter { action in
            action.name == word || action.kind.rawValue == wanted || action.stage + "/" + action.kind.rawValue == wanted
                || action.name.split(separator: "/").contains { $0 == word }
        }
    }

    /// The names that could have been meant.
    var names: [String] { plan.actions.map(\.id) + plan.actions.map(\.name) }

    func text(_ actions: [PlanAction], style: Style) -> String {
        actions.map { text(of: $0, style: style) }.joined(separator: "\n\n")
    }

    private func text(of action: PlanAction, style: Style) -> String {
        func e(_ text: String) -> String { DisplayText.escaped(text) }
        var lines = [style.bold(e(action.id)) + (action.version.map { ":\(e($0))" } ?? "")]
        let isTold = action.reason == action.verb.rawValue || action.reason.isEmpty
        lines.append("  \(action.verb.rawValue)" + (isTold ? "" : ": \(e(action.reason))"))
        if let source = action.source { lines.append("  defined at \(e(source.path)):\(source.line)") }
        for change in action.changes {
            lines.append("  \(e(change.field)): \(e(change.before.canonicalText)) → \(e(change.after.canonicalText))")
        }
        lines += gateLines(action, e)
        let causes = causes(of: action)
        if !causes.isEmpty {
            lines.append("  waits for:")
            lines += causes.map { "    \($0.verb.rawValue) \(e($0.id)): \(e($0.reason))" }
        }
        lines.append("  \(e(whoMustAct(action, causes: causes)))")
        return lines.joined(separator: "\n")
    }

    private func gateLines(_ action: PlanAction, _ e: (String) -> String) -> [String] {
        guard let gate = action.gate else { return [] }
        var lines = [
            "  gate \(gate.evaluation.gate): \(gate.evaluation.state.rawValue)"
                + (gate.evaluation.missing.map { ": \(e($0))" } ?? ""),
            "  asks: \(e(gate.question.title)), subject \(gate.question.subject)",
        ]
        lines += gate.evaluation.valid.map { record in
            "  counts: \(e(record.path)) by \(e(record.record.approver)), commit \(record.commit.prefix(7))"
        }
        lines += gate.evaluation.refusedLines.map { "  refused: \(e($0))" }
        return lines
    }

    /// All that must come to pass before, the first cause first.
    private func causes(of action: PlanAction) -> [PlanAction] {
        var seen: Set<String> = [action.id]
        var found: [PlanAction] = []
        func walk(_ ids: [String]) {
            for id in ids where seen.insert(id).inserted {
                guard let required = plan.actions.last(where: { $0.id == id }), required.verb != .unchanged else {
                    continue
                }
                walk(required.requires)
                found.append(required)
            }
        }
        walk(action.requires)
        return found
    }

    private func whoMustAct(_ action: PlanAction, causes: [PlanAction]) -> String {
        let first = causes.first ?? action
        if let gate = first.gate, gate.evaluation.state == .waiting, case .gate(let name) = first.awaiting {
            return "to act: a required reviewer, with 'reconcile approve \(name)' or 'reconcile reject \(name)'"
        }
        if first.isFailure { return "to act: whoever changes \(first.source?.path ?? "the project"); commit a fix" }
        if first.isDue { return "to act: nobody; the next pass does it" }
        switch first.awaiting {
        case .job(let name): return "to act: nobody; job \(name) runs"
        case .clock(let moment): return "to act: nobody; due at \(moment)"
        case .deployment(let name): return "to act: nobody; \(name) is being worked on"
        case .stage(let name): return "to act: stage \(name) comes first"
        case .gate(let name): return "to act: a reviewer of \(name)"
        case nil: return first.verb == .unchanged ? "nothing to do" : "to act: see the reason above"
        }
    }

    func json(_ actions: [PlanAction]) -> JSONValue {
        .array(
            actions.map { action in
                [
                    "id": .string(action.id), "verb": .string(action.verb.rawValue), "reason": .string(action.reason),
                    "gate": action.gate.map { .string($0.evaluation.gate.description) } ?? .null,
                    "waits_for": .array(
                        causes(of: action).map { ["id": .string($0.id), "reason": .string($0.reason)] }),
                    "who": .string(whoMustAct(action, causes: causes(of: action))),
                ]
            })
    }
}
