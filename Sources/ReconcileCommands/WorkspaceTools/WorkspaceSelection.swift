import Controller
import DesiredState
import Diagnostics
import LocalWorkspace
import Planning
import Workspace

/// The embedded workspaces that the command line means: of the stages named, or of all.
struct WorkspaceSelection {
    let workspaces: [(stage: String, workspace: LocalWorkspace)]

    init(_ context: CommandContext, isReadOnly: Bool) async throws {
        let session = try await Session.open(context, isReadOnly: true, isOffline: true)
        let look = try await session.observer.look()
        let names = try session.stageNames(of: look, context)
        let all = LocalWorkspaces(stateDirectory: try context.stateDirectory, isReadOnly: isReadOnly)
        workspaces = look.input.project.stages.compactMap { stage in
            guard stage.releases == nil, stage.workspace.engine == .local, names?.contains(stage.name) ?? true else {
                return nil
            }
            let target = stage.workspace
            let identity = WorkspaceIdentity(
                subscriptionID: target.subscriptionID, resourceGroup: target.resourceGroup, name: target.name)
            return (stage.name, all.local(identity))
        }
        guard !workspaces.isEmpty else { throw CommandFailure("no stage has an embedded workspace") }
    }

    /// The first workspace that holds what a closure looks for.
    func first<Value>(
        holding what: String, _ find: (LocalWorkspace, LiveState) async throws -> Value?
    ) async throws -> Value {
        for (_, workspace) in workspaces {
            if let found = try await find(workspace, try await workspace.liveState()) { return found }
        }
        let stages = workspaces.map(\.stage).joined(separator: ", ")
        throw CommandFailure(
            "there is no \(what) in the workspaces of \(stages)", hint: "'reconcile workspace list' shows what there is"
        )
    }
}
