import AssetSchema
import DesiredState
import Diagnostics
import Digest
import TimeKeeping
import Workspace

extension StagePlanner {
    /// Plans the checks: each is run once for what it looks at, and until all have passed nothing new is done.
    mutating func planChecks() {
        if stage.source == nil, !stage.checks.isEmpty {
            let names = stage.checks.map(\.name).joined(separator: " and ")
            assume("stage \(stage.name) runs the usual checks before anything else: \(names)")
        }
        for check in stage.checks { planCheck(check) }
        openChecks = unmet(actions.filter { $0.kind == .check }.map(\.id))
    }

    private mutating func planCheck(_ check: DesiredCheck) {
        let attempts = index.checks(check.key.description)
        var action = PlanAction(
            id: id(.check, check.name), stage: stage.name, verb: .run, kind: .check, name: check.name, reason: "",
            digest: check.key, source: check.source)
        let last = attempts.max { ($0.createdAt, $0.name) < ($1.createdAt, $1.name) }
        if let done = attempts.first(where: { $0.status == .completed }) ?? last {
            if !decide(done, attempts: attempts.count, &action) { submit(check, attempts.count, &action) }
        } else {
            submit(check, 0, &action)
        }
        add(action)
    }

    private func submit(_ check: DesiredCheck, _ attempts: Int, _ action: inout PlanAction) {
        action.reason = attempts > 0 ? "the machine was lost" : words(of: check)
        var tags = [TagName.digest: check.key.description, TagName.source: check.source.path]
        tags[TagName.commit] = stage.commit?.id
        let override =
            check.environmentName.flatMap { stage.environmentOverrides[$0] } ?? stage.environmentOverrides["*"]
        let name = "check-\(check.key.prefix(12))" + (attempts == 0 ? "" : "-r\(attempts)")
        action.operations = [
            .submitJob(CheckJob.draft(check, name: name, tags: tags, environmentOverride: override))
        ]
    }

    /// The command as people read it.
    private func words(of check: DesiredCheck) -> String {
        let text: String
        switch check.command {
        case .arguments(let words): text = words.joined(separator: " ")
        case .script(let script): text = script.split(separator: "\n").joined(separator: "; ")
        }
        return text.count <= 60 ? text : text.prefix(59) + "…"
    }

    /// Lets an action say how the last run of a check stands; false when it is to be run again.
    private func decide(_ job: LiveJob, attempts: Int, _ action: inout PlanAction) -> Bool {
        switch job.status {
        case .completed, .failed:
            action.reason = CheckJob.result(of: job)
            // What never began failed for want of its environment, and not for what it checks.
            if job.status == .failed, job.startedAt == nil { action.reason += "; ask for a retraining to try again" }
            guard let noted = job.tags[TagName.checkResult] else {
                // The result is kept with the job, and with it in the history.
                action.verb = .update
                action.operations = [
                    .updateJobTags(name: job.name, tags: [TagName.checkResult: String(action.reason.prefix(250))])
                ]
                return true
            }
            action.verb = .unchanged
            if job.status == .completed {
                action.reason = noted
            } else {
                action.verb = .blocked
                action.isFailure = true
            }
        case .canceled:
            action.verb = .blocked
            action.isFailure = true
            action.reason = "canceled; ask for a retraining or commit a change to run it again"
        case .notResponding:
            guard attempts >= 3 else { return false }
            action.verb = .blocked
            action.isFailure = true
            action.reason = "lost \(attempts) times with the machine it ran on"
        default:
            action.verb = .wait
            action.awaiting = .job(job.name)
            action.reason = "\(job.status.rawValue) for \(input.now - (job.startedAt ?? job.createdAt))"
        }
        return true
    }

    /// The checks that an action must wait for beside what it requires anyway.
    ///
    /// What heals, gives up a rollout or notes what had passed before brings nothing new.
    func checksBefore(_ action: PlanAction) -> [String] {
        guard !openChecks.isEmpty, action.kind != .check, action.isDue, !action.isGoingBack, !action.isMark,
            unmet(action.requires).isEmpty, !drift.contains(where: { $0.id == action.id })
        else { return [] }
        return openChecks
    }
}

extension PlanAction {
    /// Whether all it does is to note that something has passed.
    fileprivate var isMark: Bool {
        operations.allSatisfy { operation in
            let tags: [String: String]
            switch operation {
            case .updateJobTags(_, let set): tags = set
            case .updateAssetMetadata(_, _, _, nil, let set): tags = set
            default: return false
            }
            return tags.keys.allSatisfy { $0 == TagName.passed || $0 == TagName.passedWith }
        }
    }
}
