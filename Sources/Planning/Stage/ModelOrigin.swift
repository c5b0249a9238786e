import AssetSchema
import DesiredState
import Digest
import Workspace

/// Which job gives a model, and which of its outputs the model is.
struct ModelOrigin {
    var job: AssetKey
    /// The named output that the model's file or the job's own steps tell; nil where it lies among the artifacts.
    var output: String?
    /// The path below the output or the artifacts; nil where nothing says it.
    var path: String?
    /// What nobody wrote down.
    var assumption: String?
}

/// `azureml://jobs/<job>/outputs/<output>/paths/<path>`, as a model's file names what a job left.
struct JobOutputPath: Equatable {
    var job: String
    /// Nil for the artifacts.
    var output: String?
    var path: String

    init?(_ text: String) {
        guard text.hasPrefix("azureml://jobs/") else { return nil }
        var parts = text.dropFirst("azureml://jobs/".count).split(separator: "/").map(String.init)
        guard parts.count >= 3, parts[1] == "outputs" else { return nil }
        job = parts[0]
        output = ["artifacts", "default"].contains(parts[2]) ? nil : parts[2]
        parts.removeFirst(3)
        if parts.first == "paths" { parts.removeFirst() }
        path = parts.joined(separator: "/")
    }
}

/// What a job left that is a model: where it lies, and its digest.
struct FoundModel {
    var digest: ContentDigest
    /// The job itself, or the step of it that left the model.
    var holder: String
    var output: String?
    var path: String
}

extension StagePlanner {
    /// Where a model comes from; nil for one that is made of files or lies somewhere else.
    func origin(of model: DesiredAsset) -> ModelOrigin? {
        guard model.content["path"] == nil else { return nil }
        if let path = model.definition.fields["path"]?.stringValue {
            guard let output = JobOutputPath(path), let job = index.job(named: output.job) else { return nil }
            return ModelOrigin(job: job, output: output.output, path: output.path)
        }
        if let named = model.references["job"] { return ModelOrigin(job: named, path: stage.modelPath) }
        guard let job = index.trainingJob(of: model) else { return nil }
        if let path = stage.modelPath { return ModelOrigin(job: job, path: path) }
        guard let desired = index.desired(job) else { return ModelOrigin(job: job) }
        return assumedOrigin(of: model, from: desired)
    }

    /// Where a job's model lies when neither the model's file nor MODEL_PATH says it.
    private func assumedOrigin(of model: DesiredAsset, from job: DesiredAsset) -> ModelOrigin {
        var origin = ModelOrigin(job: job.key)
        let name = "model \(model.definition.name)"
        if let output = PipelineWords.registered(model.definition.name, in: job.definition.fields) {
            origin.output = output
            origin.path = ""
            origin.assumption = "\(name) is output \(output) of \(job.key.name), which its own step registers"
            return origin
        }
        let outputs = (job.definition.fields["outputs"]?.objectValue ?? [:])
        let models = outputs.filter { $0.value["type"]?.stringValue?.hasSuffix("_model") ?? false }.keys.sorted()
        if models.count == 1 {
            origin.output = models[0]
            origin.path = ""
            origin.assumption = "\(name) is output \(models[0]) of \(job.key.name), its only output of a model's type"
        } else if job.kind == .autoMLJob {
            origin.path = Self.bestModelPath
            origin.assumption = "\(name) is \(Self.bestModelPath) of the best trial of \(job.key.name)"
        } else {
            origin.assumption = "\(name) is what \(job.key.name) logs as 'model', or its only MLflow model"
        }
        return origin
    }

    /// Where Azure ML's AutoML leaves the best model.
    private static let bestModelPath = "outputs/mlflow-model"

    /// The model among what a completed job and its steps left.
    func found(_ origin: ModelOrigin, in job: LiveJob) -> FoundModel? {
        let jobs = [job] + index.descendants(of: job.name).filter { $0.status == .completed }
        if let output = origin.output {
            guard let digest = job.outputDigests[output] else { return nil }
            return FoundModel(digest: digest, holder: job.name, output: output, path: origin.path ?? "")
        }
        let paths = origin.path.map { [$0] } ?? ["model", Self.bestModelPath]
        for path in paths {
            for holder in jobs {
                if let digest = Self.artifact(path, of: holder) {
                    return FoundModel(digest: digest, holder: holder.name, output: nil, path: path)
                }
            }
            // A step's output of that name is as good a place as its artifacts.
            if let digest = job.outputDigests[path] {
                return FoundModel(digest: digest, holder: job.name, output: path, path: "")
            }
        }
        return nil
    }

    /// The digest of what lies at a path of a job's artifacts; of a deeper path only its beginning may be known.
    private static func artifact(_ path: String, of job: LiveJob) -> ContentDigest? {
        let head = path.split(separator: "/").first.map(String.init) ?? path
        return job.artifactDigests[path] ?? (path.split(separator: "/").count > 3 ? job.artifactDigests[head] : nil)
    }

    /// The metrics of a job: its own, and of a pipeline what its steps logged.
    func metrics(of job: LiveJob) -> [String: Double] {
        guard job.kind == .pipelineJob else { return job.metrics }
        let steps = index.descendants(of: job.name).sorted { ($0.createdAt, $0.name) < ($1.createdAt, $1.name) }
        return steps.reduce(into: [:]) { $0.merge($1.metrics) { $1 } }.merging(job.metrics) { $1 }
    }
}

/// What a pipeline's own steps say of the models they register, as the templates of mlops-v2 do.
enum PipelineWords {
    /// The pipeline's output that a step registers under a name: the step has the name as an input, and beside it the
    /// output of another step, which the pipeline hands out.
    static func registered(_ name: String, in fields: JSONValue) -> String? {
        let steps = fields["jobs"]?.objectValue ?? [:]
        // Several steps may know the name; the one that registers stands last, and its name says so.
        let knowing = steps.filter { names(name, $0.value) }.sorted { left, right in
            let isLeft = left.key.contains("register")
            return isLeft == right.key.contains("register") ? left.key < right.key : isLeft
        }
        for (_, step) in knowing {
            let inputs = (step["inputs"]?.objectValue ?? [:]).sorted { $0.key < $1.key }
            for (input, value) in inputs where input.contains("model") {
                guard let (source, output) = stepOutput(text(value)),
                    let handed = parentOutput(text(steps[source]?["outputs"]?[output]))
                else { continue }
                return handed
            }
        }
        return nil
    }

    /// Whether one of a job's or a step's inputs is a name.
    static func names(_ name: String, _ fields: JSONValue) -> Bool {
        (fields["inputs"]?.objectValue ?? [:]).values.contains { text($0) == name }
    }

    /// Whether a pipeline or one of its steps has a name as an input.
    static func knows(_ name: String, _ fields: JSONValue) -> Bool {
        names(name, fields) || (fields["jobs"]?.objectValue ?? [:]).values.contains { names(name, $0) }
    }

    private static func text(_ value: JSONValue?) -> String? {
        value?.stringValue ?? value?["path"]?.stringValue ?? value?["value"]?.stringValue
    }

    /// `${{parent.jobs.train.outputs.model}}` as step and output.
    private static func stepOutput(_ text: String?) -> (String, String)? {
        let parts = words(text)
        guard parts.count == 5, parts[0] == "parent", parts[1] == "jobs", parts[3] == "outputs" else { return nil }
        return (parts[2], parts[4])
    }

    /// `${{parent.outputs.trained_model}}` as the output.
    private static func parentOutput(_ text: String?) -> String? {
        let parts = words(text)
        return parts.count == 3 && parts[0] == "parent" && parts[1] == "outputs" ? parts[2] : nil
    }

    private static func words(_ text: String?) -> [String] {
        guard let text, text.hasPrefix("${{"), text.hasSuffix("}}") else { return [] }
        return text.dropFirst(3).dropLast(2).split(separator: ".").map { part in
            part.split(separator: " ").joined()
        }
    }
}
