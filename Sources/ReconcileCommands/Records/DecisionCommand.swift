import Approvals
import AssetSchema
import CommandLine
import Controller
import DesiredState
import Diagnostics
import Digest
import Planning
import TimeKeeping
import Workspace

/// `reconcile approve` and `reject`: shows what is asked, writes the record, commits it signed.
struct DecisionCommand {
    private let context: CommandContext
    private let decision: ApprovalRecord.Decision

    init(_ context: CommandContext, _ decision: ApprovalRecord.Decision) {
        self.context = context
        self.decision = decision
    }

    func run() async throws -> Int32 {
        let invocation = context.invocation
        let word = invocation.argument("gate") ?? ""
        guard let gateName = GateName(word) else {
            throw invocation.usageError("'\(DisplayText.escaped(word))' is no gate's name; one is prod/register_model.")
        }
        let reason = try ReasonText(
            invocation.values("message"), isRequired: decision == .reject, for: invocation)
        let session = try await Session.open(context, isReadOnly: true)
        let look = try await session.observer.look()
        let plan = look.plan.without(look.unreachable)
        session.report(plan, unreachable: look.unreachable.mapValues(\.message), reading: look.reading, context.console)
        let committer = try await RecordCommitter(context, session)
        let gate = try waiting(gateName, in: plan, for: committer.person)
        let ledger = look.input.ledgers[gateName.stage] ?? .empty
        if let objection = DecisionRecord.objection(
            to: committer.person, at: gateName, decision: decision, ledger: ledger,
            authors: gate.question.authors)
        {
            throw CommandFailure(
                "\(objection): the record would not count",
                hint: "your identity is git's user.email; the rules are in environments/\(gateName.stage).yml")
        }
        let mine = gate.evaluation.valid.filter { $0.record.approver == committer.person }
        if mine.contains(where: { $0.record.decision == decision }) {
            let done = decision == .approve ? "approved" : "rejected"
            throw CommandFailure(
                "\(committer.person) has \(done) it already: \(DisplayText.escaped(mine[0].path))",
                hint: gate.evaluation.missing.map { DisplayText.escaped($0) })
        }
        context.console.complain(GateQuestionText(gate: gate, style: context.console.errors.style).text)
        let verb = decision == .approve ? "Approve" : "Reject"
        guard try committer.asks("\(verb) as \(committer.person)?") else {
            throw CommandFailure("nothing was written")
        }
        let record = DecisionRecord(
            decision, to: gate, by: committer.person, reason: reason, expires: try expiry())
        try await committer.commit(
            record.file { committer.exists($0) }, branch: try branch(of: gateName.stage, look.input), mustSign: true)
        return 0
    }

    /// The question of a gate that a person has still to answer; several models may stand at one gate.
    private func waiting(_ name: GateName, in plan: Plan, for person: String) throws -> PlanGate {
        let gates = plan.actions.compactMap(\.gate)
        let asked = gates.filter { $0.evaluation.gate == name }
        let closed = asked.filter { $0.evaluation.state != .open }
        let unanswered = closed.first { gate in
            !gate.evaluation.valid.contains { $0.record.approver == person && $0.record.decision == decision }
        }
        if let found = unanswered ?? closed.first { return found }
        guard asked.isEmpty else {
            throw CommandFailure("\(name) is open already; the next pass goes through it")
        }
        let names = gates.map { $0.evaluation.gate.description }
        let hint =
            EditDistance.suggestion(for: name.description, among: names).map { "did you mean '\($0)'?" }
            ?? (names.isEmpty
                ? "no gate waits now; see 'reconcile status'" : "these wait: \(names.joined(separator: ", "))")
        throw CommandFailure("nothing waits at gate \(name)", hint: hint)
    }

    private func expiry() throws -> Timestamp? {
        guard let text = context.invocation.value("expires") else { return nil }
        if let span = TimeSpan(text) { return context.clock.now() + span }
        if let moment = Timestamp(text), moment <= context.clock.now() {
            throw context.invocation.usageError("'--expires' is over already: the approval would never count.")
        }
        guard let moment = Timestamp(text) else {
            throw context.invocation.usageError(
                "The value '\(DisplayText.escaped(text))' is invalid for '--expires': expected 14d or 2026-12-04T00:00:00Z."
            )
        }
        return moment
    }

    private func branch(of stage: String, _ input: PlanningInput) throws -> String {
        guard let stage = input.project.stages.first(where: { $0.name == stage }) else {
            throw CommandFailure("there is no stage '\(stage)'")
        }
        return stage.branch
    }
}
