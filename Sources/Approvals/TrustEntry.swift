/// What is remembered about one branch of one project, so that history cannot be taken back behind our back.
package struct TrustEntry: Sendable, Hashable, Codable {
    /// The commit that was trusted at first sight, or by `reconcile trust`.
    package var pinned: String
    /// The last commit whose policy is trusted.
    package var trusted: String
    /// The last commit that was seen; the branch may only go on from there.
    package var seen: String
    /// The gates that were kept on the branch, so that they stay closed even where history with their rules is gone.
    package var gates: [GateName]

    /// What is remembered; see the properties for the meaning of each part.
    package init(pinned: String, trusted: String, seen: String, gates: [GateName] = []) {
        self.pinned = pinned
        self.trusted = trusted
        self.seen = seen
        self.gates = gates
    }

    /// A branch that is trusted as it stands.
    package init(pinning commit: String, gates: [GateName] = []) {
        self.init(pinned: commit, trusted: commit, seen: commit, gates: gates)
    }
}
