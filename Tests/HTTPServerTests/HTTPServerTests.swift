import Foundation
import HTTPServer
import Synchronization
import Testing

@Suite("HTTP server, over real sockets")
struct HTTPServerTests {
    @Test("A handler sees method, decoded path and query, headers in any case, and the body")
    func echo() async throws {
        let server = try HTTPServer.start { request in
            let text = [
                request.method, request.segments.joined(separator: "|"),
                request.query.map { "\($0.name)=\($0.value)" }.joined(separator: ","),
                request.headers["x-THING"] ?? "-",
                String(decoding: (try? request.body.read()) ?? [], as: UTF8.self),
            ].joined(separator: "\n")
            return .text(text)
        }
        let answer = try await curl(
            ["-X", "PUT", "-H", "X-Thing: yes", "-d", "the body", "\(server.url)/a%2Fb/c%2525+d?q=1+%2B1&flag"])
        #expect(answer == "PUT\na/b|c%25+d\nq=1 +1,flag=\nyes\nthe body")
        await server.stop()
    }

    @Test("Many requests at once are answered while one waits")
    func concurrency() async throws {
        let gate = Gate()
        let server = try HTTPServer.start { request in
            if request.path == "/slow" { await gate.wait() } else { await gate.count() }
            return .text(request.path)
        }
        try await withThrowingTaskGroup(of: String.self) { group in
            group.addTask { try await curl(["\(server.url)/slow"]) }
            for index in 0..<20 { group.addTask { try await curl(["\(server.url)/\(index)"]) } }
            var answers: Set<String> = []
            for try await answer in group {
                answers.insert(answer)
                if answers.count == 20 {
                    #expect(!answers.contains("/slow"))
                    await gate.open()
                }
            }
            #expect(answers.count == 21)
        }
        await server.stop()
    }

    @Test("A large upload arrives as a file, the file goes away unless it is moved, and comes back by ranges")
    func uploadsAndRanges() async throws {
        let folder = try TemporaryFolder()
        var limits = HTTPServer.Limits()
        limits.uploadFolder = folder.path
        let kept = folder.path + "/kept"
        let server = try HTTPServer.start(limits: limits) { request in
            switch (request.method, request.body) {
            case ("PUT", .file(let file)):
                if request.path == "/keep" { try? file.move(to: kept) }
                return .text("\(file.size)")
            case ("GET", _): return .file(kept, for: request)
            default: return .text("in memory", status: 400)
            }
        }
        let source = folder.path + "/source"
        let bytes = Data((0..<5_000_000).map { UInt8(truncatingIfNeeded: $0 &* 31 >> 3) })
        try bytes.write(to: URL(filePath: source))
        #expect(try await curl(["-T", source, "\(server.url)/drop"]) == "5000000")
        #expect(try await curl(["-T", source, "-H", "Transfer-Encoding: chunked", "\(server.url)/keep"]) == "5000000")
        #expect(try Data(contentsOf: URL(filePath: kept)) == bytes)
        let copy = folder.path + "/copy"
        _ = try await curl(["-o", copy, "\(server.url)/x"])
        #expect(try Data(contentsOf: URL(filePath: copy)) == bytes)
        _ = try await curl(["-o", copy, "-r", "1000000-1000099", "\(server.url)/x"])
        #expect(try Data(contentsOf: URL(filePath: copy)) == bytes[1_000_000..<1_000_100])
        _ = try await curl(["-o", copy, "-r", "-7", "\(server.url)/x"])
        #expect(try Data(contentsOf: URL(filePath: copy)) == bytes.suffix(7))
        #expect(
            try await curl(["-o", "/dev/null", "-w", "%{http_code}", "-r", "9000000-", "\(server.url)/x"]) == "416")
        #expect(try await curl(["-I", "-o", "/dev/null", "-w", "%{http_code}", "\(server.url)/x"]) == "400")
        await server.stop()
        #expect(
            try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted() == ["copy", "kept", "source"])
    }

    @Test("A body beyond its limit is refused, told in advance or not")
    func bodyLimit() async throws {
        var limits = HTTPServer.Limits()
        limits.bodyLimit = { _, path in path == "/small" ? 10 : 1000 }
        let server = try HTTPServer.start(limits: limits) { .text("\($0.body.count)") }
        let code = ["-o", "/dev/null", "-w", "%{http_code}"]
        #expect(try await curl(code + ["-d", "12345678901", "\(server.url)/small"]) == "413")
        #expect(try await curl(["-d", "12345678901", "\(server.url)/large"]) == "11")
        let chunked = try await rawRequest(
            server.port,
            "POST /small HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nb\r\n12345678901\r\n0\r\n\r\n")
        #expect(!chunked.contains("200 OK"))
        #expect(try await curl(["\(server.url)/small"]) == "0")
        await server.stop()
    }

    @Test("A streamed response arrives piece by piece and whole, also beyond the buffers")
    func streaming() async throws {
        let gate = Gate()
        let server = try HTTPServer.start { request in
            HTTPResponse(
                headers: ["Content-Type": "text/event-stream"],
                body: .stream { stream in
                    if request.path == "/large" {
                        for _ in 0..<40 { try await stream.write([UInt8](repeating: 120, count: 100_000)) }
                    } else {
                        try await stream.write("first\n")
                        await gate.wait()
                        try await stream.write("second\n")
                    }
                })
        }
        #expect(try await curl(["\(server.url)/large"]).utf8.count == 4_000_000)
        let socket = try RawSocket(port: server.port)
        try socket.send("GET /log HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
        let head = try await socket.read { $0.contains("first") }
        #expect(!head.contains("second"))
        await gate.open()
        let rest = try await socket.read { _ in false }
        #expect(rest.contains("second\n\r\n0\r\n"))
        await server.stop()
    }

    @Test("A client that goes away ends the producer of its stream")
    func goneClient() async throws {
        let (ended, signal) = AsyncStream.makeStream(of: Bool.self)
        let server = try HTTPServer.start { _ in
            HTTPResponse(
                body: .stream { stream in
                    do {
                        while true { try await stream.write([UInt8](repeating: 120, count: 100_000)) }
                    } catch {
                        signal.yield(true)
                        throw error
                    }
                })
        }
        do {
            let socket = try RawSocket(port: server.port)
            try socket.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n")
            _ = try await socket.read { $0.contains("xxx") }
        }
        var iterator = ended.makeAsyncIterator()
        #expect(await iterator.next() == true)
        await server.stop()
    }

    @Test("Stopping answers what finishes in time, breaks off the rest, and takes no more")
    func stop() async throws {
        let gate = Gate()
        let started = Gate()
        let server = try HTTPServer.start { request in
            await started.count()
            if request.path == "/stream" {
                return HTTPResponse(
                    body: .stream { stream in
                        try await stream.write("head")
                        await gate.wait()
                    })
            }
            await gate.wait()
            return .text("never")
        }
        let waiting = try RawSocket(port: server.port)
        try waiting.send("GET /wait HTTP/1.1\r\nHost: x\r\n\r\n")
        let streaming = try RawSocket(port: server.port)
        try streaming.send("GET /stream HTTP/1.1\r\nHost: x\r\n\r\n")
        _ = try await streaming.read { $0.contains("head") }
        await started.wait(for: 2)
        await server.stop(grace: .zero)
        #expect(try await !streaming.read { _ in false }.contains("0\r\n\r\n"))
        #expect(try await !waiting.read { _ in false }.contains("never"))
        #expect(throws: (any Error).self) { try RawSocket(port: server.port) }
        await gate.open()
    }

    @Test("A server that is dropped without a stop goes down quietly")
    func dropped() async throws {
        var server: HTTPServer? = try HTTPServer.start { _ in .text("x") }
        let url = try #require(server?.url)
        #expect(try await curl([url]) == "x")
        server = nil
        await #expect(throws: (any Error).self) { try await curl([url]) }
    }

    @Test("A taken port is named")
    func takenPort() async throws {
        let server = try HTTPServer.start { _ in .text("x") }
        let error = #expect(throws: HTTPServerError.self) {
            try HTTPServer.start(port: server.port) { _ in .text("x") }
        }
        #expect(error?.code == .portTaken)
        #expect(error?.message.contains("\(server.port)") == true)
        await server.stop()
    }

    struct Nonsense: CustomTestStringConvertible, Sendable {
        let testDescription: String
        let request: String

        init(_ name: String, _ request: String) {
            testDescription = name
            self.request = request
        }
    }

    @Test(
        "Nonsense gets an error or a closed door, and the next client is served",
        arguments: [
            Nonsense("blank lines", "\r\n\r\n\r\n\r\n"), Nonsense("no target", "GET\r\n\r\n"),
            Nonsense("unknown version", "GET / HTTP/9.9\r\n\r\n"), Nonsense("control bytes", "\u{0}\u{1}\u{2}\r\n\r\n"),
            Nonsense("bad escape", "GET /%zz HTTP/1.1\r\nHost: x\r\n\r\n"),
            Nonsense("NUL", "GET /a%00b HTTP/1.1\r\nHost: x\r\n\r\n"),
            Nonsense("parent", "GET /../../etc/passwd HTTP/1.1\r\nHost: x\r\n\r\n"),
            Nonsense("escaped parent", "GET /a/%2e%2e/b HTTP/1.1\r\nHost: x\r\n\r\n"),
            Nonsense("escaped slashes", "GET /..%2f..%2fx HTTP/1.1\r\nHost: x\r\n\r\n"),
            Nonsense("not UTF-8", "GET /%ff HTTP/1.1\r\nHost: x\r\n\r\n"),
            Nonsense("negative length", "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: -5\r\n\r\n"),
            Nonsense("huge length", "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 99999999999999999999\r\n\r\n"),
            Nonsense("bad chunk", "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n"),
            Nonsense(
                "long headers",
                "GET / HTTP/1.1\r\n"
                    + String(repeating: "X-Long: \(String(repeating: "y", count: 1000))\r\n", count: 200)
                    + "\r\n"),
            Nonsense("long target", "GET /" + String(repeating: "a", count: 200_000) + " HTTP/1.1\r\nHost: x\r\n\r\n"),
        ])
    func malformed(nonsense: Nonsense) async throws {
        let server = try HTTPServer.start { _ in .text("fine") }
        let answer = try await rawRequest(server.port, nonsense.request)
        #expect(!answer.contains("fine"))
        #expect(try await curl([server.url]) == "fine")
        await server.stop()
    }

    @Test("TLS serves with the given certificate, and a bad one is an error")
    func tls() async throws {
        let folder = try TemporaryFolder()
        let files = (folder.path + "/key.pem", folder.path + "/cert.pem")
        _ = try await run(
            "openssl",
            [
                "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2",
                "-subj",
                "/CN=localhost", "-addext", "subjectAltName=IP:127.0.0.1", "-keyout", files.0, "-out", files.1,
            ])
        let tls = HTTPServer.TLS(
            certificate: try String(contentsOfFile: files.1, encoding: .utf8),
            key: try String(contentsOfFile: files.0, encoding: .utf8))
        let server = try HTTPServer.start(tls: tls) { .text($0.path) }
        #expect(try await curl(["--cacert", files.1, "https://127.0.0.1:\(server.port)/x"]) == "/x")
        await server.stop()
        #expect(throws: HTTPServerError.self) {
            try HTTPServer.start(tls: .init(certificate: "no", key: "pem")) { _ in .text("x") }
        }
    }
}

extension HTTPServer {
    var url: String { "http://127.0.0.1:\(port)" }
}
