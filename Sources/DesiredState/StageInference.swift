internal import Diagnostics
internal import Git

/// Makes stages of a repository without `environments/`, by the conventions of the templates' pipelines.
struct StageInference {
    let pipelines: PipelineCalls
    /// Stages whose branch is not there yet, with the snapshot that tells of them.
    private(set) var waiting: [StageDiscovery.Found] = []

    init(pipelines: PipelineCalls) { self.pipelines = pipelines }

    /// Branches by stage, the first that exists; `main` is prod's and `develop` is dev's in all the templates.
    private static let conventions: [(stage: String, branches: [String])] = [
        ("dev", ["develop", "dev", "development"]), ("prod", ["main", "master"]),
    ]

    mutating func infer(
        _ snapshots: inout SnapshotReader, home: Snapshot, _ assumptions: inout [String]
    ) throws(GitError) -> [StageDiscovery.Found] {
        var found: [StageDiscovery.Found] = []
        for (name, branches) in Self.conventions {
            var snapshot: Snapshot?
            for branch in branches where snapshot == nil { snapshot = try snapshots.snapshot(of: branch) }
            let source = snapshot ?? home
            guard let infra = Self.infraFile(name, in: source.tree) else { continue }
            let location = SourceLocation(path: infra)
            var file = StageFile(name: Located(name, at: location), workspace: .init(), source: location)
            file.isAssumed = true
            file.branch = Located(snapshot?.branch ?? branches[0], at: location)
            file.config =
                (Self.namesFile(in: source.tree, beside: infra).map { [$0] } ?? []).map {
                    Located($0, at: location)
                } + [Located(infra, at: location)]
            let config = (file.config ?? []).map(\.value).joined(separator: " and ")
            guard let snapshot else {
                assumptions.append("\(infra) is there, but no branch \(branches[0]): stage \(name) waits for it")
                waiting.append(.init(file: file, snapshot: home, findings: Findings()))
                continue
            }
            assumptions.append("stage \(name) follows \(snapshot.branch), with the variables of \(config)")
            if name == "prod" {
                if found.contains(where: { $0.file.name.value == "dev" }) {
                    file.promotes = Located("dev", at: location)
                    assumptions.append("prod takes only what dev has trained, deployed and tested")
                }
                // The templates ask people before they register a model; whom they ask stands in no file.
                file.protectionRules["register_model"] = ProtectionRules(requiredReviewers: [], approvals: 1)
            }
            found.append(.init(file: file, snapshot: snapshot, findings: Findings()))
        }
        let names = Set(Self.conventions.map(\.stage))
        for (stage, path) in Self.infraFiles(in: home.tree) where !names.contains(stage) {
            assumptions.append("\(path) is there, but no stage is assumed for it: environments/\(stage).yml makes one")
        }
        if let release = release(of: found, names, &assumptions) { found.append(release) }
        return found
    }

    /// The stage that lets prod's traffic through, when a pipeline moves traffic in a deployment environment of its own.
    private func release(
        of found: [StageDiscovery.Found], _ stages: Set<String>, _ assumptions: inout [String]
    ) -> StageDiscovery.Found? {
        guard let prod = found.first(where: { $0.file.name.value == "prod" }) else { return nil }
        let call = pipelines.calls(of: prod.snapshot).first { call in
            guard let name = call.deploymentEnvironment, call.movesTraffic, call.configStages.isSubset(of: ["prod"])
            else { return false }
            return StageFileReader.isStageName(name) && !stages.contains(name)
        }
        guard let call, let name = call.deploymentEnvironment else { return nil }
        var file = StageFile(name: Located(name, at: call.location), workspace: .init(), source: call.location)
        file.isAssumed = true
        file.releases = Located("prod", at: call.location)
        file.protectionRules["release"] = ProtectionRules(requiredReviewers: [], approvals: 1)
        file.rollout = RolloutPolicy(strategy: .blueGreen)
        assumptions.append(
            "stage \(name) releases prod, as \(call.pipeline) does; each model version gets a deployment of its own")
        return .init(file: file, snapshot: prod.snapshot, findings: Findings())
    }

    // MARK: - Config files

    /// The stage that a file is named for: `dev` of `config-infra-dev.yml`.
    static func stage(ofInfraFile path: String) -> String? {
        let name = ProjectPath.name(of: path)
        let prefix = "config-infra-"
        guard name.hasPrefix(prefix), let dot = name.lastIndex(of: "."), [".yml", ".yaml"].contains(name[dot...]) else {
            return nil
        }
        let stage = String(name.dropFirst(prefix.count).prefix { $0 != "." })
        return StageFileReader.isStageName(stage) ? stage : nil
    }

    /// `config-infra-<stage>.yml` nearest to the project's root, else in the folders above it.
    static func infraFile(_ stage: String, in tree: ProjectTree) -> String? {
        nearest("config-infra-\(stage)", in: tree)
    }

    private static func infraFiles(in tree: ProjectTree) -> [(stage: String, path: String)] {
        var found: [String: String] = [:]
        for file in tree.files {
            guard let stage = stage(ofInfraFile: file.path), found[stage] == nil else { continue }
            found[stage] = file.path
        }
        return found.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
    }

    /// `config-mlops.yml` in the same folder, else nearest to the project's root, else above it.
    static func namesFile(in tree: ProjectTree, beside path: String) -> String? {
        let folder = ProjectPath.folder(of: path)
        for name in ["config-mlops.yml", "config-mlops.yaml"] {
            let beside = folder.isEmpty ? name : "\(folder)/\(name)"
            if tree.file(beside) != nil { return beside }
        }
        return nearest("config-mlops", in: tree)
    }

    private static func nearest(_ stem: String, in tree: ProjectTree) -> String? {
        let names = ["\(stem).yml", "\(stem).yaml"]
        let matches = tree.files.lazy.map(\.path).filter { names.contains(ProjectPath.name(of: $0)) }
        let inside = matches.min { ($0.split(separator: "/").count, $0) < ($1.split(separator: "/").count, $1) }
        return inside ?? above(names, tree)
    }

    /// A file in one of the folders that a project lies in: those that several projects share stand there.
    private static func above(_ names: [String], _ tree: ProjectTree) -> String? {
        var up = ""
        for _ in tree.folder.split(separator: "/") {
            up += "../"
            for folder in ["", "mlops/", "config/"] {
                for name in names where tree.file(up + folder + name)?.kind.isFile ?? false {
                    return up + folder + name
                }
            }
        }
        return nil
    }
}
