internal import AssetSchema
internal import Diagnostics
package import Git
internal import Synchronization

/// Reads everything that git says of a project.
///
/// It keeps what files said: what did not change is neither listed, parsed nor tied together again, so that reading after
/// a commit costs what the commit changed.
package final class ProjectReader: Sendable {
    private let repository: Repository
    private let folder: String
    private let projectName: String
    private let documents = DocumentCache()
    private let memory = Mutex(Memory())
    private let readsOnce: Bool

    /// What the last reading left for the next one.
    private struct Memory {
        /// By branch.
        var trees: [String: ProjectTree] = [:]
        /// By stage.
        var assets: [String: AssetMemory] = [:]
    }

    /// - Parameters:
    ///   - folder: The project's folder inside the repository, empty for its root.
    ///   - projectName: What local workspaces are named after when no variable names them.
    ///   - readsOnce: Whether there is no second reading that could use what the first one found out.
    package init(
        repository: Repository, folder: String = "", projectName: String = "project", readsOnce: Bool = false
    ) {
        self.readsOnce = readsOnce
        self.repository = repository
        self.folder = folder.split(separator: "/").joined(separator: "/")
        self.projectName = projectName
    }

    /// Reads the project as it is now.
    ///
    /// - Throws: `GitError` when the repository can't be read; mistakes of users are in the reading's diagnostics.
    package func read(_ source: ProjectSource = .branches) throws(GitError) -> ProjectReading {
        let findings = Findings()
        let pipelines = PipelineCalls(documents: documents)
        var discovery = StageDiscovery(
            snapshots: SnapshotReader(
                repository: repository, source: source, folder: folder,
                earlier: readsOnce ? nil : memory.withLock { $0.trees }),
            documents: documents, pipelines: pipelines, findings: findings)
        var names: Set<String> = []
        let readers = try discovery.discover().filter { names.insert($0.file.name.value).inserted }.map {
            StageReader(found: $0, documents: documents, projectName: projectName)
        }
        var assets = discoverAssets(for: readers)
        var memories: [String: AssetMemory] = [:]
        var stages: [DesiredStage] = []
        var snapshots: [String: Snapshot] = [:]
        var sources: [String: StageSources] = [:]
        var assumptions = discovery.assumptions
        for var reader in readers {
            let stage = reader.found
            let name = stage.file.name.value
            snapshots[name] = stage.snapshot
            var found = assets.removeValue(forKey: name)
            reader.passed = reader.passed(
                found?.files ?? [], stages: names, calls: { pipelines.calls(of: stage.snapshot) })
            assumptions += reader.passed.assumptions + Self.gatesWithoutReviewers(of: stage.file)
            sources[name] = StageSources(
                tree: stage.snapshot.tree, variables: reader.variables,
                files: (found?.files ?? []).filter { !reader.passed.leftOut.contains($0.path) }, documents: documents,
                overrides: reader.passed.fields)
            if let released = stage.file.releases?.value {
                stages.append(reader.readRelease(of: stages.first { $0.name == released }))
            } else if var memory = found?.memories.popLast(), let found {
                stages.append(reader.read(found, memory: &memory))
                if !readsOnce { memories[name] = memory }
                assumptions += Self.registeredModels(of: stages[stages.count - 1])
            }
        }
        memory.withLock { $0 = Memory(trees: discovery.snapshots.trees, assets: memories) }
        if readers.isEmpty, findings.diagnostics.isEmpty, discovery.assumptions.isEmpty {
            findings.append(
                .error(
                    "no-stages", "no environments/*.yml and no config-infra-dev.yml or config-infra-prod.yml here",
                    hint: "`reconcile init` lays a new project down"))
        }
        for (index, diagnostic) in NamedRules.check(stages) {
            stages[index].diagnostics = Diagnostics(stages[index].diagnostics + [diagnostic]).unique().sorted().items
        }
        documents.sweep()
        var told: Set<String> = []
        let project = DesiredProject(
            path: folder, stages: stages, diagnostics: findings.diagnostics.unique().sorted().items,
            assumptions: assumptions.filter { told.insert($0).inserted })
        return ProjectReading(
            project: project, snapshots: snapshots, sources: sources, home: try discovery.homeTree())
    }

    /// The asset files for each stage that has assets of its own; stages of one commit share one walk over its files.
    private func discoverAssets(for readers: [StageReader]) -> [String: AssetDiscovery.Result] {
        let known = memory.withLock { $0.assets }
        var result: [String: AssetDiscovery.Result] = [:]
        let wanting = readers.filter { $0.found.file.releases == nil }
        for (_, group) in Dictionary(grouping: wanting, by: { $0.found.snapshot.commit?.id ?? "" }) {
            let stages = group.map { reader in
                let name = reader.found.file.name.value
                return AssetDiscovery.Stage(name: name, variables: reader.variables, memory: known[name])
            }
            let found = AssetDiscovery(tree: group[0].found.snapshot.tree, stages: stages).discover()
            for (stage, memory) in zip(stages, found.memories) {
                result[stage.name] = AssetDiscovery.Result(
                    files: found.files, diagnostics: found.diagnostics, memories: [memory])
            }
        }
        return result
    }

    private static func gatesWithoutReviewers(of file: StageFile) -> [String] {
        file.protectionRules.filter { $0.value.requiredReviewers.isEmpty && $0.value.approvals > 0 }.keys.sorted().map {
            let name = file.name.value
            return "gate \(name)/\($0) stays closed until environments/\(name).yml names its reviewers"
        }
    }

    private static func registeredModels(of stage: DesiredStage) -> [String] {
        stage.assets.flatMap { asset in
            asset.providers.sorted { $0.key < $1.key }.compactMap { field, job in
                asset.references[field].map {
                    "model \($0.name) is registered by \(job.kind.title) \(job.name), which is given its name"
                }
            }
        }
    }

    /// The stage files that say what is assumed of a project without any, also of stages that wait for their branch.
    package func assumedStageFiles(_ source: ProjectSource) throws(GitError) -> [AssumedStageFile] {
        let pipelines = PipelineCalls(documents: documents)
        var discovery = StageDiscovery(
            snapshots: SnapshotReader(repository: repository, source: source, folder: folder), documents: documents,
            pipelines: pipelines, findings: Findings())
        let assumed = try discovery.discover().filter(\.file.isAssumed)
        let found = discovery.waiting + assumed
        let names = Set(found.map(\.file.name.value))
        return found.map { stage in
            let reader = StageReader(found: stage, documents: documents, projectName: projectName)
            let assets = AssetDiscovery(tree: stage.snapshot.tree, stages: []).discover()
            let passed = reader.passed(assets.files, stages: names, calls: { pipelines.calls(of: stage.snapshot) })
            return AssumedStageFile(stage.file, passed: passed)
        }
    }
}
