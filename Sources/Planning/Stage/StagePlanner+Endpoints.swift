import AssetSchema
import DesiredState
import Digest
import Workspace

/// A deployment as git and the model that is to be served want it.
struct ExpectedDeployment {
    var asset: DesiredAsset
    var endpoint: String
    var name: String
    var fields: JSONValue
    var tags: [String: String]
    /// The digest of definition, files, environment and model.
    var digest: ContentDigest
    /// The digest of what goes beside the model: the same in every stage.
    var codeKey: ContentDigest
    var requires: [String]
}

extension StagePlanner {
    /// What is the same for online and batch endpoints: make it, change it, or heal it.
    mutating func planEndpoint(
        _ asset: DesiredAsset, live: (fields: JSONValue, tags: [String: String], state: ProvisioningState)?
    ) {
        let name = asset.definition.name
        let id = id(asset.kind, name)
        var tags = originTags(of: asset, digest: asset.digest)
        var action = PlanAction(
            id: id, stage: stage.name, verb: .unchanged, kind: asset.kind, name: name, reason: "unchanged",
            digest: asset.digest, source: asset.source)
        var fields = asset.definition.fields
        if let live {
            action.changes = FieldChange.changes(
                from: live.fields, to: asset.definition.fields, of: asset.kind
            )
            .filter { $0.field != "description" }
            action.changes += metadataChanges(asset.definition, liveFields: live.fields, liveTags: live.tags)
            if live.tags[TagName.digest] == nil {
                action.verb = .blocked
                action.isFailure = true
                action.changes = []
                action.reason = "is in the workspace but not made from this repository; rename it or delete the other"
            } else {
                decide(asset, live: (live.tags, live.state), &fields, &tags, &action)
            }
        } else {
            action.verb = .create
            action.reason = "new"
        }
        if action.verb == .create || action.verb == .update {
            action.operations = [
                asset.kind == .onlineEndpoint
                    ? .putOnlineEndpoint(name: name, fields: fields, tags: tags)
                    : .putBatchEndpoint(name: name, fields: fields, tags: tags)
            ]
        }
        add(action)
    }

    /// The model that a deployment serves: the one it refers to, else the stage's only one.
    func servedModel(for asset: DesiredAsset, among served: [AssetKey: ServedModel]) -> ServedModel? {
        if let key = asset.references["model"] { return served[key] }
        guard asset.definition.fields["model"] == nil, served.count == 1 else { return nil }
        return served.values.first
    }

    /// A deployment with its model and environment resolved, or nil while the model's digest is not known.
    func expected(_ asset: DesiredAsset, endpoint: String, model: ServedModel?, name: (ContentDigest) -> String)
        -> ExpectedDeployment
    {
        var (fields, requires) = resolvedFields(of: asset)
        if let model {
            fields.set(.string(model.reference), at: "model")
            if let action = model.action { requires.append(action) }
        }
        // A model that a job registers by itself is there when the job has ended.
        for job in Set(asset.providers.values).sorted() { requires.append(id(job.kind, job.name)) }
        let modelDigest = model?.digest.map(\.description) ?? ""
        let environment = asset.references["environment"].flatMap { key in
            index.desired(key)?.digest.description
        }
        // What the processes are made of: another one of these is another deployment.
        let substance: JSONValue = [
            "model": .string(modelDigest), "environment": environment.map { .string($0) } ?? .null,
            "environment_field": asset.definition.fields["environment"] ?? .null,
            "code": .object(asset.content.mapValues { .string($0.digest.description) }),
            "code_configuration": asset.definition.fields["code_configuration"] ?? .null,
            "override": environmentOverride(of: asset) ?? .null,
        ]
        let digest = ContentDigest(of: "\(asset.digest) \(substance.digest)")
        let codeKey = JSONValue.object([
            "environment": environment.map { .string($0) } ?? asset.definition.fields["environment"] ?? .null,
            "code": substance["code"] ?? .null, "code_configuration": substance["code_configuration"] ?? .null,
        ]).digest
        var tags = originTags(of: asset, digest: digest)
        tags[TagName.codeKey] = codeKey.description
        if let model {
            tags[TagName.modelDigest] = modelDigest
            for tag in [TagName.job, TagName.contentKey, TagName.trainingKey] { tags[tag] = model.asset?.tags[tag] }
        }
        return ExpectedDeployment(
            asset: asset, endpoint: endpoint, name: name(substance.digest), fields: fields, tags: tags, digest: digest,
            codeKey: codeKey, requires: requires)
    }

    /// What becomes of a deployment: nothing, an update, healing, waiting or trouble; without its operations.
    mutating func deploymentAction(
        _ expected: ExpectedDeployment, live: LiveDeployment?, isGone: Bool, endpointTags: [String: String] = [:]
    ) -> PlanAction {
        let kind = expected.asset.kind
        let name = "\(expected.endpoint)/\(expected.name)"
        var action = PlanAction(
            id: id(kind, name), stage: stage.name, verb: .unchanged, kind: kind, name: name, reason: "unchanged",
            digest: expected.digest, source: expected.asset.source, requires: expected.requires)
        guard let live else {
            action.verb = .create
            action.reason = "new"
            let gone = [FieldChange(field: "deployment", before: .null, after: .string(expected.name))]
            if isGone {
                guard heals(gone, of: kind, name: name, id: action.id, tags: endpointTags) else {
                    action.verb = .blocked
                    action.reason = "deleted in the workspace, and left so for now"
                    return action
                }
                action.reason = "deleted in the workspace"
            }
            return action
        }
        action.changes = FieldChange.changes(from: live.fields, to: expected.fields, of: kind)
            .filter { $0.field != "description" }
        action.changes += metadataChanges(expected.asset.definition, liveFields: live.fields, liveTags: live.tags)
        guard live.tags[TagName.digest] != nil else {
            action.verb = .blocked
            action.isFailure = true
            action.changes = []
            action.reason = "is in the workspace but not made from this repository; rename it or delete the other"
            return action
        }
        if live.tags[TagName.digest] != expected.digest.description
            || live.tags[TagName.metadata] != expected.asset.metadataDigest.prefix(16)
        {
            action.verb = .update
            let isNewModel = live.tags[TagName.modelDigest] != expected.tags[TagName.modelDigest]
            let parts = reason(for: expected.asset, previous: ("", live.tags))
            action.reason = isNewModel ? "another model" : parts == "definition changed" ? "environment changed" : parts
        } else if !live.provisioningState.isTerminal {
            action.verb = .wait
            action.awaiting = .deployment(name)
            action.reason = live.provisioningState.rawValue
        } else if live.provisioningState != .succeeded {
            action.verb = .blocked
            action.isFailure = true
            action.reason = "\(live.provisioningState.rawValue): \(live.error ?? "no cause given")"
        } else if !action.changes.isEmpty, heals(action.changes, of: kind, name: name, id: action.id, tags: live.tags) {
            action.verb = .update
            action.changes = healable(action.changes, of: kind)
            action.reason = "changed in the workspace"
        } else if kind == .onlineDeployment, !live.isHealthy {
            action.verb = .wait
            action.awaiting = .deployment(name)
            action.reason = "not answering"
        } else {
            action.changes = []
        }
        return action
    }

    /// Whether a deployment was last put as it is expected, so that whatever differs is drift.
    func isUnedited(_ live: LiveDeployment, _ expected: ExpectedDeployment) -> Bool {
        live.tags[TagName.digest] == expected.digest.description
            && live.tags[TagName.metadata] == expected.asset.metadataDigest.prefix(16)
    }

    /// Whether a deployment is looked after while the next model is still to come: as it was last put, or for a rollback.
    func isKept(_ live: LiveDeployment?, _ expected: ExpectedDeployment, isPinned: Bool, wasThere: Bool) -> Bool {
        guard let live else { return wasThere || isPinned }
        let isRolledBack = isPinned && live.tags[TagName.modelDigest] == stage.rollback?.from.description
        return isRolledBack || isUnedited(live, expected)
    }

    /// Whether a registered model is the one that a committed rollback asks for.
    func isPinned(_ registered: LiveAsset) -> Bool {
        stage.rollback?.to == "\(registered.name):\(registered.version)"
    }

    /// What is to be put so that only what may be healed is: the rest stays as somebody made it.
    func healed(
        _ fields: JSONValue, _ tags: [String: String], _ changes: [FieldChange], of kind: AssetKind
    ) -> (JSONValue, [String: String]) {
        var (fields, tags) = (fields, tags)
        let healed = Set(healable(changes, of: kind).map(\.field))
        for change in changes where !healed.contains(change.field) {
            if change.field.hasPrefix("tags.") {
                let name = String(change.field.dropFirst("tags.".count))
                tags[name] = nil
                fields.set(change.before, at: change.field)
            } else {
                fields.set(change.before, at: change.field)
            }
        }
        return (fields, tags)
    }

    /// The request that makes or changes a deployment, with the heals counted.
    func draft(_ expected: ExpectedDeployment, live: LiveDeployment?, action: PlanAction) -> DeploymentDraft {
        var (fields, tags) = (expected.fields, expected.tags)
        if let live, isUnedited(live, expected) {
            let changes =
                FieldChange.changes(from: live.fields, to: expected.fields, of: expected.asset.kind)
                + metadataChanges(expected.asset.definition, liveFields: live.fields, liveTags: live.tags)
            (fields, tags) = healed(fields, tags, changes, of: expected.asset.kind)
            tags[TagName.heals] = nextHeals(live.tags)
        }
        return DeploymentDraft(
            endpoint: expected.endpoint, name: expected.name, fields: fields, tags: tags,
            content: expected.asset.content, environmentOverride: environmentOverride(of: expected.asset))
    }
}
