internal import AssetSchema
internal import Digest
internal import TimeKeeping
internal import Workspace

/// Decides at every look what a sweep does next: end a trial early, start others, or be done.
struct SweepSearch: Sendable {
    let definition: SweepDefinition
    let sampler: TrialSampler
    let job: Store.Job
    let context: JobContext
    let children: ChildJobs

    /// So many trials failing before any has come to its end means that the next would, too.
    private static let failuresToGiveUp = 5

    /// - Parameter trials: the children as they are now.
    /// - Returns: the trials, once all have ended and no more shall follow.
    func step(_ trials: [Store.Job]) async throws -> [Store.Job]? {
        let trials = trials.sorted { number($0) < number($1) }
        let running = trials.filter { !$0.live.status.isTerminal }
        if isOver(trials) {
            if isTimeUp { for trial in running { try end(trial, "the sweep's time is up") } }
            return running.isEmpty ? trials : nil
        }
        try terminateEarly(trials)
        let free = min(definition.maximumConcurrentTrials - running.count, definition.maximumTrials - trials.count)
        guard free > 0 else { return nil }
        let known = trials.map { trial in
            TrialSampler.Known(
                parameters: parameters(trial), value: trial.live.metrics[definition.metric],
                isRunning: !trial.live.status.isTerminal)
        }
        let index = (trials.last.map(number) ?? -1) + 1
        let next = try await sampler.next(definition, seed: seed, index: index, count: free, known: known)
        for (offset, parameters) in next.enumerated() {
            try submit(parameters, number: index + offset)
        }
        // A grid that has no more is done once its last trial is.
        return next.isEmpty && running.isEmpty ? trials : nil
    }

    private func number(_ trial: Store.Job) -> Int { Int(trial.step ?? "") ?? 0 }

    private func parameters(_ trial: Store.Job) -> [String: JSONValue] {
        trial.live.tags["hyperparameters"].flatMap { try? JSONParser.parse($0) }?.objectValue ?? [:]
    }

    /// The seed that the job names, or one that is always the same for it.
    private var seed: Int64 {
        definition.seed ?? Int64(ContentDigest(of: job.live.name).prefix(7), radix: 16) ?? 0
    }

    private var isTimeUp: Bool {
        guard let seconds = definition.timeoutSeconds else { return false }
        return context.clock.now().seconds - (job.live.startedAt ?? job.live.createdAt).seconds >= Int64(seconds)
    }

    private func isOver(_ trials: [Store.Job]) -> Bool {
        let failed = trials.count { $0.live.status == .failed || $0.live.status == .notResponding }
        let isHopeless = failed >= Self.failuresToGiveUp && failed == trials.count { $0.live.status.isTerminal }
        return trials.count >= definition.maximumTrials && !trials.contains { !$0.live.status.isTerminal }
            || isTimeUp || isHopeless
    }

    private func submit(_ parameters: [String: JSONValue], number: Int) throws {
        var place = children.place("\(number)")
        // Azure ML's own way to name them.
        place.joint = "_"
        let tags = job.live.tags.filter { [TagName.commit, TagName.source].contains($0.key) }
        let trial = try SweepTrial(sweep: job.fields, content: job.content, store: context.store).job(
            parameters, definition: definition, experiment: job.live.experimentName, tags: tags)
        try children.submit(trial.draft, content: trial.content, at: place)
        try context.tell("\(place.jobName): \(JSONValue.object(parameters).canonicalText)")
    }

    private func terminateEarly(_ trials: [Store.Job]) throws {
        guard let policy = definition.earlyTermination else { return }
        let histories = try trials.map { trial in
            EarlyTermination.History(
                values: try context.store.metrics(run: trial.live.name, name: definition.metric).map(\.value)
                    .filter(\.isFinite),
                isFinished: trial.live.status.isTerminal)
        }
        for (index, trial) in trials.enumerated() where trial.live.status == .running {
            var others = histories
            others.remove(at: index)
            if policy.ends(histories[index].values, others: others) {
                try end(trial, "it does worse than others at interval \(histories[index].values.count)")
            }
        }
    }

    private func end(_ trial: Store.Job, _ reason: String) throws {
        guard trial.live.status != .cancelRequested else { return }
        _ = try context.store.requestCancel(trial.live.name, at: context.clock.now())
        try context.tell("\(trial.live.name) is ended: \(reason)")
    }
}
