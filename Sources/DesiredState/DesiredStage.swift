package import AssetSchema
package import Diagnostics
package import Digest
package import TimeKeeping

/// The commit a stage's desired state is read from.
package struct CommitInfo: Sendable, Hashable, Codable {
    package var id: String
    package var author: String
    package var authorEmail: String
    package var time: Timestamp
    package var summary: String

    package init(id: String, author: String, authorEmail: String, time: Timestamp, summary: String) {
        self.id = id
        self.author = author
        self.authorEmail = authorEmail
        self.time = time
        self.summary = summary
    }
}

/// Which workspace a stage is reconciled into.
package struct WorkspaceTarget: Sendable, Hashable, Codable {
    package enum Engine: String, Sendable, Codable, CaseIterable {
        case local
        case azureml
    }

    package var engine: Engine
    package var subscriptionID: String
    package var resourceGroup: String
    package var name: String
    package var location: String?

    package init(engine: Engine, subscriptionID: String, resourceGroup: String, name: String, location: String? = nil) {
        self.engine = engine
        self.subscriptionID = subscriptionID
        self.resourceGroup = resourceGroup
        self.name = name
        self.location = location
    }
}

/// One stage: what shall be where, and who may let it through.
package struct DesiredStage: Sendable, Equatable {
    package var name: String
    package var branch: String
    /// Nil when the work tree is read.
    package var commit: CommitInfo?
    /// Where the stage file begins; nil for a stage that was inferred.
    package var source: SourceLocation?
    package var workspace: WorkspaceTarget
    /// The stage whose passing content this one takes.
    package var promotes: String?
    /// The stage whose online endpoint this one releases; such a stage has no assets of its own.
    package var releases: String?
    package var evaluation: EvaluationPolicy?
    /// By gate: `register_model`, `release`.
    package var protectionRules: [String: ProtectionRules]
    package var rollout: RolloutPolicy?
    package var drift: DriftPolicy
    package var prune: Bool
    /// In a stable order: by kind, then by name.
    package var assets: [DesiredAsset]
    /// The sample requests for smoke tests.
    package var onlineRequest: ContentTree?
    package var batchRequest: ContentTree?
    package var modelPath: String?
    /// Replacements for environments that can no longer be built: by asset name, or `*`.
    package var environmentOverrides: [String: JSONValue]
    /// What must pass before anything of a commit is done.
    package var checks: [DesiredCheck]
    package var rollback: RollbackRecord?
    package var retrain: [RetrainRecord]
    package var suspension: SuspensionRecord?
    /// What is wrong or doubtful in what this stage is read from; an error keeps it from acting.
    package var diagnostics: [Diagnostic]

    package init(
        name: String, branch: String, commit: CommitInfo? = nil, source: SourceLocation? = nil,
        workspace: WorkspaceTarget,
        promotes: String? = nil, releases: String? = nil, evaluation: EvaluationPolicy? = nil,
        protectionRules: [String: ProtectionRules] = [:], rollout: RolloutPolicy? = nil, drift: DriftPolicy = .init(),
        prune: Bool = false, assets: [DesiredAsset] = [], onlineRequest: ContentTree? = nil,
        batchRequest: ContentTree? = nil, modelPath: String? = nil, environmentOverrides: [String: JSONValue] = [:],
        checks: [DesiredCheck] = [], rollback: RollbackRecord? = nil, retrain: [RetrainRecord] = [],
        suspension: SuspensionRecord? = nil,
        diagnostics: [Diagnostic] = []
    ) {
        self.name = name
        self.branch = branch
        self.commit = commit
        self.source = source
        self.workspace = workspace
        self.promotes = promotes
        self.releases = releases
        self.evaluation = evaluation
        self.protectionRules = protectionRules
        self.rollout = rollout
        self.drift = drift
        self.prune = prune
        self.assets = assets
        self.onlineRequest = onlineRequest
        self.batchRequest = batchRequest
        self.modelPath = modelPath
        self.environmentOverrides = environmentOverrides
        self.checks = checks
        self.rollback = rollback
        self.retrain = retrain
        self.suspension = suspension
        self.diagnostics = diagnostics
    }
}
