import AssetSchema
import CommandLine
import Controller
import DesiredState
import Diagnostics
import Digest
import Git
import Planning
import Workspace

/// `reconcile status`: what is live in each stage, from which commit, and what waits.
struct StatusCommand {
    private let context: CommandContext

    init(_ context: CommandContext) { self.context = context }

    func run() async throws -> Int32 {
        let session = try await Session.open(context, isReadOnly: true)
        let look = try await session.observer.look()
        let plan = look.plan.limited(to: try session.stageNames(of: look, context))
            .without(look.unreachable)
        session.report(plan, unreachable: look.unreachable.mapValues(\.message), reading: look.reading, context.console)
        let report = StatusReport(plan: plan, input: look.input)
        if context.invocation.value("output") == "json" {
            context.console.print(report.json.prettyText)
        } else {
            context.console.print(
                report.text(style: context.console.output.style, summaries: try summaries(report, session)))
        }
        return look.unreachable.isEmpty ? 0 : 1
    }

    /// What the commits that models came from say of themselves.
    private func summaries(_ report: StatusReport, _ session: Session) throws -> [String: String] {
        let repository = try session.source.repository()
        var summaries: [String: String] = [:]
        for commit in Set(report.stages.flatMap(\.models).compactMap(\.commit)) {
            // A commit that was rewritten away has nothing to say.
            guard let id = ObjectID(hex: commit), let found = try? repository.commit(id) else { continue }
            summaries[commit] = "\"\(found.summary)\" by \(found.author.name)"
        }
        return summaries
    }
}
