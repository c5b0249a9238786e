internal import AssetSchema
internal import Digest
internal import Workspace

extension [Store.Job] {
    /// The same jobs, every pipeline with the metrics of its steps.
    ///
    /// A pipeline's metrics are its own and those of its steps whose name only one of its steps has logged: what an
    /// evaluation judges is the pipeline's job, while `mlflow.log_metric` in a step writes to the step's run.
    func withStepMetrics() -> [Store.Job] {
        let children = Dictionary(grouping: self.filter { $0.live.parent != nil }) { $0.live.parent ?? "" }
        guard !children.isEmpty else { return self }
        func metrics(_ job: Store.Job, depth: Int) -> [String: Double] {
            guard job.live.kind == .pipelineJob, depth < 16, let steps = children[job.live.name] else {
                return job.live.metrics
            }
            var found: [String: [Double]] = [:]
            for step in steps {
                for (name, value) in metrics(step, depth: depth + 1) { found[name, default: []].append(value) }
            }
            return job.live.metrics.merging(found.compactMapValues { $0.count == 1 ? $0[0] : nil }) { own, _ in own }
        }
        return map { job in
            guard job.live.kind == .pipelineJob else { return job }
            var job = job
            job.live.metrics = metrics(job, depth: 0)
            return job
        }
    }
}
