/// A change of policy files by one commit, and who may make it under the policy before.
struct PolicyChange {
    /// The commit.
    let commit: String
    /// The paths of the policy files that it changed, in order.
    let paths: [String]
    /// The people of whom one must have signed the commit; empty where no single person can.
    let eligible: Set<String>

    /// Works out who may make a change.
    ///
    /// Whoever signs must be a reviewer of every stage that the change reaches: a reviewer of blue who could bind a
    /// key of theirs to the name of a reviewer of prod would be a reviewer of prod.
    ///
    /// - Parameters:
    ///   - commit: The commit.
    ///   - paths: The policy files that it changed.
    ///   - signerLines: The lines of `allowed_signers` that it added or removed; nil when that is not known.
    ///   - trusted: The policy in force.
    init(commit: String, paths: [String], signerLines: [Substring]?, trusted: PolicySnapshot) {
        self.commit = commit
        self.paths = paths.sorted()
        var people = trusted.allReviewers
        for path in paths {
            let affected: [String] =
                switch path {
                case TrustedSigners.allowedSignersPath: Self.stages(affectedBy: signerLines, trusted: trusted)
                case _ where path.hasPrefix(TrustedSigners.keysFolder + "/"): trusted.reviewedStages
                default:
                    trusted.stages[path].map { [$0.stage] }?.filter { !trusted.reviewers(of: $0).isEmpty } ?? []
                }
            for stage in affected { people.formIntersection(trusted.reviewers(of: stage)) }
        }
        eligible = people
    }

    /// The stages whose reviewers are named in changed lines; all of them where a line may name anybody.
    private static func stages(affectedBy lines: [Substring]?, trusted: PolicySnapshot) -> [String] {
        guard let lines else { return trusted.reviewedStages }
        var names: Set<String> = []
        for line in lines {
            let fields = line.split(whereSeparator: { $0 == " " || $0 == "\t" })
            guard let first = fields.first, !first.hasPrefix("#") else { continue }
            let principals = first.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
            guard principals.allSatisfy(Identity.isPlain), !line.lowercased().contains("cert-authority") else {
                return trusted.reviewedStages
            }
            names.formUnion(principals)
        }
        return trusted.reviewedStages.filter { stage in
            trusted.reviewers(of: stage).contains { reviewer in names.contains { Identity.isSame($0, reviewer) } }
        }
    }

    /// The lines that stand in one of two texts only.
    ///
    /// Compared as bytes: to Swift's strings some other letters are equal to ASCII's, to ssh-keygen they are not.
    static func changedLines(_ left: [UInt8]?, _ right: [UInt8]?) -> [Substring] {
        func lines(_ bytes: [UInt8]?) -> Set<[UInt8]> {
            Set((bytes ?? []).split(separator: UInt8(ascii: "\n")).map(Array.init))
        }
        return lines(left).symmetricDifference(lines(right)).map { Substring(decoding: $0, as: UTF8.self) }.sorted()
    }
}
