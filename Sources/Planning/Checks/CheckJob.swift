package import DesiredState
package import Digest
package import Workspace

/// A check as the command job that runs it, and what its end means.
package enum CheckJob {
    /// The job of a check.
    ///
    /// - Parameter environmentOverride: What the stage puts in the place of the check's environment.
    package static func draft(
        _ check: DesiredCheck, name: String, tags: [String: String], environmentOverride: JSONValue?
    ) -> JobDraft {
        let run: JSONValue
        switch check.command {
        case .arguments(let words): run = .array(words.map { .string($0) })
        case .script(let text): run = .string(text)
        }
        var reports: [String: JSONValue] = [:]
        reports["junit"] = check.reports.junit.map { .string($0) }
        reports["coverage"] = check.reports.coverage.map { .string($0) }
        let order: JSONValue = [
            "run": run, "timeout": .int(Int64(check.timeoutSeconds)), "reports": .object(reports),
            "folders": .array(check.codeFolders.map { .string($0) }),
            "accepted": .array(check.acceptedStatuses.map { .int(Int64($0)) }),
        ]
        var fields: JSONValue = [
            "command": .string(CheckProgram.command), "code": ".", "experiment_name": "checks",
            "display_name": .string("check \(check.name)"), "environment": check.environment,
            "environment_variables": [
                "RECONCILE_CHECK": .string(order.canonicalText), "RECONCILE_CHECK_PROGRAM": .string(CheckProgram.text),
            ],
            // The program ends what it runs; this ends the program.
            "limits": ["timeout": .int(Int64(check.timeoutSeconds + 60))],
        ]
        fields["compute"] = check.compute
        var tags = tags
        tags[TagName.check] = check.name
        tags[TagName.checkKey] = check.key.description
        return JobDraft(
            name: name, fields: fields, tags: tags,
            content: check.environmentContent.merging(["code": check.code]) { $1 },
            environmentOverride: environmentOverride, overlayPackages: check.packages)
    }

    /// What a job that has ended came to, in one sentence: `passed: 12 tests, coverage 87%`.
    package static func result(of job: LiveJob) -> String {
        guard job.status == .completed else { return "failed: \(failure(of: job))" }
        var words: [String] = []
        func count(_ metric: String) -> Int? { job.metrics[metric].flatMap { Int(exactly: $0) } }
        if let tests = count("tests") { words.append("\(Phrase.grouped(tests)) test\(tests == 1 ? "" : "s")") }
        if let skipped = count("skipped"), skipped > 0 { words.append("\(Phrase.grouped(skipped)) skipped") }
        if let coverage = job.metrics["coverage"], coverage.isFinite {
            // Never better than it is: 99.6 is not 100.
            words.append("coverage \(Phrase.metric(coverage.rounded(.down)))%")
        }
        return words.isEmpty ? "passed" : "passed: \(words.joined(separator: ", "))"
    }

    /// The sentence with which the program ended, without the words that say that it did.
    private static func failure(of job: LiveJob) -> String {
        let said = job.error ?? job.status.rawValue
        guard said.hasPrefix("exited with status"), let colon = said.firstRange(of: ": ") else { return said }
        return String(said[colon.upperBound...])
    }
}
