internal import CLibgit2

extension Repository {
    /// All commits in one history and not in another, children before parents, side branches included.
    ///
    /// - Throws: `tooLarge` for more than `limit` of them.
    package func commits(
        in head: ObjectID, notIn excluded: ObjectID, limit: Int
    ) throws(GitError) -> [Commit] {
        try withHistory { (handle) throws(GitError) in
            var limits = limits
            limits.commits = min(limits.commits, limit)
            return try handle.walk(from: head, excluding: excluded, limits).map { (id) throws(GitError) in
                try handle.commit(id, limits)
            }
        }
    }

    /// All best common ancestors of two commits: several after merges crosswise, none for unrelated histories.
    package func mergeBases(_ one: ObjectID, _ other: ObjectID) throws(GitError) -> [ObjectID] {
        try withHistory { (handle) throws(GitError) in
            var bases = git_oidarray()
            var oneID = one.cValue
            var otherID = other.cValue
            let result = git_merge_bases(&bases, handle.repository.pointer, &oneID, &otherID)
            if result == GIT_ENOTFOUND.rawValue { return [] }
            try Libgit2.check(
                result, "git_merge_bases", "cannot compare the histories of \(one.short) and \(other.short)")
            defer { git_oidarray_dispose(&bases) }
            return UnsafeBufferPointer(start: bases.ids, count: bases.count).map { ObjectID($0) }
        }
    }
}
