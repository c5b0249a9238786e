import AssetSchema
import Digest
import Foundation
import TestSupport
import Testing
import Workspace

@testable import LocalWorkspace

/// A workspace in a folder of its own, with the environments that all tests share.
struct WorkspaceFixture {
    let folder: TemporaryDirectory
    let workspace: LocalWorkspace
    static let identity = WorkspaceIdentity(subscriptionID: "sub", resourceGroup: "group", name: "work")

    /// The program that was built beside the tests.
    static let program: String = {
        let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().deletingLastPathComponent()
        let built = URL(filePath: CommandLine.arguments[0]).deletingLastPathComponent().appending(path: "reconcile")
            .path
        return FileManager.default.fileExists(atPath: built)
            ? built : root.appending(path: ".build/debug/reconcile").path
    }()

    static func launcher(jobLimit: Int = 4) -> LocalWorkspace.Launcher {
        var environment = HostEnvironment.all
        environment["RECONCILE_JOB_LIMIT"] = "\(jobLimit)"
        environment["SECRET_OF_THE_CONTROLLER"] = "hunter2"
        return LocalWorkspace.Launcher(arguments: [program, "internal"], environment: environment)
    }

    init(jobLimit: Int = 4) throws {
        folder = try TemporaryDirectory()
        let state = StateLayout(root: folder.file("state"))
        try FileManager.default.createDirectory(atPath: state.root, withIntermediateDirectories: true)
        try FileManager.default.createDirectory(atPath: SharedState.layout.python, withIntermediateDirectories: true)
        try FileManager.default.createDirectory(atPath: SharedState.layout.tools, withIntermediateDirectories: true)
        for (link, place) in [(state.python, SharedState.layout.python), (state.tools, SharedState.layout.tools)] {
            try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: place)
        }
        workspace = LocalWorkspace(identity: Self.identity, state: state, launcher: Self.launcher(jobLimit: jobLimit))
    }

    /// Another controller of the same workspace.
    func another(isReadOnly: Bool = false) -> LocalWorkspace {
        LocalWorkspace(
            identity: Self.identity, state: workspace.layout.state, launcher: Self.launcher(), isReadOnly: isReadOnly)
    }

    /// A job of a shell command in an environment without packages.
    func draft(
        _ name: String, _ command: String, fields: [String: JSONValue] = [:], files: [String: String] = [:],
        conda: String = "dependencies: [python=3.11]"
    ) -> (JobDraft, FakeContent) {
        let content = FakeContent(files: files.merging(["conda.yml": conda]) { own, _ in own })
        var all = fields
        all["command"] = .string(command)
        all["environment"] = ["image": "x", "conda_file": "conda.yml"]
        var trees = ["environment.conda_file": content.tree(["conda.yml"], isFile: true)]
        if !files.isEmpty { trees["code"] = content.tree(Array(files.keys), isFile: false) }
        return (
            JobDraft(name: name, fields: .object(all), tags: ["reconcile.training_key": "k"], content: trees), content
        )
    }

    /// Submits a job and waits for its end.
    func run(_ draft: JobDraft, _ content: FakeContent) async throws -> LiveJob {
        _ = try await workspace.perform(.submitJob(draft), content: content)
        return try await wait(draft.name) { $0.status.isTerminal }
    }

    /// Looks until a job is as wanted.
    func wait(_ name: String, in other: LocalWorkspace? = nil, until isWanted: (LiveJob) -> Bool) async throws
        -> LiveJob
    {
        let found = try await polled(within: .seconds(240)) {
            try await (other ?? workspace).liveState().jobs.first { $0.name == name && isWanted($0) }
        }
        if let found { return found }
        let last = try await workspace.liveState().jobs.first { $0.name == name }
        throw Timeout(last: last, log: log(name))
    }

    func log(_ name: String) -> String {
        String(decoding: (try? workspace.logs(job: name).bytes) ?? [], as: UTF8.self)
            + String(decoding: (try? workspace.supervisorLog(job: name)) ?? [], as: UTF8.self)
    }

    struct Timeout: Error {
        let last: LiveJob?
        let log: String
    }
}

/// Files that stand in a test's text.
struct FakeContent: ContentProvider {
    let files: [String: String]

    func tree(_ names: [String], isFile: Bool) -> ContentTree {
        ContentTree(
            entries: names.map { ContentEntry(path: $0, blob: ContentDigest(of: files[$0] ?? "").hex) }, isFile: isFile)
    }

    func bytes(ofBlob blob: String) async throws -> [UInt8] {
        guard let text = files.values.first(where: { ContentDigest(of: $0).hex == blob }) else {
            throw WorkspaceError(.notFound, "no blob \(blob)")
        }
        return Array(text.utf8)
    }
}
