internal import AssetSchema
internal import Diagnostics
internal import Digest
internal import Git
internal import YAML

/// Reads what one stage shall hold from its snapshot.
struct StageReader {
    let found: StageDiscovery.Found
    let documents: DocumentCache
    /// What to call the workspace of a stage that names none.
    let projectName: String
    /// The variables of the stage, from the files it names, else from those that convention names.
    let variables: VariableSet
    /// What takes the place of the files' own values.
    var passed = PassedValues()

    init(found: StageDiscovery.Found, documents: DocumentCache, projectName: String) {
        self.found = found
        self.documents = documents
        self.projectName = projectName
        let reader = VariableFileReader(
            tree: found.snapshot.tree, documents: documents, branch: found.file.branch?.value ?? found.snapshot.branch,
            findings: found.findings)
        let config = found.file.releases == nil ? Self.config(of: found.file, in: found.snapshot.tree) : []
        let read = reader.read(config)
        variables = VariableSet(
            stageName: found.file.name, definitions: read.definitions, isIncomplete: read.isIncomplete,
            groups: read.groups, findings: found.findings)
    }

    /// What its file says of its asset files, else what the pipelines of its branch pass.
    ///
    /// - Parameters:
    ///   - stages: The names of all stages of the project.
    ///   - calls: What the pipelines of the stage's branch do; asked when its stage file leaves it to them.
    func passed(_ assets: [AssetFile], stages: Set<String>, calls: () -> [PipelineCall]) -> PassedValues {
        guard found.file.releases == nil else { return PassedValues() }
        return PassedValues(
            found.file, branch: found.file.branch?.value ?? found.snapshot.branch, stages: stages, assets: assets,
            variables: variables, tree: tree, documents: documents, calls: calls, findings: findings)
    }

    private var file: StageFile { found.file }
    private var tree: ProjectTree { found.snapshot.tree }
    private var findings: Findings { found.findings }

    /// Reads the stage with the asset files of its snapshot; `memory` says what they mean here, and what came of it.
    func read(_ assets: AssetDiscovery.Result, memory: inout AssetMemory) -> DesiredStage {
        findings.append(contentsOf: assets.diagnostics)
        var stage = base(workspace: workspace())
        let retrain = records(into: &stage)
        stage.environmentOverrides = environmentOverrides()
        var assets = assets
        assets.files.removeAll { passed.leftOut.contains($0.path) }
        var reader = StageAssets(
            memory: memory, files: assets.files, tree: tree, trigger: retrain,
            isIncomplete: assets.diagnostics.contains { $0.severity == .error }, passed: passed, findings: findings)
        // So that the reader alone holds what it writes to.
        memory = AssetMemory(variables: variables)
        stage.assets = reader.read()
        memory = reader.memory
        stage.checks = CheckReader(file: file, tree: tree, assets: stage.assets, trigger: retrain, findings: findings)
            .read()
        readTests(into: &stage)
        checkModels(of: &stage, files: assets.files)
        NamedRules.check(variables, findings: findings)
        checkOverrides(stage)
        stage.diagnostics = findings.diagnostics.unique().sorted().items
        return stage
    }

    /// A stage that only releases another: its rules and records, in the other's workspace.
    func readRelease(of released: DesiredStage?) -> DesiredStage {
        var stage = base(workspace: released?.workspace ?? workspace())
        _ = records(into: &stage)
        stage.diagnostics = findings.diagnostics.unique().sorted().items
        return stage
    }

    private static func config(of file: StageFile, in tree: ProjectTree) -> [Located<String>] {
        if let config = file.config { return config }
        let infra = StageInference.infraFile(file.name.value, in: tree)
        let names = StageInference.namesFile(in: tree, beside: infra ?? "")
        return [names, infra].compactMap { $0 }.map { Located($0, at: file.source) }
    }

    private func base(workspace: WorkspaceTarget) -> DesiredStage {
        DesiredStage(
            name: file.name.value, branch: file.branch?.value ?? found.snapshot.branch, commit: found.snapshot.commit,
            source: file.isAssumed ? nil : file.source, workspace: workspace, promotes: file.promotes?.value,
            releases: file.releases?.value, evaluation: file.evaluation, protectionRules: file.protectionRules,
            rollout: file.rollout, drift: file.drift, prune: file.prune)
    }

    private func records(into stage: inout DesiredStage) -> ContentDigest? {
        let reader = RecordReader(stage: file.name.value, tree: tree, documents: documents, findings: findings)
        stage.rollback = reader.rollback()
        stage.suspension = reader.suspension()
        let retrain = reader.retrain()
        stage.retrain = retrain.records
        return retrain.trigger
    }

    // MARK: - Workspace

    /// The variables that tell of a workspace, by what they tell; the first that is defined counts.
    static let workspaceVariables: [String: [String]] = [
        "subscription_id": ["AZURE_SUBSCRIPTION_ID", "SUBSCRIPTION_ID"],
        "resource_group": ["RESOURCE_GROUP_NAME", "RESOURCE_GROUP"],
        "name": ["AML_WORKSPACE_NAME", "WORKSPACE_NAME", "AML_WORKSPACE", "AMLWORKSPACE"],
        "location": ["LOCATION"],
    ]

    private func workspace() -> WorkspaceTarget {
        let keys = file.workspace
        let isLocal = keys.engine == .local
        func name(_ written: String?, _ key: String, _ what: String, _ local: String) -> String {
            if let written { return written }
            let names = Self.workspaceVariables[key] ?? []
            for name in names {
                guard let value = variables[name], let definition = variables.definition(of: name) else { continue }
                if let problem = value.problem {
                    if !value.isTold { findings.appendOnce(problem) }
                    return local
                }
                if !value.text.isEmpty { return value.text }
                if !isLocal {
                    findings.error("empty-variable", "\"\(definition.name)\" has no value", at: definition.location)
                    return local
                }
            }
            if !isLocal {
                findings.error(
                    "missing-workspace", "stage \(file.name.value) does not say its \(what)",
                    at: keys.source ?? file.source,
                    pointer: "/workspace", hint: names.first.map { "define \($0) in a config file" })
            }
            return local
        }
        return WorkspaceTarget(
            engine: keys.engine,
            subscriptionID: name(
                keys.subscriptionID, "subscription_id", "subscription",
                "00000000-0000-0000-0000-000000000000"),
            resourceGroup: name(
                keys.resourceGroup, "resource_group", "resource group", "local"),
            name: name(
                keys.name, "name", "workspace's name",
                "\(projectName)-\(file.name.value)"),
            location: keys.location ?? ["LOCATION"].lazy.compactMap { variables[$0] }.first?.text)
    }

    // MARK: - Tests and models

    private func readTests(into stage: inout DesiredStage) {
        let kinds = Set(stage.assets.map(\.kind))
        if kinds.contains(.onlineDeployment) {
            stage.onlineRequest = sample("ONLINE_SAMPLE_REQUEST", else: passed.onlineRequest, mustBeFile: true)
        }
        if kinds.contains(.batchDeployment) {
            let type = variables["BATCH_REQUEST_TYPE"]?.text
            if let type, type != "uri_file", type != "uri_folder",
                let definition = variables.definition(of: "BATCH_REQUEST_TYPE")
            {
                findings.error(
                    "invalid-value", "expected uri_file or uri_folder, found \"\(type)\"", at: definition.location)
            }
            stage.batchRequest = sample(
                "BATCH_SAMPLE_REQUEST", else: passed.batchRequest, mustBeFile: type == "uri_file")
        }
    }

    /// A sample request: a path from the project's folder, as the pipelines take it.
    private func sample(_ name: String, else passed: Located<String>?, mustBeFile: Bool) -> ContentTree? {
        let location: SourceLocation
        let path: String
        if let value = variables[name], let definition = variables.definition(of: name), !value.text.isEmpty {
            if let problem = value.problem {
                if !value.isTold { findings.appendOnce(problem) }
                return nil
            }
            (path, location) = (value.text, definition.location)
        } else if let passed, let text = text(of: passed) {
            (path, location) = (text, passed.location)
        } else {
            return nil
        }
        var reader = ContentReader(tree: tree, findings: findings)
        let content = reader.content(
            at: path, from: "", location: location, pointer: "/variables/\(name)", appliesIgnoreRules: false)
        guard let content else { return nil }
        if mustBeFile, !content.tree.isFile {
            findings.error("wrong-type", "\"\(path)\" is a folder; expected a file", at: location)
            return nil
        }
        return content.tree
    }

    /// A text of ours with its variables replaced, or nil where one of them can't be.
    private func text(of written: Located<String>) -> String? {
        var result = ""
        for part in Macro.parts(of: written.value) {
            switch part {
            case .text(let text): result += text
            case .use(let name, _):
                guard let value = variables[name] else {
                    if !variables.isIncomplete { findings.append(variables.unknownName(name, at: written.location)) }
                    return nil
                }
                if let problem = value.problem {
                    if !value.isTold { findings.appendOnce(problem) }
                    return nil
                }
                result += value.text
            }
        }
        return result.isEmpty ? nil : result
    }

    /// A model without files of its own comes from a job's outputs, and MODEL_PATH says from where.
    private func checkModels(of stage: inout DesiredStage, files: [AssetFile]) {
        let hasJob = files.contains { $0.kind.isJob }
        let trained = stage.assets.filter { $0.kind == .model && $0.definition.fields["path"] == nil }
        for model in trained where !hasJob {
            findings.error(
                "missing-path",
                "nothing gives the model \"\(model.definition.name)\": it has no path, and the project no job",
                at: model.source, pointer: "/path")
        }
        guard hasJob, let model = trained.first else { return }
        if variables.definition(of: "MODEL_PATH") == nil, let passed = passed.modelPath {
            guard let text = text(of: passed) else { return }
            stage.modelPath = modelPath(text, at: passed.location)
            return
        }
        guard let value = variables["MODEL_PATH"], let definition = variables.definition(of: "MODEL_PATH") else {
            // Outputs have types and other kinds of jobs have conventions: the plan says what it assumes.
            let isTold = stage.assets.contains { $0.kind.isJob && ($0.kind != .commandJob || Self.hasModelOutput($0)) }
            if isTold { return }
            findings.error(
                "unbound-override", "no variable \"MODEL_PATH\" says which of the job's outputs the model is",
                at: model.source, pointer: "/path", hint: "the artifact_path that the code gives to log_model")
            return
        }
        if let problem = value.problem {
            if !value.isTold { findings.appendOnce(problem) }
            return
        }
        stage.modelPath = modelPath(value.text, at: definition.location)
    }

    private func modelPath(_ text: String, at location: SourceLocation) -> String? {
        let path = text.split(separator: "/").joined(separator: "/")
        guard !path.isEmpty, !path.split(separator: "/").contains("..") else {
            findings.error("invalid-value", "\"\(text)\" is no path below a job's artifacts", at: location)
            return nil
        }
        return path
    }

    private static func hasModelOutput(_ job: DesiredAsset) -> Bool {
        (job.definition.fields["outputs"]?.objectValue ?? [:]).values.contains {
            $0["type"]?.stringValue?.hasSuffix("_model") ?? false
        }
    }

    // MARK: - Environment overrides

    private func environmentOverrides() -> [String: JSONValue] {
        file.environmentOverrides.mapValues { override in
            var fields: [String: JSONValue] = [:]
            fields["python"] = override.python.map { .string($0) }
            fields["image"] = override.image.map { .string($0) }
            if let conda = override.condaFile, let content = condaFile(conda) { fields["conda_file"] = content }
            return .object(fields)
        }
    }

    /// The content of a conda file, inline, so that a workspace needs no second file.
    private func condaFile(_ path: Located<String>) -> JSONValue? {
        guard
            let resolved = ProjectPath.resolve(path.value, from: "", at: path.location, tree: tree, findings: findings)
        else { return nil }
        guard let file = tree.file(resolved) else {
            findings.append(ProjectPath.missing(resolved, as: path.value, at: path.location, tree: tree))
            return nil
        }
        return documents.document(file, in: tree, findings: findings).map(Self.json)
    }

    private static func json(_ node: Node) -> JSONValue {
        switch node.value {
        case .sequence(let items): .array(items.map(json))
        case .mapping(let mapping):
            .object(Dictionary(mapping.entries.map { ($0.name, json($0.value)) }, uniquingKeysWith: { $1 }))
        // Versions stay as written: python=3.10 is not 3.1.
        case .scalar(let scalar): node.isNull ? .null : .string(scalar.text)
        }
    }

    private func checkOverrides(_ stage: DesiredStage) {
        let names = stage.assets.filter { $0.kind == .environment }.map(\.definition.name)
        for (name, override) in file.environmentOverrides.sorted(by: { $0.key < $1.key })
        where name != "*" && !names.contains(name) {
            findings.error(
                "unresolved-reference", "no environment of this project is named \"\(name)\"", at: override.location,
                pointer: "/environment_overrides/\(name)",
                hint: EditDistance.suggestion(for: name, among: names).map { "did you mean \"\($0)\"?" }
                    ?? "environments: " + names.sorted().joined(separator: ", "))
        }
    }
}
