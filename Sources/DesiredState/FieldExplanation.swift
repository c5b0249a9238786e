internal import AssetSchema
internal import Diagnostics
internal import Digest
internal import YAML

/// Where the value of one field of an asset file came from.
struct FieldExplanation {
    let file: AssetFile
    let document: Node
    /// Keys joined by dots, places in lists by number.
    let field: String
    let sources: StageSources

    /// A node with the file it stands in: what is included stands in another.
    private struct Place {
        var node: Node
        var path: String

        var location: SourceLocation { SourceLocation(path, node.mark) }
    }

    /// How many files may include one another.
    private static let deepestInclude = 8

    /// The chain, nil when the file has no such field and the kind no default for it.
    var provenance: Provenance? {
        let bindings = BindingTable(sources.files).bindings(of: file)
        var resolver = DocumentResolver(
            file: file, document: document, variables: sources.variables, bindings: bindings,
            overrides: sources.overrides[file.path] ?? [:], tree: sources.tree, findings: Findings())
        let resolved = resolver.resolve()
        let chain = chain(to: field, in: document, path: file.path)
        let written = chain.last
        var steps = chain.dropLast().map {
            Provenance.Step(location: $0.location, name: "included by \($0.path)", text: text(of: $0.node))
        }
        let literal = written.map { Provenance.Overridden(text(of: $0.node), at: $0.location) }
        if let written {
            steps.append(
                .init(location: written.location, name: "\(written.path) \(field)", text: text(of: written.node)))
        }
        if let override = resolver.overrides[field] {
            steps.append(
                .init(
                    location: override.location, name: "override of \(field)", text: override.text,
                    overrides: literal.map { [$0] } ?? []))
            steps += sources.variables.steps(of: override.text)
        } else if let binding = bindings[field], binding.applies(to: written?.node.text, in: sources.variables) {
            let expression = binding.expression(in: sources.variables)
            steps.append(
                .init(
                    location: nil, name: "override of \(field)", text: expression,
                    overrides: literal.map { [$0] } ?? []))
            steps += sources.variables.steps(of: expression)
        } else if file.kind == .model, field == "path", isLeftToJob(written?.node) {
            return modelPath
        } else if let written {
            steps += sources.variables.steps(of: text(of: written.node))
        } else if let value = defaultValue {
            return Provenance(
                value: Self.text(of: value),
                steps: [.init(location: nil, name: "default of \(field)", text: Self.text(of: value))])
        } else {
            return nil
        }
        if chain.count > 1, let written { return Provenance(value: replaced(text(of: written.node)), steps: steps) }
        let end = self.chain(to: field, in: resolved, path: file.path).last
        guard let value = end ?? written else { return nil }
        return Provenance(value: text(of: value.node), steps: steps)
    }

    /// The fields that can be asked for: those of the file, and those that the kind has besides.
    var fields: [String] {
        let written = document.mapping?.keys.filter { $0 != "$schema" } ?? []
        let known = KindDetection(document)?.schema?.writableKeys.filter { !written.contains($0) } ?? []
        return written + known.sorted()
    }

    private func isLeftToJob(_ node: Node?) -> Bool {
        guard let text = node?.text else { return node == nil }
        return Binding.isSentinel(text) || text.hasPrefix("azureml://jobs/")
    }

    private var modelPath: Provenance? {
        guard let value = sources.variables["MODEL_PATH"] else { return nil }
        return Provenance(value: value.text, steps: sources.variables.steps(of: "$(MODEL_PATH)"))
    }

    private var defaultValue: JSONValue? {
        var schema = KindDetection(document)?.schema
        var found: FieldSchema?
        for key in field.split(separator: ".") {
            found = schema?.field(String(key))
            schema = nil
            if case .object(let inner)? = found?.type { schema = inner }
        }
        return found?.defaultValue
    }

    // MARK: - Places

    /// Where a field stands; before the last place those of the files that had to be included to get there.
    private func chain(to field: String, in root: Node, path: String) -> [Place] {
        var place = Place(node: root, path: path)
        var includes: [Place] = []
        for key in field.split(separator: ".").map(String.init) {
            if let next = Self.child(key, of: place.node) {
                place.node = next
                continue
            }
            guard includes.count < Self.deepestInclude, let included = included(by: place) else { return [] }
            includes.append(place)
            guard let next = Self.child(key, of: included.node) else { return [] }
            place = Place(node: next, path: included.path)
        }
        return includes + [place]
    }

    /// The document that `file:…` names, read from the tree the asset is from.
    private func included(by place: Place) -> Place? {
        guard let text = place.node.text else { return nil }
        let name = text.hasPrefix("file:") ? String(text.dropFirst(5)) : text
        guard name.hasSuffix(".yml") || name.hasSuffix(".yaml"),
            let target = ProjectPath.resolve(
                name, from: ProjectPath.folder(of: place.path), at: place.location, tree: sources.tree,
                findings: Findings()),
            let file = sources.tree.file(target), let bytes = try? sources.tree.read(file, limit: 1 << 20),
            let document = try? YAMLReader().document(bytes)
        else { return nil }
        return Place(node: document, path: target)
    }

    private static func child(_ key: String, of node: Node) -> Node? {
        if let next = node[key] { return next }
        guard let items = node.sequence, let index = Int(key), items.indices.contains(index) else { return nil }
        return items[index]
    }

    // MARK: - Texts

    /// A text of an included file with its variables replaced, as far as they are known.
    private func replaced(_ text: String) -> String {
        Macro.parts(of: text).map { part in
            switch part {
            case .text(let text): String(text)
            case .use(let name, _): sources.variables[name]?.text ?? "$(\(name))"
            }
        }.joined()
    }

    /// A scalar as it is written; lists and mappings in braces.
    private func text(of node: Node) -> String {
        node.text ?? Self.text(of: Self.json(node))
    }

    private static func text(of value: JSONValue) -> String { value.stringValue ?? value.canonicalText }

    private static func json(_ node: Node) -> JSONValue {
        switch node.value {
        case .sequence(let items): .array(items.map(json))
        case .mapping(let mapping):
            .object(Dictionary(mapping.entries.map { ($0.name, json($0.value)) }, uniquingKeysWith: { $1 }))
        case .scalar(let scalar): node.isNull ? .null : .string(scalar.text)
        }
    }
}
