internal import Diagnostics
internal import Git
internal import YAML

/// Finds a project's stages and the snapshot each is read from.
///
/// The rule: stage files are looked for on the default branch first. Each stage is read from the branch its file names,
/// and so is its stage file when it stands there too, so that a change to `prod.yml` counts once it is on prod's branch.
/// A file on another branch than the default and the one it names makes no stage: it waits to be merged.
struct StageDiscovery {
    private(set) var snapshots: SnapshotReader
    let documents: DocumentCache
    let pipelines: PipelineCalls
    /// About the project as a whole.
    let findings: Findings
    private(set) var assumptions: [String] = []
    /// Assumed stages whose branch is not there yet.
    private(set) var waiting: [Found] = []

    /// A stage with all that its own file says.
    struct Found {
        var file: StageFile
        var snapshot: Snapshot
        var findings: Findings
    }

    static let folder = "environments"
    /// More stages than this nobody keeps apart; each costs a reading of all assets.
    private static let stageLimit = 100

    init(snapshots: SnapshotReader, documents: DocumentCache, pipelines: PipelineCalls, findings: Findings) {
        self.snapshots = snapshots
        self.documents = documents
        self.pipelines = pipelines
        self.findings = findings
    }

    /// All stages, in the order in which they depend on each other.
    mutating func discover() throws(GitError) -> [Found] {
        guard let home = try snapshots.home() else {
            findings.append(.warning("no-commit", "the repository has no commit to read a project from"))
            return []
        }
        if let other = home.tree.file(Self.folder), !other.kind.isFile {
            // Stages would be assumed without the gates that stand behind the link.
            findings.error(
                "not-a-folder", "\(Self.folder) is \(other.kind.words), and those are not followed",
                at: SourceLocation(path: Self.folder), hint: "commit the folder itself")
            return []
        }
        var candidates = stageFiles(in: home)
        guard isCountable(candidates) else { return [] }
        var others: [Candidate] = []
        if snapshots.source == .branches {
            let names = candidates.compactMap { $0.file.branch?.value } + ["develop"]
            var seen: Set<String> = [home.branch]
            for name in names where seen.insert(name).inserted {
                guard let snapshot = try snapshots.snapshot(of: name) else { continue }
                others += stageFiles(in: snapshot)
            }
        }
        for other in others where !candidates.contains(where: { $0.file.name.value == other.file.name.value }) {
            if branch(of: other.file, among: others) == other.snapshot.branch {
                candidates.append(other)
            } else if let branch = branch(of: other.file, among: others) {
                let path = other.file.source.path
                assumptions.append(
                    "\(path) stands on \(other.snapshot.branch) only: "
                        + "stage \(other.file.name.value) begins when it is on \(branch)")
            }
        }
        guard isCountable(candidates) else { return [] }
        if candidates.isEmpty, assumptions.isEmpty, !hasStageFolder(home) {
            var inference = StageInference(pipelines: pipelines)
            let found = try inference.infer(&snapshots, home: home, &assumptions)
            waiting = inference.waiting
            return found
        }
        return try settle(candidates, others)
    }

    /// The tree where stage files are looked for first.
    mutating func homeTree() throws(GitError) -> ProjectTree? {
        try snapshots.homeTree()
    }

    // MARK: - One stage

    private struct Candidate {
        var file: StageFile
        var snapshot: Snapshot
        var findings: Findings
    }

    private func isCountable(_ candidates: [Candidate]) -> Bool {
        guard candidates.count > Self.stageLimit else { return true }
        findings.error(
            "too-many-stages", "there are \(candidates.count) stages; at most \(Self.stageLimit) are read",
            at: SourceLocation(path: Self.folder))
        return false
    }

    private func hasStageFolder(_ snapshot: Snapshot) -> Bool {
        snapshot.tree.files(below: Self.folder).contains { isStageFile($0.path) }
    }

    private func isStageFile(_ path: String) -> Bool {
        ProjectPath.folder(of: path) == Self.folder && (path.hasSuffix(".yml") || path.hasSuffix(".yaml"))
    }

    private func stageFiles(in snapshot: Snapshot) -> [Candidate] {
        snapshot.tree.files(below: Self.folder).compactMap { file in
            guard isStageFile(file.path) else { return nil }
            let own = Findings()
            guard let document = documents.document(file, in: snapshot.tree, findings: own),
                let stage = StageFileReader(path: file.path, findings: own).read(document)
            else {
                findings.append(contentsOf: own.diagnostics)
                return nil
            }
            return Candidate(file: stage, snapshot: snapshot, findings: own)
        }
    }

    /// The branch a stage follows; a release stage follows the one it releases.
    private func branch(of file: StageFile, among candidates: [Candidate]) -> String? {
        if let branch = file.branch?.value { return branch }
        guard let released = file.releases?.value else { return nil }
        return candidates.first { $0.file.name.value == released }?.file.branch?.value
    }

    private mutating func settle(_ candidates: [Candidate], _ others: [Candidate]) throws(GitError) -> [Found] {
        var found: [Found] = []
        for candidate in candidates {
            guard let branch = branch(of: candidate.file, among: candidates) else {
                // Said already by the file's or the graph's own checks; the stage is kept for them.
                found.append(
                    Found(file: candidate.file, snapshot: candidate.snapshot, findings: candidate.findings))
                continue
            }
            guard snapshots.source == .branches, branch != candidate.snapshot.branch else {
                found.append(
                    Found(file: candidate.file, snapshot: candidate.snapshot, findings: candidate.findings))
                continue
            }
            guard let snapshot = try snapshots.snapshot(of: branch) else {
                findings.warning(
                    "no-branch", "there is no branch \"\(branch)\"; stage \(candidate.file.name.value) waits for it",
                    at: candidate.file.branch?.location ?? candidate.file.source)
                continue
            }
            let own =
                others.first { $0.file.name == candidate.file.name && $0.snapshot.branch == branch }
                ?? others.first { $0.file.name.value == candidate.file.name.value && $0.snapshot.branch == branch }
            if let own, own.file.branch?.value == candidate.file.branch?.value {
                found.append(Found(file: own.file, snapshot: snapshot, findings: own.findings))
            } else {
                if let own, let location = own.file.branch?.location {
                    candidate.findings.error(
                        "branch-conflict",
                        "stage \(candidate.file.name.value) follows \"\(branch)\" here, and "
                            + "\"\(own.file.branch?.value ?? "")\" in its file on \(branch)",
                        at: candidate.file.branch?.location ?? candidate.file.source,
                        notes: [.init("on \(branch) it stands here", at: location)])
                }
                found.append(Found(file: candidate.file, snapshot: snapshot, findings: candidate.findings))
            }
        }
        StageGraph(findings: findings).check(candidates.map { ($0.file, $0.findings) })
        return StageGraph.ordered(found)
    }
}
