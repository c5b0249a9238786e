internal import CLibgit2

extension Repository {
    /// True when the one commit is in the history of the other, or is the same.
    package func isAncestor(_ ancestor: ObjectID, of commit: ObjectID) throws(GitError) -> Bool {
        if ancestor == commit { return true }
        return try withHistory { (handle) throws(GitError) in
            var commitID = commit.cValue
            var ancestorID = ancestor.cValue
            let result = git_graph_descendant_of(handle.repository.pointer, &commitID, &ancestorID)
            try Libgit2.check(result, "git_graph_descendant_of", "cannot read the history of \(commit.short)")
            return result == 1
        }
    }

    /// The best common ancestor of two commits; nil for unrelated histories.
    package func mergeBase(_ one: ObjectID, _ other: ObjectID) throws(GitError) -> ObjectID? {
        try withHistory { (handle) throws(GitError) in
            var base = git_oid()
            var oneID = one.cValue
            var otherID = other.cValue
            let result = git_merge_base(&base, handle.repository.pointer, &oneID, &otherID)
            if result == GIT_ENOTFOUND.rawValue { return nil }
            try Libgit2.check(
                result, "git_merge_base", "cannot compare the histories of \(one.short) and \(other.short)")
            return ObjectID(base)
        }
    }

    /// The commit that gave a path what it holds at `commit`, as `git log -1 -- path` finds it.
    ///
    /// It differs at the path from all its parents. A merge that took the path from one parent is not it:
    /// that parent's history is followed instead. Nil when the path was never there.
    package func lastCommit(touching path: String, from commit: ObjectID) throws(GitError) -> ObjectID? {
        try withHistory { (handle) throws(GitError) in
            let paths = pathsWithoutNesting([path])
            var current = try handle.commit(commit, limits)
            var content = try handle.contents(of: paths, in: current.tree, limits)
            // Not by date, which anyone may forge: at each commit there is one way to go, or it is the one.
            for _ in 0..<limits.commits {
                var same: Commit?
                for parent in current.parents {
                    let parent = try handle.commit(parent, limits)
                    if try handle.contents(of: paths, in: parent.tree, limits) == content {
                        same = parent
                        break
                    }
                }
                guard let parent = same else {
                    return current.parents.isEmpty && content == [nil] ? nil : current.id
                }
                current = parent
                content = try handle.contents(of: paths, in: current.tree, limits)
            }
            throw .historyTooLong(limits)
        }
    }

    /// The commits that changed any of the paths, newest first, simplified as `git log -- paths` does.
    ///
    /// - Parameters:
    ///   - paths: Files and folders; an empty path means all.
    ///   - head: Where the history starts.
    ///   - excluded: A commit whose own history is left out; nil for the whole history.
    ///   - count: How many are wanted at most.
    package func commits(
        touching paths: [String], from head: ObjectID, excluding excluded: ObjectID? = nil, count: Int = .max
    ) throws(GitError) -> [Commit] {
        try withHistory { (handle) throws(GitError) in
            let paths = pathsWithoutNesting(paths)
            var wanted: Set<ObjectID>?
            if let excluded { wanted = Set(try handle.walk(from: head, excluding: excluded, limits)) }
            var found: [Commit] = []
            var seen: Set<ObjectID> = [head]
            var frontier: [Commit] = []
            if wanted?.contains(head) ?? true { frontier = [try handle.commit(head, limits)] }
            while found.count < count,
                let newest = frontier.indices.max(by: { frontier[$0].committer.time < frontier[$1].committer.time })
            {
                let commit = frontier.remove(at: newest)
                guard seen.count <= limits.commits else { throw .historyTooLong(limits) }
                let content = try handle.contents(of: paths, in: commit.tree, limits)
                let parents = try commit.parents.map { (id) throws(GitError) in try handle.commit(id, limits) }
                var next = parents
                if let same = try handle.firstSame(content, paths, among: parents, limits) {
                    next = [same]
                } else if !parents.isEmpty || content.contains(where: { $0 != nil }) {
                    found.append(commit)
                }
                for parent in next where wanted?.contains(parent.id) ?? true && seen.insert(parent.id).inserted {
                    frontier.append(parent)
                }
            }
            return found
        }
    }

    /// Everyone who wrote what changed at the paths between two commits, co-authors included.
    ///
    /// Side branches are all looked at, also those a simplified history leaves out: nobody escapes by
    /// having a change merged twice.
    ///
    /// - Parameters:
    ///   - base: The commit that was agreed upon before; nil for the whole history.
    ///   - head: The commit that is asked about.
    ///   - prefixes: Files and folders; an empty path means all.
    package func authors(
        between base: ObjectID?, and head: ObjectID, touching prefixes: [String]
    ) throws(GitError) -> [Commit.Person] {
        try withHistory { (handle) throws(GitError) in
            let paths = pathsWithoutNesting(prefixes)
            var authors: [Commit.Person] = []
            var seen: Set<String> = []
            for id in try handle.walk(from: head, excluding: base, limits) {
                let commit = try handle.commit(id, limits)
                let content = try handle.contents(of: paths, in: commit.tree, limits)
                let parents = try commit.parents.map { (id) throws(GitError) in try handle.commit(id, limits) }
                if try handle.firstSame(content, paths, among: parents, limits) != nil { continue }
                if parents.isEmpty, content.allSatisfy({ $0 == nil }) { continue }
                for person in [commit.author] + commit.coAuthors where seen.insert(person.email.lowercased()).inserted {
                    authors.append(person)
                }
            }
            return authors
        }
    }
}

extension Repository {
    /// Lends the C objects to a question about history, and says so when the answer was cut off.
    ///
    /// Never answered from what is there: who wrote something could then be missing from its authors.
    func withHistory<Value>(
        _ body: (borrowing Handle) throws(GitError) -> sending Value
    ) throws(GitError) -> sending Value {
        try withHandle { (handle) throws(GitError) in
            do throws(GitError) {
                return try body(handle)
            } catch {
                guard git_repository_is_shallow(handle.repository.pointer) == 1 else { throw error }
                throw GitError(
                    code: .incompleteHistory,
                    message: "\(gitDirectory) is a shallow clone, and its history ends too early; "
                        + "run git fetch --unshallow (in a pipeline: fetch-depth 0)",
                    pointOfFailure: error.pointOfFailure)
            }
        }
    }
}

extension GitError {
    static func historyTooLong(_ limits: GitLimits) -> GitError {
        GitError(
            code: .tooLarge, message: "the history has more than \(limits.commits) commits",
            pointOfFailure: "history walk")
    }
}

extension Repository.Handle {
    /// What the paths hold in a tree, nil where nothing is.
    func contents(of paths: [String], in tree: ObjectID, _ limits: GitLimits) throws(GitError) -> [TreeContent?] {
        try paths.map { (path) throws(GitError) in try find(path, in: tree, limits) }
    }

    func firstSame(
        _ content: [TreeContent?], _ paths: [String], among parents: [Commit], _ limits: GitLimits
    ) throws(GitError) -> Commit? {
        for parent in parents where try contents(of: paths, in: parent.tree, limits) == content { return parent }
        return nil
    }

    /// All commits in a history and not in another, children before parents.
    func walk(from head: ObjectID, excluding excluded: ObjectID?, _ limits: GitLimits) throws(GitError) -> [ObjectID] {
        let subject = "cannot read the history of \(head.short)"
        let walk = try CObject("git_revwalk_new", subject, release: git_revwalk_free) {
            git_revwalk_new(&$0, repository.pointer)
        }
        try Libgit2.check(
            git_revwalk_sorting(walk.pointer, GIT_SORT_TOPOLOGICAL.rawValue | GIT_SORT_TIME.rawValue),
            "git_revwalk_sorting", subject)
        var id = head.cValue
        try Libgit2.check(git_revwalk_push(walk.pointer, &id), "git_revwalk_push", subject)
        if let excluded {
            id = excluded.cValue
            try Libgit2.check(git_revwalk_hide(walk.pointer, &id), "git_revwalk_hide", subject)
        }
        var ids: [ObjectID] = []
        while true {
            let result = git_revwalk_next(&id, walk.pointer)
            if result == GIT_ITEROVER.rawValue { return ids }
            try Libgit2.check(result, "git_revwalk_next", subject)
            guard ids.count < limits.commits else { throw .historyTooLong(limits) }
            ids.append(ObjectID(id))
        }
    }
}
