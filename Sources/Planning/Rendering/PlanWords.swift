import AssetSchema
import DesiredState
import Diagnostics
import Digest

/// The words and signs that the text and the Markdown form of a plan share.
enum PlanWords {
    /// The sign before an object, as Terraform's readers know them.
    static func symbol(_ verb: PlanAction.Verb) -> String {
        switch verb {
        case .create: "+"
        case .update, .shift: "~"
        case .delete, .archive: "-"
        case .run: ">"
        case .wait: "?"
        case .unchanged: "="
        case .blocked: "!"
        }
    }

    /// Which commit goes where: `main@3f2c1ab → workspace mlw-diabetes-prod (local)`.
    static func route(_ stage: StagePlan) -> String {
        let from = stage.commit.map { "\(stage.branch)@\($0.id.prefix(7))" } ?? "\(stage.branch) (work tree)"
        return "\(from) → workspace \(stage.workspace.name) (\(stage.workspace.engine.rawValue))"
    }

    /// The name with its version; of traffic, where it is and where it goes.
    static func name(of action: PlanAction) -> String {
        guard action.kind == .onlineTraffic else {
            return action.version.map { "\(action.name):\($0)" } ?? action.name
        }
        guard let change = action.changes.first(where: { $0.field == "traffic" }) else { return action.name }
        return "\(traffic(change.before)) → \(traffic(change.after))"
    }

    /// Shares by deployment, `blue 90, green 10`, or the words that stand for what is not known yet.
    static func traffic(_ value: JSONValue) -> String {
        if let text = value.stringValue { return text }
        return Phrase.traffic((value.objectValue ?? [:]).compactMapValues(\.intValue))
    }

    /// One field's change: `instance_count: 3 → 1`.
    static func change(_ change: FieldChange) -> String {
        if change.field == "traffic" { return "traffic: \(traffic(change.before)) → \(traffic(change.after))" }
        return "\(change.field): \(value(change.before)) → \(value(change.after))"
    }

    private static func value(_ value: JSONValue) -> String {
        if value.isNull { return "none" }
        let text = value.canonicalText
        return text.count <= 72 ? text : text.prefix(71) + "…"
    }

    /// The last line of a plan.
    static func footer(_ plan: Plan) -> String {
        let summary = plan.summary
        let isSettled = !plan.hasChanges && summary.blocked == 0
        if isSettled, plan.hasErrors { return "Nothing is done until the errors are mended." }
        if isSettled, summary.drifted == 0 { return "No changes. The workspaces match what is committed." }
        if isSettled {
            return "No changes. \(count(summary.drifted, "object")) drifted and \(summary.drifted == 1 ? "is" : "are") "
                + "left as \(summary.drifted == 1 ? "it is" : "they are")."
        }
        var parts = [
            "\(summary.add) to add", "\(summary.change) to change", "\(summary.delete) to delete",
            "\(summary.run) to run", count(summary.gates, "gate"),
        ]
        let waiting = plan.actions.count { $0.verb == .wait && $0.closedGate == nil }
        if waiting > 0 { parts.append("\(waiting) waiting") }
        if summary.blocked > 0 { parts.append("\(summary.blocked) blocked") }
        return "Plan: \(parts.joined(separator: ", "))."
    }

    /// `1 gate`, `2 gates`.
    static func count(_ number: Int, _ noun: String) -> String {
        "\(Phrase.grouped(number)) \(noun)\(number == 1 ? "" : "s")"
    }

    /// Whether an action is told only on demand: a test that was passed before is no news.
    static func isQuiet(_ action: PlanAction) -> Bool { action.verb == .unchanged && action.kind == .smokeTest }
}

extension StagePlan {
    /// Whether anything but unchanged objects is in it.
    var isSettled: Bool { actions.allSatisfy { $0.verb == .unchanged } }
}
