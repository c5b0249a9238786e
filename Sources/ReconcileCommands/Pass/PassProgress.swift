import AssetSchema
import CommandLine
import Controller
import Planning
import Synchronization

/// Tells on standard error what a pass is doing: a line for what happened, one changing line for what is waited for.
final class PassProgress: Sendable {
    private let state: Mutex<State>
    private let isQuiet: Bool
    private let style: Style

    private struct State: ~Copyable {
        var line: ProgressLine
    }

    init(console: Console, isQuiet: Bool, isVerbose: Bool) {
        self.isQuiet = isQuiet
        style = console.errors.style
        state = Mutex(State(line: ProgressLine(terminal: console.errors) { console.writeError($0) }))
    }

    func note(_ event: ReconcileEvent) {
        switch event {
        case .planned, .idle: break
        case .started(let action): update("\(label(action)) …")
        case .finished(let action, let message, let took):
            let words = [action.reason, message].compactMap { $0 }.filter { !$0.isEmpty }.joined(separator: "; ")
            // Noting that a check failed went well; the check did not.
            let isBad = action.kind == .check && action.reason.hasPrefix("failed")
            print(
                "\(isBad ? style.red("✗") : style.green("✓")) \(label(action))  \(style.dim("\(words) (\(seconds(took)))"))"
            )
        case .failed(let action, let message, let retry):
            let again = retry.map { $0 > .zero ? "; trying again in \(seconds($0))" : "; looking again" } ?? ""
            print("\(retry == nil ? style.red("✗") : style.yellow("…")) \(label(action))  \(message)\(again)")
        case .waiting(let actions):
            let jobs = actions.filter { if case .job = $0.awaiting { true } else { false } }
            let deployments = actions.filter { if case .deployment = $0.awaiting { true } else { false } }
            if let first = jobs.first ?? deployments.first {
                update("waiting for \(label(first)): \(state(of: first))")
            }
        case .unreachable(let stage, let message): print("\(style.red("✗")) \(stage)  \(message)")
        }
    }

    func end() { state.withLock { $0.line.clear() } }

    /// A plain terminal gets one line a state, not one a second.
    private func state(of action: PlanAction) -> String {
        action.reason.firstRange(of: " for ").map { String(action.reason[..<$0.lowerBound]) } ?? action.reason
    }

    private func label(_ action: PlanAction) -> String {
        let version = action.version.map { ":\($0)" } ?? ""
        return "\(action.stage)  \(action.verb.rawValue) \(action.kind.title) \(action.name)\(version)"
    }

    private func seconds(_ duration: Duration) -> String {
        let tenths = Int(duration / .milliseconds(100))
        return "\(tenths / 10).\(tenths % 10)s"
    }

    private func update(_ text: String) {
        guard !isQuiet else { return }
        state.withLock { $0.line.update(text) }
    }

    private func print(_ text: String) {
        guard !isQuiet else { return }
        state.withLock { $0.line.print(text) }
    }
}
