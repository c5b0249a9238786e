import Foundation
import Glibc
import LocalWorkspace
import Subprocess
import TestSupport
import Testing
import Workspace

/// A workspace's serving in a temporary folder, with small scoring programs in place of Python environments.
struct ServingFixture {
    let folder: TemporaryDirectory
    let serving: OnlineServing

    init() throws {
        folder = try TemporaryDirectory()
        let layout = ServingLayout(root: folder.file("serving"), stateDirectory: folder.file("state"))
        var variables = ProcessInfo.processInfo.environment
        variables["HOME"] = folder.path
        // The helper is built beside the program that runs the tests.
        let own = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath().deletingLastPathComponent().path
        let beside = [own, "\(own)/..", FileManager.default.currentDirectoryPath + "/.build/debug"]
        let helper = beside.map { "\($0)/SupervisorHelper" }.first { FileManager.default.isExecutableFile(atPath: $0) }
        serving = OnlineServing(
            layout: layout, proxies: HAProxyFinder(variables: variables),
            supervisorArguments: [try #require(helper)], variables: variables)
        try folder.write(Self.scorer, to: "model/scorer.py")
        try folder.write(Self.client, to: "client.py")
    }

    /// A deployment whose answers name it.
    func deployment(
        _ name: String, answer: String? = nil, instances: Int = 1, settings: RequestSettings = RequestSettings(),
        script: String = "scorer.py"
    ) -> OnlineDeploymentSpec {
        OnlineDeploymentSpec(
            endpoint: "ep", name: name, scorer: .program(["python3", folder.file("model/\(script)")]),
            modelDirectory: folder.file("model"), environmentVariables: ["ANSWER": answer ?? name],
            instanceCount: instances, requestSettings: settings)
    }

    /// Waits until a condition holds; tests end within a bound whatever happens.
    func eventually(
        _ what: String, within limit: Duration = .seconds(120), _ condition: () async throws -> Bool
    ) async throws {
        if try await polled(within: limit, { try await condition() ? true : nil }) != nil { return }
        let logs = serving.deploymentNames("ep").map { (try? serving.logs(endpoint: "ep", name: $0)) ?? "" }
        Issue.record("not within \(limit): \(what)\n\(logs.joined(separator: "\n"))")
        throw CancellationError()
    }

    func awaitSucceeded(_ name: String, instances: Int = 1) async throws {
        try await eventually("\(name) succeeds with \(instances)") {
            let status = try serving.status(endpoint: "ep", name: name)
            return status?.state == .succeeded && status?.readyCount == instances
                && status?.instances.count == instances
        }
    }

    /// What one request through the proxy gets.
    func ask(_ deployment: String? = nil) async throws -> HTTPAnswer {
        try await serving.invoke(endpoint: "ep", deployment: deployment, body: Array("{}".utf8))
    }

    /// Runs a body while four connections, kept alive and not, send requests without a pause.
    ///
    /// - Returns: How often each answer came, by status and text; what failed stands there by its error's name.
    func underLoad(sending request: String = "{}", _ body: () async throws -> Void) async throws -> [String: Int] {
        let port = try #require(try TrafficProxy.port(serving.layout))
        let key = try serving.keys("ep").primary
        let stop = folder.file("stop")
        let arguments = ["python3", folder.file("client.py"), "\(port)", key, stop, request]
        async let counted = Subprocess.run(arguments, timeout: .seconds(120))
        do {
            // A slow machine takes its time to start the client; what it is to see begins only then.
            try await eventually("the client has been answered") {
                FileManager.default.fileExists(atPath: stop + ".begun")
            }
            try await body()
        } catch {
            try folder.write("", to: "stop")
            throw error
        }
        try folder.write("", to: "stop")
        let output = try await counted
        try? FileManager.default.removeItem(atPath: stop)
        return try JSONDecoder().decode([String: Int].self, from: Data(output.stdout))
    }

    /// Ends every process; called at each test's end, whatever came of it.
    func stop() async { try? await serving.stopProcesses() }

    static func with(_ body: (ServingFixture) async throws -> Void) async throws {
        let fixture = try ServingFixture()
        do {
            try await fixture.serving.putEndpoint("ep")
            try await body(fixture)
        } catch {
            await fixture.stop()
            throw error
        }
        await fixture.stop()
    }

    /// Answers after a moment with its name; on TERM it ends when it has answered what it had.
    private static let scorer = """
        import os, signal, sys, threading, time
        from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            def do_GET(self): self.answer(b"ready")
            def do_POST(self):
                self.rfile.read(int(self.headers.get("content-length", 0)))
                time.sleep(float(os.environ.get("DELAY", "0.005")))
                status = int(os.environ["ANSWER"]) if os.environ["ANSWER"].isdigit() else 200
                self.answer(os.environ["ANSWER"].encode(), status)
            def answer(self, body, status=200):
                self.send_response(status)
                self.send_header("content-length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)
            def log_message(self, *arguments): pass

        class Server(ThreadingHTTPServer):
            daemon_threads = False
            request_queue_size = 128

        server = Server(("127.0.0.1", int(os.environ["PORT"])), Handler)
        signal.signal(signal.SIGTERM, lambda *_: threading.Thread(target=server.shutdown).start())
        server.serve_forever(0.05)
        server.server_close()
        """

    private static let client = """
        import collections, http.client, json, os, sys, threading, time
        port, key, stop, request = int(sys.argv[1]), sys.argv[2], sys.argv[3], sys.argv[4]
        counts, lock = collections.Counter(), threading.Lock()
        deadline = time.time() + 100

        def go(keep):
            connection = None
            while not os.path.exists(stop) and time.time() < deadline:
                try:
                    connection = connection or http.client.HTTPConnection("127.0.0.1", port, timeout=20)
                    connection.request("POST", "/ep/score", request, {"Authorization": "Bearer " + key})
                    response = connection.getresponse()
                    result = "%d %s" % (response.status, response.read().decode())
                    if response.will_close or not keep:
                        connection.close()
                        connection = None
                except Exception as error:
                    result, connection = type(error).__name__, None
                with lock:
                    if not counts: open(stop + ".begun", "w").close()
                    counts[result] += 1
                time.sleep(0.005)

        threads = [threading.Thread(target=go, args=(keep,)) for keep in (True, True, False, False)]
        [thread.start() for thread in threads]
        [thread.join() for thread in threads]
        print(json.dumps(counts))
        """
}
