import CommandLine
import Planning

/// The one place that matches a plan's output formats.
struct PlanOutput {
    private let context: CommandContext

    init(_ context: CommandContext) { self.context = context }

    func render(_ plan: Plan) -> String {
        switch context.invocation.value("output") {
        case "json": return PlanJSONRenderer.render(plan)
        case "markdown": return PlanMarkdownRenderer.render(plan)
        default:
            let style = context.console.output.style
            return PlanTextRenderer(verbose: context.isVerbose) { role, text in
                switch role {
                case .heading: style.bold(text)
                case .add, .run: style.green(text)
                case .change, .wait: style.yellow(text)
                case .delete, .blocked: style.red(text)
                case .unchanged, .detail: style.dim(text)
                }
            }.render(plan)
        }
    }
}
