import AssetSchema
import DesiredState
import Diagnostics
import Digest
import Workspace

/// Where to find what, so that a plan's time grows with the number of objects and not with its square.
final class StageIndex {
    /// The workspace's versions by name.
    let versions: VersionIndex
    /// By place in the workspace's list: whether somebody asked for versions of that name because git wants it.
    private var wanted: [Bool]
    private let jobsByTrainingKey: [String: [LiveJob]]
    private let checks: [String: [LiveJob]]
    private let completedJobsBySource: [String: [LiveJob]]
    /// Batch scorings by the name of the first attempt.
    private let smokeJobs: [Substring: [LiveJob]]
    private let onlineEndpoints: [String: LiveOnlineEndpoint]
    private let batchEndpoints: [String: LiveBatchEndpoint]
    private let resources: [AssetKey: LiveResource]
    /// Steps and trials by the job they belong to.
    private let children: [String: [LiveJob]]
    private let jobsByName: [String: LiveJob]
    private let deployments: [String: [DesiredAsset]]
    private let assets: [DesiredAsset]
    /// Made when it is asked for: in most plans every name is found on the way.
    private lazy var desired = Dictionary(assets.map { ($0.key, $0) }, uniquingKeysWith: { first, _ in first })
    /// The training jobs that git wants, by the folder of their documents, and how many there are.
    private let jobsByFolder: [Substring: [AssetKey]]
    private let jobs: [AssetKey]
    /// The digests of the models that get requests.
    let servedModelDigests: Set<String>
    /// The content keys of another stage's trainings: those that have ended well, and those marked as passed.
    private let completedUpstream: Set<String>
    private let passedUpstream: Set<String>
    private let scheduledUpstream: Set<String>
    /// The first digits of the code keys that another stage has deployed and tested.
    private let testedUpstream: Set<Substring>

    init(stage: DesiredStage, live: LiveState, versions: VersionIndex, upstream: LiveState?) {
        assets = stage.assets
        self.versions = versions
        wanted = [Bool](repeating: false, count: live.assets.count)
        // Steps and trials may bear their parent's tags.
        let whole = live.jobs.filter { $0.parent == nil }
        jobsByTrainingKey = Dictionary(grouping: whole) { $0.tags[TagName.trainingKey] ?? "" }
        checks = Dictionary(grouping: whole.filter { $0.tags[TagName.checkKey] != nil }) {
            $0.tags[TagName.checkKey] ?? ""
        }
        completedJobsBySource = Dictionary(grouping: whole.filter { $0.status == .completed }) {
            $0.tags[TagName.source] ?? ""
        }
        smokeJobs = Dictionary(grouping: live.jobs.filter { $0.name.hasPrefix("smoke-") }) {
            $0.name.dropFirst("smoke-".count).prefix { $0 != "-" }
        }
        onlineEndpoints = Dictionary(
            live.onlineEndpoints.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
        batchEndpoints = Dictionary(live.batchEndpoints.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
        deployments = Dictionary(grouping: stage.assets.filter { $0.endpoint != nil }) { $0.endpoint ?? "" }
        resources = Dictionary(
            live.resources.map { (AssetKey(kind: $0.kind, name: $0.name), $0) }, uniquingKeysWith: { first, _ in first }
        )
        children = Dictionary(grouping: live.jobs.filter { $0.parent != nil }) { $0.parent ?? "" }
        jobsByName = Dictionary(live.jobs.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
        let training = stage.assets.filter { $0.kind.isJob }
        jobs = training.map(\.key)
        jobsByFolder = Dictionary(grouping: training) { Self.folder($0.source.path) }.mapValues { $0.map(\.key) }
        servedModelDigests = Set(
            live.onlineEndpoints.flatMap { endpoint in
                endpoint.deployments.filter { (endpoint.traffic[$0.name] ?? 0) > 0 }
                    .compactMap { $0.tags[TagName.modelDigest] }
            })
        let runs = (upstream?.jobs ?? []).filter { $0.parent == nil && $0.tags[TagName.trainingKey] != nil }
        completedUpstream = Set(runs.filter { $0.status == .completed }.compactMap { $0.tags[TagName.contentKey] })
        passedUpstream = Set(
            runs.filter { $0.tags[TagName.passed] != nil }.compactMap { $0.tags[TagName.contentKey] })
        scheduledUpstream = Set(
            (upstream?.resources ?? []).filter { $0.kind == .schedule }.compactMap { $0.tags[TagName.contentKey] })
        testedUpstream = Set(
            (upstream?.assets ?? []).filter { $0.kind == .model }
                .flatMap { ($0.tags[TagName.passedWith] ?? "").split(separator: " ") })
    }

    /// All versions of a name that git wants, archived ones too.
    func versions(_ kind: AssetKind, _ name: String) -> [LiveAsset] {
        versions.places(AssetKey(kind: kind, name: name)).map { place in
            wanted[place] = true
            return versions.assets[place]
        }
    }

    /// Notes that git wants the version at a place.
    func want(_ place: Int) { wanted[place] = true }

    /// Whether git wants the name of the version at a place, as far as versions were asked for.
    func isKnownWanted(_ place: Int) -> Bool { wanted[place] }

    /// The jobs that ran for a training key.
    func attempts(_ trainingKey: String) -> [LiveJob] { jobsByTrainingKey[trainingKey] ?? [] }

    /// The runs of a check's key.
    func checks(_ key: String) -> [LiveJob] { checks[key] ?? [] }

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

    /// A schedule, compute or datastore.
    func resource(_ key: AssetKey) -> LiveResource? { resources[key] }

    /// A job of the workspace by its name.
    func liveJob(_ name: String) -> LiveJob? { jobsByName[name] }

    /// The steps and trials of a job, and theirs.
    func descendants(of job: String) -> [LiveJob] {
        var found: [LiveJob] = []
        var names = [job]
        var seen: Set<String> = [job]
        while let name = names.popLast() {
            for child in children[name] ?? [] where seen.insert(child.name).inserted {
                found.append(child)
                names.append(child.name)
            }
        }
        return found
    }

    /// The job of this project that goes by a name.
    func job(named name: String) -> AssetKey? { jobs.first { $0.name == name } }

    /// The training job that a model comes from, where its file does not say: the one that names the model among its
    /// inputs, else the only one beside it, else the one whose name and folders have most in common with it, else the
    /// only one.
    func trainingJob(of model: DesiredAsset) -> AssetKey? {
        if jobs.count == 1 { return jobs[0] }
        let name = model.definition.name
        let knowing = jobs.filter { key in desired[key].map { PipelineWords.knows(name, $0.definition.fields) } ?? false
        }
        if knowing.count == 1 { return knowing[0] }
        let near = jobsByFolder[Self.folder(model.source.path)] ?? []
        if near.count == 1 { return near[0] }
        return closest(to: model, among: near.isEmpty ? jobs : near)
    }

    /// The one of several jobs that shares most words with a model.
    private func closest(to model: DesiredAsset, among jobs: [AssetKey]) -> AssetKey? {
        let own = Self.words("\(model.definition.name)/\(model.source.path)")
        let ranked = jobs.map { key in
            (key, own.intersection(Self.words("\(key.name)/\(desired[key]?.source.path ?? "")")).count)
        }.sorted { $0.1 > $1.1 }
        guard let first = ranked.first, first.1 > 0, ranked.count == 1 || ranked[1].1 < first.1 else { return nil }
        return first.0
    }

    /// The words of a name or path that tell one thing from another.
    private static func words(_ text: String) -> Set<String> {
        let words = text.lowercased().split { !$0.isLetter && !$0.isNumber }.map(String.init)
        return Set(words).subtracting([
            "mlops", "azureml", "continuous", "train", "training", "trained", "job", "jobs", "pipeline", "pipelines",
            "model", "models", "register", "yml", "yaml", "ml", "aml", "src",
        ])
    }

    func isScheduledUpstream(_ contentKey: String) -> Bool { scheduledUpstream.contains(contentKey) }

    /// Whether another stage has tested deployments of some code.
    func isTestedUpstream(_ codeKey: ContentDigest) -> Bool { testedUpstream.contains(Substring(codeKey.prefix(12))) }

    func isCompletedUpstream(_ contentKey: String) -> Bool { completedUpstream.contains(contentKey) }

    func isPassedUpstream(_ contentKey: String) -> Bool { passedUpstream.contains(contentKey) }

    private static func folder(_ path: String) -> Substring { path.lastIndex(of: "/").map { path[..<$0] } ?? "" }
}
