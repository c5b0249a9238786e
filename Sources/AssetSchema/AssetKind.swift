/// What a document or an object in a workspace is; the raw values are the kinds of the plan's outputs.
package enum AssetKind: String, Sendable, Hashable, Codable, CaseIterable {
    case environment
    case data
    case model
    case component
    case commandJob = "command_job"
    case pipelineJob = "pipeline_job"
    case sweepJob = "sweep_job"
    case autoMLJob = "automl_job"
    case parallelJob = "parallel_job"
    case sparkJob = "spark_job"
    case schedule
    case compute
    case datastore
    case onlineEndpoint = "online_endpoint"
    case onlineDeployment = "online_deployment"
    case onlineTraffic = "online_traffic"
    case batchEndpoint = "batch_endpoint"
    case batchDeployment = "batch_deployment"
    case smokeTest = "smoke_test"
    case evaluation
    case gate
    case check
    case workspace
    case dataImport = "data_import"
    case connection
    case registry
    case featureStore = "feature_store"
    case featureSet = "feature_set"
    case featureStoreEntity = "feature_store_entity"
}

extension AssetKind {
    /// Whether a workspace keeps numbered versions of it.
    package var isVersioned: Bool {
        switch self {
        case .environment, .data, .model, .component: true
        default: false
        }
    }

    /// Whether a workspace keeps one of a name, without versions and outside of endpoints.
    package var isResource: Bool { self == .schedule || self == .compute || self == .datastore }

    /// Whether it is a run-once job.
    package var isJob: Bool {
        switch self {
        case .commandJob, .pipelineJob, .sweepJob, .autoMLJob, .parallelJob, .sparkJob: true
        default: false
        }
    }

    /// Whether a file of it takes part in a plan; of the others only the form is checked.
    package var isPlanned: Bool {
        switch self {
        case .workspace, .dataImport, .connection, .registry, .featureStore, .featureSet, .featureStoreEntity: false
        default: true
        }
    }

    /// The words that people read in plans: `online endpoint`.
    package var title: String { rawValue.split(separator: "_").joined(separator: " ") }
}

extension AssetKind: Comparable {
    /// The order of a plan: what must stand first comes first.
    package static func < (left: Self, right: Self) -> Bool { left.rank < right.rank }

    /// Kinds are compared and hashed by their place: by default it would be done by their raw texts.
    package static func == (left: Self, right: Self) -> Bool { left.rank == right.rank }

    package func hash(into hasher: inout Hasher) { hasher.combine(rank) }

    private var rank: UInt8 {
        switch self {
        case .environment: 0
        case .data: 1
        case .model: 2
        case .component: 3
        case .commandJob: 4
        case .pipelineJob: 5
        case .sweepJob: 6
        case .autoMLJob: 7
        case .parallelJob: 8
        case .sparkJob: 9
        case .schedule: 10
        case .compute: 11
        case .datastore: 12
        case .onlineEndpoint: 13
        case .onlineDeployment: 14
        case .onlineTraffic: 15
        case .batchEndpoint: 16
        case .batchDeployment: 17
        case .smokeTest: 18
        case .evaluation: 19
        case .gate: 20
        case .check: 21
        case .workspace: 22
        case .dataImport: 23
        case .connection: 24
        case .registry: 25
        case .featureStore: 26
        case .featureSet: 27
        case .featureStoreEntity: 28
        }
    }
}
