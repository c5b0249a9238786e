import AssetSchema
import DesiredState
import Diagnostics
import Digest
import TimeKeeping
import Workspace

extension StagePlanner {
    /// How a training stands.
    enum Training {
        case completed(LiveJob)
        /// Still to come, or come to grief: the action that says which.
        case open(String)
    }

    /// How often a job that the machine lost is started again under a name of its own.
    private static let attemptLimit = 3

    /// Plans the training jobs, of every kind: a key that has a completed job is never run again.
    ///
    /// A job that no model comes from is run once for each key, too: the templates' pipelines run every job they name.
    mutating func planTraining() -> [AssetKey: Training] {
        var trainings: [AssetKey: Training] = [:]
        let jobs = stage.assets.filter { $0.kind.isJob }
        for asset in jobs {
            let count = actions.count
            trainings[asset.key] = planTraining(asset)
            // A derived name does not tell one job from another.
            if jobs.count > 1, actions.count > count {
                actions[count].reason = "\(asset.key.name): \(actions[count].reason)"
            }
        }
        return trainings
    }

    private mutating func planTraining(_ asset: DesiredAsset) -> Training {
        let key = asset.trainingKey ?? asset.digest
        let attempts = index.attempts(key.description)
        let name = Self.jobName(key: key, attempt: attempts.count)
        let id = id(asset.kind, asset.key.name)
        var action = PlanAction(
            id: id, stage: stage.name, verb: .run, kind: asset.kind, name: name, reason: "", digest: key,
            source: asset.source)
        if let completed = attempts.first(where: { $0.status == .completed }) {
            action.verb = .unchanged
            action.name = completed.name
            action.reason = "already run"
            add(action)
            return .completed(completed)
        }
        if let last = attempts.max(by: { ($0.createdAt, $0.name) < ($1.createdAt, $1.name) }),
            let standing = standing(of: last, attempts: attempts.count)
        {
            action.name = last.name
            action.verb = standing.verb
            action.reason = standing.reason
            action.awaiting = standing.verb == .wait ? .job(last.name) : nil
            action.isFailure = standing.verb == .blocked
            add(action)
            return .open(id)
        }
        let (fields, requires) = resolvedFields(of: asset)
        var tags = originTags(of: asset, digest: asset.digest)
        tags[TagName.trainingKey] = key.description
        tags[TagName.contentKey] = (asset.contentKey ?? key).description
        action.requires = requires
        action.reason = trainingReason(asset, attempts: attempts)
        if let refusal = refusal(of: asset.kind, fields: asset.definition.fields) {
            refuse(&action, refusal)
        } else if let obstacle = promotionObstacle(asset) {
            action.verb = .wait
            action.reason = obstacle
            action.awaiting = stage.promotes.map { .stage($0) }
        } else {
            action.operations = [
                .submitJob(
                    JobDraft(
                        name: name, kind: asset.kind, fields: fields, tags: tags, content: asset.content,
                        environmentOverride: environmentOverride(of: asset)))
            ]
        }
        add(action)
        return .open(id)
    }

    /// The name of a training job: derived, so that asking twice finds the same one.
    static func jobName(key: ContentDigest, attempt: Int) -> String {
        "train-\(key.prefix(12))" + (attempt == 0 ? "" : "-r\(attempt)")
    }

    /// What the last job of a key means for the plan, or nil when it is to be run again.
    private func standing(of job: LiveJob, attempts: Int) -> (verb: PlanAction.Verb, reason: String)? {
        switch job.status {
        case .completed: return (.unchanged, "already run")
        case .failed: return (.blocked, "failed: \(job.error ?? "see its log"); commit a fix or ask for a retraining")
        case .canceled: return (.blocked, "canceled; ask for a retraining or commit a change")
        case .notResponding:
            return attempts < Self.attemptLimit
                ? nil : (.blocked, "lost \(attempts) times with the machine it ran on; ask for a retraining")
        default:
            let since = job.startedAt ?? job.createdAt
            return (.wait, "\(job.status.rawValue) for \(input.now - since)")
        }
    }

    private func trainingReason(_ asset: DesiredAsset, attempts: [LiveJob]) -> String {
        let last = index.completedJobs(source: asset.source.path).filter { $0.kind == asset.kind }.max {
            ($0.createdAt, $0.name) < ($1.createdAt, $1.name)
        }
        var words: [String] = []
        if !attempts.isEmpty {
            words.append("the machine was lost")
        } else if let record = stage.retrain.last, let last, isTriggeredOnly(asset, since: last) {
            words.append("retraining asked for by \(record.requestedBy): \(record.reason)")
        } else {
            words.append(reason(for: asset, previous: last.map { ($0.name, $0.tags) }))
        }
        if let last, let started = last.startedAt, let ended = last.endedAt {
            words.append("last run of this job took \(ended - started)")
        }
        return words.joined(separator: "; ")
    }

    private func isTriggeredOnly(_ asset: DesiredAsset, since job: LiveJob) -> Bool {
        job.tags[TagName.contentKey] == (asset.contentKey ?? asset.trainingKey ?? asset.digest).description
    }

    // MARK: - Promotion

    /// Why the stage that this one promotes has not passed the same content, if it has not.
    private func promotionObstacle(_ asset: DesiredAsset) -> String? {
        guard let upstream = stage.promotes else { return nil }
        let key = (asset.contentKey ?? asset.trainingKey ?? asset.digest).description
        // Jobs tell, not models: another content may have led to the very same model.
        if index.isPassedUpstream(key) { return nil }
        return index.isCompletedUpstream(key)
            ? "after \(upstream) has deployed and tested the same content"
            : "after \(upstream) has trained, deployed and tested the same content"
    }

    /// The same for a model that is made of files and no job.
    func promotionObstacle(ofModel digest: ContentDigest) -> String? {
        guard let upstream = stage.promotes else { return nil }
        let isPassed = (input.live[upstream]?.assets ?? []).contains {
            $0.kind == .model && $0.tags[TagName.modelDigest] == digest.description && $0.tags[TagName.passed] != nil
        }
        return isPassed ? nil : "after \(upstream) has deployed and tested the same model"
    }
}
