internal import AssetSchema
internal import Diagnostics
internal import YAML

extension ProjectReading {
    /// Where the value of a field came from, step by step; nil when the stage has no such object or field.
    ///
    /// - Parameters:
    ///   - object: A key (`environment/diabetes`), a name, or the name of the object's file without its ending.
    ///   - field: Keys joined by dots: `name`, `inputs.data.path`.
    package func explain(stage: String, object: String, field: String) -> Provenance? {
        guard let sources = sources[stage], let file = file(of: object, stage: stage, sources),
            let document = sources.document(of: file)
        else { return nil }
        let binding = BindingTable(sources.files).bindings(of: file)[field]
        var resolver = DocumentResolver(
            file: file, document: document, variables: sources.variables,
            bindings: BindingTable(sources.files).bindings(of: file),
            tree: sources.tree, findings: Findings())
        let written = Self.node(document, field)
        let resolved = Self.node(resolver.resolve(), field)
        let name = "\(file.path) \(field)"
        var steps: [Provenance.Step] = []
        if let written {
            guard let text = written.text else { return nil }
            steps.append(.init(location: SourceLocation(file.path, written.mark), name: name, text: text))
        }
        if let binding, binding.applies(to: written?.text, in: sources.variables) {
            let expression = binding.expression(in: sources.variables)
            steps.append(.init(location: nil, name: "override of \(field)", text: expression))
            steps += sources.variables.steps(of: expression)
        } else if let text = written?.text {
            steps += sources.variables.steps(of: text)
        } else if file.kind == .model, field == "path" {
            return explain(stage: stage, variable: "MODEL_PATH")
        } else {
            return nil
        }
        guard let value = resolved?.text else { return nil }
        return Provenance(value: value, steps: steps)
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
        return sources.files.first { $0.path == object }
            ?? sources.files.first { ProjectPath.name(of: $0.path).prefix { $0 != "." } == object }
    }

    private static func node(_ root: Node, _ field: String) -> Node? {
        var node = root
        for key in field.split(separator: ".") {
            if let next = node[String(key)] {
                node = next
            } else if let items = node.sequence, let index = Int(key), items.indices.contains(index) {
                node = items[index]
            } else {
                return nil
            }
        }
        return node
    }
}

extension VariableSet {
    /// The files of all definitions that go into a variable, overridden ones too: taking one away changes the value.
    func files(of name: String) -> [String] {
        steps(of: "$(\(name))").flatMap { step in
            step.name == Self.stageNameVariable
                ? [] : [step.location?.path].compactMap(\.self) + step.overrides.map(\.path)
        }
    }

    /// The variables that go into a text, each followed by those that go into it.
    func steps(of text: String) -> [Provenance.Step] {
        var steps: [Provenance.Step] = []
        var seen: Set<String> = []
        collect(text, &steps, &seen, depth: 0)
        return steps
    }

    private func collect(_ text: String, _ steps: inout [Provenance.Step], _ seen: inout Set<String>, depth: Int) {
        // A chain longer than any value may be made of is there to exhaust the stack.
        guard depth <= Self.deepestUse else { return }
        for case .use(let used, _) in Macro.parts(of: text) {
            guard let name = canonicalName(used), seen.insert(name).inserted else { continue }
            guard let definition = definition(of: name) else {
                steps.append(.init(location: stageName.location, name: name, text: stageName.value))
                continue
            }
            steps.append(
                .init(
                    location: definition.location, name: name, text: definition.text, overrides: definition.overrides))
            collect(definition.text, &steps, &seen, depth: depth + 1)
        }
    }
}
