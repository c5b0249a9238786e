import Controller
import DesiredState
import Diagnostics
import Digest
import Testing
import TimeKeeping

@testable import ReconcileCommands

@Suite struct StageRequestTests {
    static let location = SourceLocation(path: "environments/prod/suspended.yml")

    static func file(
        _ request: StageRequest, reason: String = "too slow", suspended: [String]? = nil, taken: Set<String> = []
    ) throws -> (path: String, text: String?, message: String) {
        let record = StageRequestRecord(
            stage: "prod", request: request, person: "alice@example.com",
            moment: try #require(Timestamp("2026-11-21T01:02:03Z")),
            reason: try ReasonText([reason], isRequired: false))
        let suspension = suspended.map {
            SuspensionRecord(objects: $0, reason: "", by: "bob@example.com", location: location)
        }
        let file = try record.file(suspension: suspension, isTaken: taken.contains)
        return (file.path, file.content.map { String(decoding: $0, as: UTF8.self) }, file.message)
    }

    @Test("A rollback names both models by digest, who asks, when and why")
    func rollback() throws {
        let from = ContentDigest(of: "new")
        let to = ContentDigest(of: "old")
        let file = try Self.file(.rollback(from: from, to: "diabetes:4", toDigest: to))
        #expect(file.path == "environments/prod/rollback.yml")
        #expect(
            file.text == """
                from: \(from)
                to: diabetes:4
                to_digest: \(to)
                reason: too slow
                requested_by: alice@example.com
                requested_at: "2026-11-21T01:02:03Z"

                """)
        #expect(file.message == "Roll prod back to diabetes:4\n\ntoo slow\n")
    }

    @Test("Every request to train again has a file of its own")
    func retrain() throws {
        let first = try Self.file(.retrain)
        #expect(first.path == "environments/prod/retrain/20261121T010203Z.yml")
        #expect(first.message == "Train again for prod\n\ntoo slow\n")
        #expect(try Self.file(.retrain, taken: [first.path]).path == "environments/prod/retrain/20261121T010203Z-2.yml")
    }

    @Test("A stop adds to what is stopped, and going on takes away")
    func suspension() throws {
        let whole = try Self.file(.suspend([]))
        #expect(whole.path == "environments/prod/suspended.yml")
        #expect(whole.text?.hasPrefix("objects:\n  - \"*\"\nreason: too slow\nby: alice@example.com\n") == true)
        #expect(whole.message == "Suspend prod\n\ntoo slow\n")
        let more = try Self.file(.suspend(["model/b"]), reason: "", suspended: ["model/a"])
        #expect(more.text?.hasPrefix("objects:\n  - model/a\n  - model/b\n") == true)
        #expect(more.message == "Suspend model/b in prod\n")
        #expect(try Self.file(.suspend(["model/b"]), suspended: ["model/a"]).text?.contains("model/a") == true)

        let rest = try Self.file(.resume(["model/a"]), suspended: ["model/b", "model/a"])
        #expect(rest.text?.hasPrefix("objects:\n  - model/b\n") == true)
        #expect(try Self.file(.resume(["model/a"]), suspended: ["model/a"]).text == nil)
        let all = try Self.file(.resume([]), suspended: ["*"])
        #expect(all.path == "environments/prod/suspended.yml")
        #expect(all.text == nil)
        #expect(all.message == "Resume prod\n\ntoo slow\n")
    }

    @Test(
        "What makes no sense is said, and nothing is written",
        arguments: [
            (StageRequest.suspend([]), ["*"], "the whole stage prod is already suspended"),
            (.suspend(["model/a"]), ["model/a"], "model/a of prod are already suspended"),
            (.suspend(["model/a"]), ["*"], "the whole stage prod is already suspended"),
            (.resume([]), nil, "nothing of prod is suspended"),
            (
                .resume(["model/a"]), ["*"],
                "the whole stage prod is suspended, which cannot be undone for single objects"
            ),
            (.resume(["model/a"]), ["model/b"], "model/a is not suspended; these are: model/b"),
        ] as [(StageRequest, [String]?, String)])
    func problems(request: StageRequest, suspended: [String]?, message: String) {
        #expect(throws: StageRequestRecord.Problem(message: message)) {
            try Self.file(request, suspended: suspended)
        }
    }
}
