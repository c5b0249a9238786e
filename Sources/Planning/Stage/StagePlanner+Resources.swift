import AssetSchema
import DesiredState
import Digest
import Workspace

extension StagePlanner {
    /// Plans what is named without versions: a schedule, a compute or a datastore is made, changed or healed.
    mutating func planResource(_ asset: DesiredAsset) {
        let name = asset.definition.name
        let id = id(asset.kind, name)
        var (fields, requires) = resolvedFields(of: asset)
        requires.removeAll { $0 == id }
        var tags = originTags(of: asset, digest: asset.digest)
        if let key = asset.contentKey { tags[TagName.contentKey] = key.description }
        var action = PlanAction(
            id: id, stage: stage.name, verb: .unchanged, kind: asset.kind, name: name, reason: "unchanged",
            digest: asset.digest, source: asset.source, requires: requires)
        let live = index.resource(asset.key)
        if let live {
            action.changes = resourceChanges(asset, fields, live)
            guard live.tags[TagName.digest] != nil else {
                planStranger(asset, live, action)
                return
            }
            decide(asset, live: (live.tags, live.provisioningState), &fields, &tags, &action)
        } else {
            action.verb = .create
            action.reason = "new"
        }
        if action.verb == .create || action.verb == .update {
            if let obstacle = scheduleObstacle(asset, live: live) {
                action.verb = .wait
                action.awaiting = stage.promotes.map { .stage($0) }
                action.reason = obstacle
            } else {
                var definition = asset.definition
                definition.fields = fields
                action.operations = [
                    .putResource(ResourceDraft(definition: definition, tags: tags, content: asset.content))
                ]
            }
        }
        if let refusal = refusal(of: asset.kind, fields: asset.definition.fields) { refuse(&action, refusal) }
        add(action)
    }

    /// What somebody else made is never changed.
    ///
    /// Computes and datastores are shared, and jobs may use them as they are; a schedule of the same name starts something else.
    private mutating func planStranger(_ asset: DesiredAsset, _ live: LiveResource, _ action: PlanAction) {
        var action = action
        if asset.kind == .schedule {
            action.verb = .blocked
            action.isFailure = true
            action.reason = "is in the workspace but not made from this repository; rename it or delete the other"
        } else {
            action.reason = "is there, made by others; used as it is"
            if !action.changes.isEmpty {
                drift.append(
                    PlanDrift(
                        id: action.id, kind: asset.kind, name: live.name, changes: action.changes,
                        policy: DriftPolicy.Mode.warn.rawValue,
                        reason: "differs from its file, and was not made from this repository; left as it is"))
            }
        }
        action.changes = []
        add(action)
    }

    private func resourceChanges(_ asset: DesiredAsset, _ fields: JSONValue, _ live: LiveResource) -> [FieldChange] {
        FieldChange.changes(from: live.fields, to: fields, of: asset.kind).filter { $0.field != "description" }
            + metadataChanges(asset.definition, liveFields: live.fields, liveTags: live.tags)
    }

    /// Why a schedule waits: what it starts must have been scheduled in the stage that this one promotes.
    private func scheduleObstacle(_ asset: DesiredAsset, live: LiveResource?) -> String? {
        guard asset.kind == .schedule, let upstream = stage.promotes, let key = asset.contentKey?.description,
            live?.tags[TagName.contentKey] != key, !index.isScheduledUpstream(key)
        else { return nil }
        return "after \(upstream) has the same schedule"
    }

    /// Says of a workspace's own file that it is only checked.
    mutating func planWorkspaceFile(_ asset: DesiredAsset) {
        add(
            PlanAction(
                id: id(asset.kind, asset.key.name), stage: stage.name, verb: .unchanged, kind: asset.kind,
                name: asset.key.name, reason: "checked; making it is left to your infrastructure code",
                digest: asset.digest, source: asset.source))
    }

    // MARK: - What the embedded workspace does not do

    /// Why the embedded workspace cannot do what a document asks for, in one sentence; nil where it can.
    func refusal(of kind: AssetKind, fields: JSONValue) -> String? {
        guard stage.workspace.engine == .local else { return nil }
        let what: String
        if kind == .sparkJob || Self.holds(fields, where: { $0["type"]?.stringValue == "spark" }) {
            what = "Spark jobs"
        } else if Self.holds(fields, where: { $0["task"]?.stringValue?.hasPrefix("image_") ?? false }) {
            what = "AutoML jobs on images"
        } else if Self.holds(fields, where: { $0["task"]?.stringValue?.hasPrefix("text_") ?? false }) {
            what = "AutoML jobs on text"
        } else {
            return nil
        }
        return "the embedded workspace does not run \(what); Azure ML does (workspace: { type: azureml })"
    }

    /// Turns an action into one that cannot be done here.
    func refuse(_ action: inout PlanAction, _ refusal: String) {
        guard action.verb != .unchanged else { return }
        action.verb = .blocked
        action.isFailure = true
        action.awaiting = nil
        action.operations = []
        action.reason = refusal
    }

    /// Whether a job, one of its steps or what a schedule starts is of some sort.
    private static func holds(_ fields: JSONValue, where isMeant: (JSONValue) -> Bool) -> Bool {
        if isMeant(fields) { return true }
        let steps = (fields["jobs"]?.objectValue ?? [:]).values.map { $0 }
        let inner = [fields["create_job"], fields["component"], fields["trial"]].compactMap { $0 }
        return (steps + inner).contains { $0.objectValue != nil && holds($0, where: isMeant) }
    }
}
