/// One path that is not the same in two commits.
package struct ChangedPath: Hashable, Sendable {
    /// What happened to a path.
    package enum Kind: String, Hashable, Sendable, Codable {
        case added
        case removed
        case modified
        /// A file became a symlink, a submodule or the like.
        case typeChanged
    }

    /// The path from the root of the tree.
    package let path: String
    /// What happened to it.
    package let kind: Kind

    /// Makes a change.
    package init(path: String, kind: Kind) {
        self.path = path
        self.kind = kind
    }
}

extension Repository {
    /// The files that differ between two commits or trees, sorted; folders that are the same are not looked into.
    ///
    /// - Parameters:
    ///   - old: The earlier commit or tree; nil for an empty one.
    ///   - new: The later commit or tree.
    ///   - prefixes: Folders and files that are asked about; an empty path asks about all.
    package func changedPaths(
        from old: ObjectID?, to new: ObjectID, under prefixes: [String] = [""]
    ) throws(GitError) -> [ChangedPath] {
        try withHandle { (handle) throws(GitError) in
            var comparison = TreeComparison(limits: limits)
            let newTree = try handle.tree(of: new, limits)
            let oldTree: ObjectID? = if let old { try handle.tree(of: old, limits) } else { nil }
            for prefix in pathsWithoutNesting(prefixes) {
                let before: TreeContent? = if let oldTree { try handle.find(prefix, in: oldTree, limits) } else { nil }
                let after = try handle.find(prefix, in: newTree, limits)
                try comparison.compare(handle, before, after, at: prefix, depth: 0)
            }
            return comparison.changes.sorted { $0.path.utf8.lexicographicallyPrecedes($1.path.utf8) }
        }
    }
}

/// The paths in plain form, without those that lie under another.
func pathsWithoutNesting(_ paths: [String]) -> [String] {
    let plain = Set(paths.map { $0.split(separator: "/").joined(separator: "/") })
    if plain.contains("") { return [""] }
    return plain.sorted().filter { path in
        !plain.contains { $0 != path && path.hasPrefix($0 + "/") }
    }
}

private struct TreeComparison {
    let limits: GitLimits
    var changes: [ChangedPath] = []

    mutating func compare(
        _ handle: borrowing Repository.Handle, _ old: TreeContent?, _ new: TreeContent?, at path: String, depth: Int
    ) throws(GitError) {
        if old == new { return }
        guard depth <= limits.treeDepth, changes.count < limits.entries else {
            throw GitError(
                code: .tooLarge, message: "\(path) holds too many or too deep changes to compare",
                pointOfFailure: "tree comparison")
        }
        let isOldFolder = old?.kind == .directory
        let isNewFolder = new?.kind == .directory
        if isOldFolder || isNewFolder {
            let before = try folder(handle, isOldFolder ? old : nil)
            let after = try folder(handle, isNewFolder ? new : nil)
            let prefix = path.isEmpty ? "" : path + "/"
            for (name, content) in before where content != after[name] {
                try compare(handle, content, after[name], at: prefix + text(name), depth: depth + 1)
            }
            for (name, content) in after where before[name] == nil {
                try compare(handle, nil, content, at: prefix + text(name), depth: depth + 1)
            }
        }
        let oldFile = isOldFolder ? nil : old
        let newFile = isNewFolder ? nil : new
        switch (oldFile, newFile) {
        case (nil, nil): break
        case (nil, _?): changes.append(ChangedPath(path: path, kind: .added))
        case (_?, nil): changes.append(ChangedPath(path: path, kind: .removed))
        case (let oldFile?, let newFile?):
            let isSameType = oldFile.kind == newFile.kind || oldFile.kind.isFile && newFile.kind.isFile
            changes.append(ChangedPath(path: path, kind: isSameType ? .modified : .typeChanged))
        }
    }

    /// By the bytes of the names: Swift's strings would take two spellings of a letter for the same.
    private func folder(
        _ handle: borrowing Repository.Handle, _ content: TreeContent?
    ) throws(GitError) -> [[UInt8]: TreeContent] {
        guard let content else { return [:] }
        return try handle.withTree(content.id, limits) { (raw) throws(GitError) in
            var entries: [[UInt8]: TreeContent] = [:]
            let isWhole = try raw.forEach { entry in
                let name = Array(entry.name)
                if entries[name] == nil { entries[name] = entry.content }
                return true
            }
            guard isWhole else { throw .wrongType(content.id, "whole tree") }
            return entries
        }
    }

    private func text(_ name: [UInt8]) -> String { String(decoding: name, as: UTF8.self) }
}
