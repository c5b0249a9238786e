import Controller
import DesiredState
import HTTPServer
import Planning
import Server
import Testing

@Suite("ControllerServer")
struct ControllerServerTests {
    private func get(_ target: String, host: String = "127.0.0.1:8080", of server: ControllerServer) async throws
        -> (status: Int, text: String)
    {
        let response = await server.handle(
            try HTTPRequest(method: "GET", target: target, headers: ["Host": host], body: .bytes([])))
        guard case .bytes(let bytes) = response.body else { return (response.status, "") }
        return (response.status, String(decoding: bytes, as: UTF8.self))
    }

    @Test("is alive at once, and ready after its first pass")
    func readiness() async throws {
        let server = ControllerServer()
        #expect(try await get("/healthz", of: server).status == 200)
        #expect(try await get("/readyz", of: server).status == 503)
        server.note(PassOutcome(plan: Plan(stages: [])))
        #expect(try await get("/readyz", of: server).status == 200)
        #expect(try await get("/api/v1/plan", of: server).text.contains("\"format_version\": \"1.0\""))
    }

    @Test("counts passes by how they ended, from zero")
    func metrics() async throws {
        let server = ControllerServer()
        #expect(try await get("/metrics", of: server).text.contains("reconcile_total{result=\"failure\"} 0"))
        server.note(PassOutcome(plan: Plan(stages: []), failures: ["x": "y"]))
        #expect(try await get("/metrics", of: server).text.contains("reconcile_total{result=\"failure\"} 1"))
    }

    @Test("answers only to its own names, so that no page can reach it by another")
    func hosts() async throws {
        #expect(try await get("/metrics", host: "evil.example", of: ControllerServer()).status == 421)
        #expect(try await get("/healthz", host: "localhost:1", of: ControllerServer()).status == 200)
    }
}
