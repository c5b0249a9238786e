package import Controller
import Digest
package import HTTPServer
import Planning
import Synchronization
import Telemetry

/// What the daemon shows of itself: `/healthz`, `/readyz`, `/metrics` and the last plan.
package final class ControllerServer: Sendable {
    private let last = Mutex<PassOutcome?>(nil)
    private let metrics = Metrics()
    private let passes: Counter
    private let actions: Gauge
    private let drifts: Gauge

    /// A server that has seen no pass yet.
    package init() {
        passes = metrics.counter(
            "reconcile_total", help: "Passes by how they ended.", labels: ["result": Self.results])
        actions = metrics.gauge(
            "plan_steps", help: "Actions of the last plan by verb.",
            labels: ["action": PlanAction.Verb.allCases.map(\.rawValue)])
        drifts = metrics.gauge("drift_detected", help: "Objects that differ from what was committed, at the last look.")
    }

    private static let results = ["success", "failure", "gate"]

    /// Notes a pass that ended.
    package func note(_ outcome: PassOutcome) {
        let isFirst = last.withLock { last in
            defer { last = outcome }
            return last == nil
        }
        // An idle pass saw a plan that asks for nothing, and the numbers are those of the pass before.
        if outcome.isIdle, !isFirst { return passes.increment(["result": "success"]) }
        let result =
            switch outcome.exitStatus {
            case 0: "success"
            case 3: "gate"
            default: "failure"
            }
        passes.increment(["result": result])
        var counts: [PlanAction.Verb: Int] = [:]
        for action in outcome.plan.stages.lazy.flatMap(\.actions) { counts[action.verb, default: 0] += 1 }
        for verb in PlanAction.Verb.allCases { actions.set(Double(counts[verb] ?? 0), ["action": verb.rawValue]) }
        drifts.set(Double(outcome.plan.stages.map(\.drift.count).reduce(0, +)))
    }

    /// Answers one request.
    package func handle(_ request: HTTPRequest) async -> HTTPResponse {
        // A page in a browser can reach a loopback port by a name of its own; such a name is never ours.
        guard isLocal(request.headers["host"] ?? "") else { return .text("unknown host\n", status: 421) }
        var router = Router()
        router.add("GET", "/healthz") { _ in .text("ok\n") }
        router.add("GET", "/readyz") { [self] _ in
            last.withLock { $0 == nil } ? .text("no pass has ended yet\n", status: 503) : .text("ok\n")
        }
        router.add("GET", "/metrics") { [self] _ in
            HTTPResponse(headers: ["Content-Type": Metrics.contentType], body: .bytes(Array(metrics.render().utf8)))
        }
        router.add("GET", "/api/v1/plan") { [self] _ in
            guard let plan = last.withLock({ $0?.plan }) else { return .text("no pass has ended yet\n", status: 503) }
            return .json(Array(PlanJSONRenderer.render(plan).utf8))
        }
        return await router.handle(request)
    }

    private func isLocal(_ host: String) -> Bool {
        let name = host.hasPrefix("[") ? host.prefix { $0 != "]" }.dropFirst() : host.prefix { $0 != ":" }
        return ["localhost", "127.0.0.1", "::1"].contains(name.lowercased())
    }
}
