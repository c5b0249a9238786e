internal import AssetSchema
internal import Digest
internal import Workspace

/// What a sweep job says of its search, read from its fields.
struct SweepDefinition {
    let algorithm: String
    /// How random values are drawn: `random` or `sobol`.
    let rule: String
    let seed: Int64?
    let space: JSONValue
    let metric: String
    let isMaximized: Bool
    let maximumTrials: Int
    let maximumConcurrentTrials: Int
    let timeoutSeconds: Int?
    let trialTimeoutSeconds: Int?
    let earlyTermination: EarlyTermination?

    private static let distributions: Set<String> = [
        "choice", "uniform", "quniform", "loguniform", "qloguniform", "normal", "qnormal", "lognormal", "qlognormal",
        "randint",
    ]
    /// The most trials that Azure ML makes.
    private static let limit = 1000

    init(_ fields: JSONValue) throws {
        let sampling = fields["sampling_algorithm"]
        let algorithm = sampling?.stringValue ?? sampling?["type"]?.stringValue ?? "random"
        self.algorithm = algorithm
        guard ["random", "grid", "bayesian"].contains(algorithm) else {
            throw WorkspaceError(.invalid, "'\(algorithm)' is no sampling algorithm; use random, grid or bayesian")
        }
        rule = sampling?["rule"]?.stringValue ?? "random"
        seed = sampling?["seed"]?.intValue.map(Int64.init)
        guard let space = fields["search_space"], let members = space.objectValue, !members.isEmpty else {
            throw WorkspaceError(.invalid, "the sweep has no search_space")
        }
        let allowed: Set<String> =
            switch algorithm {
            case "grid": ["choice"]
            case "bayesian": ["choice", "uniform", "quniform"]
            default: Self.distributions
            }
        for (name, distribution) in members.sorted(by: { $0.key < $1.key }) {
            let type = distribution["type"]?.stringValue ?? ""
            guard allowed.contains(type) else {
                throw WorkspaceError(
                    .invalid,
                    "\(algorithm) sampling takes \(allowed.sorted().joined(separator: ", ")); '\(name)' is '\(type)'")
            }
        }
        self.space = space
        guard let metric = fields["objective"]?["primary_metric"]?.stringValue, !metric.isEmpty else {
            throw WorkspaceError(.invalid, "the sweep has no objective with a primary_metric")
        }
        self.metric = metric
        switch fields["objective"]?["goal"]?.stringValue {
        case "maximize"?: isMaximized = true
        case "minimize"?: isMaximized = false
        case let goal:
            throw WorkspaceError(.invalid, "the sweep's goal is '\(goal ?? "")', not maximize or minimize")
        }
        let limits = fields["limits"]
        maximumTrials = min(Self.limit, max(1, limits?["max_total_trials"]?.intValue ?? Self.limit))
        maximumConcurrentTrials = max(1, limits?["max_concurrent_trials"]?.intValue ?? maximumTrials)
        timeoutSeconds = limits?["timeout"]?.intValue
        trialTimeoutSeconds = limits?["trial_timeout"]?.intValue
        earlyTermination = try EarlyTermination(fields["early_termination"], isMaximized: isMaximized)
    }

    /// Whether one value of the primary metric is better than another.
    func isBetter(_ value: Double, than other: Double) -> Bool { isMaximized ? value > other : value < other }
}
