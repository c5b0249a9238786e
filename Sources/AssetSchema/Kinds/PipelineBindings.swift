import Digest
import YAML

extension ObjectSchema {
    /// What steps are bound to must be there.
    ///
    /// The SDK looks while loading, but only for steps that are jobs themselves; a step that runs a component fails
    /// when the job is created or run.
    static let pipelineBindings: Check = { node, fields, state in
        guard let steps = node["jobs"]?.mapping else { return }
        let bindings = PipelineBindings(node, fields["jobs"]?.objectValue ?? [:])
        for entry in steps {
            guard let step = entry.value.mapping else { continue }
            state.inside("jobs") { state in
                state.inside(entry.name) { state in bindings.check(step, called: entry.name, &state) }
            }
        }
    }
}

/// What the steps of one pipeline may be bound to.
private struct PipelineBindings {
    /// What is known of a step's outputs.
    private struct Step {
        var place: Int
        var outputs: [String]
        var inputs: [String]
        /// Whether the SDK reads the step into a node of its own before it looks at bindings.
        var isNode: Bool
        var type: String
        /// Whether the outputs are all there are; a registered component's are not known here.
        var isComplete: Bool
    }

    private let inputs: [String]
    private let outputs: [String]
    private let steps: [String: Step]
    private let names: [String]

    /// - Parameter read: The steps as they were read, with the components that they include.
    init(_ node: Node, _ read: [String: JSONValue]) {
        inputs = node["inputs"]?.mapping?.keys ?? []
        outputs = node["outputs"]?.mapping?.keys ?? []
        let entries = node["jobs"]?.mapping?.entries ?? []
        names = entries.map(\.name)
        var steps: [String: Step] = [:]
        for (place, entry) in entries.enumerated() {
            let step = entry.value.mapping
            let component = step?["component"] ?? step?["trial"]
            var outputs = step?["outputs"]?.mapping?.keys ?? []
            var inputs = step?["inputs"]?.mapping?.keys ?? []
            let definition = read[entry.name]?["component"]?.objectValue ?? read[entry.name]?["trial"]?.objectValue
            if let definition {
                outputs = (definition["outputs"]?.objectValue ?? [:]).keys.sorted()
                inputs = (definition["inputs"]?.objectValue ?? [:]).keys.sorted()
            }
            steps[entry.name] = Step(
                place: place, outputs: outputs, inputs: inputs, isNode: component != nil,
                type: step?["type"]?.text?.lowercased() ?? "command",
                isComplete: component == nil || definition != nil)
        }
        self.steps = steps
    }

    /// Looks at one step's inputs and outputs.
    func check(_ step: Mapping, called name: String, _ state: inout ReadState) {
        let isComponent = step["component"] != nil || step["trial"] != nil
        let isTranslated = !isComponent && step["type"]?.text?.lowercased() != "automl"
        for entry in step["inputs"]?.mapping?.entries ?? [] {
            guard let text = entry.value.text ?? entry.value["path"]?.text else { continue }
            let isSeenByLoader = isTranslated && entry.value.text != nil && isBinding(text, to: ["inputs", "jobs"])
            state.inside("inputs") { state in
                for expression in Expression.all(in: text) {
                    check(expression, in: entry, of: name, isSeenByLoader, &state)
                }
            }
        }
        for entry in step["outputs"]?.mapping?.entries ?? [] {
            guard let text = entry.value.text ?? entry.value["path"]?.text else { continue }
            let isSeenByLoader = isTranslated && entry.value.text != nil && isBinding(text, to: ["outputs"])
            for expression in Expression.all(in: text) where expression.parts.first == "parent" {
                guard expression.parts.count >= 3, expression.parts[1] == "outputs" else { continue }
                let output = expression.parts[2]
                guard !outputs.contains(output) else { continue }
                state.inside("outputs") { state in
                    state.report(
                        isSeenByLoader, .unknownOutput,
                        "the step binds to \(expression.text), but the pipeline has no output \"\(output)\"",
                        at: entry.value.mark, key: entry.name,
                        hint: EditDistanceHint.hint(for: output, among: outputs) ?? "add it under \"outputs\"")
                }
            }
        }
    }

    /// As the SDK's pattern: the whole text is one expression, written without blanks.
    private func isBinding(_ text: String, to targets: [String]) -> Bool {
        targets.contains { text.hasPrefix("${{parent.\($0).") } && (text.hasSuffix("}}") || text.hasSuffix("}}\n"))
    }

    private func check(
        _ expression: Expression, in entry: Mapping.Entry, of name: String, _ isSeenByLoader: Bool,
        _ state: inout ReadState
    ) {
        guard expression.parts.first == "parent", expression.parts.count >= 3 else { return }
        func tell(_ code: FindingCode, _ message: String, hint: String?) {
            state.report(isSeenByLoader, code, message, at: entry.value.mark, key: entry.name, hint: hint)
        }
        switch expression.parts[1] {
        case "inputs":
            let input = expression.parts[2...].joined(separator: ".")
            guard !inputs.contains(input), !inputs.contains(expression.parts[2]) || expression.parts.count > 3 else {
                return
            }
            tell(
                .unknownInput, "the step binds to \(expression.text), but the pipeline has no input \"\(input)\"",
                hint: EditDistanceHint.hint(for: input, among: inputs) ?? "add it under the pipeline's \"inputs\"")
        case "jobs":
            let other = expression.parts[2]
            guard let step = steps[other] else {
                tell(
                    .unknownInput, "the step binds to \(expression.text), but there is no step \"\(other)\"",
                    hint: EditDistanceHint.hint(for: other, among: names.filter { $0 != name }))
                return
            }
            guard expression.parts.count == 5, ["inputs", "outputs"].contains(expression.parts[3]) else {
                tell(
                    .unknownExpression, "\(expression.text) names no output of a step",
                    hint: "write ${{parent.jobs.\(other).outputs.NAME}}")
                return
            }
            check(step, other, expression, in: entry, of: name, isSeenByLoader, &state)
        default:
            return
        }
    }

    private func check(
        _ step: Step, _ other: String, _ expression: Expression, in entry: Mapping.Entry, of name: String,
        _ isSeenByLoader: Bool, _ state: inout ReadState
    ) {
        let (kind, wanted) = (expression.parts[3], expression.parts[4])
        if other == name {
            state.report(
                false, .unknownExpression, "the step \"\(name)\" is bound to itself", at: entry.value.mark,
                key: entry.name, hint: nil)
        }
        let known = kind == "outputs" ? step.outputs : step.inputs
        guard step.type != "automl", !known.contains(wanted) else { return }
        // The SDK has made a node of what stands before, and looks into no other.
        let isLookedInto = step.isNode || step.place < (steps[name]?.place ?? 0)
        guard step.isComplete || (isSeenByLoader && isLookedInto && kind == "outputs") else { return }
        state.report(
            isSeenByLoader && isLookedInto, .unknownOutput,
            "the step binds to \(expression.text), but the step \"\(other)\" has no \(kind.dropLast()) \"\(wanted)\"",
            at: entry.value.mark, key: entry.name, hint: EditDistanceHint.hint(for: wanted, among: known))
    }
}

extension ReadState {
    /// Reports what the loader sees as its error, and what only we see as one of ours.
    fileprivate mutating func report(
        _ isSeenByLoader: Bool, _ code: FindingCode, _ message: String, at mark: Mark, key: String, hint: String?
    ) {
        error(isSeenByLoader ? .unboundReference : code, message, at: mark, key: key, hint: hint)
    }
}
