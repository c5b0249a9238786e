import AssetSchema
import DesiredState
import Digest
import TimeKeeping
import Workspace

extension StagePlanner {
    /// Plans the marks that let the stages that promote this one take a model: all tests of it here have passed.
    mutating func planPromotion(of model: DesiredAsset, served: ServedModel?, training: [AssetKey: Training]) {
        guard isPromoted, let asset = served?.asset else { return }
        var operations: [Operation] = []
        var tags: [String: String] = [:]
        if asset.tags[TagName.passed] == nil { tags[TagName.passed] = input.now.description }
        if let codes = codesToMark(of: model, asset) { tags[TagName.passedWith] = codes }
        if !tags.isEmpty {
            operations.append(
                .updateAssetMetadata(
                    kind: .model, name: asset.name, version: asset.version, description: nil, tags: tags))
        }
        // Only the job that gave what is served: after a worse model the one before goes on being served.
        if let origin = origin(of: model), case .completed(let job) = training[origin.job],
            job.tags[TagName.passed] == nil, gave(job, origin, asset)
        {
            operations.append(.updateJobTags(name: job.name, tags: [TagName.passed: input.now.description]))
        }
        guard !operations.isEmpty else { return }
        add(
            PlanAction(
                id: id(.model, "\(model.definition.name)/passed"), stage: stage.name, verb: .update, kind: .model,
                name: model.definition.name, version: asset.version, reason: "marked as passed when all tests have",
                source: model.source, requires: deployed[model.key]?.actions ?? [], operations: operations))
    }

    /// Plans the same mark for jobs that no model comes from: that they ended well is all there is to pass.
    mutating func planPromotion(ofJobs training: [AssetKey: Training], models: [DesiredAsset]) {
        guard isPromoted else { return }
        let giving = Set(models.compactMap { origin(of: $0)?.job })
        for (key, training) in training.sorted(by: { $0.key < $1.key }) where !giving.contains(key) {
            guard case .completed(let job) = training, job.tags[TagName.passed] == nil else { continue }
            add(
                PlanAction(
                    id: id(key.kind, "\(key.name)/passed"), stage: stage.name, verb: .update, kind: key.kind,
                    name: job.name, reason: "marked as passed", source: index.desired(key)?.source,
                    requires: [id(key.kind, key.name)],
                    operations: [.updateJobTags(name: job.name, tags: [TagName.passed: input.now.description])]))
        }
    }

    private func gave(_ job: LiveJob, _ origin: ModelOrigin, _ asset: LiveAsset) -> Bool {
        asset.tags[TagName.job] == job.name
            || found(origin, in: job).map { asset.tags[TagName.modelDigest] == $0.digest.description } ?? false
    }

    // MARK: - Code beside the model

    /// The code keys that a model version was tested with here, as its tag shall list them; nil when nothing is new.
    private func codesToMark(of model: DesiredAsset, _ asset: LiveAsset) -> String? {
        var codes = (asset.tags[TagName.passedWith] ?? "").split(separator: " ").map(String.init)
        let new = Set(deployed[model.key]?.codes ?? []).map { $0.prefix(12) }.filter { !codes.contains($0) }.sorted()
        guard !new.isEmpty else { return nil }
        codes += new
        // A tag holds 256 characters.
        return codes.suffix(18).joined(separator: " ")
    }

    /// Why a deployment waits: the stage that this one promotes has not tested the code that goes beside the model.
    func codeObstacle(_ expected: ExpectedDeployment, model: ServedModel?, live: LiveDeployment?) -> String? {
        guard let upstream = stage.promotes, let model, !model.isPinned,
            input.project.stages.first(where: { $0.name == upstream })?.assets
                .contains(where: { $0.kind == expected.asset.kind }) ?? false,
            live?.tags[TagName.codeKey] != expected.codeKey.description, !index.isTestedUpstream(expected.codeKey)
        else { return nil }
        // What was put before code keys were noted has none, and is left as it is.
        if let live, live.tags[TagName.codeKey] == nil, isUnedited(live, expected) { return nil }
        return "after \(upstream) has deployed and tested the same scoring code and environment"
    }

    /// Lets a deployment wait for the stage that tests its code first.
    func holdUntested(
        _ action: inout PlanAction, _ expected: ExpectedDeployment, model: ServedModel?, live: LiveDeployment?
    ) {
        // While the model is still to come, that is what it waits for first.
        guard action.verb == .create || action.verb == .update, unmet(action.requires).isEmpty,
            let obstacle = codeObstacle(expected, model: model, live: live)
        else { return }
        action.verb = .wait
        action.awaiting = stage.promotes.map { .stage($0) }
        action.operations = []
        action.reason = obstacle
    }

    /// Notes that an action has to do with the deployment of a model, so that the model's mark waits for it.
    mutating func note(_ ids: [String], of expected: ExpectedDeployment, model: ServedModel?) {
        guard let model else { return }
        let key = AssetKey(kind: .model, name: model.name)
        deployed[key, default: Deployed()].actions += ids.filter { action($0) != nil }
        deployed[key, default: Deployed()].codes.append(expected.codeKey)
    }
}

/// What of a stage has to do with one model.
struct Deployed {
    /// The actions of its deployments, their tests and traffic.
    var actions: [String] = []
    /// The code keys of its deployments.
    var codes: [ContentDigest] = []
}
