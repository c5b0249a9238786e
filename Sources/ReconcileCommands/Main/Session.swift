import Approvals
import CommandLine
import Controller
import DesiredState
import Diagnostics
import Git
import Planning
import TimeKeeping

/// What a command that looks at a project works with: the composition of all rooms.
struct Session {
    let source: Controller.ProjectSource
    let observer: ProjectObserver
    let workspaces: LocalWorkspaces
    let journal: Journal
    let trust: BranchTrust
    private let lease: Lease?

    /// Opens the project that the command line names.
    ///
    /// - Parameters:
    ///   - isReadOnly: Whether nothing may be changed: no lease is taken and no trust is remembered.
    ///   - asked: What is read where the command line says nothing else.
    static func open(
        _ context: CommandContext, isReadOnly: Bool, isOffline: Bool = false,
        reading asked: DesiredState.ProjectSource = .branches
    ) async throws -> Session {
        let invocation = context.invocation
        let state = try context.stateDirectory
        let git = GitProgram(environment: context.environment)
        let source = try Controller.ProjectSource.open(
            invocation.value("repo"), currentDirectory: context.absolute("."), stateDirectory: state, git: git)
        var reading = asked
        if let revision = invocation.value("ref") { reading = .revision(revision) }
        if invocation.flag("worktree") { reading = .worktree }
        let (folder, assumption) = try await project(invocation.value("project"), of: source, reading: reading)
        let workspaces = LocalWorkspaces(stateDirectory: state, isReadOnly: isReadOnly)
        let trust = BranchTrust(
            store: TrustStore(folder: state),
            project: folder.isEmpty ? source.identifier : "\(source.identifier)/\(folder)",
            folder: folder)
        let observer = ProjectObserver(
            source: source,
            scope: ProjectObserver.Scope(
                reading: reading, folder: folder, isOffline: isOffline || invocation.flag("offline"),
                remembersTrust: !isReadOnly, looksOnce: isReadOnly, assumptions: assumption.map { [$0] } ?? []),
            workspaces: workspaces, trust: trust, clock: context.clock)
        let console = context.console
        let journal = try Journal(stateDirectory: state) { failure in
            console.complain("warning: the journal cannot be written: \(failure)")
        }
        let lease = isReadOnly ? nil : try Lease(stateDirectory: state, source: source, now: context.clock.now())
        return Session(
            source: source, observer: observer, workspaces: workspaces, journal: journal, trust: trust, lease: lease)
    }

    /// The folder of the project that was asked for, else of the only one, with what was assumed.
    private static func project(
        _ asked: String?, of source: Controller.ProjectSource, reading: DesiredState.ProjectSource
    ) async throws -> (folder: String, assumption: String?) {
        // A mirror holds nothing before its first fetch.
        if source.localRepository == nil { _ = try await source.tips(of: ["main", "master", "develop"]) }
        let shown = DisplayText.escaped(asked ?? "")
        switch try ProjectFinder(repository: try source.repository(), source: reading).find(asked) {
        case .project(let folder, let assumption): return (folder, assumption)
        case .several(let folders):
            throw CommandFailure(
                "this repository holds \(folders.count) projects: "
                    + folders.map { DisplayText.escaped($0) }.joined(separator: ", "),
                hint: "choose one: --project \(DisplayText.escaped(folders[0]))", status: UsageError.exitStatus)
        case .missing(let suggestion):
            throw CommandFailure(
                "there is no folder '\(shown)' in this repository",
                hint: suggestion.map { "did you mean --project \(DisplayText.escaped($0))?" },
                status: UsageError.exitStatus)
        case .isFile:
            throw CommandFailure("'\(shown)' is a file; --project takes a folder", status: UsageError.exitStatus)
        case .outside:
            throw CommandFailure(
                "'\(shown)' leads out of the repository; --project takes a folder inside it",
                status: UsageError.exitStatus)
        }
    }

    /// The stages that were asked for; a release stage's name stands for the stage that it releases.
    func stageNames(of look: Look, _ context: CommandContext) throws -> Set<String>? {
        guard let asked = context.stages else { return nil }
        let stages = look.input.project.stages
        var names: Set<String> = []
        for name in asked.sorted() {
            guard let stage = stages.first(where: { $0.name == name }) else {
                let known = stages.map(\.name)
                // What keeps the project from having stages is told instead.
                if known.isEmpty { return nil }
                let meant = EditDistance.suggestion(for: name, among: known)
                throw CommandFailure(
                    "there is no stage '\(name)'",
                    hint: meant.map { "did you mean '\($0)'?" } ?? "there are \(known.joined(separator: ", "))",
                    status: UsageError.exitStatus)
            }
            names.insert(stage.releases ?? stage.name)
        }
        return names
    }

    /// Prints what a person should know of the policy in force.
    func report(notes: [String], _ console: Console) {
        for note in notes { console.complain("\(console.errors.style.bold("note:")) \(DisplayText.escaped(note))") }
    }

    /// Prints what is wrong or doubtful, with the lines it is about.
    func report(_ plan: Plan, unreachable: [String: String], reading: ProjectReading?, _ console: Console) {
        var diagnostics = Diagnostics(plan.diagnostics)
        for stage in plan.stages { diagnostics.append(contentsOf: stage.diagnostics) }
        diagnostics = diagnostics.unique().sorted()
        if !diagnostics.isEmpty {
            let renderer = DiagnosticRenderer(usesColor: console.errors.style.enabled) { reading?.text(of: $0) }
            console.complain(renderer.render(diagnostics))
        }
        for (stage, message) in unreachable.sorted(by: { $0.key < $1.key }) {
            console.complain("\(console.errors.style.red("error:")) stage \(stage): \(message)")
        }
    }
}
