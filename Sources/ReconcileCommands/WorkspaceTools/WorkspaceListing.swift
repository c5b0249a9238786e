import AssetSchema
import CommandLine
import Diagnostics
import Digest
import LocalWorkspace
import TimeKeeping
import Workspace

/// `reconcile workspace list`: a line for each object.
struct WorkspaceListing {
    private let context: CommandContext

    init(_ context: CommandContext) { self.context = context }

    private struct Row {
        var stage: String
        var kind: String
        var name: String
        var state: String
        var created: Timestamp?
    }

    func run() async throws -> Int32 {
        let selection = try await WorkspaceSelection(context, isReadOnly: true)
        let wanted = context.invocation.argument("kind")?.replacing("-", with: "_")
        var rows: [Row] = []
        for (stage, workspace) in selection.workspaces {
            rows += Self.rows(try await workspace.liveState(), stage: stage)
        }
        rows.removeAll { row in wanted.map { !row.kind.contains($0) } ?? false }
        if context.invocation.value("output") == "json" {
            context.console.print(JSONValue.array(rows.map(Self.json)).prettyText)
        } else if !rows.isEmpty {
            context.console.print(Self.table(rows))
        }
        return 0
    }

    private static func rows(_ live: LiveState, stage: String) -> [Row] {
        var rows: [Row] = []
        for asset in live.assets {
            rows.append(
                Row(
                    stage: stage, kind: asset.kind.rawValue, name: "\(asset.name):\(asset.version)",
                    state: asset.isArchived ? "Archived" : "", created: asset.createdAt))
        }
        for job in live.jobs {
            rows.append(
                Row(
                    stage: stage, kind: job.kind.rawValue, name: job.name, state: job.status.rawValue,
                    created: job.createdAt))
        }
        for endpoint in live.onlineEndpoints {
            rows.append(
                Row(
                    stage: stage, kind: "online_endpoint", name: endpoint.name,
                    state: endpoint.provisioningState.rawValue))
            for deployment in endpoint.deployments {
                rows.append(
                    Row(
                        stage: stage, kind: "online_deployment", name: "\(endpoint.name)/\(deployment.name)",
                        state: "\(deployment.provisioningState.rawValue), \(endpoint.traffic[deployment.name] ?? 0)%",
                        created: deployment.createdAt))
            }
        }
        for endpoint in live.batchEndpoints {
            rows.append(
                Row(
                    stage: stage, kind: "batch_endpoint", name: endpoint.name,
                    state: endpoint.provisioningState.rawValue))
            for deployment in endpoint.deployments {
                rows.append(
                    Row(
                        stage: stage, kind: "batch_deployment", name: "\(endpoint.name)/\(deployment.name)",
                        state: deployment.provisioningState.rawValue
                            + (endpoint.defaultDeployment == deployment.name ? ", default" : ""),
                        created: deployment.createdAt))
            }
        }
        return rows
    }

    private static func table(_ rows: [Row]) -> String {
        let cells = rows.map { row in
            [row.stage, row.kind, DisplayText.escaped(row.name), row.state, row.created?.description ?? ""]
        }
        let all = [["STAGE", "KIND", "NAME", "STATE", "CREATED"]] + cells
        let widths = (0..<5).map { column in all.map { $0[column].count }.max() ?? 0 }
        return all.map { row in
            let line = zip(row, widths).map { $0 + String(repeating: " ", count: $1 - $0.count) }.joined(
                separator: "  ")
            return String(line.reversed().drop { $0 == " " }.reversed())
        }.joined(separator: "\n")
    }

    private static func json(_ row: Row) -> JSONValue {
        [
            "stage": .string(row.stage), "kind": .string(row.kind), "name": .string(row.name),
            "state": .string(row.state), "created_at": row.created.map { .string($0.description) } ?? .null,
        ]
    }
}
