import AssetSchema
import CommandLine
import Controller
import DesiredState
import Diagnostics
import Digest
import LocalWorkspace
import Planning
import TimeKeeping
import Workspace

/// `reconcile check`: runs a stage's checks on the working tree, in an embedded workspace of their own.
struct CheckCommand {
    private let context: CommandContext
    private var console: Console { context.console }
    private var isText: Bool { context.invocation.value("output") != "json" }

    init(_ context: CommandContext) { self.context = context }

    func run() async throws -> Int32 {
        let session = try await Session.open(context, isReadOnly: true, isOffline: true, reading: .worktree)
        let look = try await session.observer.look()
        let stage = try stage(of: look)
        report(look, stage, session)
        let checks = try checks(of: stage)
        guard !checks.isEmpty else {
            if isText {
                console.print("Stage \(stage.name) has no checks.")
            } else {
                console.print(CheckReport(stage: stage.name, outcomes: []).json.prettyText)
            }
            return hasMistakes(look, stage) ? 1 : 0
        }
        guard let content = look.contents[stage.name] else { throw CommandFailure("the files cannot be read") }
        let runner = CheckRunner(
            workspace: try session.workspaces(writingTo: context).local(Self.identity(of: stage)), console: console,
            isFollowing: context.isVerbose && isText, showsProgress: isText && !context.isQuiet)
        var outcomes: [CheckReport.Outcome] = []
        for check in checks {
            let name =
                "check-\(check.key.prefix(12))-\(ContentDigest(of: "\(context.clock.now()) \(check.name)").prefix(6))"
            let draft = CheckJob.draft(
                check, name: name, tags: [:],
                environmentOverride: check.environmentName.flatMap { stage.environmentOverrides[$0] }
                    ?? stage.environmentOverrides["*"])
            let outcome = try await runner.run(check.name, draft, content: content)
            outcomes.append(outcome)
            if isText { console.print(CheckReport.line(outcome, console.output.style)) }
        }
        let report = CheckReport(stage: stage.name, outcomes: outcomes)
        console.print(isText ? report.summary(console.output.style) : report.json.prettyText)
        return report.isPassed && !hasMistakes(look, stage) ? 0 : 1
    }

    /// The stage that was asked for, else the first that has checks.
    private func stage(of look: Look) throws -> DesiredStage {
        let stages = look.input.project.stages.filter { $0.releases == nil }
        if let asked = context.stages {
            guard asked.count == 1, let name = asked.first else {
                throw context.invocation.usageError("'check' looks at one stage at a time.")
            }
            if let stage = stages.first(where: { $0.name == name }) { return stage }
            throw CommandFailure(
                "there is no stage '\(DisplayText.escaped(name))' with checks",
                hint: "there are \(stages.map(\.name).joined(separator: ", "))", status: UsageError.exitStatus)
        }
        guard let stage = stages.first(where: { !$0.checks.isEmpty }) ?? stages.first else {
            throw CommandFailure("this project has no stages", hint: "'reconcile init' lays environments/ down")
        }
        return stage
    }

    private func checks(of stage: DesiredStage) throws -> [DesiredCheck] {
        let names = context.invocation.arguments("name")
        let known = stage.checks.map(\.name)
        for name in names where !known.contains(name) {
            throw CommandFailure(
                "stage \(stage.name) has no check '\(DisplayText.escaped(name))'",
                hint: EditDistance.suggestion(for: name, among: known).map { "did you mean '\($0)'?" }
                    ?? (known.isEmpty ? nil : "there are \(known.joined(separator: ", "))"),
                status: UsageError.exitStatus)
        }
        return names.isEmpty ? stage.checks : stage.checks.filter { names.contains($0.name) }
    }

    private func report(_ look: Look, _ stage: DesiredStage, _ session: Session) {
        var plan = Planner.plan(look.input)
        plan.stages.removeAll { $0.stage != stage.name }
        session.report(plan, unreachable: [:], reading: look.reading, console)
    }

    /// What is wrong in the files keeps a pass from running any check.
    private func hasMistakes(_ look: Look, _ stage: DesiredStage) -> Bool {
        (look.input.project.diagnostics + stage.diagnostics).contains { $0.severity == .error }
    }

    /// Runs of the working tree do not mingle with what a stage's workspace keeps.
    private static func identity(of stage: DesiredStage) -> WorkspaceIdentity {
        WorkspaceIdentity(
            subscriptionID: stage.workspace.subscriptionID, resourceGroup: "checks", name: stage.workspace.name)
    }
}

extension Session {
    /// Embedded workspaces that may be written to, whatever the session may do to the project's own.
    fileprivate func workspaces(writingTo context: CommandContext) throws -> LocalWorkspaces {
        LocalWorkspaces(stateDirectory: try context.stateDirectory, isReadOnly: false)
    }
}
