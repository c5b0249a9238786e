package import Git
import TimeKeeping

/// Looks at the history between a trusted commit and a newer one for changes of policy that nobody vouches for.
struct PolicyWalk {
    /// A change of policy that does not count.
    struct Offence {
        let commit: Commit
        let paths: [String]
        let reason: String
    }

    let repository: Repository
    let verifier: SignatureVerifier
    let trusted: ObjectID
    let policy: PolicySnapshot
    let now: Timestamp
    private var reader: PolicyReader

    /// No push between two looks is as long as this; a longer history is for a person to look at.
    private static let longestWalk = 100_000

    init(
        _ repository: Repository, reader: PolicyReader, verifier: SignatureVerifier, trusted: ObjectID,
        policy: PolicySnapshot, now: Timestamp
    ) {
        self.repository = repository
        self.reader = reader
        self.verifier = verifier
        self.trusted = trusted
        self.policy = policy
        self.now = now
    }

    /// The changes between the trusted commit and `head` that do not count, oldest first.
    ///
    /// Every commit whose policy differs from its parent's must be signed, and so must every merge that does not
    /// take what git itself would take: for the side that changed a file, against the one that did not. Otherwise
    /// an unsigned merge with an old branch could bring back somebody who was removed.
    mutating func offences(to head: ObjectID) async throws -> [Offence] {
        guard let newer = try commits(to: head) else {
            let reason = "stands more than \(Self.longestWalk) commits after the last trusted one"
            return [Offence(commit: try repository.commit(head), paths: [], reason: reason)]
        }
        let settled = try settledCommits(newer)
        var offences: [Offence] = []
        var pending = [head]
        var seen: Set<ObjectID> = []
        let range = Set(newer.map(\.id))
        while let id = pending.popLast() {
            guard range.contains(id), !settled.contains(id), seen.insert(id).inserted else { continue }
            let commit = try repository.commit(id)
            if let change = try change(by: commit), let reason = try await objection(to: change) {
                offences.append(Offence(commit: commit, paths: change.paths, reason: reason))
            }
            pending += commit.parents
        }
        return offences.sorted { ($0.commit.committer.time, $0.commit.id) < ($1.commit.committer.time, $1.commit.id) }
    }

    /// The commits after the trusted one, children before parents; nil when they are too many.
    private func commits(to head: ObjectID) throws(GitError) -> [Commit]? {
        do {
            return try repository.commits(in: head, notIn: trusted, limit: Self.longestWalk)
        } catch {
            guard error.code == .tooLarge else { throw error }
            return nil
        }
    }

    /// The newer commits that stand on the trusted one and have its very policy.
    ///
    /// Each would have been trusted had it been looked at, so that what a revert undid is not held against anybody.
    private mutating func settledCommits(_ newer: [Commit]) throws -> Set<ObjectID> {
        var onTrusted: Set<ObjectID> = [trusted]
        var settled: Set<ObjectID> = []
        // Parents come after their children in the walk.
        for commit in newer.reversed() where commit.parents.contains(where: onTrusted.contains) {
            onTrusted.insert(commit.id)
            if try reader.snapshot(of: commit.id).items == policy.items { settled.insert(commit.id) }
        }
        return settled
    }

    /// What a commit itself changed; nil for most commits, which change nothing here.
    private mutating func change(by commit: Commit) throws -> PolicyChange? {
        let own = try reader.snapshot(of: commit.id)
        let parents = try commit.parents.map { parent throws in try reader.snapshot(of: parent) }
        if parents.count == 1 || (parents.count > 1 && parents.allSatisfy { $0.items == parents.first?.items }) {
            guard own.items != parents.first?.items else { return nil }
        }
        var bases: [PolicySnapshot] = []
        if parents.count == 2 {
            bases = try repository.mergeBases(commit.parents[0], commit.parents[1]).map { base throws in
                try reader.snapshot(of: base)
            }
        }
        let paths = Set(([own] + parents).flatMap(\.items.keys))
        let changed = paths.filter { path in
            !Self.isTakenOver(
                own.items[path], parents: parents.map { $0.items[path] }, bases: bases.map { $0.items[path] })
        }
        guard !changed.isEmpty else { return nil }
        // Which lines a merge changed depends on the side it is seen from; then it counts as all of them.
        let lines =
            parents.count == 1
            ? PolicyChange.changedLines(parents[0].signers.allowedSigners, own.signers.allowedSigners) : nil
        return PolicyChange(commit: commit.id.description, paths: Array(changed), signerLines: lines, trusted: policy)
    }

    /// Whether a file's policy is what follows from the parents' by itself.
    static func isTakenOver(_ own: String?, parents: [String?], bases: [String?]) -> Bool {
        guard let first = parents.first else { return own == nil }
        if parents.allSatisfy({ $0 == first }) { return own == first }
        guard parents.count == 2, let base = bases.first, bases.allSatisfy({ $0 == base }) else { return false }
        if parents[0] == base { return own == parents[1] }
        if parents[1] == base { return own == parents[0] }
        return false
    }

    /// Why a change does not count, if it does not.
    private func objection(to change: PolicyChange) async throws -> String? {
        guard !change.eligible.isEmpty else {
            return "no single required reviewer may change it"
        }
        guard let id = ObjectID(hex: change.commit) else { return "has no id" }
        let commit = try SignedCommit(repository, id)
        guard commit.signature != nil else { return "is not signed" }
        for person in change.eligible.sorted() {
            if case .good = try await verifier.verify(commit, by: person, signers: policy.signers, now: now) {
                return nil
            }
        }
        return "is not signed by \(change.eligible.sorted().joined(separator: " or "))"
    }
}

extension SignedCommit {
    /// The signature of a commit of a repository.
    package init(_ repository: Repository, _ id: ObjectID) throws(GitError) {
        let commit = try repository.commit(id)
        let signed = try repository.signature(of: id)
        self.init(
            id: id.description, signature: signed.map { Array($0.signature.utf8) }, payload: signed?.payload ?? [],
            time: Timestamp(seconds: commit.committer.time))
    }
}
