internal import CLibgit2

extension Repository {
    /// The entries under a path, in the order of their paths' bytes; none when the path is not there.
    ///
    /// - Parameters:
    ///   - root: A commit or a tree.
    ///   - path: A folder, or a file, which then is the only entry; empty for all.
    ///   - recursive: False lists one folder with its folders; true lists everything below that is no folder.
    package func entries(
        in root: ObjectID, under path: String = "", recursive: Bool = true
    ) throws(GitError) -> [TreeEntry] {
        try withHandle { (handle) throws(GitError) in
            let top = try handle.tree(of: root, limits)
            let prefix = path.split(separator: "/").joined(separator: "/")
            guard let found = try handle.find(prefix, in: top, limits) else { return [] }
            guard found.kind == .directory else {
                return [TreeEntry(path: prefix, kind: found.kind, id: found.id)]
            }
            var listing = TreeListing(recursive: recursive, limits: limits)
            return try listing.run(handle, from: found.id, at: prefix).entries
        }
    }

    /// Everything below a path that is no folder, with what it takes to list a later tree by what changed in it.
    ///
    /// - Parameter earlier: A listing of the same path in an earlier tree.
    func listing(
        in root: ObjectID, under path: String, earlier: FileListing?
    ) throws(GitError) -> FileListing {
        try withHandle { (handle) throws(GitError) in
            let top = try handle.tree(of: root, limits)
            let prefix = path.split(separator: "/").joined(separator: "/")
            guard let found = try handle.find(prefix, in: top, limits) else { return FileListing(entries: []) }
            guard found.kind == .directory else {
                return FileListing(entries: [TreeEntry(path: prefix, kind: found.kind, id: found.id)])
            }
            var listing = TreeListing(recursive: true, limits: limits, earlier: earlier)
            return try listing.run(handle, from: found.id, at: prefix)
        }
    }

    /// What is at a path of a commit or tree; nil when nothing is.
    package func entry(in root: ObjectID, at path: String) throws(GitError) -> TreeEntry? {
        try withHandle { (handle) throws(GitError) in
            let path = path.split(separator: "/").joined(separator: "/")
            guard let found = try handle.find(path, in: try handle.tree(of: root, limits), limits) else { return nil }
            return TreeEntry(path: path, kind: found.kind, id: found.id)
        }
    }

    /// The tree of a folder: equal ids mean equal content, without looking into it.
    package func subtreeID(in root: ObjectID, at path: String) throws(GitError) -> ObjectID? {
        guard let entry = try entry(in: root, at: path), entry.kind == .directory else { return nil }
        return entry.id
    }
}

/// Files in the order of their paths, with the folders that they were found in.
package struct FileListing: Sendable {
    /// One folder and all that lies below it.
    struct Folder: Sendable {
        /// The folder's path with a slash behind it; empty for the root.
        var prefix: String
        var id: ObjectID
        /// Where its files begin, and how many there are.
        var start: Int
        var count = 0
        /// How many folders below it follow in the list of folders.
        var folders = 0
    }

    package internal(set) var entries: [TreeEntry]
    /// Sorted by the bytes of their prefixes, so that a folder's own folders follow it.
    var folders: [Folder] = []

    /// The place of a folder that holds just that tree.
    func place(of prefix: String, _ id: ObjectID) -> Int? {
        var low = 0
        var high = folders.count
        while low < high {
            let middle = low + (high - low) / 2
            if folders[middle].prefix.precedesByBytes(prefix) {
                low = middle + 1
            } else {
                high = middle
            }
        }
        guard low < folders.count, folders[low].id == id, folders[low].prefix == prefix else { return nil }
        return low
    }
}

/// Lists a tree and the trees in it.
private struct TreeListing {
    let recursive: Bool
    let limits: GitLimits
    var earlier: FileListing?
    var found = FileListing(entries: [])

    mutating func run(
        _ handle: borrowing Repository.Handle, from tree: ObjectID, at prefix: String
    ) throws(GitError) -> FileListing {
        // In git's own order a folder sorts as if its name ended in a slash, so that going into each
        // where it stands leaves the paths sorted; a tree sorted otherwise is put right at the end.
        try list(handle, tree, prefix.isEmpty ? "" : prefix + "/", depth: 0)
        if found.entries.sortByPath() { found.folders = [] }
        return found
    }

    private mutating func list(
        _ handle: borrowing Repository.Handle, _ tree: ObjectID, _ prefix: String, depth: Int
    ) throws(GitError) {
        guard depth < limits.treeDepth else {
            throw GitError(
                code: .tooLarge, message: "\(prefix) lies more than \(limits.treeDepth) folders deep",
                pointOfFailure: "tree walk")
        }
        if takeEarlier(tree, prefix) { return try requireRoom(for: 0) }
        let place = found.folders.count
        found.folders.append(FileListing.Folder(prefix: prefix, id: tree, start: found.entries.count))
        var previous: String?
        for entry in try handle.read(tree, limits) {
            try requireRoom(for: 1)
            let kind = entry.name == previous ? .malformed : entry.kind
            previous = entry.name
            let path = prefix + entry.name
            if kind == .directory, recursive {
                try list(handle, entry.id, path + "/", depth: depth + 1)
            } else {
                found.entries.append(TreeEntry(path: path, kind: kind, id: entry.id))
            }
        }
        found.folders[place].count = found.entries.count - found.folders[place].start
        found.folders[place].folders = found.folders.count - place - 1
    }

    private func requireRoom(for more: Int) throws(GitError) {
        guard found.entries.count + more <= limits.entries else {
            throw GitError(
                code: .tooLarge, message: "more than \(limits.entries) files are in the tree",
                pointOfFailure: "tree walk")
        }
    }

    /// Copies a folder that an earlier listing has with the same tree.
    private mutating func takeEarlier(_ tree: ObjectID, _ prefix: String) -> Bool {
        guard let earlier, let place = earlier.place(of: prefix, tree) else { return false }
        let folder = earlier.folders[place]
        let shift = found.entries.count - folder.start
        found.entries += earlier.entries[folder.start..<folder.start + folder.count]
        for var inner in earlier.folders[place...place + folder.folders] {
            inner.start += shift
            found.folders.append(inner)
        }
        return true
    }
}

/// One entry of one tree, read out of its object.
struct NamedContent {
    let name: String
    let kind: TreeEntry.Kind
    let id: ObjectID

    var content: TreeContent { TreeContent(kind: kind, id: id) }
}

extension Repository.Handle {
    /// The root tree that a commit or a tree stands for.
    func tree(of root: ObjectID, _ limits: GitLimits) throws(GitError) -> ObjectID {
        switch try header(root).type {
        case GIT_OBJECT_TREE: root
        case GIT_OBJECT_COMMIT: try commit(root, limits).tree
        default: throw .wrongType(root, "commit or tree")
        }
    }

    /// Lends a tree's bytes.
    func withTree<Value>(
        _ id: ObjectID, _ limits: GitLimits, _ body: (RawTree) throws(GitError) -> Value
    ) throws(GitError) -> Value {
        try requireSize(of: id, atMost: limits.treeBytes, GIT_OBJECT_TREE)
        let object = try object(id, GIT_OBJECT_TREE)
        return try body(
            RawTree(
                bytes: UnsafeRawBufferPointer(
                    start: git_odb_object_data(object.pointer), count: git_odb_object_size(object.pointer))))
    }

    /// All entries of one tree in stored order.
    func read(_ tree: ObjectID, _ limits: GitLimits) throws(GitError) -> [NamedContent] {
        try withTree(tree, limits) { (raw) throws(GitError) in
            var entries: [NamedContent] = []
            let isWhole = try raw.forEach { entry in
                let name = String(validating: entry.name, as: UTF8.self)
                let isSafe = name != nil && entry.name.withMemoryRebound(to: UInt8.self) { RawTree.isSafe($0.span) }
                entries.append(
                    NamedContent(
                        name: name ?? String(decoding: entry.name, as: UTF8.self),
                        kind: isSafe ? entry.kind : .malformed, id: entry.id))
                return true
            }
            guard isWhole else { throw .wrongType(tree, "whole tree") }
            return entries
        }
    }

    /// What is at a path; the root itself for an empty path.
    func find(_ path: String, in tree: ObjectID, _ limits: GitLimits) throws(GitError) -> TreeContent? {
        var found = TreeContent(kind: .directory, id: tree)
        for part in path.split(separator: "/") {
            guard found.kind == .directory else { return nil }
            let next = try withTree(found.id, limits) { (raw) throws(GitError) in
                try raw.entry(named: part)?.content
            }
            guard let next else { return nil }
            found = next
        }
        return found
    }
}
