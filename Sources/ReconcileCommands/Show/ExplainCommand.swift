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
        guard let reading = look.reading, reading.project.stages.contains(where: { $0.name == stage }) else {
            throw CommandFailure("there is no stage '\(DisplayText.escaped(stage))'", status: UsageError.exitStatus)
        }
        guard let provenance = explain(word, stage: stage, reading) else {
            throw CommandFailure(
                "stage \(stage) has no value '\(DisplayText.escaped(word))'",
                hint: "name an object and a field, such as online-endpoint.name, or a variable, such as '$(MODEL_NAME)'"
            )
        }
        context.console.print(
            context.invocation.value("output") == "json" ? Self.json(provenance).prettyText : Self.text(provenance))
        return 0
    }

    private func explain(_ word: String, stage: String, _ reading: ProjectReading) -> Provenance? {
        if word.hasPrefix("$("), word.hasSuffix(")") {
            return reading.explain(stage: stage, variable: String(word.dropFirst(2).dropLast()))
        }
        // Objects and fields may both have dots; the first split that means something is taken.
        for dot in word.indices where word[dot] == "." {
            let object = String(word[..<dot])
            let field = String(word[word.index(after: dot)...])
            if let found = reading.explain(stage: stage, object: object, field: field) { return found }
        }
        return reading.explain(stage: stage, variable: word)
    }

    private static func text(_ provenance: Provenance) -> String {
        var lines = [DisplayText.escaped(provenance.value)]
        for step in provenance.steps {
            let place = step.location.map { "\($0.path):\($0.line):\($0.column)" } ?? "(built in)"
            lines.append("  \(DisplayText.escaped("\(place)  \(step.name) = \(step.text)"))")
            lines += step.overrides.map {
                "    overrides \(DisplayText.escaped("\($0.path):\($0.line):\($0.column)"))"
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
                        "text": .string(step.text), "overrides": .array(step.overrides.map(place)),
                    ]
                }),
        ]
    }
}
