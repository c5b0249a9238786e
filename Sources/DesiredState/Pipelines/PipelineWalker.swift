internal import Diagnostics
internal import Git
internal import YAML

/// Walks through one pipeline as a run does, templates and all, and gathers what it does with `az ml`.
///
/// Both forms are walked by the same words: `template:` and `parameters:` of Azure Pipelines, `uses:` and `with:` of
/// GitHub, scripts of both. Conditions are not decided: what may happen is gathered.
struct PipelineWalker {
    /// The whole repository; paths are from its root.
    let tree: ProjectTree
    let documents: DocumentCache
    /// The project's folder: places are told as the project's files name them.
    let folder: String
    private(set) var calls: [PipelineCall] = []
    private var expansions = 0
    private var pipeline = ""
    private var rank = PipelineRank.pipeline

    /// How deep templates may nest.
    private static let deepestTemplate = 8
    /// Templates read in one pipeline; more were made to multiply.
    private static let expansionLimit = 300
    private static let callLimit = 2_000

    init(tree: ProjectTree, documents: DocumentCache, folder: String) {
        self.tree = tree
        self.documents = documents
        self.folder = folder
    }

    /// Gathers what a run that begins with this file does.
    mutating func walk(_ path: String, _ document: Node, rank: PipelineRank) {
        self.rank = rank
        let isWorkflow = rank != .pipeline
        pipeline = ProjectPath.relative(path, to: folder)
        expansions = 0
        var scope = PipelineScope(isWorkflow: isWorkflow)
        if isWorkflow, let jobs = document["jobs"]?.mapping {
            for entry in jobs.entries {
                let steps = entry.value["steps"]?.sequence ?? []
                let uses = [entry.value["uses"]?.text ?? ""] + steps.compactMap { $0["uses"]?.text }
                scope.jobs[entry.name] = uses.joined(separator: " ")
                for step in steps { if let id = step["id"]?.text { scope.jobs[id] = step["uses"]?.text ?? "" } }
                if let file = entry.value["with"]?["file_name"]?.text,
                    let stage = StageInference.stage(ofInfraFile: file)
                {
                    scope.configStages.insert(stage)
                }
            }
        }
        expand(document, path: path, passed: [:], scope: scope, depth: 0)
    }

    // MARK: - Files

    private mutating func expand(
        _ document: Node, path: String, passed: [String: String], scope: PipelineScope, depth: Int
    ) {
        var scope = scope
        scope.parameters = defaults(of: document, scope).merging(passed) { $1 }
        walk(document, path: path, scope: scope, depth: depth)
    }

    /// The parameters a template gives a default, the inputs a workflow does.
    private func defaults(of document: Node, _ scope: PipelineScope) -> [String: String] {
        var defaults: [String: String] = [:]
        for item in document["parameters"]?.sequence ?? [] {
            guard let name = item["name"]?.text, let value = item["default"]?.text else { continue }
            defaults[name.lowercased()] = scope.text(value)
        }
        for entry in document["parameters"]?.mapping?.entries ?? [] {
            if let value = entry.value.text { defaults[entry.name.lowercased()] = scope.text(value) }
        }
        let triggers = document["on"]
        let inputs =
            [triggers?["workflow_call"]?["inputs"], triggers?["workflow_dispatch"]?["inputs"], document["inputs"]]
        for entry in inputs.flatMap({ $0?.mapping?.entries ?? [] }) {
            if let value = entry.value["default"]?.text { defaults[entry.name.lowercased()] = value }
        }
        return defaults
    }

    // MARK: - Nodes

    private mutating func walk(_ node: Node, path: String, scope: PipelineScope, depth: Int) {
        if let items = node.sequence {
            for item in items { walk(item, path: path, scope: scope, depth: depth) }
            return
        }
        guard let mapping = node.mapping, calls.count < Self.callLimit else { return }
        var scope = scope
        if let variables = mapping["variables"] { define(variables, path: path, in: &scope, isCertain: true, depth: 0) }
        for entry in mapping["env"]?.mapping?.entries ?? [] {
            if let value = entry.value.text { scope.environment[entry.name] = scope.text(value) }
        }
        if let name = mapping["environment"]?.text ?? mapping["environment"]?["name"]?.text,
            mapping["deployment"] != nil || scope.isWorkflow
        {
            scope.deploymentEnvironment = scope.text(name)
        }
        if let template = mapping["template"]?.text {
            include(template, mapping["parameters"], at: node, path: path, scope: scope, depth: depth)
            return
        }
        if let used = mapping["uses"]?.text {
            include(used, mapping["with"], at: node, path: path, scope: scope, depth: depth)
            return
        }
        for entry in mapping.entries {
            switch entry.name {
            case "variables", "env", "parameters", "trigger", "pr", "on", "resources", "pool": continue
            case "script", "bash", "pwsh", "powershell", "run", "inlineScript", "InlineScript":
                if let script = entry.value.text { read(script, entry.value, path: path, scope: scope) }
            default: walk(entry.value, path: path, scope: scope, depth: depth)
            }
        }
    }

    // MARK: - Templates

    private mutating func include(
        _ written: String, _ parameters: Node?, at node: Node, path: String, scope: PipelineScope, depth: Int
    ) {
        let name = scope.text(written)
        var passed: [String: Located<String>] = [:]
        for entry in parameters?.mapping?.entries ?? [] {
            guard let text = entry.value.text else { continue }
            passed[entry.name.lowercased()] = Located(scope.text(text), at: place(path, entry.value.mark))
        }
        let target = depth < Self.deepestTemplate ? local(name, from: path, isWorkflow: scope.isWorkflow) : nil
        let document = target.flatMap { self.document($0) }
        if !passed.isEmpty {
            add(
                .parameters(of: name, isRead: document != nil), passed, at: place(path, node.mark), scope: scope)
        }
        guard let target, let document, expansions < Self.expansionLimit else { return }
        expansions += 1
        expand(document, path: target, passed: passed.mapValues(\.value), scope: scope, depth: depth + 1)
    }

    /// The file of this repository that a template or workflow is, or nil for one elsewhere.
    private func local(_ name: String, from path: String, isWorkflow: Bool) -> String? {
        if isWorkflow {
            guard name.hasPrefix("./") else { return nil }
            let names = ["", "/action.yml", "/action.yaml"].map { String(name.dropFirst(2)) + $0 }
            return names.first { tree.file($0)?.kind.isFile ?? false }
        }
        let parts = name.split(separator: "@", omittingEmptySubsequences: false)
        guard let file = parts.first, parts.count == 1 || parts.last == "self" else { return nil }
        let folder = file.hasPrefix("/") ? "" : ProjectPath.folder(of: path)
        guard case .success(let found) = ProjectPath.normalized(String(file.drop { $0 == "/" }), from: folder),
            tree.file(found)?.kind.isFile ?? false
        else { return nil }
        return found
    }

    private func document(_ path: String) -> Node? {
        tree.file(path).flatMap { documents.document($0, in: tree, findings: Findings()) }
    }

    // MARK: - Variables

    private mutating func define(
        _ node: Node, path: String, in scope: inout PipelineScope, isCertain: Bool, depth: Int
    ) {
        for entry in node.mapping?.entries ?? [] {
            if entry.name.hasPrefix("${{") {
                define(entry.value, path: path, in: &scope, isCertain: false, depth: depth)
            } else if let value = entry.value.text {
                define(entry.name, value, in: &scope, isCertain)
            }
        }
        for item in node.sequence ?? [] {
            if let name = item["name"]?.text, let value = item["value"]?.text {
                define(name, value, in: &scope, isCertain)
            } else if let template = item["template"]?.text {
                include(variables: scope.text(template), path: path, in: &scope, isCertain: isCertain, depth: depth)
            } else if item["group"] == nil {
                define(item, path: path, in: &scope, isCertain: false, depth: depth)
            }
        }
    }

    private func define(_ name: String, _ value: String, in scope: inout PipelineScope, _ isCertain: Bool) {
        guard isCertain, !value.hasPrefix("$[") else { return }
        let text = scope.text(value)
        if name.lowercased() == "environment" {
            // The stage's name is the stages' to say; here it tells which stage the pipeline is for.
            scope.configStages.insert(text)
        } else {
            scope.variables[name.lowercased()] = text
        }
    }

    private mutating func include(
        variables template: String, path: String, in scope: inout PipelineScope, isCertain: Bool, depth: Int
    ) {
        let name = ProjectPath.name(of: template)
        if let stage = StageInference.stage(ofInfraFile: name) {
            if isCertain { scope.configStages.insert(stage) }
            return
        }
        // The names that config-mlops.yml gives are the stages' own variables.
        guard !name.hasPrefix("config-"), depth < Self.deepestTemplate,
            let target = local(template, from: path, isWorkflow: false), let document = document(target),
            let variables = document["variables"]
        else { return }
        define(variables, path: target, in: &scope, isCertain: isCertain, depth: depth + 1)
    }

    // MARK: - Scripts

    private mutating func read(_ script: String, _ node: Node, path: String, scope: PipelineScope) {
        guard script.contains("az ml") || script.contains("az  ml") else { return }
        // A block's text begins below its key, a plain or quoted one where it stands.
        let isBlock = node.scalar.map { $0.style != .plain && node.endMark.line > node.mark.line } ?? false
        for command in AzCommand.commands(in: scope.script(script)) {
            let line = node.mark.line + command.line + (isBlock ? 1 : 0)
            let location = place(path, Mark(line: line, column: isBlock ? 1 : node.mark.column))
            var values: [String: Located<String>] = [:]
            for (option, words) in command.options {
                if let word = words.first { values[option] = Located(scope.word(word), at: location) }
            }
            for (path, value) in command.assignments {
                values["set:\(path)"] = Located(scope.word(value), at: location)
            }
            add(.command(noun: command.noun, verb: command.verb), values, at: location, scope: scope)
        }
    }

    private mutating func add(
        _ form: PipelineCall.Form, _ values: [String: Located<String>], at location: SourceLocation,
        scope: PipelineScope
    ) {
        guard calls.count < Self.callLimit else { return }
        let shared = ["endpoint_name", "deployment_name", "endpoint_type"].compactMap { name in
            scope.variables[name].map { (name, scope.text($0)) }
        }
        calls.append(
            PipelineCall(
                form: form, values: values, variables: Dictionary(uniqueKeysWithValues: shared), pipeline: pipeline,
                rank: rank, location: location, deploymentEnvironment: scope.deploymentEnvironment,
                configStages: scope.configStages))
    }

    private func place(_ path: String, _ mark: Mark) -> SourceLocation {
        SourceLocation(ProjectPath.relative(path, to: folder), mark)
    }
}
