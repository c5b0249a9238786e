/// Everything the traffic proxy must know of a workspace, as one value.
package struct ProxyModel: Sendable, Equatable {
    /// One instance that answers.
    package struct Server: Sendable, Equatable {
        /// `<deployment>.<serial>`: never used again for another process.
        package var name: String
        package var port: Int

        package init(name: String, port: Int) {
            self.name = name
            self.port = port
        }
    }

    package struct Deployment: Sendable, Equatable {
        package var name: String
        /// Its percent of the endpoint's requests.
        package var percent: Int
        package var servers: [Server]
        package var settings: RequestSettings

        package init(name: String, percent: Int, servers: [Server], settings: RequestSettings = RequestSettings()) {
            self.name = name
            self.percent = percent
            self.servers = servers
            self.settings = settings
        }
    }

    package struct Endpoint: Sendable, Equatable {
        package var name: String
        /// SHA-256 of the keys that open it, in hexadecimal digits.
        package var keyDigests: [String]
        package var deployments: [Deployment]

        package init(name: String, keyDigests: [String], deployments: [Deployment]) {
            self.name = name
            self.keyDigests = keyDigests
            self.deployments = deployments
        }
    }

    /// The port on the loopback address where requests come in.
    package var port: Int
    package var endpoints: [Endpoint]

    package init(port: Int, endpoints: [Endpoint]) {
        self.port = port
        self.endpoints = endpoints
    }
}

extension ProxyModel.Endpoint {
    /// The weight of each server, so that each deployment gets its percent whatever its number of instances.
    ///
    /// HAProxy's weights go from 0 to 256; a share too small for that still gets 1.
    package var weights: [String: Int] {
        let counts = deployments.filter { $0.percent > 0 && !$0.servers.isEmpty }.map(\.servers.count)
        let factor = counts.reduce(1) { min(leastCommonMultiple($0, $1), 1 << 20) }
        var exact: [(name: String, weight: Int)] = []
        for deployment in deployments {
            for server in deployment.servers {
                let weight = deployment.percent > 0 ? deployment.percent * factor / deployment.servers.count : 0
                exact.append((server.name, weight))
            }
        }
        let divisor = exact.reduce(0) { greatestCommonDivisor($0, $1.weight) }
        let reduced = exact.map { ($0.name, divisor > 1 ? $0.weight / divisor : $0.weight) }
        let largest = reduced.reduce(0) { max($0, $1.1) }
        let scaled = reduced.map { name, weight in
            largest <= 256 || weight == 0 ? (name, weight) : (name, max(1, (weight * 256 + largest / 2) / largest))
        }
        return Dictionary(scaled, uniquingKeysWith: { first, _ in first })
    }
}

private func greatestCommonDivisor(_ first: Int, _ second: Int) -> Int {
    var (first, second) = (first, second)
    while second != 0 { (first, second) = (second, first % second) }
    return first
}

private func leastCommonMultiple(_ first: Int, _ second: Int) -> Int {
    first / greatestCommonDivisor(first, second) * second
}
