internal import AssetSchema
internal import Diagnostics
internal import YAML

/// What takes the place of a field of an asset file, and where that is said.
struct FieldOverride: Sendable, Equatable {
    /// The text, with `$(NAME)` for the stage's variables.
    var text: String
    var location: SourceLocation
}

/// What the pipelines of a repository pass for its asset files, as one stage takes it.
struct PipelineOverrides {
    /// By the path of the asset file, then by field; nested fields by dots.
    var fields: [String: [String: FieldOverride]] = [:]
    /// The sample requests that the pipelines test with.
    var onlineRequest: FieldOverride?
    var batchRequest: FieldOverride?
    /// Where in a job's artifacts the model is.
    var modelPath: FieldOverride?
    /// Job files that no pipeline submits, in a repository whose pipelines submit others.
    var leftOut: [String] = []
    /// One sentence for each thing that the pipelines leave open.
    var notes: [String] = []

    private let branch: String
    private let folder: String
    private let documents: AssetDocuments
    private let isKnown: (String) -> Bool

    /// - Parameters:
    ///   - calls: What the pipelines do, those that count first before the others.
    ///   - stages: The names of all stages, to tell a stage's own pipeline from one for all.
    ///   - isKnown: Whether the stage has a variable of a name; what else a text names, only a run knows.
    init(
        _ calls: [PipelineCall], assets: [AssetFile], folder: String, stage: String, stages: Set<String>,
        branch: String, documents: AssetDocuments, isKnown: @escaping (String) -> Bool
    ) {
        self.branch = branch
        self.folder = folder
        self.documents = documents
        self.isKnown = isKnown
        let place = AssetPlace(assets, in: folder)
        var uses: [(call: PipelineCall, file: AssetFile)] = []
        for call in calls {
            let isOwn = folder.isEmpty || !call.pipeline.hasPrefix("../")
            for file in Self.files(of: call, place, isOwn: isOwn) { uses.append((call, file)) }
        }
        let targets = { (call: PipelineCall) in
            call.configStages.union([call.deploymentEnvironment].compactMap(\.self)).intersection(stages)
        }
        let callsByFile = Dictionary(grouping: uses, by: { $0.file.path })
        for file in assets {
            guard var own = callsByFile[file.path]?.map(\.call) else { continue }
            // Pipelines of this stage, else those that name none, else another stage's.
            let groups = [own.filter { targets($0).contains(stage) }, own.filter { targets($0).isEmpty }, own]
            own = groups.first { !$0.isEmpty } ?? own
            if own.contains(where: \.isCommand) {
                own = own.filter { call in
                    if case .parameters(_, let isRead) = call.form { return !isRead }
                    return true
                }
            }
            let best = own.map(\.rank).min()
            for other in own where other.rank != best {
                note("\(other.pipeline) is for the same files as \(own[0].pipeline), which counts")
            }
            take(own.filter { $0.rank == best }, for: file)
        }
        takeRequests(calls)
        takeUnsubmitted(uses, assets)
    }

    private static func files(of call: PipelineCall, _ place: AssetPlace, isOwn: Bool) -> [AssetFile] {
        switch call.form {
        case .command(_, let verb):
            guard ["create", "update", "register"].contains(verb), let file = call.values["file"],
                let found = place.file(file.value, isOwn: isOwn)
            else { return [] }
            return [found]
        case .parameters:
            return call.values.sorted { $0.key < $1.key }.compactMap { _, value in
                guard value.value.hasSuffix(".yml") || value.value.hasSuffix(".yaml") else { return nil }
                return place.file(value.value, isOwn: isOwn)
            }
        }
    }

    /// The branch's name as a pipeline knows it, and nothing else that only a run knows.
    private func known(_ value: Located<String>) -> FieldOverride? {
        guard !value.value.contains(PipelineScope.unknown) else { return nil }
        let name = branch.split(separator: "/").last.map(String.init) ?? branch
        let text = value.value.replacing("$(Build.SourceBranchName)", with: name)
        for case .use(let name, _) in Macro.parts(of: text) where !isKnown(name) { return nil }
        return FieldOverride(text: text, location: value.location)
    }

    private mutating func take(_ calls: [PipelineCall], for file: AssetFile) {
        var taken: [String: FieldOverride] = [:]
        for call in calls {
            for (field, value) in PassedFields(call: call, file: file, document: documents[file]).fields.sorted(by: {
                $0.key < $1.key
            }) {
                guard let override = known(value) else {
                    // What a run calls itself is nobody's to keep.
                    if !Self.isRunsOwn(field), taken[field] == nil, !(file.kind == .model && field == "path") {
                        note(
                            "\(Self.place(value.location)) passes \(field) of \(file.path) as only a run knows it; "
                                + "what the file says stays")
                    } else if file.kind == .model, field == "path" {
                        takeModelPath(value)
                    }
                    continue
                }
                if file.kind == .model, field == "path", override.text.hasPrefix("azureml://jobs/") {
                    takeModelPath(value)
                    continue
                }
                guard let first = taken[field] else {
                    taken[field] = Self.isPath(field, override.text) ? relocated(override, to: file) : override
                    continue
                }
                if first.text != override.text, !Self.isPath(field, override.text), !Self.isRunsOwn(field) {
                    note(
                        "\(file.path) gets its \(field) from \(Self.place(first.location)), \(first.text), "
                            + "and not from \(Self.place(override.location)), \(override.text)")
                }
            }
        }
        taken["display_name"] = nil
        taken = taken.filter { text(of: $0.key, in: file) != $0.value.text }
        if !taken.isEmpty { fields[file.path] = taken }
    }

    private func text(of field: String, in file: AssetFile) -> String? {
        var node = documents[file]
        for key in field.split(separator: ".") { node = node?[String(key)] }
        return node?.text
    }

    /// What a run is called is nobody's to keep.
    private static func isRunsOwn(_ field: String) -> Bool { field == "display_name" || field == "description" }

    /// A path on the command line is from where the command runs: the repository's root.
    private static func isPath(_ field: String, _ text: String) -> Bool {
        ["path", "conda_file"].contains(field) && !text.contains("://") && !text.hasPrefix("azureml:")
    }

    private func relocated(_ override: FieldOverride, to file: AssetFile) -> FieldOverride? {
        let parts = override.text.split(separator: "/").filter { $0 != "." && !$0.contains("$") }
        guard !parts.isEmpty else { return nil }
        let root = ProjectPath.folder(of: AssetPlace.root(of: file.path, in: folder))
        return FieldOverride(
            text: ProjectPath.relative(parts.joined(separator: "/"), to: root), location: override.location)
    }

    /// `azureml://jobs/<id>/outputs/artifacts/paths/<path>/`: the job is the stage's own, the path is what counts.
    private mutating func takeModelPath(_ value: Located<String>) {
        guard modelPath == nil, let range = value.value.firstRange(of: "/paths/") else { return }
        let path = Located(String(value.value[range.upperBound...]), at: value.location)
        modelPath = known(path)
    }

    private mutating func takeRequests(_ calls: [PipelineCall]) {
        for call in calls {
            var type: String?
            var request: Located<String>?
            switch call.form {
            case .command(let noun, "invoke"):
                type = noun
                request = call.values["request-file"] ?? call.values["input"]
            case .parameters:
                request = call.values["sample_request"]
                type = call.values["endpoint_type"]?.value ?? call.variables["endpoint_type"]
            default: continue
            }
            guard let type, let found = request.flatMap({ known($0) }) else { continue }
            if type.hasPrefix("online") {
                onlineRequest = onlineRequest ?? found
            } else if type.hasPrefix("batch") {
                batchRequest = batchRequest ?? found
            }
        }
    }

    private mutating func takeUnsubmitted(_ uses: [(call: PipelineCall, file: AssetFile)], _ assets: [AssetFile]) {
        let submitted = Set(uses.filter { $0.file.kind.isJob }.map(\.file.path))
        guard !submitted.isEmpty else { return }
        leftOut = assets.filter { $0.kind.isJob && !submitted.contains($0.path) }.map(\.path)
    }

    private mutating func note(_ sentence: String) {
        if !notes.contains(sentence) { notes.append(sentence) }
    }

    private static func place(_ location: SourceLocation) -> String { "\(location.path):\(location.line)" }
}
