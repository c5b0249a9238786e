import CommandLine
import Controller
import DesiredState
import Diagnostics
import Digest

/// `reconcile explain STAGE OBJECT.FIELD`: where a value came from, step by step.
struct ExplainCommand {
    private let context: CommandContext

    init(_ context: CommandContext) { self.context = context }

    func run() async throws -> Int32 {
        let stage = context.invocation.argument("stage") ?? ""
        let word = context.invocation.argument("object.field") ?? ""
        let session = try await Session.open(context, isReadOnly: true, isOffline: true)
        let look = try await session.observer.look()
        guard let reading = look.reading else { throw CommandFailure("there is no project to read") }
        switch reading.explain(stage: stage, word: word) {
        case .found(let provenance):
            let isJSON = context.invocation.value("output") == "json"
            context.console.print(isJSON ? Self.json(provenance).prettyText : Self.text(provenance))
            return 0
        case .unknownStage(let known):
            throw Self.failure("there is no stage '\(stage)'", EditDistance.suggestion(for: stage, among: known), known)
        case .release(let released):
            throw CommandFailure(
                "stage \(DisplayText.escaped(stage)) has no values of its own: it releases \(released)",
                hint: "ask for \(released)'s: reconcile explain \(released) \(DisplayText.escaped(word))",
                status: UsageError.exitStatus)
        case .unknownObject(let object, let suggestion, let known):
            throw Self.failure("stage \(stage) has no '\(object)'", suggestion, known)
        case .unknownField(let field, let object, let suggestion, let known):
            throw Self.failure(
                field.isEmpty ? "'\(object)' is an object; name a field of it" : "'\(object)' has no field '\(field)'",
                suggestion, known)
        }
    }

    /// A longer list nobody reads.
    private static let listed = 40

    private static func failure(_ message: String, _ suggestion: String?, _ known: [String]) -> CommandFailure {
        let more = known.count > listed ? " and \(known.count - listed) more" : ""
        let list = known.isEmpty ? nil : "there are " + known.prefix(listed).joined(separator: ", ") + more
        let hint = [suggestion.map { "did you mean '\($0)'?" }, list].compactMap(\.self).joined(separator: " ")
        return CommandFailure(
            DisplayText.escaped(message), hint: hint.isEmpty ? nil : DisplayText.escaped(hint),
            status: UsageError.exitStatus)
    }

    private static func text(_ provenance: Provenance) -> String {
        var lines = [DisplayText.escaped(provenance.value)]
        for step in provenance.steps {
            let place = step.location.map { "\($0.path):\($0.line):\($0.column)" } ?? "(built in)"
            lines.append("  \(DisplayText.escaped("\(place)  \(step.name) = \(step.text)"))")
            lines += step.overrides.map { overridden in
                let place = "\(overridden.location.path):\(overridden.location.line):\(overridden.location.column)"
                return "    overrides \(DisplayText.escaped("\(place)  \(overridden.text)"))"
            }
        }
        return lines.joined(separator: "\n")
    }

    private static func json(_ provenance: Provenance) -> JSONValue {
        func place(_ location: SourceLocation) -> JSONValue {
            [
                "path": .string(location.path), "line": .int(Int64(location.line)),
                "column": .int(Int64(location.column)),
            ]
        }
        return [
            "value": .string(provenance.value),
            "steps": .array(
                provenance.steps.map { step in
                    [
                        "location": step.location.map(place) ?? .null, "name": .string(step.name),
                        "text": .string(step.text),
                        "overrides": .array(
                            step.overrides.map { ["location": place($0.location), "text": .string($0.text)] }),
                    ]
                }),
        ]
    }
}
