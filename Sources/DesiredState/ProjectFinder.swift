internal import Diagnostics
package import Git
internal import YAML

/// Finds the projects of a repository: the folders that have stages or config files of their own, or share the root's.
package struct ProjectFinder {
    /// What was found.
    package enum Outcome: Sendable, Equatable {
        /// The project's folder, empty for the root; the sentence says what was assumed, if anything was.
        case project(String, assumption: String?)
        /// More than one, none of them asked for.
        case several([String])
        /// Nothing is at the folder that was asked for; perhaps another was meant.
        case missing(suggestion: String?)
        /// A file is at the path that was asked for.
        case isFile
        /// The path that was asked for leads out of the repository.
        case outside
    }

    private let repository: Repository
    private let source: ProjectSource
    private let documents = DocumentCache()

    package init(repository: Repository, source: ProjectSource) {
        self.repository = repository
        self.source = source
    }

    /// Folders for config files, which are not what a project is called by.
    private static let configFolders = ["mlops", "config", "configuration", "conf"]
    private static let otherBranches = ["develop", "dev", "development", "main", "master"]

    /// Looks for the project that is asked for, else for the only one.
    package func find(_ asked: String?) throws(GitError) -> Outcome {
        var snapshots = SnapshotReader(repository: repository, source: source, folder: "")
        guard let asked else {
            guard let tree = try snapshots.home()?.tree else { return .project("", assumption: nil) }
            return find(in: tree)
        }
        guard case .success(let folder) = ProjectPath.normalized(asked, from: "") else { return .outside }
        guard !folder.isEmpty, let home = try snapshots.home()?.tree, !home.isFolder(folder) else {
            return .project(folder, assumption: nil)
        }
        for branch in Self.otherBranches where source == .branches {
            if try snapshots.snapshot(of: branch)?.tree.isFolder(folder) ?? false {
                return .project(folder, assumption: nil)
            }
        }
        if home.file(folder) != nil { return .isFile }
        return .missing(suggestion: suggestion(for: folder, in: home))
    }

    private func find(in tree: ProjectTree) -> Outcome {
        let folders = markedFolders(of: tree)
        if folders.stages.contains("") { return .project("", assumption: nil) }
        if folders.configs.contains("") {
            // Projects that share the root's config files, as mlops-v2's template has them side by side.
            if folders.assets.contains("") { return .project("", assumption: nil) }
            return outcome(folders.assets.filter { holdsAssets(below: $0, of: tree) })
        }
        let staged = folders.stages.filter { holdsStages(below: $0, of: tree) }
        return outcome(staged.union(folders.configs))
    }

    private func outcome(_ folders: Set<String>) -> Outcome {
        guard let first = folders.min() else { return .project("", assumption: nil) }
        guard folders.count == 1 else { return .several(folders.sorted()) }
        return .project(first, assumption: "the project is \(first), the only one of this repository")
    }

    private func markedFolders(of tree: ProjectTree) -> (stages: Set<String>, configs: Set<String>, assets: Set<String>)
    {
        var stages: Set<String> = []
        var configs: Set<String> = []
        var assets: Set<String> = []
        for file in tree.files {
            guard file.path.hasSuffix(".yml") || file.path.hasSuffix(".yaml") else { continue }
            let parts = file.path.split(separator: "/")
            let folder = parts.dropLast()
            if folder.last == Substring(StageDiscovery.folder) {
                stages.insert(folder.dropLast().joined(separator: "/"))
            }
            if StageInference.stage(ofInfraFile: file.path) != nil {
                let isConfigFolder = folder.last.map { Self.configFolders.contains(String($0)) } ?? false
                configs.insert((isConfigFolder ? folder.dropLast() : folder).joined(separator: "/"))
            }
            if let mlops = folder.firstIndex(of: "mlops") { assets.insert(folder[..<mlops].joined(separator: "/")) }
        }
        return (stages, configs, assets)
    }

    private func holdsAssets(below folder: String, of tree: ProjectTree) -> Bool {
        tree.files(below: folder.isEmpty ? "mlops" : "\(folder)/mlops").contains { file in
            guard file.path.hasSuffix(".yml") || file.path.hasSuffix(".yaml"), file.kind.isFile,
                let bytes = try? tree.read(file, limit: 1 << 20)
            else { return false }
            return AssetDiscovery.mayBeAsset(bytes)
        }
    }

    /// Whether the folder's `environments/` is ours: conda files stand in folders of that name too.
    private func holdsStages(below folder: String, of tree: ProjectTree) -> Bool {
        tree.files(below: folder.isEmpty ? StageDiscovery.folder : "\(folder)/\(StageDiscovery.folder)").contains {
            guard let document = documents.document($0, in: tree, findings: Findings()) else { return false }
            return document["branch"] != nil || document["releases"] != nil
        }
    }

    /// A folder that differs by a slip, or whose last part stands elsewhere.
    private func suggestion(for folder: String, in tree: ProjectTree) -> String? {
        var folders: Set<String> = []
        for file in tree.files where folders.count < 5_000 {
            var parent = ProjectPath.folder(of: file.path)
            while !parent.isEmpty, folders.insert(parent).inserted { parent = ProjectPath.folder(of: parent) }
        }
        let sorted = folders.sorted()
        if let near = EditDistance.suggestion(for: folder, among: sorted) { return near }
        let elsewhere = sorted.filter { ProjectPath.name(of: $0) == ProjectPath.name(of: folder) }
        return elsewhere.count == 1 ? elsewhere.first : nil
    }
}
