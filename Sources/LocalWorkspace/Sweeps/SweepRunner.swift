internal import AssetSchema
internal import Digest
internal import TimeKeeping
internal import Workspace

/// Runs a sweep: trials are child jobs, chosen one after the other, and the best one's results become the sweep's.
///
/// What was chosen stands in the trials' rows, so that whoever takes over after a kill goes on with the same.
struct SweepRunner: JobRunner {
    let job: Store.Job
    let context: JobContext

    static let isParent = true
    static func check(_ draft: JobDraft, in submission: JobSubmission) throws {
        let definition = try SweepDefinition(draft.fields)
        let values = (definition.space.objectValue ?? [:]).mapValues { _ in JSONValue.int(0) }
        let trial = try SweepTrial(sweep: draft.fields, content: [:], store: submission.store)
            .job(values, definition: definition, experiment: "", tags: [:])
        try JobInputs.validate(trial.draft.fields)
    }

    func run() async throws {
        let definition = try SweepDefinition(job.fields)
        try context.enter(.preparing)
        let sampler = try await TrialSampler.prepare(definition, context: context)
        try context.enter(.running)
        let children = ChildJobs(of: context)
        let search = SweepSearch(
            definition: definition, sampler: sampler, job: job, context: context, children: children)
        let trials = try await children.attend { try await search.step($0) }
        try finish(definition, trials)
    }

    /// Gives the sweep what its best trial has: its metrics, its artifacts and its outputs.
    private func finish(_ definition: SweepDefinition, _ trials: [Store.Job]) throws {
        let name = context.name
        var best: (trial: Store.Job, value: Double)?
        for trial in trials where trial.live.status == .completed {
            guard let value = trial.live.metrics[definition.metric], value.isFinite else { continue }
            // Of equal ones the first, whatever ended when.
            if best.map({ definition.isBetter(value, than: $0.value) }) ?? true { best = (trial, value) }
        }
        guard let best else {
            let failed = trials.first { $0.live.error != nil }
            let reason = failed.map { "; \($0.live.name) \($0.live.error ?? "")" } ?? ""
            throw WorkspaceError(
                .invalid,
                "none of its \(trials.count) trials was completed with the metric '\(definition.metric)'\(reason)")
        }
        let time = (best.trial.live.endedAt ?? context.clock.now()).seconds * 1000
        try context.store.log(
            run: name,
            metrics: best.trial.live.metrics.map { TrackedMetric(name: $0, value: $1, step: 0, time: time) },
            params: [], tags: [("best_child_run_id", best.trial.live.name)])
        try context.store.setJobTags(name, ["best_child_run_id": best.trial.live.name])
        try context.tell("best: \(best.trial.live.name), \(definition.metric) \(best.value)")
        try context.store.setStatus(name, .completed, results: best.trial.results, at: context.clock.now())
    }
}
