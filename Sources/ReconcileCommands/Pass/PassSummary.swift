import AssetSchema
import CommandLine
import Controller
import Planning

/// What a pass came to, in a few lines: done, what is left, and who must act.
struct PassSummary {
    let outcome: PassOutcome
    let style: Style

    var text: String {
        var lines: [String] = []
        let left = outcome.plan.actions.filter { $0.verb.isChange || $0.verb == .blocked }
        for action in left where action.requires.isEmpty || action.awaiting != nil || action.verb == .blocked {
            lines.append("  \(symbol(action)) \(action.id)  \(outcome.failures[action.id] ?? action.reason)")
        }
        for (stage, message) in outcome.unreachable.sorted(by: { $0.key < $1.key }) {
            lines.append("  \(style.red("✗")) \(stage)  \(message)")
        }
        return ([headline] + lines).joined(separator: "\n")
    }

    private var headline: String {
        let done = outcome.performed == 0 ? "nothing was due" : "\(outcome.performed) done"
        switch outcome.exitStatus {
        case 0 where !outcome.plan.hasChanges:
            return outcome.performed == 0 ? "In sync: nothing was due." : "In sync: \(done)."
        case 0: return "\(style.yellow("Waiting")): \(done)."
        case 3: return "\(style.yellow("Stopped at a closed gate")): \(done)."
        default: return "\(style.red("Failed")): \(done)."
        }
    }

    private func symbol(_ action: PlanAction) -> String {
        if outcome.failures[action.id] != nil || action.isFailure { return style.red("✗") }
        return action.verb == .blocked ? "!" : "?"
    }
}
