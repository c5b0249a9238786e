import CommandLine
import Diagnostics
import FoundationEssentials

/// `reconcile init`: lays down `environments/` for the project in a folder.
struct InitCommand {
    private let context: CommandContext

    init(_ context: CommandContext) { self.context = context }

    func run() throws -> Int32 {
        let folder = context.absolute(context.invocation.argument("folder") ?? ".")
        let manager = FileManager.default
        let configs = try configs(below: folder)
        guard let development = configs["dev"], let production = configs["prod"] else {
            throw CommandFailure(
                "there is no config-infra-dev.yml and config-infra-prod.yml in '\(DisplayText.escaped(folder))'",
                hint: "they name the workspaces; see docs/stage-file.md")
        }
        let names = configs["mlops"].map { "\($0), " } ?? ""
        let files = [
            "environments/dev.yml": Self.stage("dev", "develop", "[\(names)\(development)]"),
            "environments/prod.yml": Self.stage("prod", "main", "[\(names)\(production)]", promotes: "dev"),
        ]
        let taken = files.keys.filter { manager.fileExists(atPath: "\(folder)/\($0)") }.sorted()
        guard taken.isEmpty || context.invocation.flag("force") else {
            throw CommandFailure("\(taken.joined(separator: ", ")) is there already", hint: "--force overwrites it")
        }
        try manager.createDirectory(atPath: "\(folder)/environments", withIntermediateDirectories: true)
        for (path, text) in files.sorted(by: { $0.key < $1.key }) {
            try Data(text.utf8).write(to: URL(filePath: "\(folder)/\(path)"), options: .atomic)
            context.console.print("Wrote \(path)")
        }
        context.console.print("Look at the plan: reconcile --dry-run --worktree --offline")
        return 0
    }

    /// The config files of the project, the ones nearest to its root.
    private func configs(below folder: String) throws -> [String: String] {
        var found: [String: String] = [:]
        let names = ["dev": "config-infra-dev.yml", "prod": "config-infra-prod.yml", "mlops": "config-mlops.yml"]
        for place in ["", "mlops/", "config/"] {
            for (key, name) in names where found[key] == nil {
                if FileManager.default.fileExists(atPath: "\(folder)/\(place)\(name)") { found[key] = place + name }
            }
        }
        return found
    }

    private static func stage(_ name: String, _ branch: String, _ config: String, promotes: String? = nil) -> String {
        var lines = ["name: \(name)", "branch: \(branch)", "config: \(config)", "workspace: { type: local }"]
        if let promotes {
            lines += [
                "promotes: \(promotes)", "# Who must approve before a model is registered:", "# protection_rules:",
                "#   register_model: { required_reviewers: [you@example.com], approvals: 1, prevent_self_review: true }",
            ]
        }
        return lines.joined(separator: "\n") + "\n"
    }
}
