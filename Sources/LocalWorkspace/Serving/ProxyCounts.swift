package import Workspace

/// How the requests to one deployment ended, as the proxy counted them.
package struct DeploymentCounts: Sendable, Equatable, Codable {
    package var succeeded = 0
    /// 4xx: the caller's mistakes.
    package var refused = 0
    /// 5xx of the instance: the model's failures and time-outs.
    package var failed = 0
    /// The sum of the times until the answer, in milliseconds, over ``answered`` requests as far as the proxy remembers.
    package var averageMilliseconds: Int?

    package init(succeeded: Int = 0, refused: Int = 0, failed: Int = 0, averageMilliseconds: Int? = nil) {
        self.succeeded = succeeded
        self.refused = refused
        self.failed = failed
        self.averageMilliseconds = averageMilliseconds
    }

    /// The counts in the workspace's own words: a caller's mistake was answered as it should be.
    package var requestCounts: RequestCounts { RequestCounts(succeeded: succeeded + refused, failed: failed) }

    static func + (left: Self, right: Self) -> Self {
        Self(
            succeeded: left.succeeded + right.succeeded, refused: left.refused + right.refused,
            failed: left.failed + right.failed,
            averageMilliseconds: right.averageMilliseconds ?? left.averageMilliseconds)
    }
}

/// Counts by endpoint and deployment.
struct ProxyCounts: Sendable, Equatable, Codable {
    var counts: [String: [String: DeploymentCounts]] = [:]

    init() {}

    /// Reads HAProxy's `show stat`: comma-separated, the first line names the columns.
    init(statistics text: String) {
        let lines = text.split(whereSeparator: \.isNewline)
        guard let head = lines.first, head.hasPrefix("# ") else { return }
        var columns: [Substring: Int] = [:]
        for (index, name) in head.dropFirst(2).split(separator: ",").enumerated() { columns[name] = index }
        for line in lines.dropFirst() {
            let fields = line.split(separator: ",", omittingEmptySubsequences: false)
            func number(_ name: Substring) -> Int {
                columns[name].flatMap { fields.indices.contains($0) ? Int(fields[$0]) : nil } ?? 0
            }
            guard fields.count > 2, let dot = fields[1].lastIndex(of: ".") else { continue }
            let backend = fields[0].split(separator: ":")
            guard backend.count >= 2, backend[0] == "endpoint" || backend[0] == "deployment" else { continue }
            let answered = number("hrsp_2xx") + number("hrsp_3xx") + number("hrsp_4xx") + number("hrsp_5xx")
            let own = DeploymentCounts(
                succeeded: number("hrsp_2xx") + number("hrsp_3xx"), refused: number("hrsp_4xx"),
                failed: number("hrsp_5xx"), averageMilliseconds: answered > 0 ? number("rtime") : nil)
            add(own, endpoint: String(backend[1]), deployment: String(fields[1][..<dot]))
        }
    }

    private mutating func add(_ own: DeploymentCounts, endpoint: String, deployment: String) {
        counts[endpoint, default: [:]][deployment, default: DeploymentCounts()] =
            (counts[endpoint]?[deployment] ?? DeploymentCounts()) + own
    }

    static func + (left: Self, right: Self) -> Self {
        var sum = left
        for (endpoint, deployments) in right.counts {
            for (deployment, own) in deployments { sum.add(own, endpoint: endpoint, deployment: deployment) }
        }
        return sum
    }
}
