import AssetSchema
import CommandLine
import DesiredState
import Diagnostics
import Digest
import Planning

extension StatusReport {
    /// The report for people.
    ///
    /// - Parameter summaries: What is known of commits: `"Use a random forest" by carol`.
    func text(style: Style, summaries: [String: String]) -> String {
        // All that comes from repositories and workspaces; our own words and colours stay outside of it.
        func e(_ text: String) -> String { DisplayText.escaped(text) }
        return textOfStages(style: style, summaries: summaries, e)
    }

    private func textOfStages(style: Style, summaries: [String: String], _ e: (String) -> String) -> String {
        stages.map { stage in
            var lines = [
                style.bold(stage.name) + "  \(stage.branch)"
                    + (stage.commit.map { "@\($0.id.prefix(7))" } ?? "")
                    + " → workspace \(stage.workspace) (\(stage.engine))"
            ]
            if let suspended = stage.suspended { lines.append("  suspended   \(e(suspended))") }
            for check in stage.checks {
                let result = e(check.result)
                lines.append(
                    "  check       \(e(check.name))  \(check.isPassed ? style.green(result) : style.red(result))")
            }
            for model in stage.models {
                // What autologging adds by the dozen is for the job's own page.
                let metrics = model.metrics.filter { !$0.key.hasPrefix("training_") }.sorted { $0.key < $1.key }.map {
                    "\($0.key) \(Phrase.metric($0.value))"
                }
                let origin = model.commit.map { e("from \($0.prefix(7))" + (summaries[$0].map { " \($0)" } ?? "")) }
                let facts = [
                    model.isServing ? style.green("serving") : "registered", origin, e(metrics.joined(separator: ", ")),
                    model.approvedBy.map { e("approved by \($0.split(separator: " ").joined(separator: ", "))") },
                ]
                lines.append(
                    "  model       \(e(model.name)):\(e(model.version))  "
                        + facts.compactMap { $0 }.filter { !$0.isEmpty }.joined(separator: "; "))
            }
            for endpoint in stage.endpoints {
                let kind = endpoint.kind == .onlineEndpoint ? "online     " : "batch      "
                lines.append("  \(kind) \(e(endpoint.name))" + (endpoint.scoringURI.map { "  \(e($0))" } ?? ""))
                for deployment in endpoint.deployments {
                    let facts = [deployment.model, deployment.state, deployment.test.map { "test \($0)" }]
                    let weight =
                        endpoint.kind == .onlineEndpoint
                        ? "\(deployment.traffic)%" : deployment.traffic == 100 ? "default" : ""
                    lines.append(
                        "              \(e(deployment.name))  \(weight)  \(e(facts.compactMap { $0 }.joined(separator: "; ")))"
                    )
                }
            }
            if stage.models.isEmpty, stage.endpoints.isEmpty { lines.append("  nothing is live") }
            for drift in stage.drift { lines.append("  \(style.yellow("drift"))       \(e(drift))") }
            lines += stage.pending.map { "  \(style.yellow("pending"))     \(e($0))" }
            lines += Self.ending(of: stage, style)
            return lines.joined(separator: "\n")
        }.joined(separator: "\n\n")
    }

    private static func ending(of stage: Stage, _ style: Style) -> [String] {
        if stage.mistakes > 0 {
            let count = stage.mistakes == 1 ? "1 mistake" : "\(stage.mistakes) mistakes"
            return ["  \(style.red("held"))        \(count) in the files; nothing is done before that is mended"]
        }
        return stage.pending.isEmpty && stage.drift.isEmpty && stage.checks.allSatisfy(\.isPassed)
            ? ["  \(style.green("in sync"))"] : []
    }

    /// The report for programs.
    var json: JSONValue {
        [
            "stages": .array(
                stages.map { stage in
                    [
                        "stage": .string(stage.name), "branch": .string(stage.branch),
                        "commit": stage.commit.map { .string($0.id) } ?? .null, "workspace": .string(stage.workspace),
                        "engine": .string(stage.engine), "suspended": stage.suspended.map { .string($0) } ?? .null,
                        "checks": .array(
                            stage.checks.map { check in
                                [
                                    "name": .string(check.name), "result": .string(check.result),
                                    "passed": .bool(check.isPassed),
                                ]
                            }),
                        "models": .array(
                            stage.models.map { model in
                                [
                                    "name": .string(model.name), "version": .string(model.version),
                                    "commit": model.commit.map { .string($0) } ?? .null,
                                    "job": model.job.map { .string($0) } ?? .null,
                                    "approved_by": .array(
                                        (model.approvedBy ?? "").split(separator: " ").map { .string(String($0)) }),
                                    "metrics": .object(model.metrics.mapValues { .double($0) }),
                                    "serving": .bool(model.isServing),
                                ]
                            }),
                        "endpoints": .array(
                            stage.endpoints.map { endpoint in
                                [
                                    "kind": .string(endpoint.kind.rawValue), "name": .string(endpoint.name),
                                    "scoring_uri": endpoint.scoringURI.map { .string($0) } ?? .null,
                                    "deployments": .array(
                                        endpoint.deployments.map { deployment in
                                            [
                                                "name": .string(deployment.name),
                                                "traffic": .int(Int64(deployment.traffic)),
                                                "state": .string(deployment.state),
                                                "model": deployment.model.map { .string($0) } ?? .null,
                                                "smoke_test": deployment.test.map { .string($0) } ?? .null,
                                            ]
                                        }),
                                ]
                            }),
                        "pending": .array(stage.pending.map { .string($0) }),
                        "drift": .array(stage.drift.map { .string($0) }),
                    ]
                })
        ]
    }

}
