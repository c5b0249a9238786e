internal import CLibgit2

/// The files of a working tree as they are at one moment: tracked ones, and new ones that are not ignored.
package struct WorkTree: SourceTree {
    package let commit: ObjectID?
    package let isWorkingTree = true
    private let repository: Repository
    private let files: RootedFiles
    private let listed: [TreeEntry]
    /// What is not in the object database because it was never added.
    private let unsaved: [ObjectID: String]

    /// Looks at the working tree of a repository.
    ///
    /// - Throws: `bareRepository` when it has none.
    package init(_ repository: Repository, fileLimit: Int = 1 << 30) throws(GitError) {
        guard let root = repository.workingDirectory else {
            throw GitError(
                code: .bareRepository, message: "\(repository.gitDirectory) has no working tree",
                pointOfFailure: "git_repository_workdir")
        }
        self.repository = repository
        files = try RootedFiles(root)
        commit = try repository.resolve("HEAD")
        var listed: [TreeEntry] = []
        var unsaved: [ObjectID: String] = [:]
        for found in try repository.workingFiles() {
            if let id = found.id {
                listed.append(TreeEntry(path: found.path, kind: found.kind, id: id))
                continue
            }
            let bytes =
                found.kind == .symlink
                ? try files.target(ofSymlink: found.path) : try files.read(found.path, limit: fileLimit)
            let id = ObjectID.blob(of: bytes)
            unsaved[id] = found.path
            listed.append(TreeEntry(path: found.path, kind: found.kind, id: id))
        }
        listed.sortByPath()
        self.listed = listed
        self.unsaved = unsaved
    }

    package func entries(under path: String, recursive: Bool) throws(GitError) -> [TreeEntry] {
        let prefix = path.split(separator: "/").joined(separator: "/")
        if let file = file(at: prefix) { return [file] }
        let below = prefix.isEmpty ? "" : prefix + "/"
        if recursive { return Array(files(below)) }
        var entries: [TreeEntry] = []
        var folder: Substring?
        for entry in files(below) {
            let rest = entry.path.dropFirst(below.count)
            guard let slash = rest.firstIndex(of: "/") else {
                entries.append(entry)
                continue
            }
            if rest[..<slash] == folder { continue }
            folder = rest[..<slash]
            entries.append(directory(below + rest[..<slash]))
        }
        entries.sortByPath()
        return entries
    }

    package func entry(at path: String) throws(GitError) -> TreeEntry? {
        let path = path.split(separator: "/").joined(separator: "/")
        if let file = file(at: path) { return file }
        return path.isEmpty || !files(path + "/").isEmpty ? directory(path) : nil
    }

    package func blob(_ id: ObjectID, limit: Int) throws(GitError) -> [UInt8] {
        guard let path = unsaved[id] else { return try repository.blob(id, limit: limit) }
        let bytes = try files.read(path, limit: limit)
        guard ObjectID.blob(of: bytes) == id else {
            throw GitError(
                code: .notFound, message: "\(path) was changed while it was read; try again", pointOfFailure: "read")
        }
        return bytes
    }

    package func blobSize(_ id: ObjectID) throws(GitError) -> Int {
        guard let path = unsaved[id] else { return try repository.blobSize(id) }
        return try files.size(path)
    }

    /// A folder's id stands for the paths and contents below it, as a tree's does, but is no tree's.
    private func directory(_ path: String) -> TreeEntry {
        let below = path.isEmpty ? "" : path + "/"
        var text: [UInt8] = []
        for entry in files(below) {
            text += "\(entry.kind.rawValue) \(entry.id) \(entry.path.dropFirst(below.count))\0".utf8
        }
        return TreeEntry(path: path, kind: .directory, id: .blob(of: text))
    }

    private func file(at path: String) -> TreeEntry? {
        let index = firstIndex(notBefore: path)
        return index < listed.endIndex && listed[index].path.utf8.elementsEqual(path.utf8) ? listed[index] : nil
    }

    /// The files whose path starts so; they stand together, the list being sorted by bytes.
    private func files(_ prefix: String) -> ArraySlice<TreeEntry> {
        let start = firstIndex(notBefore: prefix)
        var low = start
        var high = listed.endIndex
        while low < high {
            let middle = (low + high) / 2
            if listed[middle].path.utf8.starts(with: prefix.utf8) { low = middle + 1 } else { high = middle }
        }
        return listed[start..<low]
    }

    private func firstIndex(notBefore path: String) -> Int {
        var low = listed.startIndex
        var high = listed.endIndex
        while low < high {
            let middle = (low + high) / 2
            if listed[middle].path.utf8.lexicographicallyPrecedes(path.utf8) { low = middle + 1 } else { high = middle }
        }
        return low
    }
}

/// One file of the working tree, with its id when the index knows it to be unchanged.
struct WorkingFile {
    let path: String
    let kind: TreeEntry.Kind
    let id: ObjectID?
}

extension Repository {
    /// Asks libgit2's status, which honours .gitignore and compares file times before contents.
    func workingFiles() throws(GitError) -> [WorkingFile] {
        try withHandle { (handle) throws(GitError) in
            let subject = "cannot read the working tree"
            var options = git_status_options()
            try Libgit2.check(
                git_status_options_init(&options, UInt32(GIT_STATUS_OPTIONS_VERSION)), "git_status_options_init",
                subject)
            options.show = GIT_STATUS_SHOW_WORKDIR_ONLY
            options.flags =
                GIT_STATUS_OPT_INCLUDE_UNTRACKED.rawValue | GIT_STATUS_OPT_RECURSE_UNTRACKED_DIRS.rawValue
                | GIT_STATUS_OPT_INCLUDE_UNMODIFIED.rawValue | GIT_STATUS_OPT_DISABLE_PATHSPEC_MATCH.rawValue
            let list = try CObject("git_status_list_new", subject, release: git_status_list_free) {
                git_status_list_new(&$0, handle.repository.pointer, &options)
            }
            let count = git_status_list_entrycount(list.pointer)
            guard count <= limits.entries else {
                throw GitError(
                    code: .tooLarge, message: "more than \(limits.entries) files are in the working tree",
                    pointOfFailure: "git_status_list_new")
            }
            var files: [WorkingFile] = []
            files.reserveCapacity(count)
            for index in 0..<count {
                guard let entry = git_status_byindex(list.pointer, index)?.pointee,
                    let delta = entry.index_to_workdir?.pointee,
                    entry.status.rawValue & GIT_STATUS_WT_DELETED.rawValue == 0
                else { continue }
                guard let text = delta.new_file.path else { continue }
                files.append(
                    WorkingFile(
                        path: String(cString: text), delta,
                        isUnchanged: entry.status == GIT_STATUS_CURRENT))
            }
            return files
        }
    }
}

extension WorkingFile {
    fileprivate init(path: String, _ delta: git_diff_delta, isUnchanged: Bool) {
        let kind: TreeEntry.Kind =
            switch UInt32(delta.new_file.mode) {
            case GIT_FILEMODE_BLOB.rawValue: .file
            case GIT_FILEMODE_BLOB_EXECUTABLE.rawValue: .executable
            case GIT_FILEMODE_LINK.rawValue: .symlink
            // A repository of its own, recorded as a submodule or not.
            case GIT_FILEMODE_COMMIT.rawValue, GIT_FILEMODE_TREE.rawValue: .submodule
            default: .malformed
            }
        let isFolder = path.hasSuffix("/")
        self.path = isFolder ? String(path.dropLast()) : path
        self.kind = isFolder ? .submodule : kind
        let hasBytes = self.kind.isFile || self.kind == .symlink
        id = isUnchanged || !hasBytes ? ObjectID(delta.old_file.id) : nil
    }
}
