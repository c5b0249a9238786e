import Foundation
import Subprocess
import TestSupport
import Testing

@Suite("From a commit to a served model", .serialized)
struct GateStoryTests {
    @Test("dev, prod and release: a forged approval is refused, signed ones open the gates, a README changes nothing")
    func wholeStory() async throws {
        let project = try await Project(stages: ["dev", "prod", "blue"])
        let git = project.git
        let key = try await git.useSigningKey()
        try git.directory.write(
            "alice@example.com namespaces=\"git\" \(key)\n", to: "repository/environments/allowed_signers")
        let carol = "Carol <carol@example.com>"
        try await git.commit(message: "Train a classifier", author: carol)
        try await git.run(["branch", "main"])

        let first = try await project.reconcile()
        #expect(first.status == .exited(3), "\(first.text) \(first.errorText)")
        #expect(try await gate(project)["state"] as? String == "waiting")

        // Somebody who can push writes alice's approval; without her key it counts for nothing.
        let subject = try #require(try await gate(project)["subject"] as? String)
        try await git.run(["switch", "--quiet", "main"])
        try await git.commit(
            [
                "environments/prod/approvals/forged.yml": """
                decision: approve
                gate: prod/register_model
                subject: \(subject)
                approver: alice@example.com
                comment: trust me

                """
            ], message: "Approve", author: carol)
        let forged = try await project.reconcile("--stage", "prod")
        #expect(forged.status == .exited(3))
        let refused = try #require(try await gate(project)["refused"] as? [[String: Any]])
        #expect(refused.first?["record"] as? String == "environments/prod/approvals/forged.yml")
        #expect((refused.first?["reason"] as? String)?.contains("not signed") == true)

        let approved = try await project.reconcile("approve", "prod/register_model", "-m", "fine", "--yes")
        #expect(approved.status == .exited(0), "\(approved.text) \(approved.errorText)")
        let deployed = try await project.reconcile()
        #expect(deployed.status == .exited(3), "\(deployed.text) \(deployed.errorText)")
        #expect(try await traffic(project, of: "prod") == [0])

        let released = try await project.reconcile("approve", "blue/release", "-m", "go", "--yes")
        #expect(released.status == .exited(0), "\(released.text) \(released.errorText)")
        let shifted = try await project.reconcile("--wait")
        #expect(shifted.status == .exited(0), "\(shifted.text) \(shifted.errorText)")
        #expect(try await traffic(project, of: "prod") == [100])

        let answer = try await project.reconcile(
            "workspace", "invoke", "diabetes-oep-prod", "--stage", "prod", "--request-file",
            "\(git.path)/data/online-diabetes.json")
        #expect(answer.status == .exited(0), "\(answer.errorText)")
        #expect(try JSONSerialization.jsonObject(with: Data(answer.stdout)) is [Any])

        try await git.commit(["README.md": "Nothing that counts.\n"], message: "Say hello", author: carol)
        let readme = try await project.reconcile("--dry-run", "--detailed-exitcode")
        #expect(readme.status == .exited(0), "\(readme.text)")
        #expect(readme.text.contains("No changes"))
        try await project.stop()
    }

    /// The gate that the plan of prod stands at.
    private func gate(_ project: Project) async throws -> [String: Any] {
        let plan = try await project.json("--dry-run", "--stage", "prod") as? [String: Any]
        let stages = try #require(plan?["stages"] as? [[String: Any]])
        let actions = stages.flatMap { $0["actions"] as? [[String: Any]] ?? [] }
        return try #require(actions.compactMap { $0["gate"] as? [String: Any] }.first)
    }

    /// The weights of a stage's online deployments.
    private func traffic(_ project: Project, of stage: String) async throws -> [Int] {
        let status = try await project.json("status", "--stage", stage) as? [String: Any]
        let stages = try #require(status?["stages"] as? [[String: Any]])
        let endpoints = stages.flatMap { $0["endpoints"] as? [[String: Any]] ?? [] }
        return endpoints.filter { $0["kind"] as? String == "online_endpoint" }
            .flatMap { $0["deployments"] as? [[String: Any]] ?? [] }.compactMap { $0["traffic"] as? Int }
    }
}
