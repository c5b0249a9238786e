internal import CLibgit2

extension Repository {
    /// The short name of the branch that HEAD names, also when it has no commit yet; nil when detached.
    package func headBranch() throws(GitError) -> String? {
        try withHandle { (handle) throws(GitError) in
            let head = try CObject("git_reference_lookup", "cannot read HEAD", release: git_reference_free) {
                git_reference_lookup(&$0, handle.repository.pointer, "HEAD")
            }
            guard let target = git_reference_symbolic_target(head.pointer) else { return nil }
            let name = String(cString: target)
            return name.hasPrefix("refs/heads/") ? String(name.dropFirst("refs/heads/".count)) : nil
        }
    }

    /// The commit at the tip of a branch: the local one, else origin's; nil when there is neither.
    ///
    /// Reads two small files at most, however large the repository is.
    package func branchTip(_ name: String) throws(GitError) -> ObjectID? {
        try withHandle { (handle) throws(GitError) in
            for reference in ["refs/heads/\(name)", "refs/remotes/origin/\(name)"] {
                var id = git_oid()
                let result = git_reference_name_to_id(&id, handle.repository.pointer, reference)
                if result == GIT_ENOTFOUND.rawValue { continue }
                try Libgit2.check(result, "git_reference_name_to_id", "cannot read the branch \(name)")
                return ObjectID(id)
            }
            return nil
        }
    }

    /// The commit that a revision means (`main`, `v1.0`, `HEAD~2`, an abbreviated id); nil when it means none.
    package func resolve(_ revision: String) throws(GitError) -> ObjectID? {
        try withHandle { (handle) throws(GitError) in
            let found = try CObject.ifFound(
                "git_revparse_single", "cannot resolve \(revision)", release: git_object_free
            ) { git_revparse_single(&$0, handle.repository.pointer, revision) }
            guard let object = consume found else { return nil }
            // A tag of a tree or a blob exists, but is no commit.
            let commit = try CObject("git_object_peel", "\(revision) names no commit", release: git_object_free) {
                git_object_peel(&$0, object.pointer, GIT_OBJECT_COMMIT)
            }
            return git_object_id(commit.pointer).map { ObjectID($0.pointee) }
        }
    }
}
