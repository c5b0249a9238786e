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

/// `reconcile rollback`, `retrain`, `suspend` and `resume`: wishes that are committed like any other change.
struct StageRequestCommand {
    enum Wish {
        case rollback
        case retrain
        case suspend
        case resume
    }

    private let context: CommandContext
    private let wish: Wish

    init(_ context: CommandContext, _ wish: Wish) {
        self.context = context
        self.wish = wish
    }

    func run() async throws -> Int32 {
        let reason = try ReasonText(
            context.invocation.values("message"), isRequired: wish == .retrain || wish == .rollback,
            for: context.invocation)
        let session = try await Session.open(context, isReadOnly: true)
        let look = try await session.observer.look()
        let stage = try stage(in: look.input.project, session, look)
        let committer = try await RecordCommitter(context, session)
        let objects = context.invocation.arguments("objects")
        let request: StageRequest
        let question: String
        switch wish {
        case .rollback:
            let (from, to) = try models(of: stage, look)
            guard let fromDigest = Self.digest(of: from), let toDigest = Self.digest(of: to) else {
                throw CommandFailure(
                    "\(to.name):\(to.version) was not registered by reconcile; its content is not known")
            }
            request = .rollback(from: fromDigest, to: "\(to.name):\(to.version)", toDigest: toDigest)
            question = "Serve \(to.name):\(to.version) again in place of \(from.name):\(from.version) in \(stage.name)?"
        case .retrain:
            request = .retrain
            question = "Train again for \(stage.name)?"
        case .suspend:
            request = .suspend(objects)
            question = "Suspend \(objects.isEmpty ? "all of" : objects.joined(separator: ", ") + " in") \(stage.name)?"
        case .resume:
            request = .resume(objects)
            question = "Resume \(stage.name)?"
        }
        guard try committer.asks(DisplayText.escaped(question)) else { throw CommandFailure("nothing was written") }
        let record = StageRequestRecord(
            stage: stage.name, request: request, person: committer.person, moment: context.clock.now(), reason: reason)
        let mustSign =
            !stage.protectionRules.isEmpty
            || look.input.project.stages.contains { $0.releases == stage.name && !$0.protectionRules.isEmpty }
        do {
            try await committer.commit(
                record.file(suspension: stage.suspension) { committer.exists($0) }, branch: stage.branch,
                mustSign: mustSign && wish == .rollback)
        } catch let problem as StageRequestRecord.Problem {
            throw CommandFailure(problem.message)
        }
        return 0
    }

    private func stage(in project: DesiredProject, _ session: Session, _ look: Look) throws -> DesiredStage {
        let name = context.invocation.argument("stage") ?? ""
        if let stage = project.stages.first(where: { $0.name == name }) { return stage }
        let known = project.stages.map(\.name)
        throw CommandFailure(
            "there is no stage '\(DisplayText.escaped(name))'",
            hint: EditDistance.suggestion(for: name, among: known).map { "did you mean '\($0)'?" }
                ?? "there are \(known.joined(separator: ", "))", status: UsageError.exitStatus)
    }

    /// The model that serves now, and the one to serve in its place.
    private func models(of stage: DesiredStage, _ look: Look) throws -> (from: LiveAsset, to: LiveAsset) {
        let live = look.input.live[stage.releases ?? stage.name] ?? LiveState()
        let models = live.assets.filter { $0.kind == .model && !$0.isArchived }
            .sorted { ($0.createdAt, Int($0.version) ?? 0) < ($1.createdAt, Int($1.version) ?? 0) }
        let serving = live.onlineEndpoints.flatMap { endpoint in
            endpoint.deployments.filter { (endpoint.traffic[$0.name] ?? 0) > 0 }
        }.compactMap { $0.fields["model"]?.stringValue }
        guard
            let from = models.last(where: { serving.contains("azureml:\($0.name):\($0.version)") }) ?? models.last
        else { throw CommandFailure("stage \(stage.name) has no model yet") }
        if let wanted = context.invocation.value("to") {
            guard let to = models.first(where: { "\($0.name):\($0.version)" == wanted }) else {
                let known = models.map { "\($0.name):\($0.version)" }.joined(separator: ", ")
                throw CommandFailure("there is no model \(DisplayText.escaped(wanted))", hint: "there are \(known)")
            }
            return (from, to)
        }
        let earlier = models.filter {
            $0.name == from.name && $0.createdAt <= from.createdAt && $0.version != from.version
        }
        guard let to = earlier.last else {
            throw CommandFailure("\(from.name):\(from.version) is the first model; there is none to go back to")
        }
        return (from, to)
    }

    private static func digest(of asset: LiveAsset) -> ContentDigest? {
        asset.tags[TagName.modelDigest].flatMap { ContentDigest($0) }
    }
}
