import Digest
import Foundation
import LocalWorkspace
import Subprocess
import TestSupport
import Workspace

/// A copy of the sample project in a repository of its own, and the program that reconciles it.
final class Project: Sendable {
    let git: GitFixture
    private let state: TemporaryDirectory
    private let program: String

    static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent()

    /// - Parameters:
    ///   - stages: The stage files to take over; the others are left out.
    ///   - files: Files of another project, instead of all of the sample's.
    init(stages: [String], files own: [String: String] = [:]) async throws {
        git = try await GitFixture()
        state = try TemporaryDirectory()
        program = try Self.builtProgram()
        let files = FileManager.default
        // Environments are dear to make and safe to share; everything else of the state is this project's own.
        let shared = Self.root.appending(path: ".build/reconcile-test-state").path
        for folder in ["python", "tools"] {
            try files.createDirectory(atPath: "\(shared)/\(folder)", withIntermediateDirectories: true)
            try files.createSymbolicLink(atPath: state.file(folder), withDestinationPath: "\(shared)/\(folder)")
        }
        guard own.isEmpty else {
            try await git.run(["switch", "--quiet", "-c", "develop"])
            for (path, text) in own { try git.directory.write(text, to: "repository/\(path)") }
            return
        }
        for folder in ["mlops", "data-science", "data"] {
            try files.copyItem(atPath: Self.root.appending(path: folder).path, toPath: "\(git.path)/\(folder)")
        }
        try files.createDirectory(atPath: "\(git.path)/environments", withIntermediateDirectories: true)
        for stage in stages {
            try files.copyItem(
                atPath: Self.root.appending(path: "environments/\(stage).yml").path,
                toPath: "\(git.path)/environments/\(stage).yml")
        }
        if stages.contains("dev") {
            // The sample's own tests take longer than all that these tests are about.
            let stage = "\(git.path)/environments/dev.yml"
            let text = try String(contentsOfFile: stage, encoding: .utf8)
            try Data((text + "checks: []\n").utf8).write(to: URL(filePath: stage))
        }
        try await git.run(["switch", "--quiet", "-c", "develop"])
    }

    /// The program is missing: swift build --product reconcile.
    private struct NotBuilt: Error {}

    private static func builtProgram() throws -> String {
        let beside = URL(filePath: CommandLine.arguments[0]).deletingLastPathComponent().path
        for folder in [beside, root.appending(path: ".build/debug").path] {
            let path = "\(folder)/reconcile"
            if FileManager.default.isExecutableFile(atPath: path) { return path }
        }
        throw NotBuilt()
    }

    private func arguments(_ arguments: [String]) -> [String] {
        [program] + arguments + ["--repo", git.path, "--state-dir", state.path]
    }

    private var environment: [String: String] {
        var variables = git.environment
        // Package downloads need what the machine says of its network; nothing else of it gets in.
        for (name, value) in ProcessInfo.processInfo.environment
        where name.hasPrefix("PIP_") || name.hasPrefix("SSL_") || name.hasPrefix("UV_") || name == "PATH" {
            variables[name] = value
        }
        return variables
    }

    /// Runs the program to its end.
    func reconcile(_ words: String..., timeout: Duration = .seconds(600)) async throws -> Subprocess.Output {
        try await Subprocess.run(
            arguments(words), environment: environment, workingDirectory: git.path, timeout: timeout)
    }

    /// Starts a pass and kills the program the moment it prints a text.
    ///
    /// - Returns: What it said until then, and whether the text was in it.
    func reconcileUntil(_ text: String) async throws -> (said: String, isThere: Bool) {
        let process = Process()
        let pipe = Pipe()
        process.executableURL = URL(filePath: program)
        process.arguments = Array(arguments([]).dropFirst())
        process.environment = environment
        process.currentDirectoryURL = URL(filePath: git.path)
        process.standardError = pipe
        process.standardOutput = FileHandle.nullDevice
        try process.run()
        let descriptor = pipe.fileHandleForReading.fileDescriptor
        let seen = await withCheckedContinuation { continuation in
            let victim = process.processIdentifier
            // On a thread of its own, and killed from there: the pool's threads are few, and the moment does not wait.
            Thread.detachNewThread {
                let said = Self.reads(text, from: descriptor)
                kill(victim, SIGKILL)
                continuation.resume(returning: said)
            }
        }
        process.waitUntilExit()
        withExtendedLifetime(pipe) {}
        return (seen, seen.contains(text))
    }

    /// Reads until a text was seen, or the writer ended.
    private static func reads(_ text: String, from descriptor: Int32) -> String {
        var seen: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 4096)
        while true {
            let count = read(descriptor, &buffer, buffer.count)
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { return String(decoding: seen, as: UTF8.self) + "(end: \(count < 0 ? errno : 0))" }
            seen += buffer[..<count]
            let said = String(decoding: seen, as: UTF8.self)
            if said.contains(text) { return said }
        }
    }

    /// The JSON that a command prints.
    func json(_ words: String...) async throws -> Any {
        let output = try await Subprocess.run(
            arguments(words + ["--output", "json"]), environment: environment, workingDirectory: git.path,
            timeout: .seconds(120))
        return try JSONSerialization.jsonObject(with: Data(output.stdout))
    }

    /// The names of the objects of a kind, in all embedded workspaces.
    func names(_ kind: String) async throws -> [String] {
        let rows = try await json("workspace", "list", kind) as? [[String: Any]] ?? []
        return rows.filter { $0["kind"] as? String == kind }.compactMap { $0["name"] as? String }.sorted()
    }

    /// The embedded workspace of a stage, opened past the controller.
    func workspace(stage: String) throws -> LocalWorkspace {
        LocalWorkspace(
            identity: WorkspaceIdentity(
                subscriptionID: "00000000-0000-0000-0000-000000000000", resourceGroup: "rg-diabetes-\(stage)",
                name: "mlw-diabetes-\(stage)"),
            state: StateLayout(root: state.path),
            launcher: LocalWorkspace.Launcher(arguments: [program, "internal"], environment: environment))
    }

    /// What the plan shows as drift: `<object> <field>` to `<policy> <before> → <after>`.
    func drift() async throws -> [String: String] {
        let output = try await reconcile("--dry-run", "--output", "json")
        let plan = try JSONParser.parse(output.stdout)
        var found: [String: String] = [:]
        for drift in (plan["stages"]?.arrayValue ?? []).flatMap({ $0["drift"]?.arrayValue ?? [] }) {
            for change in drift["changes"]?.arrayValue ?? [] {
                let values = ["before", "after"].map { (change[$0] ?? .null).canonicalText }
                found["\(drift["id"]?.stringValue ?? "") \(change["field"]?.stringValue ?? "")"] =
                    "\(drift["policy"]?.stringValue ?? "") \(values[0]) → \(values[1])"
            }
        }
        return found
    }

    /// Ends what serves.
    func stop() async throws {
        _ = try await Subprocess.run(
            arguments(["workspace", "stop"]), environment: environment, workingDirectory: git.path,
            timeout: .seconds(60))
    }
}
