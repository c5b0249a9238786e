package import AssetSchema
package import Digest
package import TimeKeeping

/// What a workspace says there is, at one moment.
package struct LiveState: Sendable, Equatable, Codable {
    /// All versions of environments, data, models and components; archived ones are marked.
    package var assets: [LiveAsset]
    package var jobs: [LiveJob]
    package var onlineEndpoints: [LiveOnlineEndpoint]
    package var batchEndpoints: [LiveBatchEndpoint]
    /// Schedules, computes and datastores.
    package var resources: [LiveResource]

    package init(
        assets: [LiveAsset] = [], jobs: [LiveJob] = [], onlineEndpoints: [LiveOnlineEndpoint] = [],
        batchEndpoints: [LiveBatchEndpoint] = [], resources: [LiveResource] = []
    ) {
        self.assets = assets
        self.jobs = jobs
        self.onlineEndpoints = onlineEndpoints
        self.batchEndpoints = batchEndpoints
        self.resources = resources
    }
}

/// The states of a job, as Azure ML names them.
package enum JobStatus: String, Sendable, Equatable, Codable, CaseIterable {
    case notStarted = "NotStarted"
    case queued = "Queued"
    case provisioning = "Provisioning"
    case preparing = "Preparing"
    case starting = "Starting"
    case running = "Running"
    case finalizing = "Finalizing"
    case cancelRequested = "CancelRequested"
    case completed = "Completed"
    case failed = "Failed"
    case canceled = "Canceled"
    case notResponding = "NotResponding"
    case paused = "Paused"
    case unknown = "Unknown"

    /// Whether the job has ended, for good or ill.
    package var isTerminal: Bool {
        switch self {
        case .completed, .failed, .canceled, .notResponding: true
        default: false
        }
    }
}

/// One job and what is known of its run.
package struct LiveJob: Sendable, Equatable, Codable {
    package var name: String
    package var kind: AssetKind
    package var status: JobStatus
    package var experimentName: String
    package var tags: [String: String]
    /// The last value of each metric logged to the run that bears the job's name.
    package var metrics: [String: Double]
    package var createdAt: Timestamp
    package var startedAt: Timestamp?
    package var endedAt: Timestamp?
    /// Why it failed, in one sentence, with the last line of its log.
    package var error: String?
    /// The digests of what it left under `artifacts/`, by path of at most three components, once completed.
    package var artifactDigests: [String: ContentDigest]
    /// The digests of its named outputs, once completed.
    package var outputDigests: [String: ContentDigest]
    /// The job it is a step or trial of.
    package var parent: String?

    package init(
        name: String, kind: AssetKind = .commandJob, status: JobStatus, experimentName: String = "Default",
        tags: [String: String] = [:], metrics: [String: Double] = [:], createdAt: Timestamp,
        startedAt: Timestamp? = nil, endedAt: Timestamp? = nil, error: String? = nil,
        artifactDigests: [String: ContentDigest] = [:], outputDigests: [String: ContentDigest] = [:],
        parent: String? = nil
    ) {
        self.name = name
        self.kind = kind
        self.status = status
        self.experimentName = experimentName
        self.tags = tags
        self.metrics = metrics
        self.createdAt = createdAt
        self.startedAt = startedAt
        self.endedAt = endedAt
        self.error = error
        self.artifactDigests = artifactDigests
        self.outputDigests = outputDigests
        self.parent = parent
    }
}

/// The states of an endpoint or deployment, as Azure ML names them.
package enum ProvisioningState: String, Sendable, Equatable, Codable, CaseIterable {
    case creating = "Creating"
    case updating = "Updating"
    case scaling = "Scaling"
    case deleting = "Deleting"
    case succeeded = "Succeeded"
    case failed = "Failed"
    case canceled = "Canceled"

    /// Whether the service has finished with the last request.
    package var isTerminal: Bool { self == .succeeded || self == .failed || self == .canceled }
}

/// One online endpoint with its deployments.
package struct LiveOnlineEndpoint: Sendable, Equatable, Codable {
    package var name: String
    package var fields: JSONValue
    package var tags: [String: String]
    /// Percent of the requests by deployment; names without weight may be left out.
    package var traffic: [String: Int]
    package var mirrorTraffic: [String: Int]
    package var provisioningState: ProvisioningState
    package var scoringURI: String?
    package var deployments: [LiveDeployment]

    package init(
        name: String, fields: JSONValue, tags: [String: String] = [:], traffic: [String: Int] = [:],
        mirrorTraffic: [String: Int] = [:], provisioningState: ProvisioningState = .succeeded,
        scoringURI: String? = nil,
        deployments: [LiveDeployment] = []
    ) {
        self.name = name
        self.fields = fields
        self.tags = tags
        self.traffic = traffic
        self.mirrorTraffic = mirrorTraffic
        self.provisioningState = provisioningState
        self.scoringURI = scoringURI
        self.deployments = deployments
    }
}

/// One deployment of an online or batch endpoint.
package struct LiveDeployment: Sendable, Equatable, Codable {
    package var name: String
    /// The definition as given back; `model` and `environment` are `azureml:<name>:<version>`.
    package var fields: JSONValue
    package var tags: [String: String]
    package var provisioningState: ProvisioningState
    /// Why it failed, in one sentence.
    package var error: String?
    /// Whether its instances answer now; a batch deployment is always healthy once it has succeeded.
    package var isHealthy: Bool
    package var createdAt: Timestamp
    /// Requests answered since it got its present weight, when the workspace counts them.
    package var requests: RequestCounts?

    package init(
        name: String, fields: JSONValue, tags: [String: String] = [:],
        provisioningState: ProvisioningState = .succeeded,
        error: String? = nil, isHealthy: Bool = true, createdAt: Timestamp, requests: RequestCounts? = nil
    ) {
        self.name = name
        self.fields = fields
        self.tags = tags
        self.provisioningState = provisioningState
        self.error = error
        self.isHealthy = isHealthy
        self.createdAt = createdAt
        self.requests = requests
    }
}

/// How requests ended, as counted by whatever splits the traffic.
package struct RequestCounts: Sendable, Equatable, Codable {
    package var succeeded: Int
    /// Answers that say the server failed (5xx) and requests that got none.
    package var failed: Int

    package init(succeeded: Int, failed: Int) {
        self.succeeded = succeeded
        self.failed = failed
    }
}

/// One batch endpoint with its deployments.
package struct LiveBatchEndpoint: Sendable, Equatable, Codable {
    package var name: String
    package var fields: JSONValue
    package var tags: [String: String]
    package var defaultDeployment: String?
    package var provisioningState: ProvisioningState
    package var deployments: [LiveDeployment]

    package init(
        name: String, fields: JSONValue, tags: [String: String] = [:], defaultDeployment: String? = nil,
        provisioningState: ProvisioningState = .succeeded, deployments: [LiveDeployment] = []
    ) {
        self.name = name
        self.fields = fields
        self.tags = tags
        self.defaultDeployment = defaultDeployment
        self.provisioningState = provisioningState
        self.deployments = deployments
    }
}

/// One schedule, compute or datastore.
package struct LiveResource: Sendable, Equatable, Codable {
    package var kind: AssetKind
    package var name: String
    /// The definition as given back: CLI v2 keys, normalised as desired definitions are.
    package var fields: JSONValue
    package var tags: [String: String]
    package var provisioningState: ProvisioningState
    package var createdAt: Timestamp

    package init(
        kind: AssetKind, name: String, fields: JSONValue, tags: [String: String] = [:],
        provisioningState: ProvisioningState = .succeeded, createdAt: Timestamp
    ) {
        self.kind = kind
        self.name = name
        self.fields = fields
        self.tags = tags
        self.provisioningState = provisioningState
        self.createdAt = createdAt
    }
}
