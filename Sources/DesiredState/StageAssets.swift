internal import AssetSchema
internal import Diagnostics
internal import Digest
internal import YAML

/// Turns the asset files of a snapshot into the assets of one stage.
struct StageAssets {
    let files: [AssetFile]
    let tree: ProjectTree
    let variables: VariableSet
    /// What makes the training keys of this stage new without any input being new.
    let trigger: ContentDigest?
    /// Whether there are more asset files, which could not be parsed.
    let isIncomplete: Bool
    let findings: Findings

    /// An asset read from its file, before it is tied to others.
    private struct Draft {
        var file: AssetFile
        var document: ReadResult
        var definition: ResourceDefinition
        var content: [String: ContentTree] = [:]
        var contentPaths: [String: String] = [:]
        var location: SourceLocation
        var variableFiles: [String] = []
        var endpoint: String?

        var key: AssetKey {
            AssetKey(
                kind: definition.kind, name: endpoint.map { "\($0)/\(definition.name)" } ?? definition.name)
        }
    }

    func read() -> [DesiredAsset] {
        let table = BindingTable(files)
        var contents = ContentReader(tree: tree, findings: findings)
        var drafts: [Draft] = []
        var broken = ReferenceResolver.BrokenAssets(isAnyUnknown: isIncomplete)
        for file in files {
            var resolver = DocumentResolver(
                file: file, variables: variables, bindings: table.bindings(of: file), tree: tree, findings: Findings())
            let node = resolver.resolve()
            if let variable = resolver.unfilledVariable, variable.name == "SCORING_DATASET_NAME" {
                // The templates bring a scoring data set that no pipeline registers; unfilled, it is no part of the plan.
                findings.warning(
                    "unfilled-template",
                    "left out: \"\(variable.name)\" still has the placeholder \"\(variable.text)\"",
                    at: SourceLocation(file.path, file.document.mark),
                    notes: [.init("the placeholder", at: variable.location)])
                continue
            }
            for diagnostic in resolver.findings.diagnostics { findings.appendOnce(diagnostic) }
            let tree = tree
            let document = AssetReader().read(node, path: file.path) {
                (try? tree.read(file.file)).map { String(decoding: $0, as: UTF8.self) }
            }
            // What could not be resolved was told where it is written; that it does not fit here is no second mistake.
            findings.append(
                contentsOf: document.diagnostics.filter {
                    !resolver.explains($0)
                })
            guard !resolver.isBroken, let definition = document.definition else {
                broken.names.insert(document.name ?? "")
                if document.name?.contains(DocumentResolver.unresolved) ?? true { broken.kinds.insert(file.kind) }
                checkContent(of: document, file, &contents)
                continue
            }
            var draft = Draft(
                file: file, document: document, definition: definition, location: document.location)
            draft.variableFiles = resolver.variableFiles
            name(&draft)
            if readContent(of: &draft, &contents) {
                drafts.append(draft)
            } else {
                broken.names.insert(definition.name)
            }
        }
        return tie(unique(drafts), broken: broken)
    }

    /// Names what is not named by itself: a job goes by its file's name, a deployment by its endpoint's and its own.
    private func name(_ draft: inout Draft) {
        if draft.definition.name.isEmpty {
            let name = ProjectPath.name(of: draft.file.path)
            draft.definition.name = String(name.prefix { $0 != "." })
        }
        if draft.definition.kind == .onlineDeployment || draft.definition.kind == .batchDeployment {
            draft.endpoint = draft.definition.fields["endpoint_name"]?.stringValue
        }
    }

    /// Looks for the files of an asset that is wrong elsewhere, so that all its mistakes are told at once.
    private func checkContent(of document: ReadResult, _ file: AssetFile, _ contents: inout ContentReader) {
        for field in document.pathFields where !field.path.contains(DocumentResolver.unresolved) {
            _ = content(of: field, file, &contents)
        }
    }

    private func content(
        of field: PathField, _ file: AssetFile, _ contents: inout ContentReader
    ) -> (path: String, tree: ContentTree)? {
        contents.content(
            at: field.path, from: ProjectPath.folder(of: file.path), location: field.location, pointer: field.pointer,
            appliesIgnoreRules: [.code, .scoringCode, .buildContext].contains(field.role))
    }

    private func readContent(of draft: inout Draft, _ contents: inout ContentReader) -> Bool {
        var isSound = true
        for field in draft.document.pathFields {
            guard let content = content(of: field, draft.file, &contents) else {
                isSound = false
                continue
            }
            if let problem = mismatch(content.tree, field, draft.definition) {
                findings.error("wrong-type", problem, at: field.location, pointer: field.pointer)
                isSound = false
                continue
            }
            draft.content[field.field] = content.tree
            draft.contentPaths[field.field] = content.path
        }
        return isSound
    }

    /// What is wrong with a file where a folder must be, or the other way round.
    private func mismatch(_ tree: ContentTree, _ field: PathField, _ definition: ResourceDefinition) -> String? {
        switch field.role {
        case .condaFile, .component:
            return tree.isFile ? nil : "\"\(field.path)\" is a folder; expected a file"
        case .buildContext, .scoringCode:
            return tree.isFile ? "\"\(field.path)\" is a file; expected a folder" : nil
        case .data:
            let owner = field.field.hasSuffix(".path") ? String(field.field.dropLast(5)) : ""
            let type = definition.fields.value(at: owner.isEmpty ? "type" : "\(owner).type")?.stringValue
            if type == "uri_file" || (type == nil && owner.isEmpty && definition.kind == .data) {
                return tree.isFile || type == nil ? nil : "\"\(field.path)\" is a folder, and the type says uri_file"
            }
            if type == "uri_folder" || type == "mltable" {
                return tree.isFile ? "\"\(field.path)\" is a file, and the type says \(type ?? "")" : nil
            }
            return nil
        case .model, .code:
            return nil
        }
    }

    private func unique(_ drafts: [Draft]) -> [Draft] {
        var first: [AssetKey: SourceLocation] = [:]
        return drafts.filter { draft in
            guard let earlier = first[draft.key] else {
                first[draft.key] = draft.location
                return true
            }
            findings.error(
                "duplicate-asset", "two files define the \(draft.key.kind.title) \"\(draft.key.name)\"",
                at: draft.document.location(of: "/name") ?? draft.location,
                notes: [.init("the first is here", at: earlier)])
            return false
        }
    }

    /// Resolves references in the order of kinds, so that what is referred to has its digest already.
    private func tie(_ drafts: [Draft], broken: ReferenceResolver.BrokenAssets) -> [DesiredAsset] {
        var digests: [AssetKey: ContentDigest] = [:]
        var assets: [DesiredAsset] = []
        // Keys are made once and positions sorted: drafts are large to move.
        let keys = drafts.map(\.key)
        let resolver = ReferenceResolver(keys, broken: broken, findings: findings)
        for index in drafts.indices.sorted(by: { keys[$0] < keys[$1] }) {
            let draft = drafts[index]
            var references: [String: AssetKey] = [:]
            for field in draft.document.references {
                references[field.field] = resolver.resolve(field)
            }
            var referred: [AssetKey: ContentDigest] = [:]
            for key in references.values { referred[key] = digests[key] }
            let made = AssetDigests(
                definition: draft.definition, content: draft.content, references: references, referred: referred)
            let digest = made.digest
            digests[draft.key] = digest
            var asset = DesiredAsset(
                definition: draft.definition, endpoint: draft.endpoint, digest: digest, parts: made.parts,
                metadataDigest: made.metadataDigest, content: draft.content, contentPaths: draft.contentPaths,
                references: references, source: draft.location, variableFiles: draft.variableFiles)
            if draft.key.kind.isJob {
                asset.trainingKey = made.trainingKey(trigger: trigger)
                asset.contentKey = made.trainingKey(trigger: nil)
            } else if draft.key.kind == .schedule {
                asset.contentKey = made.trainingKey(trigger: nil)
            }
            assets.append(asset)
        }
        checkDeployments(assets, drafts, broken)
        return assets
    }

    private func checkDeployments(
        _ assets: [DesiredAsset], _ drafts: [Draft], _ broken: ReferenceResolver.BrokenAssets
    ) {
        let keys = Set(assets.map(\.key))
        let models = assets.filter { $0.kind == .model }
        let places = Dictionary(drafts.map { ($0.key, $0.document) }, uniquingKeysWith: { first, _ in first })
        for asset in assets {
            let endpointKind: AssetKind
            switch asset.kind {
            case .onlineDeployment: endpointKind = .onlineEndpoint
            case .batchDeployment: endpointKind = .batchEndpoint
            default: continue
            }
            if let endpoint = asset.endpoint, !keys.contains(AssetKey(kind: endpointKind, name: endpoint)),
                !broken.mayHold(endpointKind, endpoint)
            {
                let names = keys.filter { $0.kind == endpointKind }.map(\.name).sorted()
                findings.error(
                    "unresolved-reference", "no \(endpointKind.title) of this project is named \"\(endpoint)\"",
                    at: places[asset.key]?.location(of: "/endpoint_name") ?? asset.source, pointer: "/endpoint_name",
                    hint: EditDistance.suggestion(for: endpoint, among: names).map { "did you mean \"\($0)\"?" })
            }
            guard asset.definition.fields["model"] == nil, asset.definition.fields["component"] == nil,
                asset.definition.fields["job"] == nil, models.count != 1,
                !files.contains(where: { $0.kind == .model }) || models.count > 1, !isIncomplete
            else { continue }
            findings.error(
                "missing-model",
                models.isEmpty
                    ? "no model for this deployment: it names none, and the project has none"
                    : "which model is for this deployment? The project has \(models.count)",
                at: asset.source, pointer: "/model",
                hint: models.isEmpty ? nil : "write `model: azureml:\(models[0].definition.name)@latest`")
        }
    }
}

extension JSONValue {
    /// The value below keys joined by dots.
    func value(at field: String) -> JSONValue? {
        field.split(separator: ".").reduce(Optional(self)) { value, key in value?[String(key)] }
    }
}
