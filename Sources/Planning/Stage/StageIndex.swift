import AssetSchema
import DesiredState
import Diagnostics
import Workspace

/// Where to find what, so that a plan's time grows with the number of objects and not with its square.
struct StageIndex {
    /// All versions by kind and name.
    private let assets: [AssetKey: [LiveAsset]]
    private let jobsByTrainingKey: [String: [LiveJob]]
    private let completedJobsBySource: [String: [LiveJob]]
    /// Batch scorings by the name of the first attempt.
    private let smokeJobs: [Substring: [LiveJob]]
    private let onlineEndpoints: [String: LiveOnlineEndpoint]
    private let batchEndpoints: [String: LiveBatchEndpoint]
    private let deployments: [String: [DesiredAsset]]
    private let desired: [AssetKey: DesiredAsset]
    /// The training jobs that git wants, by the folder of their documents, and how many there are.
    private let jobsByFolder: [Substring: [AssetKey]]
    private let jobs: [AssetKey]
    /// The digests of the models that get requests.
    let servedModelDigests: Set<String>
    /// The content keys of another stage's trainings: those that have ended well, and those marked as passed.
    private let completedUpstream: Set<String>
    private let passedUpstream: Set<String>

    init(stage: DesiredStage, live: LiveState, upstream: LiveState?) {
        assets = Dictionary(grouping: live.assets) { AssetKey(kind: $0.kind, name: $0.name) }
        jobsByTrainingKey = Dictionary(grouping: live.jobs) { $0.tags[TagName.trainingKey] ?? "" }
        completedJobsBySource = Dictionary(grouping: live.jobs.filter { $0.status == .completed }) {
            $0.tags[TagName.source] ?? ""
        }
        smokeJobs = Dictionary(grouping: live.jobs.filter { $0.name.hasPrefix("smoke-") }) {
            $0.name.dropFirst("smoke-".count).prefix { $0 != "-" }
        }
        onlineEndpoints = Dictionary(
            live.onlineEndpoints.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
        batchEndpoints = Dictionary(live.batchEndpoints.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
        deployments = Dictionary(grouping: stage.assets.filter { $0.endpoint != nil }) { $0.endpoint ?? "" }
        desired = Dictionary(stage.assets.map { ($0.key, $0) }, uniquingKeysWith: { first, _ in first })
        let training = stage.assets.filter { $0.kind == .commandJob }
        jobs = training.map(\.key)
        jobsByFolder = Dictionary(grouping: training) { Self.folder($0.source.path) }.mapValues { $0.map(\.key) }
        servedModelDigests = Set(
            live.onlineEndpoints.flatMap { endpoint in
                endpoint.deployments.filter { (endpoint.traffic[$0.name] ?? 0) > 0 }
                    .compactMap { $0.tags[TagName.modelDigest] }
            })
        let runs = (upstream?.jobs ?? []).filter { $0.tags[TagName.trainingKey] != nil }
        completedUpstream = Set(runs.filter { $0.status == .completed }.compactMap { $0.tags[TagName.contentKey] })
        passedUpstream = Set(
            runs.filter { $0.tags[TagName.passed] != nil }.compactMap { $0.tags[TagName.contentKey] })
    }

    /// All versions of a name, archived ones too.
    func versions(_ kind: AssetKind, _ name: String) -> [LiveAsset] { assets[AssetKey(kind: kind, name: name)] ?? [] }

    /// The jobs that ran for a training key.
    func attempts(_ trainingKey: String) -> [LiveJob] { jobsByTrainingKey[trainingKey] ?? [] }

    /// The jobs from a document that ended well.
    func completedJobs(source: String) -> [LiveJob] { completedJobsBySource[source] ?? [] }

    /// The batch scorings of a name, all attempts.
    func smokeJobs(_ name: String) -> [LiveJob] { smokeJobs[name.dropFirst("smoke-".count)] ?? [] }

    func onlineEndpoint(_ name: String) -> LiveOnlineEndpoint? { onlineEndpoints[name] }

    func batchEndpoint(_ name: String) -> LiveBatchEndpoint? { batchEndpoints[name] }

    /// The deployments that git wants at an endpoint.
    func deployments(_ kind: AssetKind, of endpoint: String) -> [DesiredAsset] {
        (deployments[endpoint] ?? []).filter { $0.kind == kind }
    }

    func desired(_ key: AssetKey) -> DesiredAsset? { desired[key] }

    /// The training job beside a document, else the only one.
    func trainingJob(beside path: String) -> AssetKey? {
        let near = jobsByFolder[Self.folder(path)] ?? []
        return near.count == 1 ? near[0] : jobs.count == 1 ? jobs[0] : nil
    }

    func isCompletedUpstream(_ contentKey: String) -> Bool { completedUpstream.contains(contentKey) }

    func isPassedUpstream(_ contentKey: String) -> Bool { passedUpstream.contains(contentKey) }

    private static func folder(_ path: String) -> Substring { path.lastIndex(of: "/").map { path[..<$0] } ?? "" }
}
