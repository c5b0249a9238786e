internal import AssetSchema
internal import Diagnostics
internal import YAML

/// What takes the place of the files' own values in one stage: as its stage file says, else as the pipelines pass it.
struct PassedValues {
    /// By asset file, then by field.
    var fields: [String: [String: FieldOverride]] = [:]
    var leftOut: Set<String> = []
    var onlineRequest: Located<String>?
    var batchRequest: Located<String>?
    var modelPath: Located<String>?
    /// What of it no file of ours says, one sentence each.
    var assumptions: [String] = []

    /// Nothing takes any place.
    init() {}

    /// - Parameter calls: What the pipelines of the stage's branch do; asked only when the stage file is silent.
    init(
        _ file: StageFile, branch: String, stages: Set<String>, assets: [AssetFile], variables: VariableSet,
        tree: ProjectTree, documents: DocumentCache, calls: () -> [PipelineCall], findings: Findings
    ) {
        guard let overrides = file.overrides else {
            let calls = calls()
            guard !calls.isEmpty else {
                take(file)
                return
            }
            let documents = AssetDocuments(tree: tree, documents: documents)
            let passed = PipelineOverrides(
                calls, assets: assets, folder: tree.folder, stage: file.name.value, stages: stages, branch: branch,
                documents: documents, isKnown: { variables[$0] != nil || variables.isIncomplete && !$0.contains(".") })
            take(passed, assets, variables, documents)
            take(file)
            return
        }
        fields = overrides
        take(file)
        let paths = assets.map(\.path)
        for (path, fields) in overrides.sorted(by: { $0.key < $1.key }) where !paths.contains(path) {
            Self.tellMissing(path, at: fields.values.map(\.location).min() ?? file.source, "overrides", paths, findings)
        }
        for path in file.leftOut where !paths.contains(path.value) {
            Self.tellMissing(path.value, at: path.location, "left_out", paths, findings)
        }
    }

    private static func tellMissing(
        _ path: String, at location: SourceLocation, _ key: String, _ paths: [String], _ findings: Findings
    ) {
        findings.warning(
            "missing-file", "\"\(path)\" is no asset file of this project", at: location, pointer: "/\(key)",
            hint: EditDistance.suggestion(for: path, among: paths).map { "did you mean \"\($0)\"?" })
    }

    private mutating func take(_ file: StageFile) {
        leftOut.formUnion(file.leftOut.map(\.value))
        onlineRequest = file.onlineRequest ?? onlineRequest
        batchRequest = file.batchRequest ?? batchRequest
        modelPath = file.modelPath ?? modelPath
    }

    private mutating func take(
        _ passed: PipelineOverrides, _ assets: [AssetFile], _ variables: VariableSet, _ documents: AssetDocuments
    ) {
        let table = BindingTable(assets)
        for file in assets where passed.fields[file.path] != nil {
            let bindings = table.bindings(of: file)
            // What every template binds needs no telling.
            fields[file.path] = passed.fields[file.path]?.filter { field, override in
                guard let binding = bindings[field] else { return true }
                return !binding.makes(override, of: documents[file]?[field]?.text, in: variables)
            }
        }
        leftOut = Set(passed.leftOut)
        // A variable of the convention wins, so what is passed beside it says nothing.
        func unless(_ variable: String, _ passed: FieldOverride?) -> Located<String>? {
            variables.definition(of: variable) != nil ? nil : passed.map { Located($0.text, at: $0.location) }
        }
        onlineRequest = unless("ONLINE_SAMPLE_REQUEST", passed.onlineRequest)
        batchRequest = unless("BATCH_SAMPLE_REQUEST", passed.batchRequest)
        modelPath = unless("MODEL_PATH", passed.modelPath)
        for file in assets {
            guard let told = fields[file.path] else { continue }
            let byPlace = Dictionary(grouping: told) { "\($0.value.location.path):\($0.value.location.line)" }
            for (place, fields) in byPlace.sorted(by: { $0.key < $1.key }) {
                let words = fields.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value.text)" }
                assumptions.append("\(file.path) takes \(words.joined(separator: ", ")) from \(place)")
            }
        }
        for (kind, request) in [("online", onlineRequest), ("batch", batchRequest)] {
            guard let request else { continue }
            assumptions.append(
                "the sample request for \(kind) endpoints is \(request.value), "
                    + "from \(request.location.path):\(request.location.line)")
        }
        for path in passed.leftOut {
            assumptions.append("\(path) is left out: the pipelines submit other jobs, and not this one")
        }
        assumptions += passed.notes
    }
}

/// The documents of asset files, each read when it is first asked for: few are.
final class AssetDocuments {
    private let tree: ProjectTree
    private let documents: DocumentCache
    private var known: [String: Node] = [:]

    init(tree: ProjectTree, documents: DocumentCache) {
        self.tree = tree
        self.documents = documents
    }

    subscript(file: AssetFile) -> Node? {
        if let node = known[file.path] { return node }
        let node = documents.passing(file.file, in: tree)
        known[file.path] = node
        return node
    }
}
