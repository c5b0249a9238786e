internal import AssetSchema
internal import Diagnostics
internal import YAML

extension ProjectReading {
    /// What became of a question for a value.
    package enum Explanation: Sendable, Equatable {
        case found(Provenance)
        /// No stage has that name.
        case unknownStage(known: [String])
        /// The stage has no objects of its own, and releases another's.
        case release(of: String)
        /// The stage has no object and no variable of that name.
        case unknownObject(String, suggestion: String?, known: [String])
        /// The object has no such field.
        case unknownField(String, of: String, suggestion: String?, known: [String])
    }

    /// Where a value came from: `online-endpoint.name`, `train.inputs.data.path`, `$(MODEL_NAME)`, `workspace.name`.
    package func explain(stage: String, word: String) -> Explanation {
        guard let sources = sources[stage] else { return .unknownStage(known: project.stages.map(\.name)) }
        if let released = project.stages.first(where: { $0.name == stage })?.releases { return .release(of: released) }
        if word.hasPrefix("$("), word.hasSuffix(")") {
            let name = String(word.dropFirst(2).dropLast())
            return explain(stage: stage, variable: name).map { .found($0) } ?? unknown(word, variable: name, sources)
        }
        var unknownField: Explanation?
        // Objects and fields may both have dots; the first split that means something is taken.
        for dot in word.indices where word[dot] == "." {
            let object = String(word[..<dot])
            let field = String(word[word.index(after: dot)...])
            if let found = explain(stage: stage, object: object, field: field) { return .found(found) }
            if unknownField == nil { unknownField = missingField(field, of: object, stage: stage, sources) }
        }
        if let found = explain(stage: stage, variable: word) { return .found(found) }
        if let unknownField { return unknownField }
        if file(of: word, stage: stage, sources) != nil, let missing = missingField("", of: word, stage: stage, sources)
        {
            return missing
        }
        return unknown(String(word.prefix { $0 != "." }), variable: word, sources)
    }

    /// Where the value of a field came from, step by step; nil when the stage has no such object or field.
    ///
    /// - Parameters:
    ///   - object: A key (`environment/diabetes`), a name, the name of the object's file without its ending, or a kind
    ///     that the stage has one of (`online-endpoint`).
    ///   - field: Keys joined by dots, places in lists by number: `name`, `inputs.data.path`, `jobs.train.component`.
    package func explain(stage: String, object: String, field: String) -> Provenance? {
        guard let sources = sources[stage], !field.isEmpty else { return nil }
        if object == "workspace", let names = StageReader.workspaceVariables[field] {
            return names.lazy.compactMap { explain(stage: stage, variable: $0) }.first
        }
        guard let file = file(of: object, stage: stage, sources), let document = sources.document(of: file) else {
            return nil
        }
        return FieldExplanation(file: file, document: document, field: field, sources: sources).provenance
    }

    /// Where the value of a variable came from; nil when the stage has none of that name.
    package func explain(stage: String, variable name: String) -> Provenance? {
        guard let variables = sources[stage]?.variables, let value = variables[name] else { return nil }
        return Provenance(value: value.text, steps: variables.steps(of: "$(\(name))"))
    }

    private func file(of object: String, stage: String, _ sources: StageSources) -> AssetFile? {
        let assets = project.stages.first { $0.name == stage }?.assets ?? []
        let asset =
            assets.first { $0.key.description == object } ?? assets.first { $0.key.name == object }
            ?? assets.first { $0.definition.name == object }
        if let asset, let file = sources.files.first(where: { $0.path == asset.source.path }) { return file }
        if let file = sources.files.first(where: { $0.path == object }) { return file }
        if let file = sources.files.first(where: { Self.stem(of: $0.path) == object }) { return file }
        let kind = object.replacing("-", with: "_")
        let ofKind = sources.files.filter { $0.kind.rawValue == kind || kind == "job" && $0.kind.isJob }
        return ofKind.count == 1 ? ofKind.first : nil
    }

    private static func stem(of path: String) -> String { String(ProjectPath.name(of: path).prefix { $0 != "." }) }

    private func missingField(
        _ field: String, of object: String, stage: String, _ sources: StageSources
    ) -> Explanation? {
        guard let file = file(of: object, stage: stage, sources), let document = sources.document(of: file) else {
            return nil
        }
        let known = FieldExplanation(file: file, document: document, field: "", sources: sources).fields
        return .unknownField(
            field, of: object, suggestion: EditDistance.suggestion(for: field, among: known), known: known)
    }

    private func unknown(_ word: String, variable: String, _ sources: StageSources) -> Explanation {
        let objects = sources.files.map { Self.stem(of: $0.path) }
        let names = Set(objects).union(["workspace"]).sorted()
        let suggestion =
            EditDistance.suggestion(for: word, among: names)
            ?? EditDistance.suggestion(for: variable, among: sources.variables.names).map { "$(\($0))" }
        let isVariable = word.hasPrefix("$(")
        return .unknownObject(
            word, suggestion: suggestion, known: isVariable ? sources.variables.names.map { "$(\($0))" } : names)
    }
}

extension VariableSet {
    /// The files of all definitions that go into a variable, overridden ones too: taking one away changes the value.
    func files(of name: String) -> [String] {
        steps(of: "$(\(name))").flatMap { step in
            step.name == Self.stageNameVariable
                ? [] : [step.location?.path].compactMap(\.self) + step.overrides.map(\.location.path)
        }
    }

    /// The variables that go into a text, each followed by those that go into it.
    func steps(of text: String) -> [Provenance.Step] {
        var steps: [Provenance.Step] = []
        var seen: Set<String> = []
        collect(text, &steps, &seen)
        return steps
    }

    private func collect(_ text: String, _ steps: inout [Provenance.Step], _ seen: inout Set<String>) {
        for case .use(let used, _) in Macro.parts(of: text) {
            guard let name = canonicalName(used), seen.insert(name).inserted else { continue }
            guard let definition = definition(of: name) else {
                steps.append(.init(location: stageName.location, name: name, text: stageName.value))
                continue
            }
            steps.append(
                .init(
                    location: definition.location, name: name, text: definition.text,
                    overrides: definition.overrides.map { .init($0.value, at: $0.location) }))
            collect(definition.text, &steps, &seen)
        }
    }
}
