internal import Diagnostics
package import Git

/// Reads everything that git says of a project.
///
/// It keeps what it parsed: a file whose blob is known is never parsed again, so that reading after a commit costs what
/// the commit changed.
package final class ProjectReader: Sendable {
    private let repository: Repository
    private let folder: String
    private let projectName: String
    private let documents = DocumentCache()

    /// - Parameters:
    ///   - folder: The project's folder inside the repository, empty for its root.
    ///   - projectName: What local workspaces are named after when no variable names them.
    package init(repository: Repository, folder: String = "", projectName: String = "project") {
        self.repository = repository
        self.folder = folder.split(separator: "/").joined(separator: "/")
        self.projectName = projectName
    }

    /// Reads the project as it is now.
    ///
    /// - Throws: `GitError` when the repository can't be read; mistakes of users are in the reading's diagnostics.
    package func read(_ source: ProjectSource = .branches) throws(GitError) -> ProjectReading {
        let findings = Findings()
        var discovery = StageDiscovery(
            snapshots: SnapshotReader(repository: repository, source: source, folder: folder), documents: documents,
            findings: findings)
        let found = try discovery.discover()
        var assets: [String: AssetDiscovery.Result] = [:]
        var stages: [DesiredStage] = []
        var snapshots: [String: Snapshot] = [:]
        var sources: [String: StageSources] = [:]
        for stage in found {
            let key = stage.snapshot.commit?.id ?? ""
            if assets[key] == nil, stage.file.releases == nil {
                assets[key] = AssetDiscovery(tree: stage.snapshot.tree, documents: documents).discover()
            }
            let reader = StageReader(
                found: stage, documents: documents, assets: assets[key] ?? .init(), projectName: projectName)
            let name = stage.file.name.value
            guard snapshots[name] == nil else { continue }
            snapshots[name] = stage.snapshot
            sources[name] = StageSources(
                tree: stage.snapshot.tree, variables: reader.variables, files: reader.files)
            if let released = stage.file.releases?.value {
                stages.append(reader.readRelease(of: stages.first { $0.name == released }))
            } else {
                stages.append(reader.read())
            }
        }
        if found.isEmpty, findings.diagnostics.isEmpty, discovery.assumptions.isEmpty {
            findings.append(
                .error(
                    "no-stages", "no environments/*.yml and no config-infra-dev.yml or config-infra-prod.yml here",
                    hint: "`reconcile init` lays a new project down"))
        }
        documents.sweep()
        let project = DesiredProject(
            path: folder, stages: stages, diagnostics: findings.diagnostics.unique().sorted().items,
            assumptions: discovery.assumptions)
        return ProjectReading(
            project: project, snapshots: snapshots, sources: sources, home: try discovery.homeTree())
    }
}
