import Approvals
import AssetSchema
package import DesiredState
import Diagnostics
import Digest
import Git
import Planning
package import TimeKeeping
import Workspace

/// Looks at a project: reads git again only when a branch has moved, and asks about people only when a gate waits.
package actor ProjectObserver: Looking {
    /// What is looked at.
    package struct Scope: Sendable {
        package var reading: DesiredState.ProjectSource
        /// The project's folder inside the repository.
        package var folder: String
        /// Whether workspaces are left out: everything is new then.
        package var isOffline: Bool
        /// Whether what is seen for the first time is remembered as trusted; a dry run remembers nothing.
        package var remembersTrust: Bool
        /// Whether there will be one look only, so that nothing needs to be kept for the next.
        package var looksOnce: Bool
        /// What was assumed to find the project.
        package var assumptions: [String]

        package init(
            reading: DesiredState.ProjectSource, folder: String = "", isOffline: Bool = false,
            remembersTrust: Bool = true, looksOnce: Bool = false, assumptions: [String] = []
        ) {
            self.looksOnce = looksOnce
            self.reading = reading
            self.folder = folder
            self.isOffline = isOffline
            self.remembersTrust = remembersTrust
            self.assumptions = assumptions
        }
    }

    private let source: ProjectSource
    private let folder: ProjectFolder
    private let scope: Scope
    private let workspaces: any WorkspaceProvider
    private let trust: BranchTrust
    private let clock: any WallClock
    private var reader: ProjectReader?
    private var known: (tips: [String: ObjectID], reading: ProjectReading)?
    private var asked: Set<String> = []
    private var changes: [String: ChangeHistory.Since] = [:]
    private var facts: [String: FileFacts] = [:]
    /// The commits that the assets of a workspace come from, by stage, with the assets they were gathered from.
    private var origins: [String: (assets: [LiveAsset], commits: [String])] = [:]
    /// What the last plan left for the next.
    private var planMemory: PlanMemory?
    /// The last look, for telling that nothing has changed since.
    private var last: (look: Look, isSettled: Bool)?

    /// An observer of one project.
    package init(
        source: ProjectSource, scope: Scope, workspaces: any WorkspaceProvider, trust: BranchTrust, clock: any WallClock
    ) {
        self.source = source
        self.scope = scope
        folder = ProjectFolder(scope.folder)
        self.workspaces = workspaces
        self.trust = trust
        self.clock = clock
        planMemory = scope.looksOnce ? nil : PlanMemory()
    }

    package func look() async throws -> Look {
        let now = clock.now()
        let (reading, isKnown) = try await desiredProject()
        var project = reading.project
        project.assumptions = scope.assumptions + project.assumptions
        let repository = try source.repository()
        var look = Look(input: PlanningInput(project: project, now: now))
        try await readWorkspaces(of: project, into: &look)
        let standing = try await trust.look(
            project, subjects: [:], repository: repository, now: now, remembers: scope.remembersTrust,
            isRehearsal: scope.reading != .branches)
        project = try await trust.withoutUnsignedRollbacks(
            project, standing: standing, repository: repository, now: now)
        look.input.project = project
        look.input.ledgers = standing.mapValues(\.ledger)
        look.notes = Set(standing.values.flatMap(\.notes)).sorted()
        look.reading = reading
        if isKnown, let idle = idle(look) { return idle }
        for stage in project.stages where stage.releases == nil {
            look.input.history[stage.name] = try pathHistory(
                of: stage, live: look.input.live[stage.name], repository: repository)
        }
        // A first plan tells what must be asked of people and files; most looks ask nothing more.
        let draft = Planner.plan(look.input, memory: &planMemory)
        let asksPeople = try await readPeople(for: draft, repository: repository, into: &look)
        let asksFiles = try readFacts(for: draft, repository: repository, into: &look)
        look.planned = asksPeople || asksFiles ? Planner.plan(look.input, memory: &planMemory) : draft
        look.contents = try contents(of: project)
        last = (look, look.plan.isSettled)
        return look
    }

    /// The look before, if it saw the same and its plan asked for nothing that time alone could change.
    ///
    /// Git was not read again, and what a workspace did not change compares as one thing, so that this costs the same
    /// for every size of a project.
    private func idle(_ look: Look) -> Look? {
        guard let last, last.isSettled, look.unreachable.isEmpty, last.look.unreachable.isEmpty,
            look.input.live == last.look.input.live, look.input.ledgers == last.look.input.ledgers,
            look.notes == last.look.notes
        else { return nil }
        // Whether a rollback counts is asked of its signature each time.
        guard look.input.project.stages.map(\.rollback) == last.look.input.project.stages.map(\.rollback) else {
            return nil
        }
        var idle = last.look
        idle.input.now = look.input.now
        idle.isIdle = true
        return idle
    }

    // MARK: - Git

    /// What git says, and whether that is what it said at the last look.
    private func desiredProject() async throws -> (reading: ProjectReading, isKnown: Bool) {
        // All branches that matter are known once the stages are read; until then, those that stages are looked for on.
        var tips = try await source.tips(of: branches)
        if let known, scope.reading == .branches, known.tips == tips { return (known.reading, true) }
        let reading = try read()
        guard scope.reading == .branches else { return (reading, false) }
        known = (tips, reading)
        // A stage may follow a branch that was not asked for yet; one that is not there at all stays away.
        let all = branches
        let isMore = !Set(all).isSubset(of: Self.homeBranches)
        if isMore, Set(all) != asked {
            asked = Set(all)
            tips = try await source.tips(of: all)
            known = (tips, try read())
        }
        return (known?.reading ?? reading, false)
    }

    private func read() throws -> ProjectReading {
        let reader: ProjectReader
        if let known = self.reader {
            reader = known
        } else {
            reader = ProjectReader(
                repository: try source.repository(), folder: scope.folder, readsOnce: scope.looksOnce)
            self.reader = reader
        }
        return try reader.read(scope.reading)
    }

    private static let homeBranches: Set<String> = ["main", "master", "develop"]

    private var branches: [String] {
        Set(known?.reading.project.stages.map(\.branch) ?? []).union(Self.homeBranches).sorted()
    }

    private func contents(of project: DesiredProject) throws -> [String: any ContentProvider] {
        let provider = try RepositoryContent(
            repository: try source.repository(), isWorkTree: scope.reading == .worktree)
        return Dictionary(project.stages.map { ($0.name, provider) }, uniquingKeysWith: { first, _ in first })
    }

    // MARK: - Workspaces

    private func readWorkspaces(of project: DesiredProject, into look: inout Look) async throws {
        guard !scope.isOffline else { return }
        for stage in project.stages where stage.releases == nil {
            do {
                look.input.live[stage.name] = try await workspaces.workspace(for: stage.workspace).liveState()
            } catch let error as WorkspaceError {
                look.unreachable[stage.name] = error
            }
        }
    }

    // MARK: - History

    /// What changed since the commits that live objects were made from.
    private func pathHistory(
        of stage: DesiredStage, live: LiveState?, repository: Repository
    ) throws -> ChangeHistory {
        var history = ChangeHistory()
        guard let live, let head = stage.commit.flatMap({ ObjectID(hex: $0.id) }) else { return history }
        for commit in originCommits(of: live, stage: stage.name).prefix(Self.historyLimit)
        where commit != head.description {
            let key = "\(commit) \(head)"
            if let since = changes[key] {
                history.since[commit] = since
                continue
            }
            // A commit that was rewritten away, or came from a work tree, tells nothing.
            guard let old = ObjectID(hex: commit), (try? repository.contains(old)) == true else { continue }
            let paths = try repository.changedPaths(from: old, to: head).map { folder.inside($0.path) }
            let since = ChangeHistory.Since(paths: paths, authors: [])
            changes[key] = since
            history.since[commit] = since
        }
        return history
    }

    /// The commits that objects of ours were made from, the latest made first.
    private func originCommits(of live: LiveState, stage: String) -> [String] {
        if origins[stage]?.assets.isSame(as: live.assets) != true {
            origins[stage] = (live.assets, live.originCommitsOfAssets)
        }
        let jobs = live.jobs.sorted { $0.createdAt > $1.createdAt }.map(\.tags)
        let endpoints =
            live.onlineEndpoints.flatMap { [$0.tags] + $0.deployments.map(\.tags) }
            + live.batchEndpoints.flatMap { [$0.tags] + $0.deployments.map(\.tags) } + live.resources.map(\.tags)
        let commits = { (tags: [[String: String]]) in tags.compactMap { $0[TagName.commit] } }
        var seen: Set<String> = []
        return (commits(endpoints) + (origins[stage]?.commits ?? []) + commits(jobs)).filter {
            seen.insert($0).inserted
        }
    }

    /// Objects from more commits than this are told without file names.
    private static let historyLimit = 32

    // MARK: - People and files, when asked for

    private func readPeople(
        for draft: Plan, repository: Repository, into look: inout Look
    ) async throws -> Bool {
        var subjects: [String: Set<ContentDigest>] = [:]
        for stagePlan in draft.stages {
            let gates = stagePlan.actions.compactMap(\.gate)
            guard !gates.isEmpty, let stage = look.input.project.stages.first(where: { $0.name == stagePlan.stage }),
                let head = stage.commit.flatMap({ ObjectID(hex: $0.id) })
            else { continue }
            let paths = Set(stage.assets.flatMap(\.paths)).map(folder.outside).sorted()
            var history = look.input.history[stage.name] ?? ChangeHistory()
            for commit in history.since.keys {
                guard let old = ObjectID(hex: commit) else { continue }
                history.since[commit]?.authors = try repository.authors(between: old, and: head, touching: paths).map(
                    \.email)
            }
            history.allAuthors = try repository.authors(between: nil, and: head, touching: paths).map(\.email)
            look.input.history[stage.name] = history
            for gate in gates {
                for name in [stagePlan.stage, gate.evaluation.gate.stage] {
                    subjects[name, default: []].insert(gate.question.subject)
                }
            }
        }
        guard !subjects.isEmpty else { return false }
        let asked = try await trust.look(
            look.input.project, subjects: subjects, repository: repository, now: look.input.now, remembers: false,
            isRehearsal: scope.reading != .branches)
        look.input.ledgers.merge(asked.mapValues(\.ledger)) { $1 }
        return true
    }

    /// Counts the lines of data files that are new; says whether there are any.
    private func readFacts(for draft: Plan, repository: Repository, into look: inout Look) throws -> Bool {
        for stagePlan in draft.stages {
            let created = Set(stagePlan.actions.filter { $0.kind == .data && $0.verb == .create }.map(\.name))
            guard !created.isEmpty,
                let stage = look.input.project.stages.first(where: { $0.name == stagePlan.stage })
            else { continue }
            for asset in stage.assets where asset.kind == .data && created.contains(asset.definition.name) {
                guard let tree = asset.content["path"], tree.isFile, let entry = tree.entries.first else { continue }
                if facts[entry.blob] == nil { facts[entry.blob] = try fileFacts(entry, repository: repository) }
                look.input.facts[entry.blob] = facts[entry.blob]
            }
        }
        return !look.input.facts.isEmpty
    }

    private func fileFacts(_ entry: ContentEntry, repository: Repository) throws -> FileFacts? {
        guard let id = ObjectID(hex: entry.blob), (try? repository.contains(id)) == true else { return nil }
        let bytes = try repository.blobSize(id)
        let isText = [".csv", ".tsv", ".jsonl", ".txt"].contains { entry.path.hasSuffix($0) }
        guard isText, bytes <= Self.countedBytes else { return FileFacts(bytes: bytes, rows: nil) }
        let lines = try repository.withBlob(id) { buffer in
            buffer.count { $0 == UInt8(ascii: "\n") } + (buffer.last.map { $0 == UInt8(ascii: "\n") ? 0 : 1 } ?? 0)
        }
        let hasHeader = entry.path.hasSuffix(".csv") || entry.path.hasSuffix(".tsv")
        return FileFacts(bytes: bytes, rows: max(0, hasHeader ? lines - 1 : lines))
    }

    /// Larger files are not read for the sake of a number in a plan.
    private static let countedBytes = 64 << 20
}

extension LiveState {
    /// The commits that versions of assets were made from, the latest made first.
    ///
    /// Most versions come from few commits, and all versions are many.
    fileprivate var originCommitsOfAssets: [String] {
        var made: [String: Timestamp] = [:]
        for asset in assets where !asset.isArchived {
            guard let commit = asset.tag(TagName.commit) else { continue }
            made[commit] = max(made[commit] ?? asset.createdAt, asset.createdAt)
        }
        return made.sorted { ($0.value, $0.key) > ($1.value, $1.key) }.map(\.key)
    }
}

extension [LiveAsset] {
    /// Whether this is the very same array, which costs nothing to find out.
    fileprivate func isSame(as other: [LiveAsset]) -> Bool {
        count == other.count
            && withUnsafeBufferPointer { own in other.withUnsafeBufferPointer { own.baseAddress == $0.baseAddress } }
    }
}
