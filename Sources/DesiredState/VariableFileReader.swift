internal import Diagnostics
internal import YAML

/// Reads `variables:` of a config file, in the mapping form or in Azure Pipelines' list form.
struct VariableFileReader {
    let tree: ProjectTree
    let documents: DocumentCache
    /// The branch that conditions are decided for.
    let branch: String
    let findings: Findings

    /// What was read of a stage's files.
    struct Result {
        var definitions: [VariableSet.Definition] = []
        /// Whether a file could not be read, so that what nobody defines may stand there.
        var isIncomplete = false
        /// Variable groups of Azure DevOps, whose values git does not tell.
        var groups: [String] = []
    }

    /// How deep `- template:` may nest.
    private static let deepestTemplate = 8

    /// In larger files findings inside quoted values name the value's own place, since each one costs a scan.
    private static let largestScanned = 64 << 10

    /// The definitions of the files in their order.
    func read(_ files: [Located<String>]) -> Result {
        var result = Result()
        for file in files {
            let path = ProjectPath.resolve(file.value, from: "", at: file.location, tree: tree, findings: findings)
            guard let path, let read = read(path, usedAt: file.location, depth: 0, groups: &result.groups) else {
                result.isIncomplete = true
                continue
            }
            result.definitions += read
        }
        return result
    }

    private func read(
        _ path: String, usedAt location: SourceLocation, depth: Int, groups: inout [String]
    ) -> [VariableSet.Definition]? {
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
        return read(variables: variables, in: path, pointer: "/variables", depth: depth, groups: &groups)
    }

    private func read(
        variables: Node, in path: String, pointer: String, depth: Int, groups: inout [String]
    ) -> [VariableSet.Definition] {
        switch variables.value {
        case .mapping(let mapping):
            var conditions = PipelineConditions(branch: branch)
            var definitions: [VariableSet.Definition] = []
            for entry in mapping.entries {
                let inner = "\(pointer)/\(entry.name)"
                guard entry.name.hasPrefix("${{") else {
                    if let definition = definition(entry.name, entry.value, in: path, pointer: inner) {
                        definitions.append(definition)
                    }
                    continue
                }
                guard holds(entry, &conditions, in: path, pointer: inner) else { continue }
                definitions += read(variables: entry.value, in: path, pointer: inner, depth: depth, groups: &groups)
            }
            return definitions
        case .sequence(let items):
            var conditions = PipelineConditions(branch: branch)
            var definitions: [VariableSet.Definition] = []
            for (index, item) in items.enumerated() {
                let inner = "\(pointer)/\(index)"
                if let entry = item.mapping?.entries.first, entry.name.hasPrefix("${{") {
                    guard holds(entry, &conditions, in: path, pointer: inner) else { continue }
                    definitions += read(
                        variables: entry.value, in: path, pointer: inner, depth: depth, groups: &groups)
                } else {
                    definitions += read(item: item, in: path, pointer: inner, depth: depth, groups: &groups)
                }
            }
            return definitions
        case .scalar:
            if variables.isNull { return [] }
            findings.error(
                "wrong-type", "expected variables, found \(variables.kindDescription)",
                at: SourceLocation(path, variables.mark), pointer: pointer,
                hint: "write `NAME: value` lines, or `- name:` and `value:` pairs")
            return []
        }
    }

    /// Whether a condition of Azure Pipelines holds on the stage's branch; one that only a run can decide does not.
    private func holds(
        _ entry: Mapping.Entry, _ conditions: inout PipelineConditions, in path: String, pointer: String
    ) -> Bool {
        if let decided = conditions.holds(entry.name) { return decided }
        findings.warning(
            "undecided-condition",
            "only a run of the pipeline decides this condition; the variables below it are left out",
            at: SourceLocation(path, entry.keyMark), pointer: pointer,
            hint: "conditions on variables['Build.SourceBranchName'] are decided by the stage's branch")
        return false
    }

    private func read(
        item: Node, in path: String, pointer: String, depth: Int, groups: inout [String]
    ) -> [VariableSet.Definition] {
        let location = SourceLocation(path, item.mark)
        if let group = item["group"] {
            if let name = group.text { groups.append(name) }
            findings.append(
                Diagnostic(
                    .note, code: "variable-group",
                    "the variable group \"\(group.text ?? "")\" is kept in Azure DevOps; git does not tell its values",
                    at: location, pointer: pointer))
            return []
        }
        if let template = item["template"] {
            return read(template: template, in: path, pointer: pointer, depth: depth, groups: &groups)
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
    private func read(
        template: Node, in path: String, pointer: String, depth: Int, groups: inout [String]
    ) -> [VariableSet.Definition] {
        let location = SourceLocation(path, template.mark)
        guard let text = template.text, depth < Self.deepestTemplate else {
            findings.error("invalid-value", "templates nest too deep", at: location, pointer: "\(pointer)/template")
            return []
        }
        if let at = text.lastIndex(of: "@"), text[at...] != "@self" {
            findings.append(
                Diagnostic(
                    .note, code: "other-repository", "the variables of \"\(text)\" stand in another repository",
                    at: location, pointer: "\(pointer)/template"))
            groups.append(text)
            return []
        }
        // From the repository's root: as a project in a folder of it says that.
        let isFromRoot = text.hasPrefix("/")
        let folder = isFromRoot ? ProjectPath.relative("", to: tree.folder) : ProjectPath.folder(of: path)
        let name = String(text.drop { $0 == "/" }.replacing("@self", with: ""))
        guard
            let target = ProjectPath.resolve(name, from: folder, at: location, tree: tree, findings: findings)
        else { return [] }
        return read(target, usedAt: location, depth: depth + 1, groups: &groups) ?? []
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
