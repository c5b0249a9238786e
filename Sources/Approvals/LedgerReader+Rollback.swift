import Git
import TimeKeeping

extension LedgerReader {
    /// The path of a stage's rollback record, which DesiredState reads.
    static func rollbackPath(of stage: String) -> String { "environments/\(stage)/rollback.yml" }

    /// Asks whether a required reviewer signed a rollback.
    ///
    /// A rollback waits for no gate, so that it must not be anybody's: a pushed one could name the very model that
    /// still waits for its release.
    func readRollback(
        of stage: String, at head: ObjectID, trust: TrustedPolicy, now: Timestamp, into ledger: inout Ledger
    ) async throws {
        let path = Self.rollbackPath(of: stage)
        guard let entry = try repository.entry(in: head, at: path) else { return }
        guard entry.kind.isFile else {
            ledger.signedFiles[path] = .refused(reason: "\(path) is not a file")
            return
        }
        let reviewers = Set(ledger.policies.values.flatMap(\.requiredReviewers)).sorted()
        guard let last = try repository.lastCommit(touching: path, from: head) else { return }
        let signed = try SignedCommit(repository, last)
        for person in reviewers {
            let verdict = try await verifier.verify(signed, by: person, signers: trust.policy.signers, now: now)
            if case .good = verdict {
                ledger.signedFiles[path] = .signed(by: person, commit: last.description)
                return
            }
        }
        let found =
            signed.signature == nil
            ? "is not signed"
            : "is not signed by \(reviewers.isEmpty ? "a required reviewer" : reviewers.joined(separator: " or "))"
        ledger.signedFiles[path] = .refused(reason: "\(path) was last changed by commit \(last.short), which \(found)")
    }
}
