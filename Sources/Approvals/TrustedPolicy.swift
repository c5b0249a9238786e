package import Git
package import TimeKeeping

/// The policy in force on a branch: that of the last commit which the reviewers of the one before vouch for.
///
/// A push can carry approvals, and it can carry new approvers, but never an approval by an approver that it brought.
package struct TrustedPolicy: Sendable, Equatable {
    /// What the branch's rules are and who may sign.
    package var policy: PolicySnapshot
    /// The commit that they were read from.
    package var commit: ObjectID
    /// The project's folder inside the repository, empty for its root.
    package var project: String
    /// The stages that follow the branch.
    package var stages: Set<String>
    /// What is to be remembered, when this look was more than a rehearsal.
    package var entry: TrustEntry
    /// Why every gate of the branch is closed, if they are.
    package var closedReason: String?
    /// Why single gates are closed.
    package var closedGates: [GateName: String] = [:]
    /// Why whole stages are closed.
    package var closedStages: [String: String] = [:]
    /// What a person should know: what was trusted at first sight, what does not count and how it would.
    package var notes: [String] = []

    /// Works out the policy in force at a branch's tip.
    ///
    /// - Parameters:
    ///   - branch: The branch, for messages.
    ///   - head: Its tip.
    ///   - project: The project's folder inside the repository, empty for its root.
    ///   - stages: The stages that follow the branch; a branch whose stages have no gates guards nothing.
    ///   - entry: What is remembered of it; nil at first sight.
    ///   - isRehearsal: Whether `head` is not the tip but some commit whose plan is only to be shown; what is not part
    ///     of the branch yet may then well lack what was seen of it.
    ///   - repository: Where the commits are.
    ///   - verifier: Judges signatures of changes.
    ///   - now: The time it is.
    package static func assess(
        branch: String, head: ObjectID, project: String = "", stages: Set<String>, entry: TrustEntry?,
        isRehearsal: Bool = false, repository: Repository, verifier: SignatureVerifier, now: Timestamp
    ) async throws -> TrustedPolicy {
        var reader = PolicyReader(repository, project: project)
        let newest = try reader.snapshot(of: head)
        var result = TrustedPolicy(newest, at: head, project: project, stages: stages, after: entry)
        guard let entry, !entry.gates.isEmpty else {
            if !result.entry.gates.isEmpty {
                result.notes.append(
                    "\(branch) has protection rules for the first time: they and the signers are trusted as they stand "
                        + "in \(head.short)")
            }
            result.closeUnclear()
            return result
        }
        guard let trusted = ObjectID(hex: entry.trusted), let seen = ObjectID(hex: entry.seen),
            try repository.contains(trusted), try repository.contains(seen),
            try repository.isAncestor(trusted, of: head), try repository.isAncestor(seen, of: head)
        else {
            if isRehearsal, let trusted = ObjectID(hex: entry.trusted), try repository.contains(trusted) {
                let policy = try reader.snapshot(of: trusted)
                result = TrustedPolicy(policy, at: trusted, project: project, stages: stages, after: entry)
                result.notes.append(
                    "\(head.short) is not on \(branch): the protection rules of \(trusted.short) are shown")
                result.closeUnclear()
            } else {
                result.close(as: entry, branch: branch, head: head)
            }
            return result
        }
        let policy = try reader.snapshot(of: trusted)
        if policy.items != newest.items {
            var walk = PolicyWalk(
                repository, reader: reader, verifier: verifier, trusted: trusted, policy: policy, now: now)
            let offences = try await walk.offences(to: head)
            if !offences.isEmpty {
                result = TrustedPolicy(policy, at: trusted, project: project, stages: stages, after: entry)
                result.entry.seen = head.description
                result.refuse(offences, newest: newest)
            }
        }
        result.closeUnclear()
        return result
    }

    private init(
        _ policy: PolicySnapshot, at commit: ObjectID, project: String, stages: Set<String>, after entry: TrustEntry?
    ) {
        self.policy = policy
        self.commit = commit
        self.project = project
        self.stages = stages
        // A stage that was led away from the branch keeps its gates here, until its rules go by the rules.
        let kept = stages.union(entry?.gates.map(\.stage) ?? [])
        self.entry = TrustEntry(pinning: commit.description, gates: policy.gates(of: kept))
        if let entry { self.entry.pinned = entry.pinned }
    }

    /// Closes everything that was ever kept here, for history is not what it was.
    private mutating func close(as entry: TrustEntry, branch: String, head: ObjectID) {
        let seen = String(entry.seen.prefix(7))
        let reason =
            "the history of \(branch) was rewound or replaced: \(seen), which was seen before, is no part of "
            + "\(head.short); if that is meant, run `reconcile trust STAGE`"
        self.entry = entry
        closedReason = reason
        for gate in entry.gates { closedGates[gate] = reason }
        // Which stages the lost rules kept is lost too.
        for stage in stages { closedStages[stage] = reason }
    }

    /// Closes stages whose gates are kept on another branch: a stage file that names a new branch, where anybody could
    /// write new rules, must not lead a stage away from its reviewers.
    mutating func closeMovedStages(to branch: String, kept entries: [String: TrustEntry]) {
        for (name, entry) in entries.sorted(by: { $0.key < $1.key }) where name != branch {
            for stage in Set(entry.gates.map(\.stage)).intersection(stages) {
                closedStages[stage] =
                    "\(stage) follows \(branch) now, but its gates are kept on \(name); if that is meant, run "
                    + "`reconcile trust \(stage)`"
            }
        }
    }

    /// Keeps the old policy, and closes what only the new one knows.
    private mutating func refuse(_ offences: [PolicyWalk.Offence], newest: PolicySnapshot) {
        for offence in offences {
            let what = offence.paths.isEmpty ? "" : " changes \(offence.paths.joined(separator: ", ")) but"
            notes.append(
                "\(offence.commit.id.short) by \(offence.commit.author.email)\(what) \(offence.reason); the policy of "
                    + "\(commit.short) stays in force. To make it count, revert it and let a required reviewer commit it "
                    + "signed, or run `reconcile trust STAGE`")
        }
        // A lock is also taken away by moving the wall: what a stage is, follows and releases is part of its rules.
        for path in Set(policy.stages.keys).union(newest.stages.keys).sorted() {
            let (old, new) = (policy.stages[path], newest.stages[path])
            guard old?.place != new?.place else { continue }
            let stages = [old?.stage, old?.releases, new?.stage, new?.releases].compactMap(\.self)
            for stage in stages where closedStages[stage] == nil {
                closedStages[stage] =
                    "\(path) was \(old == nil ? "added" : new == nil ? "removed" : "changed") without the signature of a "
                    + "required reviewer"
            }
        }
        for gate in newest.gates(of: stages) where !entry.gates.contains(gate) {
            closedGates[gate] = "the gate \(gate) was added without the signature of a required reviewer"
        }
    }

    private mutating func closeUnclear() {
        closedGates.merge(policy.closedGates) { first, _ in first }
        for (path, reason) in policy.unclearFiles {
            let name = path.split(separator: "/").last.map { String($0.prefix { $0 != "." }) } ?? path
            closedStages[name] = closedStages[name] ?? reason
        }
        guard policy.signers.isEmpty else { return }
        for (gate, rule) in policy.policies where rule.approvals > 0 && closedGates[gate] == nil {
            closedGates[gate] =
                "\(TrustedSigners.allowedSignersPath) is missing, so that nobody's signature can be checked"
        }
    }
}
