import AssetSchema
import CommandLine
import Diagnostics
import Digest
import FoundationEssentials
import LocalWorkspace
import TimeKeeping
import Workspace

/// `reconcile workspace …`: looks into the embedded workspaces.
struct WorkspaceCommand {
    private let context: CommandContext

    init(_ context: CommandContext) { self.context = context }

    func run() async throws -> Int32 {
        switch context.invocation.command.name {
        case "list": return try await WorkspaceListing(context).run()
        case "show": return try await show()
        case "logs": return try await logs()
        case "invoke": return try await invoke()
        case "keys": return try await keys()
        case "cancel": return try await cancel()
        case "serve": return try await ServeCommand(context).serve()
        case "env": return try ServeCommand(context).environment()
        default: return try await stop()
        }
    }

    private func argument(_ name: String) -> String { context.invocation.argument(name) ?? "" }

    // MARK: - Show

    private func show() async throws -> Int32 {
        let word = argument("object")
        let name = word.split(separator: "/", maxSplits: 1).last.map(String.init) ?? word
        let selection = try await WorkspaceSelection(context, isReadOnly: true)
        let value = try await selection.first(holding: "object '\(DisplayText.escaped(word))'") { workspace, live in
            if live.jobs.contains(where: { $0.name == name }) { return try workspace.show(job: name) }
            return try Self.show(name, live)
        }
        // What follows is JSON whatever the form asked for: an object is a tree, and JSON is read well by both.
        context.console.print(value.prettyText)
        return 0
    }

    private static func show(_ name: String, _ live: LiveState) throws -> JSONValue? {
        if let asset = live.assets.first(where: { "\($0.name):\($0.version)" == name })
            ?? live.assets.last(where: { $0.name == name })
        {
            return [
                "kind": .string(asset.kind.rawValue), "name": .string(asset.name), "version": .string(asset.version),
                "fields": asset.fields, "tags": .object(asset.tags.mapValues { .string($0) }),
                "created_at": .string(asset.createdAt.description), "archived": .bool(asset.isArchived),
            ]
        }
        if let endpoint = live.onlineEndpoints.first(where: { $0.name == name }) {
            return [
                "kind": "online_endpoint", "name": .string(endpoint.name), "fields": endpoint.fields,
                "tags": .object(endpoint.tags.mapValues { .string($0) }),
                "traffic": .object(endpoint.traffic.mapValues { .int(Int64($0)) }),
                "scoring_uri": endpoint.scoringURI.map { .string($0) } ?? .null,
                "deployments": .array(endpoint.deployments.map(show)),
            ]
        }
        if let endpoint = live.batchEndpoints.first(where: { $0.name == name }) {
            return [
                "kind": "batch_endpoint", "name": .string(endpoint.name), "fields": endpoint.fields,
                "default_deployment": endpoint.defaultDeployment.map { .string($0) } ?? .null,
                "deployments": .array(endpoint.deployments.map(show)),
            ]
        }
        let deployments =
            live.onlineEndpoints.flatMap { endpoint in endpoint.deployments.map { (endpoint.name, $0) } }
            + live.batchEndpoints.flatMap { endpoint in endpoint.deployments.map { (endpoint.name, $0) } }
        return deployments.first { "\($0.0)/\($0.1.name)" == name || $0.1.name == name }.map { show($0.1) }
    }

    private static func show(_ deployment: LiveDeployment) -> JSONValue {
        [
            "name": .string(deployment.name), "fields": deployment.fields,
            "tags": .object(deployment.tags.mapValues { .string($0) }),
            "provisioning_state": .string(deployment.provisioningState.rawValue),
            "healthy": .bool(deployment.isHealthy),
            "error": deployment.error.map { .string($0) } ?? .null,
        ]
    }

    // MARK: - Logs

    private func logs() async throws -> Int32 {
        let name = argument("name")
        let selection = try await WorkspaceSelection(context, isReadOnly: true)
        if let slash = name.firstIndex(of: "/") {
            let endpoint = String(name[..<slash])
            let deployment = String(name[name.index(after: slash)...])
            let text = try await selection.first(holding: "deployment '\(DisplayText.escaped(name))'") {
                workspace, live in
                live.onlineEndpoints.contains {
                    $0.name == endpoint && $0.deployments.contains { $0.name == deployment }
                }
                    ? try workspace.serving.logs(endpoint: endpoint, name: deployment) : nil
            }
            context.console.print(text)
            return 0
        }
        let workspace = try await selection.first(holding: "job '\(DisplayText.escaped(name))'") { workspace, live in
            live.jobs.contains { $0.name == name } ? workspace : nil
        }
        return try await follow(name, in: workspace)
    }

    /// Prints a job's log, and with `--follow` goes on until the job has ended.
    private func follow(_ job: String, in workspace: LocalWorkspace) async throws -> Int32 {
        var offset: Int64 = 0
        while true {
            // The state is read before the log: what was printed before the end is then printed here too.
            let status = try await workspace.liveState().jobs.first { $0.name == job }?.status ?? .unknown
            while true {
                let (bytes, next) = try workspace.logs(job: job, from: offset)
                if bytes.isEmpty { break }
                context.console.printRaw(bytes)
                offset = next
            }
            guard context.invocation.flag("follow"), !status.isTerminal else {
                if offset == 0 { context.console.printRaw(try workspace.supervisorLog(job: job)) }
                return context.invocation.flag("follow") && status != .completed ? 1 : 0
            }
            try await Task.sleep(for: .milliseconds(250))
        }
    }

    // MARK: - Endpoints

    private func serving(_ endpoint: String) async throws -> OnlineServing {
        let selection = try await WorkspaceSelection(context, isReadOnly: false)
        return try await selection.first(holding: "online endpoint '\(DisplayText.escaped(endpoint))'") {
            workspace, live in
            live.onlineEndpoints.contains { $0.name == endpoint } ? workspace.serving : nil
        }
    }

    private func invoke() async throws -> Int32 {
        let endpoint = argument("endpoint")
        guard let file = context.invocation.value("request-file") else {
            throw context.invocation.usageError("'--request-file FILE' says what to send; '-' is standard input.")
        }
        guard let data = FileManager.default.contents(atPath: file == "-" ? "/dev/stdin" : file) else {
            throw CommandFailure("the request file '\(DisplayText.escaped(file))' cannot be read")
        }
        let answer = try await serving(endpoint).invoke(
            endpoint: endpoint, deployment: context.invocation.value("deployment"), body: [UInt8](data))
        let text = String(decoding: answer.body, as: UTF8.self)
        guard (200..<300).contains(answer.status) else {
            throw CommandFailure("\(endpoint) answered \(answer.status): \(DisplayText.escaped(text))")
        }
        context.console.print(text)
        return 0
    }

    private func keys() async throws -> Int32 {
        let endpoint = argument("endpoint")
        let serving = try await serving(endpoint)
        if context.invocation.flag("regenerate") {
            try await serving.regenerateKey(.primary, endpoint: endpoint)
            try await serving.regenerateKey(.secondary, endpoint: endpoint)
        }
        let keys = try serving.keys(endpoint)
        let uri = try serving.scoringURI(endpoint) ?? ""
        if context.invocation.value("output") == "json" {
            let value: JSONValue = [
                "scoring_uri": .string(uri), "primary_key": .string(keys.primary),
                "secondary_key": .string(keys.secondary),
            ]
            context.console.print(value.prettyText)
        } else {
            context.console.print(
                "scoring URI    \(uri)\nprimary key    \(keys.primary)\nsecondary key  \(keys.secondary)")
        }
        return 0
    }

    // MARK: - Changes

    private func cancel() async throws -> Int32 {
        let job = argument("job")
        let selection = try await WorkspaceSelection(context, isReadOnly: false)
        let workspace = try await selection.first(holding: "job '\(DisplayText.escaped(job))'") { workspace, live in
            live.jobs.contains { $0.name == job } ? workspace : nil
        }
        _ = try await workspace.perform(.cancelJob(name: job), content: NoContents())
        context.console.print("Asked \(job) to stop.")
        return 0
    }

    private func stop() async throws -> Int32 {
        for (stage, workspace) in try await WorkspaceSelection(context, isReadOnly: false).workspaces {
            try await workspace.serving.stopProcesses()
            try workspace.stopSchedules()
            context.console.print("Stopped what serves for \(stage).")
        }
        return 0
    }
}

/// Canceling needs no files.
private struct NoContents: ContentProvider {
    func bytes(ofBlob blob: String) async throws -> [UInt8] {
        throw WorkspaceError(.notFound, "content \(blob) is not at hand")
    }
}
