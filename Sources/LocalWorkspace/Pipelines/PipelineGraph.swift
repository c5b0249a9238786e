internal import AssetSchema
internal import Digest
internal import Workspace

/// The steps of a pipeline and which needs which.
struct PipelineGraph {
    let inputs: [String: JSONValue]
    let outputs: [String: JSONValue]
    /// In the order of their names.
    let steps: [PipelineStep]
    /// The steps whose outputs a step takes.
    let needs: [String: Set<String>]
    /// Which step's output each pipeline output is.
    let sources: [String: (step: String, output: String)]
    let settings: JSONValue

    private static let stepLimit = 1000
    private static let depthLimit = 10

    /// Reads a pipeline and says everything that keeps it from being run.
    ///
    /// - Parameters:
    ///   - fields: the pipeline's, whose nested components may be of any depth.
    ///   - content: its files; nested pipelines are read with theirs.
    init(_ fields: JSONValue, content: [String: StoredTree], store: Store, depth: Int = 0) throws {
        guard depth < Self.depthLimit else {
            throw WorkspaceError(.invalid, "pipelines stand in each other more than \(Self.depthLimit) deep")
        }
        guard case .object(let jobs)? = fields["jobs"], !jobs.isEmpty else {
            throw WorkspaceError(.invalid, "the pipeline has no steps")
        }
        guard jobs.count <= Self.stepLimit else {
            throw WorkspaceError(.invalid, "the pipeline has more than \(Self.stepLimit) steps")
        }
        let resolver = ComponentResolver(store: store)
        inputs = fields["inputs"]?.objectValue ?? [:]
        outputs = fields["outputs"]?.objectValue ?? [:]
        settings = fields["settings"] ?? [:]
        let own = outputs
        steps = try jobs.sorted { $0.key < $1.key }.map { name, field in
            try JobInputs.check(name)
            var step = try PipelineStep(name, field, content: content, resolver: resolver)
            step.takeOutputs(from: own)
            return step
        }
        let byName = Dictionary(uniqueKeysWithValues: steps.map { ($0.name, $0) })
        var needs: [String: Set<String>] = [:]
        var sources: [String: (step: String, output: String)] = [:]
        for step in steps {
            needs[step.name] = []
            for binding in step.bindings {
                switch binding {
                case .input(let name):
                    guard inputs[name] != nil else {
                        throw Self.unknown(step, "the pipeline's input \(name)", inputs.keys)
                    }
                case .output(let name): throw Self.unknown(step, "the pipeline's output \(name) as an input", [])
                case .stepOutput(let other, let name):
                    guard let source = byName[other] else { throw Self.unknown(step, "the step \(other)", byName.keys) }
                    guard source.outputs[name] != nil || source.kind == .autoMLJob || source.kind == .sweepJob else {
                        throw Self.unknown(step, "the output \(name) of the step \(other)", source.outputs.keys)
                    }
                    needs[step.name]?.insert(other)
                }
            }
            for (output, target) in step.outputBindings {
                guard outputs[target] != nil else {
                    throw Self.unknown(step, "the pipeline's output \(target)", outputs.keys)
                }
                if let other = sources[target] {
                    throw WorkspaceError(
                        .invalid,
                        "the steps \(other.step) and \(step.name) are both bound to the pipeline's output \(target)")
                }
                sources[target] = (step.name, output)
            }
            try Self.check(step, store: store, depth: depth)
        }
        self.needs = needs
        self.sources = sources
        try checkForCircles()
    }

    private static func unknown(_ step: PipelineStep, _ what: String, _ known: some Sequence<String>) -> WorkspaceError
    {
        let known = known.sorted().prefix(10).joined(separator: ", ")
        return WorkspaceError(
            .invalid,
            "the step \(step.name) uses \(what), which there is not" + (known.isEmpty ? "" : " (there is: \(known))"))
    }

    /// What can be said of a step before its inputs are there.
    private static func check(_ step: PipelineStep, store: Store, depth: Int) throws {
        for (name, declaration) in step.declaredInputs where step.kind != .sweepJob {
            let given = step.givenInputs[name] ?? .null
            let isLeftOut = given.isNull && declaration["default"] == nil && declaration["optional"]?.boolValue != true
            if isLeftOut { throw WorkspaceError(.invalid, "the step \(step.name) gives no value to its input \(name)") }
            if !given.isNull, case .string(let text) = given, !PipelineExpression.all(in: text).isEmpty { continue }
            try StepLiteral.check(given, declaration, step: step.name, input: name)
        }
        if !step.declaredInputs.isEmpty, step.kind != .sweepJob {
            for name in step.givenInputs.keys.sorted() where step.declaredInputs[name] == nil {
                throw WorkspaceError(
                    .invalid, "the step \(step.name) gives a value to \(name), but its component has no such input")
            }
        }
        switch step.kind {
        case .commandJob, .parallelJob:
            var fields = step.fields
            fields["inputs"] = .object(step.placeholders)
            fields["outputs"] = .object(step.outputs)
            do {
                if step.kind == .commandJob {
                    try CommandRunner.check(fields)
                } else {
                    try ParallelRunner.check(fields)
                }
            } catch let error as WorkspaceError {
                throw WorkspaceError(error.code, "the step \(step.name): \(error.message)")
            }
        case .pipelineJob:
            var fields = step.fields
            fields["inputs"] = .object(step.placeholders)
            fields["outputs"] = .object(step.outputs)
            do {
                _ = try PipelineGraph(fields, content: step.content, store: store, depth: depth + 1)
            } catch let error as WorkspaceError {
                throw WorkspaceError(error.code, "in the step \(step.name), \(error.message)")
            }
        default: _ = try JobRunners.type(step.kind, step.fields)
        }
    }

    private func checkForCircles() throws {
        var done: Set<String> = []
        while done.count < steps.count {
            let ready = steps.filter { !done.contains($0.name) && (needs[$0.name] ?? []).isSubset(of: done) }
            guard !ready.isEmpty else {
                let circle = steps.map(\.name).filter { !done.contains($0) }
                throw WorkspaceError(
                    .invalid, "the steps \(circle.joined(separator: ", ")) wait for each other's outputs")
            }
            done.formUnion(ready.map(\.name))
        }
    }
}

extension PipelineStep {
    /// Gives outputs that are bound to the pipeline's own what those say of themselves.
    fileprivate mutating func takeOutputs(from own: [String: JSONValue]) {
        for (name, target) in outputBindings {
            for key in ["type", "path", "name", "version"] where outputs[name]?[key] == nil {
                outputs[name]?[key] = own[target]?[key]
            }
        }
    }

    /// Inputs that stand for those to come, to check what uses them.
    fileprivate var placeholders: [String: JSONValue] {
        var result = declaredInputs
        for (name, value) in givenInputs where !value.isNull {
            if declaredInputs[name] == nil || declaredInputs[name]?["default"] == nil {
                let isBound = value.stringValue.map { !PipelineExpression.all(in: $0).isEmpty } ?? false
                result[name] = isBound ? "1" : value
            }
        }
        return result
    }
}
