package import Digest
package import Git
internal import Synchronization
package import TimeKeeping

/// What a controller asks about gates: the ledger of a branch, under the policy in force, remembered between looks.
///
/// Whoever gets an error instead must leave the branch's stages alone: it is then not known which gates they have.
package final class GateKeeper: Sendable {
    /// A branch with the stages that follow it.
    package struct Branch: Sendable, Hashable {
        /// What tells this project from others in the state folder, such as the address of its repository.
        package var project: String
        /// The project's folder inside the repository, empty for its root.
        package var folder: String
        /// The branch's name.
        package var name: String
        /// The stages that follow it.
        package var stages: Set<String>

        /// A branch; see the properties for the meaning of each part.
        package init(project: String, folder: String = "", name: String, stages: Set<String>) {
            self.project = project
            self.folder = folder
            self.name = name
            self.stages = stages
        }
    }

    /// The ledger of a branch with what a person should know about its policy.
    package struct Look: Sendable, Equatable {
        /// What was decided, under which rules.
        package var ledger: Ledger
        /// The policy in force, for judging other signed records of the branch.
        package var trust: TrustedPolicy
        /// What was trusted at first sight; what does not count, and how it would.
        package var notes: [String]
    }

    private struct Question: Hashable {
        let branch: Branch
        let head: ObjectID
        let entries: [String: TrustEntry]
        let subjects: Set<ContentDigest>?
        let isRehearsal: Bool
    }

    private struct Answer {
        let look: Look
        let entry: TrustEntry
        /// The last minute for which it holds; for ever when keys and certificates do not expire.
        let minute: Int64?
    }

    private let repository: Repository
    private let store: TrustStore
    private let verifier: SignatureVerifier
    private let answers = Mutex<[Question: Answer]>([:])

    /// A few branches, each asked with and without what waits there; older answers are not asked for again.
    private static let rememberedAnswers = 32

    /// A keeper of a repository's gates that remembers in a store what it has seen.
    package init(repository: Repository, store: TrustStore, verifier: SignatureVerifier = SignatureVerifier()) {
        self.repository = repository
        self.store = store
        self.verifier = verifier
    }

    /// The ledger of a branch; the same question is answered once.
    ///
    /// - Parameters:
    ///   - branch: The branch and the stages that follow it.
    ///   - head: Its tip, or the commit that is looked at in its place.
    ///   - subjects: What is asked now; only records about these are verified. Nil for all.
    ///   - now: The time it is.
    ///   - remembers: Whether this look counts; what only shows a plan must not move trust.
    ///   - isRehearsal: Whether `head` stands in for the tip, as with `--ref`; such a look never moves trust.
    package func look(
        at branch: Branch, head: ObjectID, subjects: Set<ContentDigest>? = nil, now: Timestamp, remembers: Bool,
        isRehearsal: Bool = false
    ) async throws -> Look {
        let remembers = remembers && !isRehearsal
        let entries = try store.entries(project: branch.project)
        let entry = entries[branch.name]
        let question = Question(
            branch: branch, head: head, entries: entries, subjects: subjects, isRehearsal: isRehearsal)
        let minute = now.seconds / 60
        if let answer = answers.withLock({ $0[question] }), answer.minute.map({ $0 == minute }) ?? true {
            if remembers { try remember(answer.entry, instead: entry, of: branch) }
            return answer.look
        }
        var trust = try await TrustedPolicy.assess(
            branch: branch.name, head: head, project: branch.folder, stages: branch.stages, entry: entry,
            isRehearsal: isRehearsal, repository: repository, verifier: verifier, now: now)
        trust.closeMovedStages(to: branch.name, kept: entries)
        let ledger = try await LedgerReader(repository: repository, verifier: verifier)
            .ledger(at: head, trust: trust, subjects: subjects, now: now)
        let look = Look(ledger: ledger, trust: trust, notes: trust.notes)
        let answer = Answer(
            look: look, entry: trust.entry, minute: trust.policy.signers.dependsOnTime ? minute : nil)
        answers.withLock { answers in
            if answers.count >= Self.rememberedAnswers { answers.removeAll() }
            answers[question] = answer
        }
        if remembers { try remember(trust.entry, instead: entry, of: branch) }
        return look
    }

    /// The policy as a commit has it, whatever is trusted: what a person is to read before trusting it.
    package func policy(of branch: Branch, at head: ObjectID, now: Timestamp) async throws -> TrustedPolicy {
        try await TrustedPolicy.assess(
            branch: branch.name, head: head, project: branch.folder, stages: branch.stages, entry: nil,
            repository: repository, verifier: verifier, now: now)
    }

    /// Trusts a branch as it stands at a commit: `reconcile trust`, after history was replaced on purpose.
    package func trust(_ branch: Branch, at head: ObjectID, now: Timestamp) async throws {
        let trust = try await policy(of: branch, at: head, now: now)
        // What is trusted here is no longer kept elsewhere.
        for (name, entry) in try store.entries(project: branch.project) where name != branch.name {
            var entry = entry
            entry.gates.removeAll { branch.stages.contains($0.stage) }
            try store.remember(entry, project: branch.project, branch: name)
        }
        try store.remember(trust.entry, project: branch.project, branch: branch.name)
    }

    private func remember(_ entry: TrustEntry, instead old: TrustEntry?, of branch: Branch) throws {
        if entry != old { try store.remember(entry, project: branch.project, branch: branch.name) }
    }
}
