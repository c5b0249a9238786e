internal import AssetSchema
internal import Diagnostics
internal import Git

/// Names the files that fields of assets point at, by their blobs and without reading them.
struct ContentReader {
    let tree: ProjectTree
    let findings: Findings
    private var folders: [String: ContentTree] = [:]

    init(tree: ProjectTree, findings: Findings) {
        self.tree = tree
        self.findings = findings
    }

    /// More files than this in one asset is no code or data folder that belongs into git.
    private static let entryLimit = 50_000

    /// What stands at a path a field names, relative to the folder of the field's file; nil with an error told.
    ///
    /// - Parameter appliesIgnoreRules: Whether `.amlignore`, else `.gitignore`, in the folder itself leaves files out:
    ///   Azure's SDK does so for code and build contexts, not for data.
    mutating func content(
        at text: String, from folder: String, location: SourceLocation, pointer: String, appliesIgnoreRules: Bool
    ) -> (path: String, tree: ContentTree)? {
        guard
            let path = ProjectPath.resolve(
                text, from: folder, at: location, pointer: pointer, tree: tree, findings: findings)
        else { return nil }
        if let file = tree.file(path) { return single(file, path: path, at: location, pointer: pointer) }
        let key = appliesIgnoreRules ? "+" + path : path
        if let known = folders[key] { return (path, known) }
        let files = tree.files(below: path)
        guard !files.isEmpty else {
            // Two steps of a job may include one file.
            findings.appendOnce(ProjectPath.missing(path, as: text, at: location, pointer: pointer, tree: tree))
            return nil
        }
        guard files.count <= Self.entryLimit else {
            findings.error(
                "too-many-files", "\"\(text)\" has more than \(Self.entryLimit) files", at: location, pointer: pointer)
            return nil
        }
        guard let content = whole(files, path: path, appliesIgnoreRules, at: location, pointer: pointer) else {
            return nil
        }
        folders[key] = content
        return (path, content)
    }

    private func single(
        _ file: ProjectFile, path: String, at location: SourceLocation, pointer: String
    ) -> (path: String, tree: ContentTree)? {
        guard let entry = entry(file, as: ProjectPath.name(of: path), at: location, pointer: pointer) else {
            return nil
        }
        return (path, ContentTree(entries: [entry], isFile: true))
    }

    private func whole(
        _ files: ArraySlice<ProjectFile>, path: String, _ appliesIgnoreRules: Bool, at location: SourceLocation,
        pointer: String
    ) -> ContentTree? {
        let cut = path.isEmpty ? 0 : path.utf8.count + 1
        let rules = appliesIgnoreRules ? ignoreRules(in: path) : nil
        var entries: [ContentEntry] = []
        entries.reserveCapacity(files.count)
        var isSound = true
        for file in files {
            let name = String(decoding: file.path.utf8.dropFirst(cut), as: UTF8.self)
            if let rules, rules.excludes(name) { continue }
            if let entry = entry(file, as: name, at: location, pointer: pointer) {
                entries.append(entry)
            } else {
                isSound = false
            }
        }
        return isSound ? ContentTree(entries: entries, isFile: false) : nil
    }

    private func entry(
        _ file: ProjectFile, as name: String, at location: SourceLocation, pointer: String
    ) -> ContentEntry? {
        guard file.kind.isFile else {
            findings.error(
                "not-a-file", "\(file.path) is \(file.kind.words), and those are not followed", at: location,
                pointer: pointer, hint: "commit the file itself")
            return nil
        }
        return ContentEntry(path: name, isExecutable: file.kind == .executable, blob: file.id.description)
    }

    private func ignoreRules(in folder: String) -> IgnoreRules? {
        for name in [".amlignore", ".gitignore"] {
            let path = folder.isEmpty ? name : "\(folder)/\(name)"
            guard let file = tree.file(path), file.kind.isFile else { continue }
            guard let bytes = try? tree.read(file, limit: 1 << 20) else { continue }
            return IgnoreRules(bytes)
        }
        return nil
    }
}
