import AssetSchema
import CommandLine
import Diagnostics
import Digest
import LocalWorkspace
import Planning
import Workspace

/// Runs one check as a job of an embedded workspace and waits for its end.
struct CheckRunner {
    let workspace: LocalWorkspace
    let console: Console
    /// Whether the job's output is shown as it comes.
    let isFollowing: Bool
    let showsProgress: Bool

    /// How much of a failed check's output is shown.
    private static let shownLines = 60

    func run(
        _ name: String, _ draft: JobDraft, content: any ContentProvider
    ) async throws -> CheckReport.Outcome {
        let style = console.errors.style
        if showsProgress { console.complain(style.dim("\(name): \(Self.words(draft))")) }
        do {
            _ = try await workspace.perform(.submitJob(draft), content: content)
            let job = try await ended(draft.name)
            if !isFollowing, showsProgress, job.status != .completed { try showEnd(of: draft.name) }
            let outcome = CheckReport.Outcome(name: name, job: job, log: try log(of: draft.name))
            try workspace.discard(job: draft.name)
            return outcome
        } catch {
            // Whoever stops us stops what we started.
            _ = try? await Task { [workspace] in
                try await workspace.perform(.cancelJob(name: draft.name), content: content)
            }.value
            throw error
        }
    }

    private func ended(_ name: String) async throws -> LiveJob {
        var offset: Int64 = 0
        while true {
            try Task.checkCancellation()
            if isFollowing { offset = try follow(name, from: offset) }
            let job = try await workspace.liveState().jobs.first { $0.name == name }
            guard let job else { throw CommandFailure("the job \(name) is gone") }
            if job.status.isTerminal {
                if isFollowing { _ = try follow(name, from: offset) }
                return job
            }
            try await Task.sleep(for: .milliseconds(200))
        }
    }

    private func follow(_ name: String, from offset: Int64) throws -> Int64 {
        let (bytes, next) = try workspace.logs(job: name, from: offset)
        if !bytes.isEmpty { console.writeError(Self.shown(String(decoding: bytes, as: UTF8.self))) }
        return next
    }

    /// The end of a failed check's output, which says more than its one sentence.
    private func showEnd(of name: String) throws {
        let lines = try log(of: name).split(separator: "\n", omittingEmptySubsequences: false)
        let style = console.errors.style
        if lines.count > Self.shownLines { console.complain(style.dim("… (-v shows all of it)")) }
        for line in lines.suffix(Self.shownLines) where !line.isEmpty {
            console.complain(style.dim("  " + DisplayText.escaped(String(line))))
        }
    }

    private func log(of name: String) throws -> String {
        String(decoding: try workspace.logs(job: name).bytes, as: UTF8.self)
    }

    /// What a repository's code prints steers no terminal.
    private static func shown(_ text: String) -> String {
        text.split(separator: "\n", omittingEmptySubsequences: false).map { DisplayText.escaped(String($0)) }
            .joined(separator: "\n")
    }

    private static func words(_ draft: JobDraft) -> String {
        let order = draft.fields["environment_variables"]?["RECONCILE_CHECK"]?.stringValue
        let run = order.flatMap { try? JSONParser.parse($0)["run"] } ?? nil
        let text = run?.stringValue ?? (run?.arrayValue ?? []).compactMap(\.stringValue).joined(separator: " ")
        return DisplayText.escaped(text)
    }
}
