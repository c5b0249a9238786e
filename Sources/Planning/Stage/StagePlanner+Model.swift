import Approvals
import AssetSchema
import DesiredState
import Diagnostics
import Digest
import TimeKeeping
import Workspace

extension StagePlanner {
    /// A model that could be registered.
    private struct Candidate {
        var digest: ContentDigest
        var job: LiveJob?
        /// Where the model lies among what the job left.
        var found: FoundModel?
        var trainingKey: String?
        var contentKey: String?
        var metrics: [String: Double] = [:]
    }

    /// Plans the registration of a model: after its job, if it is good enough and its gate lets it through.
    mutating func planModel(_ model: DesiredAsset, training: [AssetKey: Training]) -> ServedModel? {
        let name = model.definition.name
        let registered = index.versions(.model, name)
        guard let origin = origin(of: model) else { return planModelFromFiles(model, registered: registered) }
        if let assumption = origin.assumption { assume(assumption) }
        switch training[origin.job] {
        case .completed(let job): return planModel(model, from: job, origin, registered: registered)
        case .open(let action): return planPending(model, after: action, registered: registered)
        case nil:
            add(
                modelAction(
                    model, verb: .blocked, version: nil, reason: "comes from \(origin.job), which is not reconciled"))
            return fallback(registered)
        }
    }

    private mutating func planModelFromFiles(_ model: DesiredAsset, registered: [LiveAsset]) -> ServedModel? {
        if let tree = model.content["path"] {
            return planCandidate(model, Candidate(digest: tree.digest), registered: registered)
        }
        guard let path = model.definition.fields["path"]?.stringValue else {
            add(
                modelAction(
                    model, verb: .blocked, version: nil,
                    reason: "names no 'path', and which training job gives it cannot be told; "
                        + "write path: azureml://jobs/<job's name>/outputs/…", isFailure: true))
            return fallback(registered)
        }
        guard let output = JobOutputPath(path) else {
            return planCandidate(model, Candidate(digest: ContentDigest(of: path)), registered: registered)
        }
        guard let job = index.liveJob(output.job), job.status == .completed,
            let found = found(
                ModelOrigin(job: model.key, output: output.output, path: output.path), in: job)
        else {
            add(
                modelAction(
                    model, verb: .blocked, version: nil,
                    reason: "comes from job \(output.job), and neither this project nor the workspace has such a job "
                        + "that ended well", isFailure: true))
            return fallback(registered)
        }
        return planCandidate(model, Candidate(digest: found.digest), registered: registered)
    }

    private mutating func planModel(
        _ model: DesiredAsset, from job: LiveJob, _ origin: ModelOrigin, registered: [LiveAsset]
    ) -> ServedModel? {
        guard let found = found(origin, in: job) else {
            let place = origin.output.map { "output \($0)" } ?? "'\(origin.path ?? "model")' among its artifacts"
            let left = (job.artifactDigests.keys.filter { !$0.contains("/") } + job.outputDigests.keys).sorted()
            add(
                modelAction(
                    model, verb: .blocked, version: nil,
                    reason: "job \(job.name) left no \(place)"
                        + (left.isEmpty ? "" : "; it left \(left.joined(separator: ", "))"), isFailure: true))
            return fallback(registered)
        }
        let candidate = Candidate(
            digest: found.digest, job: job, found: found, trainingKey: job.tags[TagName.trainingKey],
            contentKey: job.tags[TagName.contentKey], metrics: metrics(of: job))
        return planCandidate(model, candidate, registered: registered)
    }

    private mutating func planPending(_ model: DesiredAsset, after: String, registered: [LiveAsset]) -> ServedModel? {
        let id = id(.model, model.definition.name)
        let version = Self.nextVersion(after: registered)
        let isBlocked = action(after)?.isFailure == true
        var action = modelAction(model, verb: isBlocked ? .blocked : .create, version: version, reason: "")
        action.requires = [after]
        let current = fallback(registered)
        if isBlocked {
            action.reason =
                "its job came to no model" + (current.map { "; \($0.name):\($0.version) stays" } ?? "")
        }
        if !isBlocked, let gate = gateName("register_model", of: stage.name) {
            let upcoming = upcoming(gate)
            action.reason =
                "waits for gate \(gate) (0 of \(upcoming.required) approval\(upcoming.required == 1 ? "" : "s"))"
            action.upcomingGate = upcoming
            action.verb = .wait
        }
        add(action)
        if isBlocked { return current }
        return ServedModel(name: model.definition.name, version: version, action: id, meanwhile: current?.asset)
    }

    private mutating func planCandidate(
        _ model: DesiredAsset, _ candidate: Candidate, registered: [LiveAsset]
    ) -> ServedModel? {
        let name = model.definition.name
        if let rollback = stage.rollback, rollback.from == candidate.digest {
            guard let pinned = pinned(registered) else {
                add(
                    modelAction(
                        model, verb: .blocked, version: nil,
                        reason: "rollback asks for \(rollback.to), which the workspace does not hold", isFailure: true))
                return fallback(registered)
            }
            add(
                modelAction(
                    model, verb: .unchanged, version: pinned.version,
                    reason: "rolled back by \(rollback.requestedBy): \(rollback.reason)"))
            return ServedModel(pinned, isPinned: true)
        }
        let same = registered.filter { $0.tags[TagName.modelDigest] == candidate.digest.description && Self.isOurs($0) }
        if let asset = same.filter({ !$0.isArchived }).max(by: { Self.isOlder($0, $1) }) {
            planRegistered(model, asset)
            return ServedModel(asset)
        }
        if let archived = same.max(by: { Self.isOlder($0, $1) }) {
            planRestore(of: model, archived: archived, id: id(.model, name))
            return ServedModel(archived)
        }
        if candidate.job == nil, let obstacle = promotionObstacle(ofModel: candidate.digest) {
            let version = Self.nextVersion(after: registered)
            var action = modelAction(model, verb: .wait, version: version, reason: obstacle)
            action.awaiting = stage.promotes.map { .stage($0) }
            add(action)
            return ServedModel(
                name: name, version: version, action: action.id, meanwhile: fallback(registered)?.asset)
        }
        let incumbent = registered.filter { asset in
            !asset.isArchived && (stage.rollback.map { asset.tags[TagName.modelDigest] != $0.from.description } ?? true)
        }.max { Self.isOlder($0, $1) }
        guard passesEvaluation(model, candidate, incumbent: incumbent) else {
            let current = fallback(registered)
            if let current {
                add(modelAction(model, verb: .unchanged, version: current.version, reason: "stays what is served"))
            }
            return current
        }
        return planRegistration(model, candidate, incumbent: incumbent, registered: registered)
    }

    private mutating func planRegistered(_ model: DesiredAsset, _ asset: LiveAsset) {
        let changes = metadataChanges(model.definition, live: asset)
        let isEdit = asset.tags[TagName.metadata] != model.metadataDigest.prefix(16)
        let id = id(.model, model.definition.name)
        var action = modelAction(model, verb: .unchanged, version: asset.version, reason: "unchanged")
        if !changes.isEmpty, isEdit || heals(changes, of: .model, name: asset.name, id: id, tags: asset.tags) {
            setMetadata(of: model, on: asset, changes, isEdit: isEdit, &action)
        }
        add(action)
    }

    /// Puts the evaluation into the plan; a model that fails it is not registered, and what is live stays.
    private mutating func passesEvaluation(
        _ model: DesiredAsset, _ candidate: Candidate, incumbent: LiveAsset?
    ) -> Bool {
        guard let policy = stage.evaluation, candidate.job != nil else { return true }
        let verdict = Evaluation.judge(
            candidate.metrics, policy: policy,
            registered: incumbent.map { ("\($0.name):\($0.version)", ServedModel.metrics(of: $0)) })
        add(
            PlanAction(
                id: id(.evaluation, model.definition.name), stage: stage.name,
                verb: verdict.isPassed ? .unchanged : .blocked, kind: .evaluation, name: model.definition.name,
                reason: verdict.sentence, digest: candidate.digest, source: stage.source))
        return verdict.isPassed
    }

    private mutating func planRegistration(
        _ model: DesiredAsset, _ candidate: Candidate, incumbent: LiveAsset?, registered: [LiveAsset]
    ) -> ServedModel? {
        let name = model.definition.name
        let version = Self.nextVersion(after: index.versions(.model, name))
        var action = modelAction(
            model, verb: .create, version: version,
            reason: candidate.job.map { "from job \($0.name)" } ?? reason(for: model, previous: nil))
        action.digest = candidate.digest
        var approvers: [String] = []
        if let gate = gateName("register_model", of: stage.name) {
            let question = registrationQuestion(
                model, gate: gate, digest: candidate.digest, job: candidate.job, version: version,
                // After a rollback what serves is not the newest that is registered.
                live: fallback(registered)?.asset ?? incumbent)
            let answer = ask(
                gate, question, ledgerOf: stage.name, since: candidate.job?.endedAt,
                authors: authors(sinceCommit: incumbent?.tags[TagName.commit]))
            action.gate = answer
            approvers = answer.evaluation.valid.map(\.record.approver)
            apply(answer, to: &action)
        }
        if action.verb == .create { action.operations = [registration(model, candidate, version, approvers)] }
        add(action)
        let current = fallback(registered)
        if action.verb == .blocked { return current }
        return ServedModel(name: name, version: version, action: action.id, meanwhile: current?.asset)
    }

    private func registration(
        _ model: DesiredAsset, _ candidate: Candidate, _ version: String, _ approvers: [String]
    ) -> Operation {
        var tags = originTags(of: model, digest: ContentDigest(of: "\(model.digest) \(candidate.digest)"))
        tags[TagName.modelDigest] = candidate.digest.description
        if !approvers.isEmpty { tags[TagName.approvedBy] = approvers.joined(separator: " ") }
        if let job = candidate.job {
            tags[TagName.job] = job.name
            tags[TagName.trainingKey] = candidate.trainingKey
            tags[TagName.contentKey] = candidate.contentKey
            tags[TagName.commit] = job.tags[TagName.commit] ?? tags[TagName.commit]
            let judged = judgedMetrics(job)
            tags[TagName.metrics] = judged.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }
                .joined(separator: " ")
        }
        var definition = model.definition
        definition.version = version
        return .registerModel(
            ModelDraft(
                definition: definition, tags: tags, job: candidate.found?.holder, output: candidate.found?.output,
                artifactPath: candidate.found?.path, content: model.content["path"]))
    }

    /// The metrics a decision rests on: the evaluation's, or all where there is none.
    func judgedMetrics(_ job: LiveJob) -> [String: Double] {
        let metrics = metrics(of: job)
        guard let policy = stage.evaluation else { return metrics.filter { !$0.key.contains(" ") } }
        return metrics.filter { $0.key == policy.metric }
    }

    /// What goes on being served where a new model does not come: what the stage's endpoints serve, else the newest.
    ///
    /// A rollback holds here too; a model that nobody of ours registered is never taken up.
    private func fallback(_ registered: [LiveAsset]) -> ServedModel? {
        let ours = registered.filter(Self.isOurs)
        let serving = ours.filter { index.servedModelDigests.contains($0.tags[TagName.modelDigest] ?? "-") }
        let candidates = serving.isEmpty ? ours.filter { !$0.isArchived } : serving
        guard let asset = candidates.max(by: { Self.isOlder($0, $1) }) else { return nil }
        if let rollback = stage.rollback, let pinned = pinned(registered),
            asset == pinned || asset.tags[TagName.modelDigest] == rollback.from.description
        {
            return ServedModel(pinned, isPinned: true)
        }
        return ServedModel(asset)
    }

    /// The model that a committed rollback asks for, if the workspace holds it.
    private func pinned(_ registered: [LiveAsset]) -> LiveAsset? {
        guard let rollback = stage.rollback else { return nil }
        return registered.first {
            "\($0.name):\($0.version)" == rollback.to && $0.tags[TagName.modelDigest] == rollback.toDigest.description
        }
    }

    private static func isOurs(_ asset: LiveAsset) -> Bool { asset.tags[TagName.digest] != nil }

    private func modelAction(
        _ model: DesiredAsset, verb: PlanAction.Verb, version: String?, reason: String, isFailure: Bool = false
    ) -> PlanAction {
        PlanAction(
            id: id(.model, model.definition.name), stage: stage.name, verb: verb, kind: .model,
            name: model.definition.name, version: version, reason: reason, source: model.source, isFailure: isFailure)
    }
}
