package import Approvals
package import DesiredState
import Diagnostics
package import Digest
package import Git
package import TimeKeeping

/// Knows, branch by branch, which policy is trusted, and reads the records that count under it.
package actor BranchTrust {
    private let store: TrustStore
    private let project: String
    private let folder: String
    private let verifier = SignatureVerifier()
    private var keeper: GateKeeper?

    /// - Parameters:
    ///   - store: Where what was trusted is remembered.
    ///   - project: What tells this project from others in the store.
    ///   - folder: The project's folder inside the repository, empty for its root.
    package init(store: TrustStore, project: String, folder: String = "") {
        self.store = store
        self.project = project
        self.folder = folder
    }

    /// What the gates of each stage that is read from a commit say to the questions that are asked now.
    ///
    /// - Parameters:
    ///   - subjects: By stage; records about anything else cost no verification.
    ///   - remembers: Whether this look moves trust on.
    ///   - isRehearsal: Whether the commits stand in for the tips of the branches, as with `--ref`.
    package func look(
        _ desired: DesiredProject, subjects: [String: Set<ContentDigest>], repository: Repository, now: Timestamp,
        remembers: Bool, isRehearsal: Bool = false
    ) async throws -> [String: GateKeeper.Look] {
        var looks: [String: GateKeeper.Look] = [:]
        for (branch, stages) in branches(of: desired) {
            guard let head = stages.compactMap(\.commit).first.flatMap({ ObjectID(hex: $0.id) }) else { continue }
            let asked = Set(stages.flatMap { subjects[$0.name] ?? [] })
            let look = try await keeper(repository).look(
                at: branch, head: head, subjects: asked, now: now, remembers: remembers, isRehearsal: isRehearsal)
            for stage in stages { looks[stage.name] = look }
        }
        return looks
    }

    /// The policy that a stage's branch has now, trusted or not; nil for a stage without a commit.
    package func presentPolicy(
        stage name: String, of desired: DesiredProject, repository: Repository, now: Timestamp
    ) async throws -> TrustedPolicy? {
        for (branch, stages) in branches(of: desired) where stages.contains(where: { $0.name == name }) {
            guard let head = stages.compactMap(\.commit).first.flatMap({ ObjectID(hex: $0.id) }) else { continue }
            return try await keeper(repository).policy(of: branch, at: head, now: now)
        }
        return nil
    }

    /// Takes the present state of a stage's branch as trusted, whatever was remembered.
    package func trust(
        stage name: String, of desired: DesiredProject, repository: Repository, now: Timestamp
    ) async throws {
        for (branch, stages) in branches(of: desired) where stages.contains(where: { $0.name == name }) {
            guard let head = stages.compactMap(\.commit).first.flatMap({ ObjectID(hex: $0.id) }) else { continue }
            try await keeper(repository).trust(branch, at: head, now: now)
        }
    }

    private func branches(of desired: DesiredProject) -> [(GateKeeper.Branch, [DesiredStage])] {
        Dictionary(grouping: desired.stages, by: \.branch).sorted { $0.key < $1.key }.map { name, stages in
            (GateKeeper.Branch(project: project, folder: folder, name: name, stages: Set(stages.map(\.name))), stages)
        }
    }

    private func keeper(_ repository: Repository) -> GateKeeper {
        if let keeper { return keeper }
        let keeper = GateKeeper(repository: repository, store: store, verifier: verifier)
        self.keeper = keeper
        return keeper
    }

    /// The project with those rollbacks left out that nobody who may decide has signed.
    ///
    /// A stage with gates takes an earlier model back only when the record's last commit is signed by the person whom it
    /// names and who is a required reviewer there; a stage without gates takes everybody's word, as it does for all else.
    package func withoutUnsignedRollbacks(
        _ desired: DesiredProject, standing: [String: GateKeeper.Look], repository: Repository, now: Timestamp
    ) async throws -> DesiredProject {
        var desired = desired
        for index in desired.stages.indices {
            guard let rollback = desired.stages[index].rollback, let commit = desired.stages[index].commit,
                let head = ObjectID(hex: commit.id)
            else { continue }
            let name = desired.stages[index].name
            let names = Set([name] + desired.stages.filter { $0.releases == name }.map(\.name))
            guard let look = standing[name] else { continue }
            let policy = look.trust
            let reviewers = Set(
                policy.policy.policies.filter { names.contains($0.key.stage) }.flatMap(\.value.requiredReviewers))
            // Gates without a known reviewer, such as those of replaced history, are no reason to take anybody's word.
            guard look.ledger.gates.contains(where: { names.contains($0.stage) }) || policy.closedReason != nil
            else { continue }
            let objection = try await objection(
                to: rollback, reviewers: reviewers, policy: policy, repository: repository, head: head, now: now)
            if let objection {
                desired.stages[index].rollback = nil
                desired.stages[index].diagnostics.append(
                    Diagnostic(
                        .warning, code: "rollback-not-signed", "this rollback does not count: \(objection)",
                        at: rollback.location,
                        hint: "a required reviewer makes one that counts with 'reconcile rollback \(name)'"))
            }
        }
        return desired
    }

    private func objection(
        to rollback: RollbackRecord, reviewers: Set<String>, policy: TrustedPolicy, repository: Repository,
        head: ObjectID,
        now: Timestamp
    ) async throws -> String? {
        if let reason = policy.closedReason { return reason }
        guard reviewers.contains(rollback.requestedBy) else {
            return "\(rollback.requestedBy) is no required reviewer of the stage"
        }
        guard let last = try repository.lastCommit(touching: "\(folder)/\(rollback.location.path)", from: head) else {
            return "no commit brought it"
        }
        let verdict = try await verifier.verify(
            try SignedCommit(repository, last), by: rollback.requestedBy, signers: policy.policy.signers, now: now)
        switch verdict {
        case .good: return nil
        case .bad(let reason): return "commit \(last.short) \(reason)"
        }
    }
}
