package import DesiredState
package import TimeKeeping
package import Workspace

/// One look at an endpoint's traffic on its way to a deployment, and the next step of it.
///
/// Traffic is sacred: no decision here gives weight to a deployment that does not answer while another does, and none
/// leaves an endpoint that serves without weight on a healthy deployment.
package struct Rollout: Sendable {
    /// Percent by deployment, as the workspace says.
    package var current: [String: Int]
    /// The deployment that shall get all.
    package var target: String
    /// The deployments that answer.
    package var healthy: Set<String>
    /// The deployments that had all traffic once: they alone may take over without being asked for.
    package var released: Set<String>
    package var steps: [RolloutPolicy.Step]
    /// When the endpoint got its present traffic.
    package var since: Timestamp?
    package var now: Timestamp
    /// How the target's requests ended since then.
    package var requests: RequestCounts?

    package init(
        current: [String: Int], target: String, healthy: Set<String>, released: Set<String> = [],
        steps: [RolloutPolicy.Step],
        since: Timestamp? = nil,
        now: Timestamp, requests: RequestCounts? = nil
    ) {
        self.current = current.filter { $0.value > 0 }
        self.target = target
        self.healthy = healthy
        self.released = released
        self.steps = steps
        self.since = since
        self.now = now
        self.requests = requests
    }

    package enum Decision: Sendable, Equatable {
        /// All traffic is where it shall be.
        case done
        case shift(to: [String: Int])
        /// The step is watched until then.
        case hold(until: Timestamp)
        /// The target is given up; the others take its traffic back.
        case revert(to: [String: Int], why: String)
        /// Nothing can be moved now.
        case stuck(why: String)
    }

    /// The share of failed requests, in percent, at which a step is given up.
    private static let failureLimit = 5

    /// Decides the next step.
    package func decide() -> Decision {
        let weight = current[target] ?? 0
        let others = current.filter { $0.key != target && healthy.contains($0.key) }
        guard healthy.contains(target) else {
            let isServed = weight > 0 || !current.isEmpty && others.isEmpty
            guard isServed else { return .stuck(why: "\(target) does not answer") }
            guard let spared = spared(others) else { return .stuck(why: "no released deployment answers") }
            return .revert(to: spared, why: "\(target) does not answer")
        }
        if weight == 100 { return .done }
        if others.isEmpty { return .shift(to: [target: 100]) }
        guard weight > 0 else { return .shift(to: share(steps.first?.traffic ?? 100, others)) }
        if let requests, let spared = spared(others), fails(requests) {
            let all = requests.failed + requests.succeeded
            return .revert(to: spared, why: "\(requests.failed) of \(all) requests failed at \(weight) percent")
        }
        let hold = steps.last { $0.traffic <= weight }?.hold ?? .zero
        if let since, since + hold > now { return .hold(until: since + hold) }
        return .shift(to: share(steps.first { $0.traffic > weight }?.traffic ?? 100, others))
    }

    /// The traffic after the target is given up for another reason, or nil when nothing else answers.
    package func reverted() -> [String: Int]? {
        spared(current.filter { $0.key != target && healthy.contains($0.key) })
    }

    private func fails(_ requests: RequestCounts) -> Bool {
        requests.failed * 100 > Self.failureLimit * (requests.failed + requests.succeeded)
    }

    /// All traffic on the others that have weight and answer, or on a released one that answers though it has none.
    private func spared(_ others: [String: Int]) -> [String: Int]? {
        if !others.isEmpty { return share(0, others) }
        guard let other = healthy.intersection(released).subtracting([target]).min() else { return nil }
        return [other: 100]
    }

    /// Percent for the target, the rest for the others in proportion to what they have; the sum is 100.
    private func share(_ percent: Int, _ others: [String: Int]) -> [String: Int] {
        let rest = 100 - percent
        let total = others.values.reduce(0, +)
        var result: [String: Int] = [:]
        var left = rest
        for (index, name) in others.keys.sorted().enumerated() {
            let part = index == others.count - 1 ? left : rest * (others[name] ?? 0) / total
            result[name] = part
            left -= part
        }
        if percent > 0 { result[target] = percent }
        return result.filter { $0.value > 0 }
    }
}
