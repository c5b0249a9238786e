package import AssetSchema
package import Digest

/// One idempotent request to a workspace: asked twice, it is done once.
///
/// All `fields` are CLI v2 keys with references resolved (`azureml:<name>:<version>`). All `tags` are set beside those
/// that the service or others keep; a tag of the same name is replaced.
package enum Operation: Sendable, Equatable, Codable {
    /// Registers a version of an environment, data or component asset.
    ///
    /// A version of that name that already carries the same `reconcile.digest` tag is the answer, and nothing is made.
    case createAsset(AssetDraft)
    /// Registers a model from a job's artifacts or a path; same rule of digests.
    case registerModel(ModelDraft)
    /// Hides a version from lists; deployments that use it go on.
    case archiveAsset(kind: AssetKind, name: String, version: String)
    /// Takes an archived version back into lists.
    case restoreAsset(kind: AssetKind, name: String, version: String)
    /// Sets description and tags of a version; a description of nil leaves it as it is.
    case updateAssetMetadata(
        kind: AssetKind, name: String, version: String, description: String?, tags: [String: String])
    /// Submits a job under its derived name; a job of that name is the answer, and nothing runs twice.
    case submitJob(JobDraft)
    case cancelJob(name: String)
    /// Sets a job's tags.
    case updateJobTags(name: String, tags: [String: String])
    /// Creates or updates an online endpoint; its traffic stays as it is.
    case putOnlineEndpoint(name: String, fields: JSONValue, tags: [String: String])
    /// Creates a deployment at no traffic, or updates one in place without dropping a request.
    case putOnlineDeployment(DeploymentDraft)
    /// Sets the traffic, if it still is what it was when planned; tags go to the endpoint.
    case setTraffic(endpoint: String, from: [String: Int], to: [String: Int], tags: [String: String])
    /// Sets tags of a deployment of an online endpoint.
    case updateOnlineDeploymentTags(endpoint: String, deployment: String, tags: [String: String])
    /// Sets tags of an online endpoint.
    case updateOnlineEndpointTags(endpoint: String, tags: [String: String])
    case deleteOnlineDeployment(endpoint: String, deployment: String)
    case deleteOnlineEndpoint(name: String)
    case putBatchEndpoint(name: String, fields: JSONValue, tags: [String: String])
    /// Creates or updates a batch deployment; `isDefault` makes the endpoint use it.
    case putBatchDeployment(DeploymentDraft, isDefault: Bool)
    case updateBatchDeploymentTags(endpoint: String, deployment: String, tags: [String: String])
    case deleteBatchDeployment(endpoint: String, deployment: String)
    case deleteBatchEndpoint(name: String)
    /// Sends the request file to one deployment (by header, whatever its traffic) and notes the outcome in its tags:
    /// `reconcile.smoke_test` becomes `passed:<digest>` or `failed:<digest>:<why>`.
    case testOnlineDeployment(SmokeTestDraft)
    /// Invokes a batch deployment with an input; the job made bears the name given.
    case invokeBatch(BatchInvocation)
    /// Creates or updates something named without versions: a schedule, a compute or a datastore.
    case putResource(ResourceDraft)
    case deleteResource(kind: AssetKind, name: String)
}

/// A version of an asset to be registered.
package struct AssetDraft: Sendable, Equatable, Codable {
    package var definition: ResourceDefinition
    package var tags: [String: String]
    /// Its files by field pointer: `conda_file`, `path`, `build.path`, `code`.
    package var content: [String: ContentTree]

    package init(definition: ResourceDefinition, tags: [String: String], content: [String: ContentTree] = [:]) {
        self.definition = definition
        self.tags = tags
        self.content = content
    }
}

/// A model to be registered.
package struct ModelDraft: Sendable, Equatable, Codable {
    package var definition: ResourceDefinition
    package var tags: [String: String]
    /// The job whose output it is, with the path under its artifacts; nil for a model from `content`.
    package var job: String?
    /// The named output that holds it; nil for the artifacts.
    package var output: String?
    package var artifactPath: String?
    package var content: ContentTree?

    package init(
        definition: ResourceDefinition, tags: [String: String], job: String? = nil, output: String? = nil,
        artifactPath: String? = nil, content: ContentTree? = nil
    ) {
        self.definition = definition
        self.tags = tags
        self.job = job
        self.output = output
        self.artifactPath = artifactPath
        self.content = content
    }
}

/// A job to be run once.
package struct JobDraft: Sendable, Equatable, Codable {
    package var name: String
    package var kind: AssetKind
    /// The job's YAML fields with references resolved: `environment` is `azureml:<name>:<version>` or an inline object,
    /// an input's `path` is `azureml:<name>:<version>` or a URI.
    package var fields: JSONValue
    package var tags: [String: String]
    /// Files by field: `code`, and local inputs as `inputs.<name>.path`, an inline environment's `environment.conda_file`.
    package var content: [String: ContentTree]
    /// Replaces the environment's own definition where its image can no longer be built: python, conda_file, image.
    package var environmentOverride: JSONValue?
    /// Packages that are installed beside the environment's own, such as what a check runs; its own pins win.
    package var overlayPackages: [String]

    package init(
        name: String, kind: AssetKind = .commandJob, fields: JSONValue, tags: [String: String],
        content: [String: ContentTree] = [:], environmentOverride: JSONValue? = nil, overlayPackages: [String] = []
    ) {
        self.name = name
        self.kind = kind
        self.fields = fields
        self.tags = tags
        self.content = content
        self.environmentOverride = environmentOverride
        self.overlayPackages = overlayPackages
    }
}

/// A deployment to be created or updated.
package struct DeploymentDraft: Sendable, Equatable, Codable {
    package var endpoint: String
    package var name: String
    package var fields: JSONValue
    package var tags: [String: String]
    package var content: [String: ContentTree]
    package var environmentOverride: JSONValue?

    package init(
        endpoint: String, name: String, fields: JSONValue, tags: [String: String], content: [String: ContentTree] = [:],
        environmentOverride: JSONValue? = nil
    ) {
        self.endpoint = endpoint
        self.name = name
        self.fields = fields
        self.tags = tags
        self.content = content
        self.environmentOverride = environmentOverride
    }
}

/// A schedule, compute or datastore to be created or updated.
package struct ResourceDraft: Sendable, Equatable, Codable {
    package var definition: ResourceDefinition
    package var tags: [String: String]
    /// Files by field pointer, as in a `JobDraft`; a schedule's job has its own below `create_job.`.
    package var content: [String: ContentTree]

    package init(definition: ResourceDefinition, tags: [String: String], content: [String: ContentTree] = [:]) {
        self.definition = definition
        self.tags = tags
        self.content = content
    }
}

/// A sample request to be sent to one online deployment.
package struct SmokeTestDraft: Sendable, Equatable, Codable {
    package var endpoint: String
    package var deployment: String
    /// The request's file.
    package var request: ContentTree
    /// What the outcome is noted under: the digest of request and deployment definition.
    package var digest: ContentDigest

    package init(endpoint: String, deployment: String, request: ContentTree, digest: ContentDigest) {
        self.endpoint = endpoint
        self.deployment = deployment
        self.request = request
        self.digest = digest
    }
}

/// A batch scoring to be run once.
package struct BatchInvocation: Sendable, Equatable, Codable {
    package var jobName: String
    package var endpoint: String
    package var deployment: String
    /// The input's files (`uri_file` or `uri_folder`), or nil where `inputPath` names an asset or URI.
    package var input: ContentTree?
    package var inputPath: String?
    package var tags: [String: String]

    package init(
        jobName: String, endpoint: String, deployment: String, input: ContentTree?, inputPath: String? = nil,
        tags: [String: String]
    ) {
        self.jobName = jobName
        self.endpoint = endpoint
        self.deployment = deployment
        self.input = input
        self.inputPath = inputPath
        self.tags = tags
    }
}

/// What came of an operation.
package struct OperationOutcome: Sendable, Equatable, Codable {
    /// The version that was made or found.
    package var version: String?
    /// One sentence for people, when there is something to say.
    package var message: String?

    package init(version: String? = nil, message: String? = nil) {
        self.version = version
        self.message = message
    }
}
