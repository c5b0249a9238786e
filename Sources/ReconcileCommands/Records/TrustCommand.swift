import Approvals
import CommandLine
import Controller
import DesiredState
import Diagnostics
import Planning
import TimeKeeping

/// `reconcile trust STAGE`: takes a branch's present policy as trusted after its history was replaced on purpose.
struct TrustCommand {
    private let context: CommandContext

    init(_ context: CommandContext) { self.context = context }

    func run() async throws -> Int32 {
        let name = context.invocation.argument("stage") ?? ""
        let session = try await Session.open(context, isReadOnly: false)
        let look = try await session.observer.look()
        guard let stage = look.input.project.stages.first(where: { $0.name == name }), let commit = stage.commit else {
            let known = look.input.project.stages.map(\.name).joined(separator: ", ")
            throw CommandFailure(
                "there is no stage '\(DisplayText.escaped(name))' with a commit", hint: "there are \(known)")
        }
        let now = context.clock.now()
        let repository = try session.source.repository()
        // What is to be trusted is what stands there now, not what is in force so far.
        let present = try await session.trust.presentPolicy(
            stage: name, of: look.input.project, repository: repository, now: now)
        let policies = present?.policy.policies.values.filter { present?.stages.contains($0.gate.stage) == true } ?? []
        let text = TrustQuestionText(
            branch: stage.branch, before: look.input.ledgers[name]?.policyCommit, head: commit.id, policies: policies,
            unclear: present?.closedGates ?? [:], signers: present?.policy.signers.names ?? [],
            style: context.console.errors.style)
        context.console.complain(text.text)
        let consent = Consent(isGiven: context.invocation.flag("yes"), isInteractive: context.isInteractive)
        let answer = try consent.answer("Trust this policy from now on?", for: context.invocation) { prompt in
            context.console.writeError(prompt)
            return readLine()
        }
        guard answer == .yes else { throw CommandFailure("nothing was changed") }
        try await session.trust.trust(stage: name, of: look.input.project, repository: repository, now: now)
        context.console.print("\(stage.branch) is trusted as of \(commit.id.prefix(7)).")
        return 0
    }
}
