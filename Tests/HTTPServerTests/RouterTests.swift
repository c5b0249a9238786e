import HTTPServer
import Testing

@Suite("Router")
struct RouterTests {
    struct Case: CustomTestStringConvertible, Sendable {
        let method: String
        let target: String
        let status: Int
        var text = ""
        var testDescription: String { "\(method) \(target)" }
    }

    @Test(
        "A request finds its route",
        arguments: [
            Case(method: "GET", target: "/jobs/a%2Fb", status: 200, text: "job a/b"),
            Case(method: "HEAD", target: "/jobs/a", status: 200, text: "job a"),
            Case(method: "GET", target: "/jobs/a/", status: 200, text: "job a"),
            Case(method: "GET", target: "/files/x/y/z.txt?v=1", status: 200, text: "file x/y/z.txt"),
            Case(method: "GET", target: "/files", status: 200, text: "file "),
            Case(method: "POST", target: "/jobs/a", status: 405),
            Case(method: "GET", target: "/jobs", status: 404),
            Case(method: "GET", target: "/jobs/a/b", status: 404),
            Case(method: "GET", target: "/", status: 404),
        ])
    func routes(example: Case) async throws {
        var router = Router()
        router.add("GET", "/jobs/:name") { .text("job \($0.parameters["name"] ?? "?")") }
        router.add("GET", "/files/*path") { .text("file \($0.parameters["path"] ?? "?")") }
        let response = await router.handle(try HTTPRequest(method: example.method, target: example.target))
        #expect(response.status == example.status)
        if response.status == 200, case .bytes(let bytes) = response.body {
            #expect(String(decoding: bytes, as: UTF8.self) == example.text)
        }
        if response.status == 405 { #expect(response.headers["allow"] == "GET") }
    }

    @Test("A header that would break the message apart is not sent")
    func headerInjection() {
        var headers = HTTPHeaders()
        headers.append("Location", "/x\r\nSet-Cookie: a=b")
        headers.append("X\r\nY", "z")
        #expect(headers.fields.isEmpty)
    }
}
