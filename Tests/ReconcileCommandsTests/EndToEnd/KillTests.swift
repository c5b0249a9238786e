import Foundation
import Subprocess
import TestSupport
import Testing

@Suite("Killed at any instant", .serialized)
struct KillTests {
    @Test("kill -9 in training, registration, deployment and traffic shift ends in one job, one model, all traffic")
    func killedOnTheWay() async throws {
        let project = try await Project(stages: ["dev"])
        try await project.git.commit(message: "Train a classifier")
        var missed: [String] = []
        for moment in [
            "create environment", "run command job", "Running", "create model", "create online deployment",
            "run smoke test", "shift online traffic",
        ] {
            let run = try await project.reconcileUntil(moment)
            if !run.isThere { missed.append("\(moment): \(run.said)") }
        }
        // A moment may have passed while the one before was killed: what it does was then done already.
        #expect(missed.count <= 2, "\(missed.joined(separator: "\n---\n"))")

        let last = try await project.reconcile()
        #expect(last.status == .exited(0), "\(last.text) \(last.errorText)")
        #expect(try await project.names("command_job").filter { $0.hasPrefix("train-") }.count == 1)
        #expect(try await project.names("model") == ["diabetes:1"])
        #expect(try await project.names("environment") == ["diabetes-train:1"])
        #expect(try await project.names("data") == ["diabetes-data:1"])

        let status = try await project.json("status") as? [String: Any]
        let stages = try #require(status?["stages"] as? [[String: Any]])
        let endpoints = try #require(stages.first?["endpoints"] as? [[String: Any]])
        let online = try #require(endpoints.first { $0["kind"] as? String == "online_endpoint" })
        let deployments = try #require(online["deployments"] as? [[String: Any]])
        #expect(deployments.compactMap { $0["traffic"] as? Int } == [100])

        let again = try await project.reconcile("--dry-run", "--detailed-exitcode")
        #expect(again.status == .exited(0), "\(again.text)")
        try await project.stop()
    }
}
