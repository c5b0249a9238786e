import Foundation
import Subprocess
import Synchronization
import TestSupport
import Testing

/// A client that calls an endpoint over and over, as its users do while it is changed.
final class Caller: Sendable {
    private let arguments: [String]
    private let isStopped = Mutex(false)

    init(_ project: Project, endpoint: String, stage: String) async throws {
        let keys = try #require(
            try await project.json("workspace", "keys", endpoint, "--stage", stage) as? [String: String])
        let key = try #require(keys["primary_key"])
        let address = try #require(keys["scoring_uri"])
        arguments = [
            "curl", "--silent", "--output", "/dev/null", "--write-out", "%{http_code}", "--max-time", "30",
            "--header", "Authorization: Bearer \(key)", "--header", "Content-Type: application/json",
            "--data", "@\(project.git.path)/data/online-diabetes.json", address,
        ]
    }

    /// The statuses of all answers until `stop`; a call that gets none is `000`.
    func callUntilStopped() async throws -> [String] {
        var statuses: [String] = []
        repeat {
            statuses.append(
                try await Subprocess.run(
                    arguments, environment: ["PATH": "/usr/bin:/bin"], timeout: .seconds(60)
                ).text)
        } while !isStopped.withLock { $0 }
        return statuses
    }

    func stop() { isStopped.withLock { $0 = true } }
}
