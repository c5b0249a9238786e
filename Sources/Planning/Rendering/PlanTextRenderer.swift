import Approvals
import AssetSchema
import Diagnostics

/// Writes a plan for a terminal: a block for each stage, a line for each object with its reason.
///
/// Every text in a plan may come from a hostile repository or workspace: nothing reaches the terminal that could steer it.
package struct PlanTextRenderer: Sendable {
    /// What a piece of text is, so that it can be coloured.
    package enum Role: Sendable, CaseIterable {
        case heading
        case add
        case change
        case delete
        case run
        case wait
        case blocked
        case unchanged
        case detail
    }

    /// Whether objects that nothing happens to are told one by one everywhere.
    private let isVerbose: Bool
    private let style: @Sendable (Role, String) -> String

    /// Beyond this many, unchanged objects beside changed ones are counted, not told.
    private static let unchangedLimit = 40
    /// Names longer than this do not push the reasons of all other lines to the right.
    private static let nameWidthLimit = 44

    /// A renderer; `style` dresses each piece of text for its role, by default not at all.
    package init(
        verbose: Bool = false, style: @escaping @Sendable (_ role: Role, _ text: String) -> String = { $1 }
    ) {
        isVerbose = verbose
        self.style = style
    }

    /// The whole plan, ending in a line feed.
    package func render(_ plan: Plan) -> String {
        var lines: [String] = []
        for stage in plan.stages { lines += block(stage) }
        let drifts = plan.stages.flatMap(\.drift)
        if !drifts.isEmpty { lines += driftBlock(drifts) }
        for assumption in plan.assumptions {
            lines.append(style(.detail, DisplayText.escaped("Assumed: \(assumption)")))
        }
        lines.append(style(.heading, PlanWords.footer(plan)))
        return lines.joined(separator: "\n") + "\n"
    }

    private func block(_ stage: StagePlan) -> [String] {
        var lines = [style(.heading, DisplayText.escaped("\(stage.stage)  \(PlanWords.route(stage))"))]
        let (shown, hidden) = split(stage)
        let rows = shown.map { action in
            (
                action: action, kind: action.kind.planTitle, name: DisplayText.escaped(PlanWords.name(of: action))
            )
        }
        let kindWidth = rows.map { Self.width($0.kind) }.max() ?? 0
        let nameWidth = rows.map { Self.width($0.name) }.filter { $0 <= Self.nameWidthLimit }.max() ?? 0
        for row in rows {
            let columns =
                "\(PlanWords.symbol(row.action.verb)) \(Self.padded(row.kind, kindWidth))  "
                + "\(Self.padded(row.name, nameWidth))"
            let line = "\(columns)  \(DisplayText.escaped(row.action.reason))"
            lines.append("  " + style(Self.role(row.action.verb), Self.trimmed(line)))
            lines += details(row.action)
        }
        if hidden > 0 {
            lines.append(
                "  "
                    + style(
                        .unchanged, "= \(PlanWords.count(hidden, rows.isEmpty ? "object" : "more object")) unchanged"))
        }
        if shown.isEmpty, hidden == 0 { lines.append("  " + style(.unchanged, "nothing is asked for")) }
        return lines
    }

    /// The actions that get a line, and how many others there are.
    private func split(_ stage: StagePlan) -> (shown: [PlanAction], hidden: Int) {
        if isVerbose { return (stage.actions, 0) }
        let unchanged = stage.actions.count { $0.verb == .unchanged }
        let isCounted = stage.isSettled || unchanged > Self.unchangedLimit
        let shown = stage.actions.filter { !($0.verb == .unchanged && isCounted) && !PlanWords.isQuiet($0) }
        let quiet = isCounted ? 0 : stage.actions.count(where: PlanWords.isQuiet)
        return (shown, stage.actions.count - shown.count - quiet)
    }

    /// What stands below a line: the fields that change, and the records that do not count.
    private func details(_ action: PlanAction) -> [String] {
        var lines: [String] = []
        if action.kind != .onlineTraffic { lines += action.changes.map(PlanWords.change) }
        lines += (action.gate?.evaluation.refusedLines ?? []).map { "refused \($0)" }
        return lines.map { "        " + style(.detail, DisplayText.escaped($0)) }
    }

    private func driftBlock(_ drifts: [PlanDrift]) -> [String] {
        var lines = [style(.heading, "Drift:")]
        for drift in drifts {
            let stage = drift.id.prefix { $0 != "/" }
            let text = "\(stage)  \(drift.kind.planTitle) \(drift.name)  \(drift.policy): \(drift.reason)"
            lines.append("  " + style(.change, DisplayText.escaped(text)))
            for change in drift.changes {
                lines.append("        " + style(.detail, DisplayText.escaped(PlanWords.change(change))))
            }
        }
        return lines
    }

    private static func role(_ verb: PlanAction.Verb) -> Role {
        switch verb {
        case .create: .add
        case .update, .shift: .change
        case .delete, .archive: .delete
        case .run: .run
        case .wait: .wait
        case .blocked: .blocked
        case .unchanged: .unchanged
        }
    }

    private static func width(_ text: String) -> Int {
        text.unicodeScalars.reduce(0) { $0 + DisplayText.width(of: $1) }
    }

    private static func padded(_ text: String, _ width: Int) -> String {
        text + String(repeating: " ", count: max(0, width - Self.width(text)))
    }

    private static func trimmed(_ text: String) -> String {
        var text = text
        while text.last == " " { text.removeLast() }
        return text
    }
}
