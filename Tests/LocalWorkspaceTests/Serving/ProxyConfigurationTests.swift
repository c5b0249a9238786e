import Testing
import Workspace

@testable import LocalWorkspace

@Suite("Proxy configuration")
struct ProxyConfigurationTests {
    private static func model(blue: Int = 90, keys: [String] = ["aa", "bb"]) -> ProxyModel {
        let strict = RequestSettings(maxConcurrentRequestsPerInstance: 2, requestTimeoutMilliseconds: 3_000)
        return ProxyModel(
            port: 5_300,
            endpoints: [
                .init(
                    name: "ep", keyDigests: keys,
                    deployments: [
                        .init(
                            name: "green", percent: 100 - blue, servers: [.init(name: "green.3", port: 5_313)],
                            settings: strict),
                        .init(
                            name: "blue", percent: blue,
                            servers: [.init(name: "blue.1", port: 5_311), .init(name: "blue.2", port: 5_312)]),
                    ])
            ])
    }

    @Test("Each deployment has its servers in the split and a backend of its own")
    func backends() {
        let configuration = ProxyConfiguration(Self.model())
        let start = configuration.text.range(of: "backend endpoint:ep")?.lowerBound ?? configuration.text.startIndex
        let lines = configuration.text[start...].split(separator: "\n").filter { line in
            line.hasPrefix("backend") || ["server ", "timeout", "balance"].contains { line.dropFirst(4).hasPrefix($0) }
        }
        #expect(
            lines.joined(separator: "\n") == """
                backend endpoint:ep
                    balance roundrobin
                    timeout server 6000ms
                    timeout queue 6000ms
                    server blue.1 127.0.0.1:5311 weight 9 maxconn 16 check inter 1s fall 6 rise 1
                    server blue.2 127.0.0.1:5312 weight 9 maxconn 16 check inter 1s fall 6 rise 1
                    server green.3 127.0.0.1:5313 weight 2 maxconn 2 check inter 1s fall 6 rise 1
                backend deployment:ep:blue
                    balance roundrobin
                    timeout server 6000ms
                    timeout queue 6000ms
                    server blue.1 127.0.0.1:5311 weight 1 maxconn 16 check inter 1s fall 6 rise 1
                    server blue.2 127.0.0.1:5312 weight 1 maxconn 16 check inter 1s fall 6 rise 1
                backend deployment:ep:green
                    balance roundrobin
                    timeout server 4000ms
                    timeout queue 4000ms
                    server green.3 127.0.0.1:5313 weight 1 maxconn 2 check inter 1s fall 6 rise 1
                """)
    }

    @Test("Tables hold names and digests of keys")
    func tables() {
        #expect(
            ProxyConfiguration(Self.model()).tables == [
                "endpoints.map": "ep endpoint:ep\n",
                "deployments.map": "ep/blue deployment:ep:blue\nep/green deployment:ep:green\n",
                "keys.lst": "ep:aa\nep:bb\n",
            ])
    }

    @Test("Weights change no structure; keys, instances and settings do")
    func structure() {
        let first = ProxyConfiguration(Self.model())
        #expect(ProxyConfiguration(Self.model(blue: 10)).structure == first.structure)
        #expect(ProxyConfiguration(Self.model(blue: 10)).text != first.text)
        #expect(ProxyConfiguration(Self.model(keys: ["aa"])).structure != first.structure)
        var grown = Self.model()
        grown.endpoints[0].deployments[0].servers.append(.init(name: "green.4", port: 5_314))
        #expect(ProxyConfiguration(grown).structure != first.structure)
    }

    struct Share: CustomTestStringConvertible, Sendable {
        var testDescription: String
        var split: [(percent: Int, instances: Int)]
        var weights: [Int]
    }

    @Test(
        "A deployment gets its percent whatever its number of instances",
        arguments: [
            Share(testDescription: "all to one", split: [(100, 1), (0, 1)], weights: [1, 0]),
            Share(testDescription: "nobody gets any", split: [(0, 1), (0, 2)], weights: [0, 0, 0]),
            Share(testDescription: "ten percent on three", split: [(10, 3), (90, 1)], weights: [1, 1, 1, 27]),
            Share(
                testDescription: "one percent on seven", split: [(1, 7), (99, 1)], weights: [1, 1, 1, 1, 1, 1, 1, 256]),
            Share(testDescription: "a deployment without instances", split: [(50, 0), (50, 2)], weights: [1, 1]),
        ])
    func weights(_ share: Share) {
        var servers: [String] = []
        let deployments = share.split.enumerated().map { index, part in
            let own = (0..<part.instances).map { ProxyModel.Server(name: "d\(index).\($0)", port: 1) }
            servers += own.map(\.name)
            return ProxyModel.Deployment(name: "d\(index)", percent: part.percent, servers: own)
        }
        let weights = ProxyModel.Endpoint(name: "e", keyDigests: [], deployments: deployments).weights
        #expect(servers.map { weights[$0] ?? -1 } == share.weights)
    }

    @Test("Counts are summed by deployment over its servers and backends, and over HAProxy's lives")
    func counts() {
        let text = """
            # pxname,svname,qcur,hrsp_2xx,hrsp_3xx,hrsp_4xx,hrsp_5xx,rtime,
            scoring,FRONTEND,,9,0,1,0,,
            endpoint:ep,blue.1,0,5,0,1,0,3,
            endpoint:ep,blue.2,0,4,0,0,2,5,
            endpoint:ep,BACKEND,0,9,0,1,2,4,
            deployment:ep:blue,blue.1,0,1,0,0,0,2,
            """
        let once = ProxyCounts(statistics: text)
        #expect(once.counts["ep"]?["blue"]?.requestCounts == .init(succeeded: 11, failed: 2))
        #expect((once + once).counts["ep"]?["blue"]?.failed == 4)
        #expect(ProxyCounts(statistics: "garbage\n,,,\n").counts.isEmpty)
    }

    @Test("Weights are read from the state HAProxy shows")
    func serverState() {
        let state = "1\n# be_id be_name\n3 endpoint:ep 1 blue.1 127.0.0.1 2 0 37 100 9 15\nshort line\n"
        #expect(TrafficProxy.weights(in: state) == ["endpoint:ep": ["blue.1": 37]])
    }
}
