internal import Diagnostics
internal import YAML

/// Reads `variables:` of a config file, in the mapping form or in Azure Pipelines' list form.
struct VariableFileReader {
    let tree: ProjectTree
    let documents: DocumentCache
    let findings: Findings

    /// How deep `- template:` may nest.
    private static let deepestTemplate = 8

    /// In larger files findings inside quoted values name the value's own place, since each one costs a scan.
    private static let largestScanned = 64 << 10

    /// The definitions of the files in their order, and whether any file could not be read.
    func read(_ files: [Located<String>]) -> (definitions: [VariableSet.Definition], isIncomplete: Bool) {
        var isIncomplete = false
        let definitions = files.flatMap { file -> [VariableSet.Definition] in
            let path = ProjectPath.resolve(file.value, from: "", at: file.location, tree: tree, findings: findings)
            guard let path, let read = read(path, usedAt: file.location, depth: 0) else {
                isIncomplete = true
                return []
            }
            return read
        }
        return (definitions, isIncomplete)
    }

    private func read(_ path: String, usedAt location: SourceLocation, depth: Int) -> [VariableSet.Definition]? {
        guard let file = tree.file(path) else {
            findings.append(ProjectPath.missing(path, at: location, tree: tree))
            return nil
        }
        let before = findings.diagnostics.count
        guard let root = documents.document(file, in: tree, findings: findings) else {
            return findings.diagnostics.count == before ? [] : nil
        }
        guard let variables = root["variables"] else {
            findings.error(
                "missing-key", "no key \"variables\" in a config file", at: SourceLocation(path, root.mark),
                pointer: "/variables")
            return []
        }
        switch variables.value {
        case .mapping(let mapping):
            return mapping.entries.compactMap { entry in
                definition(entry.name, entry.value, in: path, pointer: "/variables/\(entry.name)")
            }
        case .sequence(let items):
            return items.enumerated().flatMap { index, item in
                read(item: item, in: path, pointer: "/variables/\(index)", depth: depth)
            }
        case .scalar:
            if variables.isNull { return [] }
            findings.error(
                "wrong-type", "expected variables, found \(variables.kindDescription)",
                at: SourceLocation(path, variables.mark), pointer: "/variables",
                hint: "write `NAME: value` lines, or `- name:` and `value:` pairs")
            return []
        }
    }

    private func read(item: Node, in path: String, pointer: String, depth: Int) -> [VariableSet.Definition] {
        let location = SourceLocation(path, item.mark)
        if let group = item["group"] {
            findings.append(
                Diagnostic(
                    .note, code: "variable-group",
                    "the variable group \"\(group.text ?? "")\" is kept in Azure DevOps; git does not tell its values",
                    at: location, pointer: pointer))
            return []
        }
        if let template = item["template"] {
            return read(template: template, in: path, pointer: pointer, depth: depth)
        }
        guard let name = item["name"]?.text, let value = item["value"] else {
            findings.error(
                "wrong-type", "expected `name:` and `value:`", at: location, pointer: pointer,
                hint: "a list of variables has the form `- name: X` with `value: Y` below it")
            return []
        }
        return definition(name, value, in: path, pointer: "\(pointer)/value").map { [$0] } ?? []
    }

    /// Another file of variables; Azure looks from the file that names it, or from the root when it begins with `/`.
    private func read(template: Node, in path: String, pointer: String, depth: Int) -> [VariableSet.Definition] {
        let location = SourceLocation(path, template.mark)
        guard let text = template.text, depth < Self.deepestTemplate else {
            findings.error("invalid-value", "templates nest too deep", at: location, pointer: "\(pointer)/template")
            return []
        }
        let folder = text.hasPrefix("/") ? "" : ProjectPath.folder(of: path)
        let name = text.hasPrefix("/") ? String(text.drop { $0 == "/" }) : text
        guard
            let target = ProjectPath.resolve(name, from: folder, at: location, tree: tree, findings: findings)
        else { return [] }
        return read(target, usedAt: location, depth: depth + 1) ?? []
    }

    private func definition(
        _ name: String, _ node: Node, in path: String, pointer: String
    ) -> VariableSet.Definition? {
        let location = SourceLocation(path, node.mark)
        guard let text = node.text else {
            findings.error(
                "wrong-type", "expected text, found \(node.kindDescription)", at: location, pointer: pointer)
            return nil
        }
        var definition = VariableSet.Definition(name: name, text: text, location: location)
        guard Macro.mayOccur(in: text) else { return definition }
        // A plain scalar on one line stands in the file as it reads; only the others are looked for there.
        let isPlain = node.scalar?.style == .plain && node.mark.line == node.endMark.line
        let bytes = isPlain ? nil : tree.file(path).flatMap { try? tree.read($0, limit: Self.largestScanned) }
        for case .use(let used, let occurrence) in Macro.parts(of: text) {
            let mark =
                isPlain
                ? SourceScan.mark(of: "$(\(used))", occurrence: occurrence, inPlain: text, at: node.mark)
                : SourceScan.mark(of: "$(\(used))", occurrence: occurrence, in: node, source: bytes)
            definition.uses.append(Located(used, at: SourceLocation(path, mark)))
        }
        return definition
    }
}
