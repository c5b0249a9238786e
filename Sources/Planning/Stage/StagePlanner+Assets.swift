import AssetSchema
import DesiredState
import Digest
import TimeKeeping
import Workspace

extension StagePlanner {
    /// Plans an environment, data or component asset: a new digest makes a new version, the same digest nothing.
    mutating func planAsset(_ asset: DesiredAsset) {
        let key = asset.key
        let id = id(key.kind, key.name)
        let all = index.versions(key.kind, asset.definition.name)
        let digest = asset.digest.description
        let same =
            all.count == 1 && all[0].tag(TagName.digest) == digest
            ? all : all.filter { $0.tag(TagName.digest) == digest }
        if let current = same.count == 1 && !same[0].isArchived
            ? same[0] : same.filter({ !$0.isArchived }).max(by: { Self.isOlder($0, $1) })
        {
            versions.note(asset, version: current.version)
            planMetadata(of: asset, current: current, id: id)
            return
        }
        if let archived = same.max(by: { Self.isOlder($0, $1) }) {
            planRestore(of: asset, archived: archived, id: id)
            return
        }
        let version = asset.definition.version ?? Self.nextVersion(after: all)
        if all.contains(where: { $0.version == version }) {
            versions[asset.key] = PlannedVersion(version: version, action: id)
            add(
                PlanAction(
                    id: id, stage: stage.name, verb: .blocked, kind: asset.kind, name: asset.key.name, version: version,
                    reason: "version \(version) is registered with another definition and cannot be changed; "
                        + "raise 'version:' or leave it out",
                    digest: asset.digest, source: asset.source, isFailure: true))
            return
        }
        let previous = all.filter { $0.tag(TagName.digest) != nil }.max { Self.isOlder($0, $1) }
        let (fields, requires) = resolvedFields(of: asset)
        var definition = asset.definition
        definition.fields = fields
        definition.version = version
        var tags = originTags(of: asset, digest: asset.digest)
        let facts = factsOfData(asset)
        if let facts {
            tags[TagName.bytes] = String(facts.bytes)
            if let rows = facts.rows { tags[TagName.rows] = String(rows) }
        }
        versions[asset.key] = PlannedVersion(version: version, action: id)
        add(
            PlanAction(
                id: id, stage: stage.name, verb: .create, kind: asset.kind, name: asset.key.name, version: version,
                reason: reason(for: asset, previous: previous.map { ($0.version, $0.tags) })
                    + growth(facts, since: previous?.tags),
                digest: asset.digest, source: asset.source, requires: requires,
                operations: [.createAsset(AssetDraft(definition: definition, tags: tags, content: asset.content))]))
    }

    /// Plans what the workspace shows of a version beside its content: description and tags.
    private mutating func planMetadata(of asset: DesiredAsset, current: LiveAsset, id: String) {
        let changes = metadataChanges(asset.definition, live: current)
        var action = PlanAction(
            id: id, stage: stage.name, verb: .unchanged, kind: asset.kind, name: asset.key.name,
            version: current.version, reason: "unchanged", digest: asset.digest, source: asset.source)
        if !changes.isEmpty {
            let isEdit = current.tag(TagName.metadata) != asset.metadataDigest.prefix(16)
            if !isEdit, !heals(changes, of: asset.kind, name: asset.key.name, id: id, tags: current.tags) {
                add(action)
                return
            }
            setMetadata(of: asset, on: current, changes, isEdit: isEdit, &action)
        } else {
            remember(asset, current, action)
        }
        add(action)
    }

    /// Lets an action set what was edited, or put back what may be healed of what was changed behind our back.
    func setMetadata(
        of asset: DesiredAsset, on current: LiveAsset, _ changes: [FieldChange], isEdit: Bool,
        _ action: inout PlanAction
    ) {
        let set = isEdit ? changes : healable(changes, of: asset.kind)
        let fields = Set(set.map(\.field))
        var tags = asset.definition.tags.filter { fields.contains("tags.\($0.key)") }
        tags[TagName.metadata] = asset.metadataDigest.prefix(16)
        if !isEdit { tags[TagName.heals] = nextHeals(current.tags) }
        action.verb = .update
        action.reason = isEdit ? "description or tags changed" : "changed in the workspace"
        action.changes = set
        action.operations = [
            .updateAssetMetadata(
                kind: asset.kind, name: current.name, version: current.version,
                description: fields.contains("description") ? asset.definition.description : nil, tags: tags)
        ]
    }

    /// Plans the way back into lists of a version that git wants and somebody archived.
    mutating func planRestore(of asset: DesiredAsset, archived: LiveAsset, id: String) {
        versions[asset.key] = PlannedVersion(version: archived.version, action: nil)
        let changes = [FieldChange(field: "archived", before: true, after: false)]
        let isHealed = heals(changes, of: asset.kind, name: asset.key.name, id: id, tags: archived.tags)
        add(
            PlanAction(
                id: id, stage: stage.name, verb: isHealed ? .update : .unchanged, kind: asset.kind,
                name: asset.key.name, version: archived.version,
                reason: isHealed ? "archived in the workspace; to be restored" : "archived in the workspace",
                digest: asset.digest, source: asset.source, changes: isHealed ? changes : [],
                operations: isHealed
                    ? [
                        .restoreAsset(kind: asset.kind, name: archived.name, version: archived.version),
                        .updateAssetMetadata(
                            kind: asset.kind, name: archived.name, version: archived.version, description: nil,
                            tags: [TagName.heals: nextHeals(archived.tags)]),
                    ] : []))
    }

    /// The differences in description and tags; tags that others added stay.
    func metadataChanges(
        _ definition: ResourceDefinition, liveFields: JSONValue, liveTags: [String: String]
    ) -> [FieldChange] {
        metadataChanges(definition, description: { liveFields["description"]?.stringValue }, tag: { liveTags[$0] })
    }

    /// The same of a version of an asset.
    func metadataChanges(_ definition: ResourceDefinition, live: LiveAsset) -> [FieldChange] {
        metadataChanges(definition, description: { live.description }, tag: { live.tag($0) })
    }

    private func metadataChanges(
        _ definition: ResourceDefinition, description: () -> String?, tag: (String) -> String?
    ) -> [FieldChange] {
        var changes: [FieldChange] = []
        for (name, value) in definition.fields["tags"]?.objectValue ?? [:] {
            guard let value = value.stringValue else { continue }
            let before = tag(name)
            guard before != value else { continue }
            changes.append(
                FieldChange(
                    field: "tags.\(name)", before: before.map { .string($0) } ?? .null, after: .string(value)))
        }
        if changes.count > 1 { changes.sort { $0.field < $1.field } }
        if let wanted = definition.description {
            let before = description()
            if before != wanted {
                changes.insert(
                    FieldChange(
                        field: "description", before: before.map { .string($0) } ?? .null, after: .string(wanted)),
                    at: 0)
            }
        }
        return changes
    }

    private func factsOfData(_ asset: DesiredAsset) -> FileFacts? {
        guard asset.kind == .data, let tree = asset.content["path"], tree.isFile, let entry = tree.entries.first else {
            return nil
        }
        return input.facts[entry.blob]
    }

    /// The words for how a data file grew: ` (+1,204 rows, 812 kB)`.
    private func growth(_ facts: FileFacts?, since tags: [String: String]?) -> String {
        guard let facts else { return "" }
        var parts: [String] = []
        if let rows = facts.rows {
            if let before = tags?[TagName.rows].flatMap({ Int($0) }) {
                if rows != before {
                    parts.append("\(rows > before ? "+" : "−")\(Phrase.grouped(abs(rows - before))) rows")
                }
            } else {
                parts.append("\(Phrase.grouped(rows)) rows")
            }
        }
        parts.append(Phrase.size(facts.bytes))
        return " (\(parts.joined(separator: ", ")))"
    }

    /// The next version: the greatest number and one, as Azure ML counts.
    static func nextVersion(after assets: [LiveAsset]) -> String {
        String((assets.compactMap { Int($0.version) }.max() ?? 0) + 1)
    }

    /// Whether one version was made before another.
    static func isOlder(_ left: LiveAsset, _ right: LiveAsset) -> Bool {
        (left.createdAt, Int(left.version) ?? 0, left.version)
            < (right.createdAt, Int(right.version) ?? 0, right.version)
    }
}
