import Approvals
import AssetSchema
import DesiredState
import Diagnostics
import Digest
import TimeKeeping
import Workspace

/// Plans one stage, object by object, in the order in which they depend on each other.
struct StagePlanner {
    let stage: DesiredStage
    /// The stage that lets traffic through to this one's online endpoints.
    let release: DesiredStage?
    /// Whether another stage takes what passes here.
    let isPromoted: Bool
    let input: PlanningInput
    let live: LiveState
    let index: StageIndex

    var actions: [PlanAction] = []
    /// Where the action of an id stands.
    private let positions = ActionPositions()
    var drift: [PlanDrift] = []
    /// The versions that desired assets have or, once made, will have.
    let versions = PlannedVersions()
    /// What is left for the next plan, nil where nothing is.
    var memory: PlanMemory.Stage?
    /// Whether the workspace's list of versions is the very same as at the plan before.
    let isSameIndex: Bool
    /// What has to do with each model's deployments.
    var deployed: [AssetKey: Deployed] = [:]
    /// The checks that have not passed yet.
    var openChecks: [String] = []
    /// What no file says and the plan rests on.
    private(set) var assumptions: [String] = []

    init(
        stage: DesiredStage, release: DesiredStage?, isPromoted: Bool, input: PlanningInput,
        memory: PlanMemory.Stage? = nil, keeps: Bool = false
    ) {
        self.stage = stage
        self.release = release
        self.isPromoted = isPromoted
        self.input = input
        live = input.live[stage.name] ?? LiveState()
        isSameIndex = memory?.versions.isMade(of: live.assets) ?? false
        let versions = isSameIndex ? memory?.versions : nil
        index = StageIndex(
            stage: stage, live: live, versions: versions ?? VersionIndex(live.assets),
            upstream: stage.promotes.flatMap { input.live[$0] })
        if keeps { self.memory = memory ?? PlanMemory.Stage(versions: index.versions) }
        self.memory?.versions = index.versions
    }

    /// Plans the stage.
    mutating func plan() -> StagePlan {
        actions.reserveCapacity(stage.assets.count)
        planChecks()
        for asset in stage.assets where asset.kind == .workspace { planWorkspaceFile(asset) }
        for kind in [AssetKind.compute, .datastore] {
            for asset in stage.assets where asset.kind == kind { planResource(asset) }
        }
        for asset in stage.assets where asset.kind.isVersioned && asset.kind != .model {
            if !recall(asset) { planAsset(asset) }
        }
        forgetTheGone()
        let training = planTraining()
        let models = stage.assets.filter { $0.kind == .model }
        var served: [AssetKey: ServedModel] = [:]
        for model in models { served[model.key] = planModel(model, training: training) }
        planBatch(served: served)
        planOnline(served: served)
        for asset in stage.assets where asset.kind == .schedule { planResource(asset) }
        for model in models { planPromotion(of: model, served: served[model.key], training: training) }
        planPromotion(ofJobs: training, models: models)
        planPrune()
        holdSuspended()
        holdClosed()
        return StagePlan(
            stage: stage.name, branch: stage.branch, commit: stage.commit, workspace: stage.workspace, actions: actions,
            drift: drift, diagnostics: stage.diagnostics + (release?.diagnostics ?? []))
    }

    // MARK: - Shared by all rooms of the plan

    /// The id of an object's action.
    func id(_ kind: AssetKind, _ name: String) -> String { "\(stage.name)/\(kind.rawValue)/\(name)" }

    /// Notes what no file says.
    mutating func assume(_ sentence: String) {
        if !assumptions.contains(sentence) { assumptions.append(sentence) }
    }

    /// The action planned under an id.
    func action(_ id: String) -> PlanAction? { positions.position(of: id, in: actions).map { actions[$0] } }

    /// Those of the actions that have not come to pass yet.
    func unmet(_ ids: [String]) -> [String] {
        ids.filter { id in action(id).map { $0.verb != .unchanged } ?? false }
    }

    /// The words for what an action must wait for: `after job train-7be1c0`.
    ///
    /// Endpoints and what is in them go without their long names, for they stand right above.
    private func after(_ ids: [String]) -> String {
        let names = ids.compactMap { id in
            action(id).map { action in
                let isNamed =
                    action.kind.isVersioned || action.kind.isJob || action.kind.isResource || action.kind == .check
                return isNamed ? "\(action.kind.planTitle) \(action.name)" : action.kind.title
            }
        }
        return names.isEmpty ? "" : "after \(names.joined(separator: ", "))"
    }

    /// The tags that say where something made from an asset came from.
    func originTags(of asset: DesiredAsset, digest: ContentDigest) -> [String: String] {
        var tags = asset.definition.tags
        tags[TagName.digest] = digest.description
        tags[TagName.source] = asset.source.path
        tags[TagName.metadata] = asset.metadataDigest.prefix(16)
        tags[TagName.parts] = asset.parts.map { "\($0.name)=\($0.digest.prefix(8))" }.joined(separator: " ")
        if let commit = stage.commit { tags[TagName.commit] = commit.id }
        return tags
    }

    /// The fields of an asset with its references resolved to versions, and the actions that make what is not there.
    func resolvedFields(of asset: DesiredAsset) -> (fields: JSONValue, requires: [String]) {
        var fields = asset.definition.fields
        var requires: [String] = []
        for (field, key) in asset.references.sorted(by: { $0.key < $1.key }) {
            guard key.kind.isVersioned else {
                // A compute, a datastore or a job is used by its name, and must be there first.
                let id = id(key.kind, key.name)
                if action(id) != nil, !requires.contains(id) { requires.append(id) }
                continue
            }
            guard let planned = versions[key] else { continue }
            fields.set(.string("azureml:\(key.name):\(planned.version)"), at: field)
            if let action = planned.action, !requires.contains(action) { requires.append(action) }
        }
        return (fields, requires)
    }

    /// The environment's replacement that the stage file gives for an asset's environment.
    func environmentOverride(of asset: DesiredAsset) -> JSONValue? {
        let name = asset.references["environment"]?.name
        return name.flatMap { stage.environmentOverrides[$0] } ?? stage.environmentOverrides["*"]
    }

    /// Adds an action that is done now if all it requires has come to pass, else stands as what comes later.
    mutating func add(_ action: PlanAction) {
        var action = action
        let checks = checksBefore(action)
        if !checks.isEmpty { action.requires += checks }
        let unmet = unmet(action.requires)
        if !unmet.isEmpty, action.verb != .unchanged {
            action.operations = []
            let blocked = unmet.filter { self.action($0)?.verb == .blocked }
            if !blocked.isEmpty, action.verb != .blocked {
                // What waits for something that does not come by itself does not come by itself either.
                action.verb = .blocked
                action.awaiting = nil
                action.upcomingGate = nil
                let check = blocked.compactMap { self.action($0) }.first { $0.kind == .check }
                action.reason =
                    check.map { "check \($0.name) \($0.reason)" } ?? "\(after(blocked)), which is blocked"
            } else if action.awaiting == nil, action.verb != .blocked {
                let after = after(Array(unmet.prefix(2)))
                let words = action.upcomingGate == nil ? [action.reason, after] : [after, action.reason]
                action.reason = words.filter { !$0.isEmpty }.joined(separator: "; ")
            }
        }
        actions.append(action)
    }

    /// Takes the actions back that were added since there were so many.
    mutating func removeActions(from count: Int) {
        positions.forget(actions, from: count)
        actions.removeSubrange(count...)
    }

    /// Takes the operations of whatever the stage's suspension names; a release stage's stops the traffic.
    private mutating func holdSuspended() {
        for (suspension, isRelease) in [(stage.suspension, false), (release?.suspension, true)] {
            guard let suspension else { continue }
            for index in actions.indices where actions[index].isDue {
                let action = actions[index]
                if isRelease, action.kind != .onlineTraffic, action.gate == nil { continue }
                guard suspension.objects.contains(where: { isPart(action, of: $0) }) else { continue }
                actions[index].operations = []
                actions[index].verb = .blocked
                actions[index].reason += "; suspended by \(suspension.by): \(suspension.reason)"
            }
        }
    }

    /// Whether an action is about an object that a record names (`*`, `<kind>/<name>`, an id) or about what is in it.
    private func isPart(_ action: PlanAction, of object: String) -> Bool {
        if object == "*" || object == action.id { return true }
        var keys = [String(action.id.dropFirst(stage.name.count + 1)), "\(action.kind.rawValue)/\(action.name)"]
        if let asset = stage.assets.first(where: { $0.source == action.source && $0.kind == action.kind }) {
            keys.append("\(asset.key)")
        }
        let endpoint = action.name.prefix { $0 != "/" }
        switch action.kind {
        case .onlineDeployment, .onlineTraffic: keys.append("online_endpoint/\(endpoint)")
        case .batchDeployment: keys.append("batch_endpoint/\(endpoint)")
        case .smokeTest:
            keys += ["online", "batch"].flatMap {
                ["\($0)_endpoint/\(endpoint)", "\($0)_deployment/\(action.name)"]
            }
        default: break
        }
        return keys.contains { $0 == object }
    }
}
