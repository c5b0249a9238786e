internal import AssetSchema
internal import Digest
internal import TimeKeeping
internal import Workspace

/// Runs a pipeline job: its steps are child jobs, each started once what it needs is there.
struct PipelineRunner: JobRunner {
    let job: Store.Job
    let context: JobContext

    static let isParent = true

    static func check(_ draft: JobDraft, in submission: JobSubmission) throws {
        _ = try PipelineGraph(draft.fields, content: [:], store: submission.store)
    }

    func run() async throws {
        let children = ChildJobs(of: context)
        do {
            let graph = try PipelineGraph(job.fields, content: job.content, store: context.store)
            // A pipeline that is to be cancelled stays so; the first look finds that out.
            try context.store.setStatus(job.live.name, .running, at: context.clock.now())
            var progress = PipelineProgress(graph: graph, job: job, context: context, children: children)
            let end = try await children.attend { try progress.goOn($0) }
            try finish(end, graph)
        } catch {
            // A pipeline that ends leaves nobody behind.
            try await children.endAll()
            throw error
        }
    }

    private func finish(_ end: PipelineProgress.End, _ graph: PipelineGraph) throws {
        switch end {
        case .failed(let sentence):
            try context.store.setStatus(job.live.name, .failed, error: sentence, at: context.clock.now())
        case .lost(let sentence):
            try context.store.setStatus(job.live.name, .notResponding, error: sentence, at: context.clock.now())
        case .completed(let steps):
            try context.enter(.finalizing)
            let results = try PipelineResults(graph: graph, steps: steps).collect(
                own: context.content.collect(context.layout.artifacts))
            try context.store.setStatus(job.live.name, .completed, results: results, at: context.clock.now())
        }
    }
}
