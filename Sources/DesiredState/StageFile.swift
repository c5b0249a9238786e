internal import Diagnostics
internal import Digest
internal import TimeKeeping
internal import YAML

/// One `environments/<stage>.yml` as written, before other files are looked at.
struct StageFile: Sendable, Equatable {
    var name: Located<String>
    /// Nil in a release stage, which follows the stage it releases.
    var branch: Located<String>?
    var config: [Located<String>]?
    var workspace: Workspace
    var promotes: Located<String>?
    var releases: Located<String>?
    var evaluation: EvaluationPolicy?
    var protectionRules: [String: ProtectionRules] = [:]
    var rollout: RolloutPolicy?
    var drift = DriftPolicy()
    var prune = false
    var environmentOverrides: [String: EnvironmentOverride] = [:]
    /// What must pass before; nil where the file has no such key.
    var checks: [Check]?
    /// What takes the place of fields, by asset file and field; nil where the repository's pipelines say it.
    var overrides: [String: [String: FieldOverride]]?
    /// Asset files that are no part of the stage.
    var leftOut: [Located<String>] = []
    var onlineRequest: Located<String>?
    var batchRequest: Located<String>?
    var modelPath: Located<String>?
    /// Where the document begins.
    var source: SourceLocation
    /// Whether no file says it and the templates' conventions do.
    var isAssumed = false

    /// The `workspace` key: the engine, and names that win over the variables'.
    struct Workspace: Sendable, Equatable {
        var source: SourceLocation?
        var engine = WorkspaceTarget.Engine.local
        var subscriptionID: String?
        var resourceGroup: String?
        var name: String?
        var location: String?
    }

    /// What takes the place of an environment that can no longer be built.
    struct EnvironmentOverride: Sendable, Equatable {
        var python: String?
        var condaFile: Located<String>?
        var image: String?
        var location: SourceLocation
    }

    /// The gates that a stage can have.
    static let gates = ["register_model", "release"]
}
