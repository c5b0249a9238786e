import CommandLine
import Diagnostics
import Digest
import Planning
import TimeKeeping
import Workspace

/// What checks came to, for people and programs.
struct CheckReport: Sendable {
    struct Outcome: Sendable {
        var name: String
        var job: LiveJob
        var log: String

        var isPassed: Bool { job.status == .completed }

        /// `passed: 12 tests, coverage 87%`, or why it failed.
        var result: String { CheckJob.result(of: job) }
    }

    var stage: String
    var outcomes: [Outcome]

    var isPassed: Bool { outcomes.allSatisfy(\.isPassed) }

    static func line(_ outcome: Outcome, _ style: Style) -> String {
        let mark = outcome.isPassed ? style.green("✓") : style.red("✗")
        let took = outcome.job.startedAt.flatMap { start in outcome.job.endedAt.map { " (\($0 - start))" } } ?? ""
        return "\(mark) \(outcome.name)  \(DisplayText.escaped(outcome.result))\(style.dim(took))"
    }

    func summary(_ style: Style) -> String {
        let failed = outcomes.count { !$0.isPassed }
        let all = outcomes.count == 1 ? "1 check" : "\(outcomes.count) checks"
        return failed == 0
            ? style.green("\(all) passed.") + " Stage \(stage) would take these files."
            : style.red("\(failed) of \(all) failed.") + " Stage \(stage) takes nothing of these files."
    }

    var json: JSONValue {
        [
            "stage": .string(stage), "passed": .bool(isPassed),
            "checks": .array(
                outcomes.map { outcome in
                    [
                        "name": .string(outcome.name), "passed": .bool(outcome.isPassed),
                        "status": .string(outcome.job.status.rawValue), "result": .string(outcome.result),
                        "tests": Self.number(outcome, "tests"), "failures": Self.number(outcome, "failures"),
                        "errors": Self.number(outcome, "errors"), "skipped": Self.number(outcome, "skipped"),
                        "coverage": Self.number(outcome, "coverage"), "problems": Self.number(outcome, "problems"),
                        "log": .string(outcome.log),
                    ]
                }),
        ]
    }

    private static func number(_ outcome: Outcome, _ metric: String) -> JSONValue {
        guard let value = outcome.job.metrics[metric], value.isFinite else { return .null }
        return Int64(exactly: value).map { .int($0) } ?? .double(value)
    }
}
