import Digest
import Planning
import TimeKeeping
import Workspace

/// What one pass keeps in mind between its looks; nothing of it outlives the pass.
struct PassState {
    struct Attempt {
        var count: Int
        var notBefore: ContinuousClock.Instant
        var failure: String?
    }

    var plan: Plan?
    var performed = 0
    var idleLooks = 0
    var attempts: [String: Attempt] = [:]
    private var unreachable: [String: String] = [:]

    /// Whether no look of the pass has found anything yet.
    var isFresh: Bool { plan == nil && performed == 0 && attempts.isEmpty }

    /// Whether an action is to be tried now: not while it is backed off, not again after it failed for good.
    func mayTry(_ action: PlanAction) -> Bool {
        guard !attempts.isEmpty, let attempt = attempts[action.attemptKey] else { return true }
        return attempt.failure == nil && attempt.notBefore <= .now
    }

    /// Notes a failure and says when the action is tried again.
    mutating func fail(_ action: PlanAction, _ error: WorkspaceError) -> Duration? {
        let count = (attempts[action.attemptKey]?.count ?? 0) + 1
        var delay: Duration?
        switch RetryPolicy.decide(error, attempts: count, jitter: Double.random(in: 0...1)) {
        case .now: delay = .zero
        case .after(let duration): delay = duration
        case .never: break
        }
        attempts[action.attemptKey] = Attempt(
            count: count, notBefore: .now + (delay ?? .zero), failure: delay == nil ? error.message : nil)
        return delay
    }

    /// Notes which workspaces cannot be read, telling each once.
    mutating func note(_ errors: [String: WorkspaceError], watch: (ReconcileEvent) -> Void) {
        let now = errors.mapValues(\.message)
        for (stage, message) in now.sorted(by: { $0.key < $1.key }) where unreachable[stage] != message {
            watch(.unreachable(stage: stage, message: message))
        }
        unreachable = now
    }

    /// How long to wait before the next look, or nil when there is nothing to wait for.
    func wait(for plan: Plan, now: Timestamp, waitsForClock: Bool) -> Duration? {
        var waits: [Duration] = []
        for action in plan.actions {
            switch action.awaiting {
            case .job, .deployment: waits.append(pollInterval)
            case .clock(let moment) where waitsForClock:
                waits.append(.seconds(max(1, min((moment - now).seconds, 30))))
            default: break
            }
            if action.isDue, let attempt = attempts[action.attemptKey], attempt.failure == nil {
                waits.append(max(.milliseconds(50), attempt.notBefore - .now))
            }
        }
        return waits.min()
    }

    /// Short at first, since most steps here are quick, then longer.
    private var pollInterval: Duration { .milliseconds(min(1000, 100 + 25 * idleLooks)) }

    func outcome(of plan: Plan) -> PassOutcome {
        let failures = attempts.compactMapValues(\.failure)
        let ids =
            failures.isEmpty
            ? [:] : Dictionary(plan.actions.map { ($0.attemptKey, $0.id) }, uniquingKeysWith: { first, _ in first })
        return PassOutcome(
            plan: plan, performed: performed,
            failures: Dictionary(
                failures.map { (ids[$0.key] ?? $0.key, $0.value) }, uniquingKeysWith: { first, _ in first }),
            unreachable: unreachable)
    }
}

extension PlanAction {
    /// An action and what it wants: another commit's action of the same name starts with a clean slate.
    var attemptKey: String { "\(id) \(digest?.hex ?? "") \(verb.rawValue) \(name)" }
}
