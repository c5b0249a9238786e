import AssetSchema
import Digest
import Foundation
import LocalWorkspace
import Subprocess
import TestSupport
import Testing
import Workspace

/// What somebody does in the workspace, past git; one project for all of it, since training is dear.
@Suite("Changed behind the controller's back", .serialized)
struct DriftTests {
    private let endpoint = "diabetes-oep-dev"
    private let deployment = "diabetes-odp"

    @Test("drift stands in the plan with before and after, and is healed, reported or ignored as the stage says")
    func drift() async throws {
        let project = try await Project(stages: ["dev"])
        try await project.git.commit(message: "Train a classifier")
        let first = try await project.reconcile()
        #expect(first.status == .exited(0), "\(first.text) \(first.errorText)")

        try await assetIsHealed(project)
        try await moreInstancesAreHealedUnderLoad(project)
        try await lostTrafficAndDeploymentAreHealed(project)
        try await modesOfFieldsAreKept(project)
        try await project.stop()
    }

    private func assetIsHealed(_ project: Project) async throws {
        let workspace = try project.workspace(stage: "dev")
        try await workspace.perform(.archiveAsset(kind: .environment, name: "diabetes-train", version: "1"))
        try await workspace.perform(
            .updateAssetMetadata(
                kind: .data, name: "diabetes-data", version: "1", description: "mine now", tags: ["Owner": "me"]))
        let drift = try await project.drift()
        #expect(drift["dev/environment/diabetes-train archived"] == "heal true → false")
        #expect(drift.keys.contains("dev/data/diabetes-data description"), "\(drift)")
        try await heal(project)
        let assets = try await workspace.liveState().assets
        #expect(assets.contains { $0.kind == .environment && $0.version == "1" && !$0.isArchived })
        #expect(!assets.contains { $0.kind == .environment && $0.version != "1" })
        let data = try #require(assets.first { $0.kind == .data })
        #expect(data.fields["description"] != "mine now")
        #expect(data.tags["Owner"] == "me", "what others add beside ours stays")
    }

    private func moreInstancesAreHealedUnderLoad(_ project: Project) async throws {
        let workspace = try project.workspace(stage: "dev")
        try await put(["instance_count": 2], in: workspace)
        #expect(try await instances(workspace) == 2)
        let drift = try await project.drift()
        #expect(drift["dev/online_deployment/\(endpoint)/\(deployment) instance_count"] == "heal 2 → 1")

        let caller = try await Caller(project, endpoint: endpoint, stage: "dev")
        async let answers = caller.callUntilStopped()
        try await heal(project)
        caller.stop()
        let statuses = try await answers
        #expect(!statuses.isEmpty)
        #expect(Set(statuses) == ["200"], "healing drops no request")
        #expect(try await instances(workspace) == 1)
    }

    private func lostTrafficAndDeploymentAreHealed(_ project: Project) async throws {
        let workspace = try project.workspace(stage: "dev")
        try await workspace.perform(.setTraffic(endpoint: endpoint, from: [deployment: 100], to: [:], tags: [:]))
        let drift = try await project.drift()
        #expect(drift["dev/online_traffic/\(endpoint) traffic"] == #"heal {} → {"diabetes-odp":100}"#)
        try await workspace.perform(.deleteOnlineDeployment(endpoint: endpoint, deployment: deployment))
        #expect(try await project.drift().keys.contains { $0.hasPrefix("dev/online_deployment/") })
        try await heal(project)
        let live = try await live(workspace)
        #expect(live.traffic == [deployment: 100])
        #expect(live.deployments.first?.isHealthy == true)
        #expect(try await project.names("model") == ["diabetes:1"])
    }

    private func modesOfFieldsAreKept(_ project: Project) async throws {
        let workspace = try project.workspace(stage: "dev")
        let stage = try String(contentsOfFile: "\(project.git.path)/environments/dev.yml", encoding: .utf8)
        let modes = "drift: { mode: ignore, fields: { online_deployment.instance_count: warn } }"
        try await project.git.commit(
            ["environments/dev.yml": stage.replacingOccurrences(of: "drift: heal", with: modes)],
            message: "Only report drift")
        try await put(["instance_count": 2], in: workspace)
        try await workspace.perform(.archiveAsset(kind: .environment, name: "diabetes-train", version: "1"))
        let drift = try await project.drift()
        #expect(drift == ["dev/online_deployment/\(endpoint)/\(deployment) instance_count": "warn 2 → 1"])
        let pass = try await project.reconcile()
        #expect(pass.status == .exited(0), "\(pass.text) \(pass.errorText)")
        #expect(try await instances(workspace) == 2)
    }

    /// Sets fields of the deployment, as somebody with the workspace's tools would.
    private func put(_ fields: JSONValue, in workspace: LocalWorkspace) async throws {
        let current = try #require(try await live(workspace).deployments.first)
        var all = current.fields.objectValue ?? [:]
        all.merge(fields.objectValue ?? [:]) { $1 }
        try await workspace.perform(
            .putOnlineDeployment(
                DeploymentDraft(endpoint: endpoint, name: deployment, fields: .object(all), tags: [:], content: [:])))
        // What the service still works on is no drift yet.
        let settled: Bool? = try await polled(within: .seconds(120)) {
            try await live(workspace).deployments.allSatisfy(\.provisioningState.isTerminal) ? true : nil
        }
        #expect(settled == true)
    }

    private func live(_ workspace: LocalWorkspace) async throws -> LiveOnlineEndpoint {
        try #require(try await workspace.liveState().onlineEndpoints.first { $0.name == endpoint })
    }

    private func instances(_ workspace: LocalWorkspace) async throws -> Int {
        try await live(workspace).deployments.first?.fields["instance_count"]?.intValue ?? 1
    }

    /// One pass, after which nothing is left to do.
    private func heal(_ project: Project) async throws {
        let pass = try await project.reconcile()
        #expect(pass.status == .exited(0), "\(pass.text) \(pass.errorText)")
        let again = try await project.reconcile("--dry-run", "--detailed-exitcode")
        #expect(again.status == .exited(0), "\(again.text)")
    }
}
