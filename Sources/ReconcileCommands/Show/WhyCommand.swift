import Digest
import CommandLine
import Controller
import Diagnostics
import Planning
import Workspace

/// `reconcile why OBJECT`: what becomes of an object, what it waits for, and who must act.
struct WhyCommand {
    private let context: CommandContext

    init(_ context: CommandContext) { self.context = context }

    func run() async throws -> Int32 {
        let session = try await Session.open(context, isReadOnly: true)
        let look = try await session.observer.look()
        let plan = look.plan.limited(to: try session.stageNames(of: look, context))
            .without(look.unreachable)
        session.report(plan, unreachable: look.unreachable.mapValues(\.message), reading: look.reading, context.console)
        let report = WhyReport(plan: plan)
        let word = context.invocation.argument("object") ?? ""
        let actions = report.actions(named: word)
        guard !actions.isEmpty else {
            let meant = EditDistance.suggestion(for: word, among: report.names)
            throw CommandFailure(
                "nothing in the plan is called '\(DisplayText.escaped(word))'",
                hint: meant.map { "did you mean '\($0)'?" } ?? "'reconcile --dry-run -v' lists all objects")
        }
        if context.invocation.value("output") == "json" {
            context.console.print(report.json(actions).prettyText)
        } else {
            context.console.print(report.text(actions, style: context.console.output.style))
        }
        return 0
    }
}
