internal import AssetSchema
internal import Digest
internal import Workspace

/// What a job's supervisor does for one kind of job.
protocol JobRunner: Sendable {
    /// Whether the job works through child jobs alone.
    ///
    /// Such a job takes no slot, so that it never holds one that its children wait for, and its supervisor is started
    /// again after a kill, since everything it knows stands in the database.
    static var isParent: Bool { get }

    /// Says before anything is kept why a job cannot be run.
    static func check(_ draft: JobDraft, in submission: JobSubmission) throws

    /// The Python environment that the job itself runs in.
    static func environment(
        _ draft: JobDraft, content: [String: StoredTree], in submission: JobSubmission
    ) throws -> EnvironmentSpec

    init(job: Store.Job, context: JobContext)

    /// Runs the job to its end and notes how it ended; what it throws fails the job with that sentence.
    func run() async throws
}

extension JobRunner {
    static var isParent: Bool { false }

    static func environment(
        _ draft: JobDraft, content: [String: StoredTree], in submission: JobSubmission
    ) throws -> EnvironmentSpec {
        if isParent { return EnvironmentSpec() }
        var environment = try submission.environments.resolve(
            draft.fields["environment"], override: draft.environmentOverride, content: content)
        environment.extraRequirements += draft.overlayPackages
        return environment
    }
}

/// Which runner takes which job.
enum JobRunners {
    /// - Throws: ``WorkspaceError`` for what the embedded workspace does not run.
    static func type(_ kind: AssetKind, _ fields: JSONValue) throws -> any JobRunner.Type {
        switch kind {
        // Azure ML shows a scoring as a pipeline job.
        case .pipelineJob where fields["batch"] != nil: return BatchScoringRunner.self
        case .commandJob: return CommandRunner.self
        case .pipelineJob: return PipelineRunner.self
        case .parallelJob: return ParallelRunner.self
        case .sweepJob: return SweepRunner.self
        case .autoMLJob: return AutoMLRunner.self
        default:
            throw WorkspaceError(.unsupported, "the embedded workspace does not run a \(kind.title); Azure ML takes it")
        }
    }
}
