import CommandLine
import Controller
import Diagnostics
import Digest
import Planning
import Workspace

/// `reconcile`: one pass, or with `--dry-run` the plan.
struct PassCommand {
    private let context: CommandContext
    private var invocation: Invocation { context.invocation }
    private var console: Console { context.console }

    init(_ context: CommandContext) { self.context = context }

    func run() async throws -> Int32 {
        let isDryRun = invocation.flag("dry-run")
        for flag in ["detailed-exitcode", "worktree", "offline"] where invocation.flag(flag) && !isDryRun {
            throw invocation.usageError("'--\(flag)' goes with '--dry-run'.")
        }
        if invocation.value("ref") != nil, !isDryRun { throw invocation.usageError("'--ref' goes with '--dry-run'.") }
        if invocation.value("ref") != nil, invocation.flag("worktree") {
            throw invocation.usageError("'--ref' and '--worktree' are two different things to plan; give one.")
        }
        return isDryRun ? try await dryRun() : try await pass()
    }

    // MARK: - The plan

    private func dryRun() async throws -> Int32 {
        let session = try await Session.open(context, isReadOnly: true)
        let look = try await session.observer.look()
        let stages = try session.stageNames(of: look, context)
        let plan = look.plan.limited(to: stages).without(look.unreachable)
        session.report(plan, unreachable: look.unreachable.mapValues(\.message), reading: look.reading, console)
        session.report(notes: look.notes, console)
        console.print(PlanOutput(context).render(plan))
        if plan.hasErrors || !look.unreachable.isEmpty { return 1 }
        // What cannot be done until somebody mends it is pending too: only what is in sync ends with 0.
        let isPending = plan.hasChanges || plan.hasFailures
        return invocation.flag("detailed-exitcode") && isPending ? 2 : 0
    }

    // MARK: - The pass

    private func pass() async throws -> Int32 {
        let session = try await Session.open(context, isReadOnly: false)
        let progress = PassProgress(console: console, isQuiet: context.isQuiet, isVerbose: context.isVerbose)
        let first = try await session.observer.look()
        let stages = try session.stageNames(of: first, context)
        session.report(notes: first.notes, console)
        let reconciler = Reconciler(
            looking: session.observer, workspaces: session.workspaces, journal: session.journal, clock: context.clock,
            pause: { try await Task.sleep(for: $0) }, watch: { progress.note($0) })
        let outcome = try await reconciler.pass(stages: stages, waitsForClock: invocation.flag("wait"))
        progress.end()
        session.report(outcome.plan, unreachable: [:], reading: first.reading, console)
        if invocation.value("output") == "text" {
            console.print(PassSummary(outcome: outcome, style: console.output.style).text)
        } else {
            console.print(PlanOutput(context).render(outcome.plan))
        }
        return outcome.exitStatus
    }
}
