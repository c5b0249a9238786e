import CommandLine
import Controller
import DesiredState
import Diagnostics
import FoundationEssentials
import Git

/// `reconcile init`: writes down what is assumed of a project, or lays a new one down; it never overwrites.
struct InitCommand {
    private let context: CommandContext
    private let manager = FileManager.default

    init(_ context: CommandContext) { self.context = context }

    func run() throws -> Int32 {
        let (repository, folder) = try place()
        guard let root = repository.workingDirectory else {
            throw CommandFailure("'\(DisplayText.escaped(repository.gitDirectory))' has no working tree to write to")
        }
        let base = folder.isEmpty ? root : "\(root)/\(folder)"
        let reader = ProjectReader(repository: repository, folder: folder)
        let files = try files(of: repository, reader)
        var written = 0
        for file in files {
            if exists("\(base)/\(file.path)") {
                context.console.print("Kept \(file.path): it is there already")
                continue
            }
            try write(file.text, to: "\(base)/\(file.path)")
            context.console.print("Wrote \(file.path)")
            written += 1
        }
        if files.isEmpty { context.console.print("Nothing to write: environments/ says all there is to say") }
        if written > 0 {
            let project = folder.isEmpty ? "" : " --project \(folder)"
            context.console.print("Look at the plan: reconcile --dry-run --worktree --offline\(project)")
        }
        return 0
    }

    /// The repository, and the project's folder inside it: what `--project` says, else the folder that is named.
    private func place() throws -> (repository: Repository, folder: String) {
        let named = context.absolute(context.invocation.argument("folder") ?? context.invocation.value("repo") ?? ".")
        guard exists(named) else { throw CommandFailure("there is no folder '\(DisplayText.escaped(named))'") }
        let repository: Repository
        do {
            repository = try Repository.discover(from: named)
        } catch {
            throw CommandFailure(
                "'\(DisplayText.escaped(named))' lies in no git repository", hint: "run git init there first")
        }
        if let asked = context.invocation.value("project") {
            guard case .success(let folder) = ProjectFolderPath.inside(asked) else {
                throw CommandFailure(
                    "'\(DisplayText.escaped(asked))' leads out of the repository", status: UsageError.exitStatus)
            }
            return (repository, folder)
        }
        guard let root = repository.workingDirectory, let path = ProjectFolderPath.relative(named, to: root) else {
            return (repository, "")
        }
        if !path.isEmpty { return (repository, path) }
        // At the root: the one project that the repository holds, if it holds one elsewhere.
        switch try ProjectFinder(repository: repository, source: .worktree).find(nil) {
        case .project(let folder, _): return (repository, folder)
        case .several(let folders):
            throw CommandFailure(
                "this repository holds \(folders.count) projects: "
                    + folders.map { DisplayText.escaped($0) }.joined(separator: ", "),
                hint: "choose one: --project \(DisplayText.escaped(folders[0]))", status: UsageError.exitStatus)
        default: return (repository, "")
        }
    }

    /// What is to be written: the assumed stages, or a new project where there is nothing yet.
    private func files(of repository: Repository, _ reader: ProjectReader) throws -> [NewFile] {
        let hasCommit = try repository.resolve("HEAD") != nil
        var assumed = hasCommit ? try reader.assumedStageFiles(.branches) : []
        if assumed.isEmpty { assumed = try reader.assumedStageFiles(.worktree) }
        if !assumed.isEmpty { return assumed.map { NewFile(path: $0.path, text: $0.text) } }
        let reading = try reader.read(.worktree)
        guard reading.project.stages.isEmpty, !reading.hasStageFiles else { return [] }
        let branch = try repository.headBranch() ?? "main"
        if reading.hasAssets { return NewProject.stageOnly(branch: branch) }
        guard reading.isEmpty else {
            throw CommandFailure(
                "no file here is of Azure ML's CLI v2, so there is nothing to write stages for",
                hint: "in an empty repository or folder, reconcile init lays a new project down")
        }
        return NewProject.files(branch: branch)
    }

    private func exists(_ path: String) -> Bool { manager.fileExists(atPath: path) }

    private func write(_ text: String, to path: String) throws {
        if let slash = path.lastIndex(of: "/") {
            try manager.createDirectory(atPath: String(path[..<slash]), withIntermediateDirectories: true)
        }
        try Data(text.utf8).write(to: URL(filePath: path), options: .withoutOverwriting)
    }
}

/// A file that `init` writes.
struct NewFile {
    var path: String
    var text: String
}

/// Paths of folders as people give them, turned into git's.
private enum ProjectFolderPath {
    struct Outside: Error {}

    static func inside(_ text: String) -> Result<String, Outside> {
        var parts: [Substring] = []
        for part in text.split(separator: "/") where part != "." {
            if part == ".." {
                guard parts.popLast() != nil else { return .failure(Outside()) }
            } else {
                parts.append(part)
            }
        }
        return .success(parts.joined(separator: "/"))
    }

    /// A folder's path from the root of its repository, both as the file system resolves them.
    static func relative(_ path: String, to root: String) -> String? {
        let path = URL(filePath: path).resolvingSymlinksInPath().path
        let root = URL(filePath: root).resolvingSymlinksInPath().path
        let own = path.split(separator: "/")
        let base = root.split(separator: "/")
        guard own.starts(with: base) else { return nil }
        return own.dropFirst(base.count).filter { $0 != "." }.joined(separator: "/")
    }
}
