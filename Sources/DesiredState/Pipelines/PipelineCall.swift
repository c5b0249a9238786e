internal import Diagnostics

/// How surely a pipeline runs as it stands in the repository; the surest counts where several are for one file.
enum PipelineRank: Int, Comparable, Sendable {
    /// GitHub runs it as it stands.
    case workflow
    /// Azure Pipelines may run it.
    case pipeline
    /// A workflow that GitHub does not look for where it stands.
    case copy

    static func < (left: Self, right: Self) -> Bool { left.rawValue < right.rawValue }
}

/// What a pipeline does in one step to files of assets, with all that it passes beside them.
struct PipelineCall: Sendable, Equatable {
    enum Form: Sendable, Equatable {
        /// A command `az ml <noun> <verb>`, as a script has it.
        case command(noun: String, verb: String)
        /// Parameters for a template or workflow; `isRead` where that was read too, and tells more.
        case parameters(of: String, isRead: Bool)
    }

    var form: Form
    /// What is passed by name; a command's options by their long names, `set:a.b` for what `--set` passes.
    var values: [String: Located<String>]
    /// The pipeline's own `endpoint_name` and the like, which templates elsewhere read.
    var variables: [String: String]
    /// The file a run begins with.
    var pipeline: String
    var rank: PipelineRank
    var location: SourceLocation
    var deploymentEnvironment: String?
    var configStages: Set<String>

    /// Whether it gives traffic to a deployment.
    var movesTraffic: Bool { values["traffic"] != nil || values["traffic_allocation"] != nil }

    var isCommand: Bool { if case .command = form { true } else { false } }
}
