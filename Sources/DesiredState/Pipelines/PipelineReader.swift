internal import Diagnostics
internal import Git
internal import YAML

/// What the pipelines of each commit do, read when a stage first asks for it.
///
/// It never leaves the reading that made it.
final class PipelineCalls {
    private let documents: DocumentCache
    private var known: [String: [PipelineCall]] = [:]

    init(documents: DocumentCache) { self.documents = documents }

    func calls(of snapshot: Snapshot) -> [PipelineCall] {
        let key = snapshot.commit?.id ?? ""
        if let calls = known[key] { return calls }
        let calls = PipelineReader(tree: snapshot.tree, documents: documents).read()
        known[key] = calls
        return calls
    }
}

/// Finds the pipelines that a repository has, and reads what they do with `az ml`.
struct PipelineReader {
    /// The project's files.
    let tree: ProjectTree
    let documents: DocumentCache

    /// Pipelines that one repository is read for.
    private static let pipelineLimit = 200
    /// Words in the paths that pipelines have, in lower case.
    private static let words: [StaticString] = [
        "pipeline", ".ado", "azuredevops", "devops", "workflow", "cicd", "ci-cd", "github-actions",
    ]

    /// What the pipelines do, those that run as they stand first.
    func read() -> [PipelineCall] {
        let repository = tree.repository
        var roots: [(rank: PipelineRank, path: String, document: Node)] = []
        for file in Self.candidates(repository.files) {
            guard roots.count < Self.pipelineLimit, file.kind.isFile, isNear(file.path),
                let document = documents.document(file, in: repository, findings: Findings()),
                let rank = Self.rank(document, file.path)
            else { continue }
            roots.append((rank, file.path, document))
        }
        var calls: [PipelineCall] = []
        for root in roots.sorted(by: { ($0.rank, $0.path) < ($1.rank, $1.path) }) {
            var walker = PipelineWalker(tree: repository, documents: documents, folder: tree.folder)
            walker.walk(root.path, root.document, rank: root.rank)
            calls += walker.calls
        }
        return calls
    }

    /// Whether a file is the project's own or the repository's: other projects' pipelines are theirs.
    private func isNear(_ path: String) -> Bool {
        let own = tree.folder + "/"
        let folder = ProjectPath.folder(of: path)
        if tree.folder.isEmpty || folder.isEmpty || path.hasPrefix(own) || own.hasPrefix(folder + "/") { return true }
        return path.hasPrefix(".") || Self.isPipelineFolder(folder.prefix { $0 != "/" })
    }

    /// The files that may be pipelines, by the words of their folders and names.
    private static func candidates(_ files: [ProjectFile]) -> [ProjectFile] {
        // Files of a folder stand together: its words are looked at once.
        var folder = "/"
        var isFound = false
        return files.filter { file in
            let path = file.path.utf8
            guard path.suffix(4).elementsEqual(".yml".utf8) || path.suffix(5).elementsEqual(".yaml".utf8) else {
                return false
            }
            let end = path.lastIndex(of: UInt8(ascii: "/")) ?? path.startIndex
            if !path[..<end].elementsEqual(folder.utf8) {
                folder = String(file.path[..<end])
                isFound = isPipelineFolder(Substring(folder))
            }
            return isFound || Words.mentions("pipeline", in: Array(path[end...]))
        }
    }

    private static func isPipelineFolder(_ path: Substring) -> Bool {
        let lowered = path.utf8.map { UInt8(ascii: "A")...UInt8(ascii: "Z") ~= $0 ? $0 | 0x20 : $0 }
        return words.contains { Words.mentions($0, in: lowered) } && !Words.mentions("node_modules", in: lowered)
    }

    /// What a document is, nil for what is no pipeline by itself.
    private static func rank(_ document: Node, _ path: String) -> PipelineRank? {
        // A pipeline job has jobs too, and says what it is.
        guard let mapping = document.mapping, mapping["$schema"] == nil, mapping["type"] == nil else { return nil }
        if mapping["on"] != nil, mapping["jobs"]?.mapping != nil {
            // A workflow that is only called by others is read where they call it.
            let triggers = mapping["on"]?.mapping
            if let triggers, triggers.entries.allSatisfy({ $0.name == "workflow_call" }) { return nil }
            return ProjectPath.folder(of: path) == ".github/workflows" ? .workflow : .copy
        }
        let parts = ["stages", "jobs", "steps", "extends"]
        guard parts.contains(where: { mapping[$0] != nil }) else { return nil }
        let marks = ["trigger", "schedules", "pool", "resources", "name", "pr", "variables", "extends"]
        // Steps or jobs with nothing but parameters are a template, and read where it is named.
        return marks.contains { mapping[$0] != nil } || mapping["parameters"] == nil ? .pipeline : nil
    }
}

/// Looks for words by their bytes: every folder of a repository is asked, and `String.contains` looks at characters.
private enum Words {
    static func mentions(_ word: StaticString, in bytes: [UInt8]) -> Bool {
        word.withUTF8Buffer { word in
            bytes.withUnsafeBufferPointer { bytes in
                guard word.count <= bytes.count else { return false }
                let first = word[0]
                for start in 0...(bytes.count - word.count) where bytes[start] == first {
                    var length = 1
                    while length < word.count, bytes[start + length] == word[length] { length += 1 }
                    if length == word.count { return true }
                }
                return false
            }
        }
    }
}

/// Which asset file a pipeline means by a path.
struct AssetPlace {
    /// Asset files by their paths from the repository's root.
    private let files: [(root: [Substring], file: AssetFile)]
    private let folder: [Substring]

    init(_ assets: [AssetFile], in folder: String) {
        files = assets.map {
            (Self.root(of: $0.path, in: folder).split(separator: "/").map { Substring(String($0)) }, $0)
        }
        self.folder = folder.split(separator: "/")
    }

    /// A project's path as the repository names it.
    static func root(of path: String, in folder: String) -> String {
        guard !folder.isEmpty, case .success(let root) = ProjectPath.normalized(path, from: folder) else { return path }
        return root
    }

    /// The one asset file that a path means; what stands before a variable's name is left to the run.
    ///
    /// - Parameter isOwn: Whether the pipeline is the project's own, so that paths may begin at the project's folder.
    func file(_ text: String, isOwn: Bool) -> AssetFile? {
        let parts = text.split(whereSeparator: { $0 == "/" || $0 == "\\" }).filter { $0 != "." }
        let known = parts.lastIndex { $0.contains("$") || $0.contains(PipelineScope.unknown) || $0 == ".." }
        let path = Array(parts[(known.map { $0 + 1 } ?? 0)...])
        guard path.count > 0 else { return nil }
        if let exact = files.first(where: { $0.root == path }) { return exact.file }
        // The path may begin above the repository, as that of a published artifact does, or below a working directory.
        let longer = files.filter { Self.isEnd($0.root, of: path) || isOwn && Self.isEnd(inside($0.root), of: path) }
        if let best = longer.max(by: { $0.root.count < $1.root.count }) { return best.file }
        guard isOwn else { return nil }
        let shorter = files.filter { Self.isEnd(path, of: $0.root) }
        return shorter.count == 1 ? shorter.first?.file : nil
    }

    private func inside(_ root: [Substring]) -> [Substring] {
        root.starts(with: folder) ? Array(root.dropFirst(folder.count)) : root
    }

    private static func isEnd(_ end: [Substring], of path: [Substring]) -> Bool {
        end.count > 1 && path.count >= end.count && path.suffix(end.count).elementsEqual(end)
    }
}
