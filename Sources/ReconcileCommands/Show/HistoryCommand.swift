import CommandLine
import Controller
import Diagnostics
import Digest
import TimeKeeping

/// `reconcile history`: what happened, by whose change and whose approval.
struct HistoryCommand {
    private let context: CommandContext

    init(_ context: CommandContext) { self.context = context }

    func run() async throws -> Int32 {
        let limit = try context.invocation.integer("limit", in: 1...100_000) ?? 50
        let journal = try Journal(stateDirectory: try context.stateDirectory)
        var query = Journal.Query(limit: limit)
        query.object = context.invocation.argument("object")
        var entries: [JournalEntry] = []
        if let stages = context.stages {
            for stage in stages.sorted() {
                query.stage = stage
                entries += try await journal.entries(query)
            }
            entries = Array(entries.sorted { $0.time > $1.time }.prefix(limit))
        } else {
            entries = try await journal.entries(query)
        }
        if context.invocation.value("output") == "json" {
            context.console.print(JSONValue.array(entries.map(Self.json)).prettyText)
        } else if entries.isEmpty {
            context.console.print("Nothing has happened yet.")
        } else {
            context.console.print(entries.map { text($0, context.console.output.style) }.joined(separator: "\n"))
        }
        return 0
    }

    private func text(_ entry: JournalEntry, _ style: Style) -> String {
        func e(_ text: String) -> String { DisplayText.escaped(text) }
        // Noting that a check failed went well; the check did not.
        let isFailedCheck = entry.object.hasPrefix("check/") && entry.message.hasPrefix("failed")
        let mark = entry.outcome == .done && !isFailedCheck ? style.green("✓") : style.red("✗")
        let version = entry.version.map { ":\(e($0))" } ?? ""
        let origin = entry.commit.map { " \($0.prefix(7))" } ?? ""
        let author = entry.author.map { " by \(e($0))" } ?? ""
        let approvals =
            entry.approvals.isEmpty
            ? "" : ", approved by \(entry.approvals.map(e).joined(separator: ", "))"
        return "\(entry.time)  \(mark) \(e(entry.stage))  \(entry.verb) \(e(entry.object))\(version)  "
            + style.dim("\(e(entry.message));\(origin)\(author)\(approvals)")
    }

    private static func json(_ entry: JournalEntry) -> JSONValue {
        [
            "time": .string(entry.time.description), "stage": .string(entry.stage), "object": .string(entry.object),
            "verb": .string(entry.verb), "version": entry.version.map { .string($0) } ?? .null,
            "commit": entry.commit.map { .string($0) } ?? .null, "author": entry.author.map { .string($0) } ?? .null,
            "approvals": .array(entry.approvals.map { .string($0) }), "outcome": .string(entry.outcome.rawValue),
            "message": .string(entry.message),
        ]
    }
}
