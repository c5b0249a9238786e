import Digest
import Testing

@testable import LocalWorkspace

@Suite("Early termination")
struct EarlyTerminationTests {
    struct Case: Sendable, CustomTestStringConvertible {
        let name: String
        var policy: JSONValue
        var isMaximized = true
        var own: [Double]
        var others: [[Double]]
        var ends: Bool
        var testDescription: String { name }
    }

    @Test(
        "A trial ends early when its policy says so",
        arguments: [
            Case(
                name: "within the factor", policy: ["type": "bandit", "slack_factor": 0.2], own: [0.7],
                others: [[0.8]], ends: false),
            Case(
                name: "beyond the factor", policy: ["type": "bandit", "slack_factor": 0.2], own: [0.66],
                others: [[0.8]], ends: true),
            Case(
                name: "its best so far counts", policy: ["type": "bandit", "slack_factor": 0.2], own: [0.8, 0.1],
                others: [[0.5, 0.8]], ends: false),
            Case(
                name: "only what others had by then counts", policy: ["type": "bandit", "slack_factor": 0.2],
                own: [0.5], others: [[0.5, 0.9]], ends: false),
            Case(
                name: "beyond the amount, minimized", policy: ["type": "bandit", "slack_amount": 0.5],
                isMaximized: false, own: [2.0], others: [[1.4]], ends: true),
            Case(
                name: "within the amount, minimized", policy: ["type": "bandit", "slack_amount": 0.5],
                isMaximized: false, own: [1.8], others: [[1.4]], ends: false),
            Case(
                name: "a factor of what is below zero", policy: ["type": "bandit", "slack_factor": 0.5], own: [-1.4],
                others: [[-1.0]], ends: false),
            Case(
                name: "before the delay", policy: ["type": "bandit", "slack_factor": 0.2, "delay_evaluation": 2],
                own: [0.1], others: [[0.8]], ends: false),
            Case(
                name: "between two evaluations",
                policy: ["type": "bandit", "slack_factor": 0.2, "evaluation_interval": 2], own: [0.1],
                others: [[0.8]], ends: false),
            Case(name: "alone", policy: ["type": "median_stopping"], own: [0.1], others: [], ends: false),
            Case(
                name: "below the median", policy: ["type": "median_stopping"], own: [0.1, 0.2],
                others: [[0.4, 0.6], [0.2, 0.4]], ends: true),
            Case(
                name: "at the median", policy: ["type": "median_stopping"], own: [0.2, 0.4],
                others: [[0.4, 0.6], [0.1, 0.2]], ends: false),
            Case(
                name: "among the lowest half", policy: ["type": "truncation_selection", "truncation_percentage": 50],
                own: [0.1], others: [[0.2], [0.3], [0.4]], ends: true),
            Case(
                name: "above the lowest half", policy: ["type": "truncation_selection", "truncation_percentage": 50],
                own: [0.3], others: [[0.1], [0.2], [0.4]], ends: false),
            Case(
                name: "too few for a fifth", policy: ["type": "truncation_selection", "truncation_percentage": 20],
                own: [0.1], others: [[0.2], [0.3]], ends: false),
        ])
    func ends(example: Case) throws {
        let policy = try #require(try EarlyTermination(example.policy, isMaximized: example.isMaximized))
        let others = example.others.map { EarlyTermination.History(values: $0, isFinished: false) }
        #expect(policy.ends(example.own, others: others) == example.ends)
    }

    @Test("A policy without what it needs is refused")
    func refused() throws {
        #expect(try EarlyTermination(nil, isMaximized: true) == nil)
        for policy in [["type": "bandit"], ["type": "truncation_selection"], ["type": "luck"]] as [JSONValue] {
            #expect(throws: (any Error).self) { try EarlyTermination(policy, isMaximized: true) }
        }
    }
}
