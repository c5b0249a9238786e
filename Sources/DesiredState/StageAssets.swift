internal import AssetSchema
internal import Diagnostics
internal import Digest
internal import YAML

/// Turns what the asset files of a snapshot say into the assets of one stage.
struct StageAssets {
    /// The files and what each says; gets what comes of them.
    private(set) var memory: AssetMemory
    let files: [AssetFile]
    let tree: ProjectTree
    /// What makes the training keys of this stage new without any input being new.
    let trigger: ContentDigest?
    /// Whether there are more asset files, which could not be parsed.
    let isIncomplete: Bool
    /// What takes the place of the files' own values.
    let passed: PassedValues
    let findings: Findings

    init(
        memory: AssetMemory, files: [AssetFile], tree: ProjectTree, trigger: ContentDigest?, isIncomplete: Bool,
        passed: PassedValues, findings: Findings
    ) {
        self.memory = memory
        self.files = files
        self.passed = passed
        self.tree = tree
        self.trigger = trigger
        self.isIncomplete = isIncomplete
        self.findings = findings
    }

    /// An asset read from its file, before it is tied to others.
    private struct Draft {
        /// Where its file stands in the memory.
        var place: Int
        var key: AssetKey
        var reading: AssetReading?
        var definition: ResourceDefinition
        var content = AssetContents.Found()
        /// What it was the last time, as far as its own file and what it names go.
        var made: MadeAsset?
    }

    mutating func read() -> [DesiredAsset] {
        let table = BindingTable(files)
        var reader = AssetFileReader(variables: memory.variables, tree: tree)
        var contents = AssetContents(tree: tree, findings: findings)
        var drafts: [Draft] = []
        drafts.reserveCapacity(files.count)
        var broken = ReferenceResolver.BrokenAssets(isAnyUnknown: isIncomplete)
        // A component that another file includes is part of that one, and no asset of its own.
        var included: Set<String> = []
        for place in memory.entries.indices {
            // Jobs are read here for the first time; they are what includes components.
            guard let file = memory.entries[place].asset, !passed.leftOut.contains(file.path),
                let reading = reading(at: place, of: file, table, &reader), !reading.included.isEmpty
            else { continue }
            included.formUnion(reading.included.keys)
        }
        for place in memory.entries.indices {
            guard let file = memory.entries[place].asset, !passed.leftOut.contains(file.path) else { continue }
            if file.kind == .component, included.contains(file.path) { continue }
            guard let reading = reading(at: place, of: file, table, &reader) else { continue }
            for diagnostic in reading.replacing { findings.appendOnce(diagnostic) }
            if !reading.diagnostics.isEmpty { findings.append(contentsOf: reading.diagnostics) }
            switch reading.outcome {
            case .leftOut: continue
            case .broken(let name):
                broken.names.insert(name ?? "")
                if name?.contains(DocumentResolver.unresolved) ?? true { broken.kinds.insert(file.kind) }
                contents.check(reading)
            case .sound(let definition):
                let name = reading.endpoint.map { "\($0)/\(definition.name)" } ?? definition.name
                var draft = Draft(
                    place: place, key: AssetKey(kind: definition.kind, name: name), reading: reading,
                    definition: definition)
                if let made = memory.entries[place].made, made.reading === reading, isAsBefore(made) {
                    draft.made = made
                    drafts.append(draft)
                } else if let found = contents.read(reading, of: definition) {
                    draft.content = found
                    drafts.append(draft)
                } else {
                    broken.names.insert(definition.name)
                }
            }
        }
        return tie(drafts, broken: broken)
    }

    /// What a file says; read here only where that depends on the other files.
    private mutating func reading(
        at place: Int, of file: AssetFile, _ table: BindingTable, _ reader: inout AssetFileReader
    ) -> AssetReading? {
        let overrides = passed.fields[file.path] ?? [:]
        guard BindingTable.dependsOnOthers(file.kind) || !overrides.isEmpty else {
            return memory.entries[place].reading
        }
        let entry = memory.entries[place]
        let bindings = table.bindings(of: file)
        let known = overrides.isEmpty ? entry.reading : entry.overridden
        if let reading = known, reading.overrides == overrides,
            reading.bindings == bindings || !BindingTable.dependsOnOthers(file.kind),
            reading.isCurrent(in: tree)
        {
            return reading
        }
        if !overrides.isEmpty {
            guard let bytes = try? tree.read(file.file), let document = try? YAMLReader().document(bytes) else {
                return nil
            }
            let reading = reader.read(file, document, bindings: bindings, overrides: overrides)
            memory.entries[place].overridden = reading
            return reading
        }
        guard let bytes = try? tree.read(file.file), let document = try? YAMLReader().document(bytes) else {
            return nil
        }
        let reading = reader.read(file, document, bindings: bindings)
        memory.entries[place] = AssetMemory.Entry(file: entry.file, asset: file, reading: reading)
        return reading
    }

    /// Whether the files that an asset names are what they were, and nothing else goes into it.
    private func isAsBefore(_ made: MadeAsset) -> Bool {
        made.files.allSatisfy { tree.file($0.path) == $0 }
    }

    /// Resolves references in the order of kinds, so that what is referred to has its digest already.
    private mutating func tie(_ drafts: [Draft], broken: ReferenceResolver.BrokenAssets) -> [DesiredAsset] {
        var places: [AssetKey: Int] = [:]
        places.reserveCapacity(drafts.count)
        var order: [Int] = []
        order.reserveCapacity(drafts.count)
        for index in drafts.indices {
            if let earlier = places[drafts[index].key] {
                tellDuplicate(drafts[index], of: drafts[earlier])
            } else {
                places[drafts[index].key] = index
                order.append(index)
            }
        }
        sort(&order, drafts)
        var registered = RegisteredModels()
        for index in order where drafts[index].key.kind.isJob {
            registered.add(drafts[index].definition, key: drafts[index].key)
        }
        let resolver = ReferenceResolver(places, broken: broken, registered: registered, findings: findings)
        var digests = [ContentDigest?](repeating: nil, count: drafts.count)
        var assets: [DesiredAsset] = []
        assets.reserveCapacity(order.count)
        for index in order {
            let draft = drafts[index]
            if let made = draft.made {
                digests[index] = made.asset.digest
                assets.append(made.asset)
                continue
            }
            guard let reading = draft.reading else { continue }
            if let made = MadeAsset(reading, definition: draft.definition, content: draft.content) {
                memory.entries[draft.place].made = made
                digests[index] = made.asset.digest
                assets.append(made.asset)
                continue
            }
            var references: [String: AssetKey] = [:]
            var providers: [String: AssetKey] = [:]
            var referred: [AssetKey: ContentDigest] = [:]
            for field in reading.references {
                guard let key = resolver.resolve(field) else { continue }
                references[field.field] = key
                providers[field.field] = resolver.job(registering: field)
                referred[key] = places[key].flatMap { digests[$0] }
            }
            var asset = DesiredAsset(
                reading, definition: draft.definition, content: draft.content, references: references,
                referred: referred, trigger: trigger)
            if !providers.isEmpty { asset.providers = providers }
            digests[index] = asset.digest
            assets.append(asset)
        }
        checkDeployments(assets, broken, keys: places, drafts)
        return assets
    }

    /// Sorts by kind, then by name; files of a kind often stand in the order of their names already.
    private func sort(_ order: inout [Int], _ drafts: [Draft]) {
        let byKind = Dictionary(grouping: order) { drafts[$0].key.kind }
        order.removeAll(keepingCapacity: true)
        for (_, places) in byKind.sorted(by: { $0.key < $1.key }) {
            let isSorted = zip(places, places.dropFirst()).allSatisfy { drafts[$0].key.name <= drafts[$1].key.name }
            order += isSorted ? places : places.sorted { drafts[$0].key.name < drafts[$1].key.name }
        }
    }

    private func tellDuplicate(_ draft: Draft, of earlier: Draft) {
        guard let location = draft.reading?.location, let first = earlier.reading?.location
        else { return }
        findings.error(
            "duplicate-asset", "two files define the \(draft.key.kind.title) \"\(draft.key.name)\"",
            at: place(of: "name", in: draft) ?? location, notes: [.init("the first is here", at: first)])
    }

    /// Where a key's value stands; only mistakes ask, so the file is read again for it.
    private func place(of key: String, in draft: Draft) -> SourceLocation? {
        let file = memory.entries[draft.place].file
        guard let bytes = try? tree.read(file), let node = try? YAMLReader().document(bytes)?[key] else { return nil }
        return SourceLocation(file.path, node.mark)
    }

    private func checkDeployments(
        _ assets: [DesiredAsset], _ broken: ReferenceResolver.BrokenAssets, keys: [AssetKey: Int], _ drafts: [Draft]
    ) {
        guard assets.contains(where: { $0.kind == .onlineDeployment || $0.kind == .batchDeployment }) else { return }
        let models = assets.filter { $0.kind == .model }
        for asset in assets {
            let endpointKind: AssetKind
            switch asset.kind {
            case .onlineDeployment: endpointKind = .onlineEndpoint
            case .batchDeployment: endpointKind = .batchEndpoint
            default: continue
            }
            if let endpoint = asset.endpoint, keys[AssetKey(kind: endpointKind, name: endpoint)] == nil,
                !broken.mayHold(endpointKind, endpoint)
            {
                let names = keys.keys.filter { $0.kind == endpointKind }.map(\.name).sorted()
                let written = keys[asset.key].flatMap { place(of: "endpoint_name", in: drafts[$0]) }
                findings.error(
                    "unresolved-reference", "no \(endpointKind.title) of this project is named \"\(endpoint)\"",
                    at: written ?? asset.source, pointer: "/endpoint_name",
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
