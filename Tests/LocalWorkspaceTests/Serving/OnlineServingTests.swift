import Foundation
import Glibc
import LocalWorkspace
import Subprocess
import TestSupport
import Testing
import Workspace

@Suite("Online serving", .serialized, .timeLimit(.minutes(3)))
struct OnlineServingTests {
    @Test("A key opens the endpoint, traffic decides who answers, a header asks one deployment")
    func firstRequests() async throws {
        try await ServingFixture.with { fixture in
            let serving = fixture.serving
            try await serving.putDeployment(fixture.deployment("blue"))
            try await fixture.awaitSucceeded("blue")
            #expect(try await fixture.ask().status == 503)
            #expect(try await fixture.ask("blue").text == "blue")
            #expect(try await fixture.ask("green").status == 404)

            try await serving.setTraffic("ep", to: ["blue": 100])
            let answer = try await fixture.ask()
            #expect(answer.status == 200 && answer.text == "blue")
            #expect(answer.headers["azureml-model-deployment"] == "blue")
            #expect(answer.headers["x-ms-request-id"] != nil)

            let port = try #require(try TrafficProxy.port(serving.layout))
            let stranger = try await LoopbackHTTP.request("POST", port: port, path: "/ep/score", body: [1])
            #expect(stranger.status == 401)
            let nowhere = try await LoopbackHTTP.request("POST", port: port, path: "/other/score", body: [1])
            #expect(nowhere.status == 404)

            let old = try serving.keys("ep")
            try await serving.regenerateKey(.primary, endpoint: "ep")
            for (key, status) in [(old.primary, 401), (old.secondary, 200), (try serving.keys("ep").primary, 200)] {
                let headers = ["Authorization": "Bearer \(key)"]
                let answer = try await LoopbackHTTP.request(
                    "POST", port: port, path: "/ep/score", headers: headers, body: [1])
                #expect(answer.status == status)
            }
            #expect("\(try serving.keys("ep"))" == "<redacted>")
            let counts = try await serving.counts("ep")
            #expect(counts["blue"]?.succeeded == 4)
            #expect(try await serving.requestsSinceTraffic("ep")["blue"]?.succeeded == 3)
        }
    }

    @Test("A failing deployment's answers are 424 and counted as failures")
    func modelErrors() async throws {
        try await ServingFixture.with { fixture in
            try await fixture.serving.putDeployment(fixture.deployment("bad", answer: "500"))
            try await fixture.awaitSucceeded("bad")
            let answer = try await fixture.ask("bad")
            #expect(answer.status == 424)
            #expect(answer.headers["ms-azureml-model-error-statuscode"] == "500")
            #expect(try await fixture.serving.counts("ep")["bad"]?.failed == 1)
        }
    }

    @Test("Weights, instance counts, a new revision and killed instances cost no request")
    func nothingIsDropped() async throws {
        try await ServingFixture.with { fixture in
            let serving = fixture.serving
            try await serving.putDeployment(fixture.deployment("blue", instances: 2))
            try await serving.putDeployment(fixture.deployment("green"))
            try await fixture.awaitSucceeded("blue", instances: 2)
            try await fixture.awaitSucceeded("green")
            try await serving.setTraffic("ep", to: ["blue": 100])
            let counts = try await fixture.underLoad {
                for share in [10, 50, 90, 100, 0] {
                    try await serving.setTraffic("ep", to: ["green": share, "blue": 100 - share])
                }
                let victim = try #require(try serving.status(endpoint: "ep", name: "blue")?.instances.first?.process)
                victim.signalGroup(SIGKILL)
                try await fixture.eventually("the victim is replaced") {
                    let status = try serving.status(endpoint: "ep", name: "blue")
                    return status?.readyCount == 2 && status?.instances.first?.process != victim
                }
                try await serving.putDeployment(fixture.deployment("blue", instances: 1))
                try await fixture.awaitSucceeded("blue", instances: 1)
                let last = try #require(try serving.status(endpoint: "ep", name: "blue")?.instances.first?.process)
                last.signalGroup(SIGKILL)
                try await fixture.eventually("the only instance is replaced") {
                    let status = try serving.status(endpoint: "ep", name: "blue")
                    return status?.readyCount == 1 && status?.instances.first?.process != last
                }
                try await serving.putDeployment(fixture.deployment("blue", answer: "blue2", instances: 2))
                try await fixture.awaitSucceeded("blue", instances: 2)
                #expect(try await fixture.ask().text == "blue2")
                try await serving.setTraffic("ep", to: ["green": 100])
                try await serving.deleteDeployment(endpoint: "ep", name: "blue")
            }
            #expect(Set(counts.keys) == ["200 blue", "200 blue2", "200 green"])
            #expect(serving.deploymentNames("ep") == ["green"])
        }
    }

    @Test("A killed supervisor and a killed proxy are revived; instances are adopted, none is there twice")
    func revival() async throws {
        try await ServingFixture.with { fixture in
            let serving = fixture.serving
            try await serving.putDeployment(fixture.deployment("blue", instances: 2))
            try await fixture.awaitSucceeded("blue", instances: 2)
            try await serving.setTraffic("ep", to: ["blue": 100])
            let before = try #require(try serving.status(endpoint: "ep", name: "blue")?.instances)
            let port = try TrafficProxy.port(serving.layout)

            let record = serving.layout.deployment("ep", "blue").supervisor
            let supervisor = try #require(try ServingFiles.readJSON(ProcessIdentity.self, at: record))
            supervisor.signal(SIGKILL)
            #expect(try await fixture.ask().status == 200)
            try await fixture.eventually("the supervisor is dead") { !supervisor.isAlive }
            try await serving.ensureRunning()
            try await fixture.eventually("another one lives") {
                try ServingFiles.readJSON(ProcessIdentity.self, at: record)?.isAlive == true
            }
            _ = before.last?.process?.signalGroup(SIGKILL)
            try await fixture.eventually("it replaces what dies") {
                let status = try serving.status(endpoint: "ep", name: "blue")
                return status?.readyCount == 2 && status?.instances.last?.process != before.last?.process
            }
            let after = try #require(try serving.status(endpoint: "ep", name: "blue")?.instances)
            #expect(after.first == before.first)

            let master = try await fixture.masterPID()
            kill(master, SIGKILL)
            try await fixture.eventually("the proxy is back without our doing") {
                try await fixture.masterPID() != master
            }
            try await fixture.eventually("and answers") { (try? await fixture.ask().status) == 200 }
            #expect(try TrafficProxy.port(serving.layout) == port)

            try await serving.stopProcesses()
            try await serving.ensureRunning()
            try await fixture.eventually("all is back after everything was killed") {
                (try? await fixture.ask().text) == "blue"
            }
        }
    }

    @Test("A deployment that keeps ending is Failed with its last words; an update to it leaves the old serving")
    func crashLoop() async throws {
        try await ServingFixture.with { fixture in
            let serving = fixture.serving
            try fixture.folder.write("raise ValueError('no such model')\n", to: "model/broken.py")
            try await serving.putDeployment(fixture.deployment("blue"))
            try await fixture.awaitSucceeded("blue")
            try await serving.setTraffic("ep", to: ["blue": 100])
            try await serving.putDeployment(fixture.deployment("blue", script: "broken.py"))
            try await fixture.eventually("the update fails") {
                try serving.status(endpoint: "ep", name: "blue")?.state == .failed
            }
            #expect(try serving.status(endpoint: "ep", name: "blue")?.message == "ValueError: no such model")
            #expect(try await fixture.ask().text == "blue")
            #expect(try serving.logs(endpoint: "ep", name: "blue").contains("no such model"))
            try await serving.putDeployment(fixture.deployment("blue", answer: "blue3"))
            try await fixture.awaitSucceeded("blue")
            #expect(try await fixture.ask().text == "blue3")
        }
    }

    @Test("More requests than may wait get 429, one that takes too long gets 408")
    func limits() async throws {
        try await ServingFixture.with { fixture in
            var slow = fixture.deployment("slow", settings: RequestSettings(maxConcurrentRequestsPerInstance: 1))
            slow.environmentVariables["DELAY"] = "1"
            var endless = fixture.deployment("endless", settings: RequestSettings(requestTimeoutMilliseconds: 100))
            endless.environmentVariables["DELAY"] = "30"
            try await fixture.serving.putDeployment(slow)
            try await fixture.serving.putDeployment(endless)
            try await fixture.awaitSucceeded("slow")
            try await fixture.awaitSucceeded("endless")
            let statuses = try await withThrowingTaskGroup(of: Int.self) { group in
                for _ in 0..<6 { group.addTask { try await fixture.ask("slow").status } }
                return try await group.reduce(into: [Int: Int]()) { $0[$1, default: 0] += 1 }
            }
            // One is worked on and, as Azure has it, one more may wait.
            #expect(statuses == [200: 2, 429: 4])
            #expect(try await fixture.ask("endless").status == 408)
        }
    }

    @Test("What breaks the rules is refused and changes nothing")
    func rules() async throws {
        try await ServingFixture.with { fixture in
            let serving = fixture.serving
            try await serving.putDeployment(fixture.deployment("blue"))
            try await fixture.awaitSucceeded("blue")
            try await serving.setTraffic("ep", to: ["blue": 100])
            await #expect(throws: WorkspaceError.self) { try await serving.setTraffic("ep", to: ["blue": 60]) }
            await #expect(throws: WorkspaceError.self) { try await serving.setTraffic("ep", to: ["none": 100]) }
            await #expect(throws: WorkspaceError.self) {
                try await serving.setTraffic("ep", from: ["blue": 50], to: [:])
            }
            await #expect(throws: WorkspaceError.self) {
                try await serving.deleteDeployment(endpoint: "ep", name: "blue")
            }
            await #expect(throws: WorkspaceError.self) { try await serving.putEndpoint("../x") }
            #expect(try serving.traffic("ep") == ["blue": 100])
            try await serving.deleteEndpoint("ep")
            #expect(serving.endpointNames().isEmpty)
        }
    }
}

extension ServingFixture {
    func masterPID() async throws -> Int32 {
        for entry in try FileManager.default.contentsOfDirectory(atPath: "/proc") {
            guard let pid = Int32(entry), getpgid(pid) == pid,
                let line = FileManager.default.contents(atPath: "/proc/\(entry)/cmdline"),
                String(decoding: line, as: UTF8.self).contains("haproxy"),
                let folder = try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/\(entry)/cwd"),
                folder == serving.layout.proxy
            else { continue }
            return pid
        }
        return 0
    }
}
