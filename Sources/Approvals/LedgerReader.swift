package import Digest
internal import Diagnostics
package import Git
package import TimeKeeping

/// Reads the records on a branch and has their signatures judged.
package struct LedgerReader: Sendable {
    private let repository: Repository
    private let verifier: SignatureVerifier

    /// More records than this in one folder are not read; it is for people to tidy up.
    static let mostRecords = 1000
    private static let longestWalk = 100_000

    /// A reader of a repository's records.
    package init(repository: Repository, verifier: SignatureVerifier) {
        self.repository = repository
        self.verifier = verifier
    }

    /// The ledger of a branch.
    ///
    /// - Parameters:
    ///   - head: The branch's tip.
    ///   - trust: The policy in force there.
    ///   - subjects: What is asked now; records about anything else are listed, and cost no verification. Nil for all.
    ///   - now: The time it is.
    package func ledger(
        at head: ObjectID, trust: TrustedPolicy, subjects: Set<ContentDigest>? = nil, now: Timestamp
    ) async throws -> Ledger {
        var ledger = Ledger(
            policies: trust.policy.policies.filter { trust.stages.contains($0.key.stage) },
            policyCommit: trust.commit.description, closedReason: trust.closedReason,
            closedGates: trust.closedGates.filter { trust.stages.contains($0.key.stage) },
            closedStages: trust.closedStages.filter { trust.stages.contains($0.key) })
        // Where nothing can open, no record needs to be looked at.
        guard trust.closedReason == nil else { return ledger }
        for stage in trust.stages.sorted() {
            try await readRecords(of: stage, at: head, trust: trust, subjects: subjects, now: now, into: &ledger)
        }
        try await readRemovedRejections(at: head, trust: trust, now: now, into: &ledger)
        try link(&ledger)
        return ledger
    }

    private func readRecords(
        of stage: String, at head: ObjectID, trust: TrustedPolicy, subjects: Set<ContentDigest>?, now: Timestamp,
        into ledger: inout Ledger
    ) async throws {
        let folder = ApprovalRecord.folder(of: stage)
        let entries = try records(under: folder, of: head, project: trust.project)
        guard entries.count <= Self.mostRecords else {
            ledger.closedStages[stage] =
                "\(folder) holds \(entries.count) records, more than \(Self.mostRecords); remove old ones"
            return
        }
        for entry in entries {
            switch try read(entry, stage: stage, policies: ledger.policies) {
            case .failure(let refusal): ledger.refused.append(refusal.record)
            case .success(let record):
                if let subjects, !subjects.contains(record.subject) {
                    let reason = "is about sha256:\(record.subject.prefix(12))…, which nothing waits for"
                    ledger.unasked.append(
                        RefusedRecord(path: entry.path, gate: record.gate, stage: stage, reason: reason))
                    continue
                }
                switch try await verify(record, path: entry.path, at: head, trust: trust, now: now) {
                case .success(let verified): ledger.records.append(verified)
                case .failure(let refusal): ledger.refused.append(refusal.record)
                }
            }
        }
    }

    private struct Refusal: Error {
        var record: RefusedRecord
    }

    /// The record files of a folder, with their paths from the project's folder.
    private func records(under folder: String, of commit: ObjectID, project: String) throws(GitError) -> [TreeEntry] {
        let cut = project.isEmpty ? 0 : project.utf8.count + 1
        return try repository.entries(in: commit, under: "\(project)/\(folder)", recursive: false)
            .filter(Self.isRecordFile)
            .map { TreeEntry(path: String($0.path.utf8.dropFirst(cut)) ?? $0.path, kind: $0.kind, id: $0.id) }
    }

    private static func isRecordFile(_ entry: TreeEntry) -> Bool {
        entry.kind != .directory && (entry.name.hasSuffix(".yml") || entry.name.hasSuffix(".yaml"))
    }

    /// Reads one file, and refuses what is no record of a gate of its stage.
    private func read(
        _ entry: TreeEntry, stage: String, policies: [GateName: GatePolicy]
    ) throws(GitError) -> Result<ApprovalRecord, Refusal> {
        func refuse(_ reason: String, at location: SourceLocation? = nil, gate: GateName? = nil)
            -> Result<ApprovalRecord, Refusal>
        {
            .failure(
                Refusal(
                    record: RefusedRecord(
                        path: entry.path, gate: gate, stage: stage, reason: reason, location: location))
            )
        }
        switch entry.kind {
        case .file, .executable: break
        case .symlink: return refuse("is a symbolic link, not a file")
        default: return refuse("is not a file")
        }
        let size = try repository.blobSize(entry.id)
        guard size <= ApprovalRecord.largestFile else {
            return refuse("is \(size) bytes long, more than the \(ApprovalRecord.largestFile) of any record")
        }
        let bytes = try repository.blob(entry.id, limit: ApprovalRecord.largestFile)
        let (record, findings) = ApprovalRecord.read(bytes, path: entry.path)
        guard let record else {
            let finding = findings.first
            let hint = finding?.hint.map { "; \($0)" } ?? ""
            return refuse((finding?.message ?? "is no record") + hint, at: finding?.location)
        }
        guard record.gate.stage == stage else {
            return refuse("stands in the folder of \(stage) but is for the gate \(record.gate)")
        }
        guard policies[record.gate] != nil else {
            return refuse("is for the gate \(record.gate), which no protection rule in force names")
        }
        return .success(record)
    }

    /// Asks whether whoever changed the file last signed that, and is whom the record names.
    private func verify(
        _ record: ApprovalRecord, path: String, at commit: ObjectID, trust: TrustedPolicy, now: Timestamp
    ) async throws -> Result<VerifiedRecord, Refusal> {
        func refuse(_ reason: String) -> Result<VerifiedRecord, Refusal> {
            .failure(
                Refusal(
                    record: RefusedRecord(path: path, gate: record.gate, stage: record.gate.stage, reason: reason)))
        }
        guard let last = try repository.lastCommit(touching: "\(trust.project)/\(path)", from: commit) else {
            return refuse("has no commit that brought it")
        }
        let signed = try SignedCommit(repository, last)
        switch try await verifier.verify(signed, by: record.approver, signers: trust.policy.signers, now: now) {
        case .bad(let reason):
            return refuse("was last changed by commit \(last.short), which \(reason)")
        case .good(let key):
            return .success(
                VerifiedRecord(
                    record: record, path: path, key: key, commit: last.description, commitTime: signed.time))
        }
    }

    /// Finds rejections that somebody removed or overwrote after the approvals that would open a gate.
    ///
    /// A file can be deleted by anybody who can push; a rejection is only taken back by whoever gave it.
    private func readRemovedRejections(
        at head: ObjectID, trust: TrustedPolicy, now: Timestamp, into ledger: inout Ledger
    ) async throws {
        let approvals = ledger.records.filter { $0.record.decision == .approve }.sorted {
            $0.commitTime < $1.commitTime
        }
        var starts: [ObjectID] = []
        for approval in approvals {
            guard let commit = ObjectID(hex: approval.commit) else { continue }
            // What lies after an older start has been walked over already.
            if try starts.contains(where: { start throws in try repository.isAncestor(start, of: commit) }) { continue }
            starts.append(commit)
        }
        let asked = Set(approvals.map { Question(gate: $0.record.gate, subject: $0.record.subject) })
        for stage in Set(asked.map(\.gate.stage)).sorted() {
            let folder = ApprovalRecord.folder(of: stage)
            let current = Set(
                try records(under: folder, of: head, project: trust.project).map { "\($0.path) \($0.id)" })
            var seen: Set<ObjectID> = []
            if let tree = try repository.subtreeID(in: head, at: "\(trust.project)/\(folder)") { seen.insert(tree) }
            for start in starts {
                for commit in try repository.commits(in: head, notIn: start, limit: Self.longestWalk) {
                    guard let tree = try repository.subtreeID(in: commit.id, at: "\(trust.project)/\(folder)"),
                        seen.insert(tree).inserted
                    else { continue }
                    let gone = try records(under: folder, of: commit.id, project: trust.project)
                        .filter { !current.contains("\($0.path) \($0.id)") }
                    for entry in gone.prefix(Self.mostRecords) {
                        guard case .success(let record) = try read(entry, stage: stage, policies: ledger.policies),
                            record.decision == .reject,
                            asked.contains(Question(gate: record.gate, subject: record.subject)),
                            case .success(let verified) = try await verify(
                                record, path: entry.path, at: commit.id, trust: trust, now: now),
                            !ledger.records.contains(verified)
                        else { continue }
                        ledger.records.append(verified)
                    }
                }
            }
        }
    }

    private struct Question: Hashable {
        let gate: GateName
        let subject: ContentDigest
    }

    /// Notes which approvals came after which rejections of the same person.
    private func link(_ ledger: inout Ledger) throws(GitError) {
        let rejections = ledger.records.filter { $0.record.decision == .reject }
        for index in ledger.records.indices where ledger.records[index].record.decision == .approve {
            let approval = ledger.records[index]
            guard let commit = ObjectID(hex: approval.commit) else { continue }
            for rejection in rejections
            where rejection.commit != approval.commit && rejection.record.approver == approval.record.approver
                && rejection.record.gate == approval.record.gate && rejection.record.subject == approval.record.subject
            {
                guard let earlier = ObjectID(hex: rejection.commit) else { continue }
                if try repository.isAncestor(earlier, of: commit) {
                    ledger.records[index].follows.append(rejection.commit)
                }
            }
        }
    }
}
