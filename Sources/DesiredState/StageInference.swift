internal import Diagnostics
internal import Git

/// Makes stages of a repository without `environments/`, by the conventions of the templates' pipelines.
struct StageInference {
    let documents: DocumentCache

    /// Branches by stage, the first that exists; `main` is prod's and `develop` is dev's in all the templates.
    private static let conventions: [(stage: String, branches: [String])] = [
        ("dev", ["develop", "dev", "development"]), ("prod", ["main", "master"]),
    ]

    func infer(
        _ snapshots: inout SnapshotReader, home: Snapshot, _ assumptions: inout [String]
    ) throws(GitError) -> [StageDiscovery.Found] {
        var found: [StageDiscovery.Found] = []
        for (name, branches) in Self.conventions {
            var snapshot: Snapshot?
            for branch in branches where snapshot == nil { snapshot = try snapshots.snapshot(of: branch) }
            let source = snapshot ?? home
            guard let infra = Self.infraFile(name, in: source.tree) else { continue }
            guard let snapshot else {
                assumptions.append("\(infra) is there, but no branch \(branches[0]): stage \(name) waits for it")
                continue
            }
            let location = SourceLocation(path: infra)
            var file = StageFile(name: Located(name, at: location), workspace: .init(), source: location)
            file.isAssumed = true
            file.branch = Located(snapshot.branch, at: location)
            file.config =
                (Self.namesFile(in: snapshot.tree, beside: infra).map { [$0] } ?? []).map {
                    Located($0, at: location)
                } + [Located(infra, at: location)]
            let config = (file.config ?? []).map(\.value).joined(separator: " and ")
            assumptions.append("stage \(name) follows \(snapshot.branch), with the variables of \(config)")
            if name == "prod" {
                if found.contains(where: { $0.file.name.value == "dev" }) {
                    file.promotes = Located("dev", at: location)
                    assumptions.append("prod takes only what dev has trained, deployed and tested")
                }
                // The templates ask people before they register a model; whom they ask stands in no file.
                file.protectionRules["register_model"] = ProtectionRules(requiredReviewers: [], approvals: 1)
                assumptions.append(
                    "gate prod/register_model stays closed until environments/prod.yml names its reviewers")
            }
            found.append(.init(file: file, snapshot: snapshot, findings: Findings()))
        }
        return found
    }

    /// `config-infra-<stage>.yml` nearest to the root.
    static func infraFile(_ stage: String, in tree: ProjectTree) -> String? {
        nearest("config-infra-\(stage)", in: tree)
    }

    /// `config-mlops.yml` in the same folder, else nearest to the root.
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
        return matches.min { ($0.split(separator: "/").count, $0) < ($1.split(separator: "/").count, $1) }
    }
}
