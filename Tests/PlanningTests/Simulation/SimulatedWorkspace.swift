import AssetSchema
import Digest
import TimeKeeping
import Workspace

/// A workspace that is only a value: operations change a `LiveState` at once, and breaches of the rules are noted.
struct SimulatedWorkspace {
    /// How a training with some code ends.
    struct Outcome {
        var status: JobStatus = .completed
        var metrics: [String: Double] = [:]
        var model: String = ""
    }

    var state = LiveState()
    /// What trainings come to, by the digest of their code; others complete with an accuracy of 0.8.
    var outcomes: [ContentDigest: Outcome] = [:]
    /// The digests of models that do not answer the sample request.
    var failingModels: Set<String> = []
    /// The outputs that jobs declare, by job.
    private var outputsOfJobs: [String: [String]] = [:]
    /// The keys of checks that fail.
    var failingChecks: Set<String> = []
    /// Every operation asked for, in order.
    var log: [Operation] = []
    /// Breaches of what no operation may do.
    var violations: [String] = []

    struct Refused: Error { var reason: String }

    // MARK: - Time passes

    /// Jobs end and deployments come up; says whether anything went on.
    mutating func progress(now: Timestamp) -> Bool {
        let before = state
        for index in state.jobs.indices where !state.jobs[index].status.isTerminal { finish(&state.jobs[index], now) }
        for index in state.resources.indices where !state.resources[index].provisioningState.isTerminal {
            state.resources[index].provisioningState = .succeeded
        }
        for index in state.onlineEndpoints.indices {
            for inner in state.onlineEndpoints[index].deployments.indices
            where !state.onlineEndpoints[index].deployments[inner].provisioningState.isTerminal {
                state.onlineEndpoints[index].deployments[inner].provisioningState = .succeeded
                state.onlineEndpoints[index].deployments[inner].isHealthy = true
            }
        }
        for index in state.batchEndpoints.indices {
            for inner in state.batchEndpoints[index].deployments.indices {
                state.batchEndpoints[index].deployments[inner].provisioningState = .succeeded
            }
        }
        return state != before
    }

    private func finish(_ job: inout LiveJob, _ now: Timestamp) {
        if let key = job.tags[TagName.checkKey] {
            job.endedAt = now
            job.status = failingChecks.contains(key) ? .failed : .completed
            job.metrics = ["tests": 12, "coverage": 87.9]
            if job.status == .failed {
                job.error =
                    "exited with status 1: data-science/tests/test_split.py:14: test_split: assert 3 == 4 (1 of 12 tests failed)"
            }
            return
        }
        let outcome = job.tags["test.code"].flatMap { ContentDigest($0) }.flatMap { outcomes[$0] }
        job.status = outcome?.status ?? .completed
        job.endedAt = now
        guard job.status == .completed else {
            job.error = "ValueError: no luck"
            return
        }
        job.metrics = outcome?.metrics ?? ["Accuracy": 0.8]
        for output in outputsOfJobs[job.name] ?? [] {
            job.outputDigests[output] = ContentDigest(of: "\(output) of \(job.name)")
        }
        job.artifactDigests = [
            "model": outcome.flatMap { $0.model.isEmpty ? nil : ContentDigest(of: $0.model) }
                ?? ContentDigest(of: "model of \(job.tags["test.code"] ?? "")")
        ]
    }

    // MARK: - Operations

    mutating func perform(_ operation: Operation, now: Timestamp) throws {
        log.append(operation)
        switch operation {
        case .createAsset(let draft): register(draft.definition, draft.tags, now)
        case .registerModel(let draft): register(draft.definition, draft.tags, now)
        case .archiveAsset(let kind, let name, let version):
            try asset(kind, name, version) { asset in
                if asset.tags[TagName.digest] == nil { throw Refused(reason: "archives what is not ours") }
                asset.isArchived = true
            }
        case .restoreAsset(let kind, let name, let version):
            try asset(kind, name, version) { $0.isArchived = false }
        case .updateAssetMetadata(let kind, let name, let version, let description, let tags):
            try asset(kind, name, version) { asset in
                if let description { asset.fields["description"] = .string(description) }
                asset.tags.merge(tags) { $1 }
            }
        case .submitJob(let draft):
            if state.jobs.contains(where: { $0.name == draft.name }) { return }
            outputsOfJobs[draft.name] = (draft.fields["outputs"]?.objectValue ?? [:]).keys.sorted()
            var tags = draft.tags
            tags["test.code"] = draft.content["code"]?.digest.description
            state.jobs.append(
                LiveJob(
                    name: draft.name, kind: draft.kind, status: .running, tags: tags, createdAt: now, startedAt: now))
        case .cancelJob(let name):
            try job(name) { $0.status = .canceled }
        case .updateJobTags(let name, let tags):
            try job(name) { $0.tags.merge(tags) { $1 } }
        case .invokeBatch(let invocation):
            if state.jobs.contains(where: { $0.name == invocation.jobName }) { return }
            state.jobs.append(
                LiveJob(
                    name: invocation.jobName, kind: .pipelineJob, status: .running, tags: invocation.tags,
                    createdAt: now, startedAt: now))
        case .putResource(let draft):
            let name = draft.definition.name
            if let index = state.resources.firstIndex(where: { $0.kind == draft.definition.kind && $0.name == name }) {
                guard state.resources[index].tags[TagName.digest] != nil else {
                    throw Refused(reason: "changes \(name), which is not ours")
                }
                state.resources[index].fields = draft.definition.fields
                state.resources[index].tags.merge(draft.tags) { $1 }
                state.resources[index].provisioningState = .updating
            } else {
                state.resources.append(
                    LiveResource(
                        kind: draft.definition.kind, name: name, fields: draft.definition.fields, tags: draft.tags,
                        provisioningState: .creating, createdAt: now))
            }
        case .deleteResource(let kind, let name):
            guard let index = state.resources.firstIndex(where: { $0.kind == kind && $0.name == name }) else { return }
            guard state.resources[index].tags[TagName.digest] != nil else {
                throw Refused(reason: "deletes \(name), which is not ours")
            }
            state.resources.remove(at: index)
        default: try performOnEndpoints(operation, now)
        }
    }

    private mutating func performOnEndpoints(_ operation: Operation, _ now: Timestamp) throws {
        switch operation {
        case .putOnlineEndpoint(let name, let fields, let tags):
            if let index = state.onlineEndpoints.firstIndex(where: { $0.name == name }) {
                state.onlineEndpoints[index].fields = fields
                state.onlineEndpoints[index].tags.merge(tags) { $1 }
            } else {
                state.onlineEndpoints.append(LiveOnlineEndpoint(name: name, fields: fields, tags: tags))
            }
        case .putOnlineDeployment(let draft):
            try endpoint(draft.endpoint) { Self.put(draft, in: &$0.deployments, now) }
        case .setTraffic(let name, let from, let to, let tags):
            try endpoint(name) { endpoint in
                guard from == endpoint.traffic.filter({ $0.value > 0 }) else {
                    throw Refused(reason: "traffic is not what it was")
                }
            }
            try check(to, name)
            try endpoint(name) { endpoint in
                endpoint.traffic = to
                endpoint.tags.merge(tags) { $1 }
            }
        case .updateOnlineDeploymentTags(let name, let deployment, let tags):
            try endpoint(name) { endpoint in
                for index in endpoint.deployments.indices where endpoint.deployments[index].name == deployment {
                    endpoint.deployments[index].tags.merge(tags) { $1 }
                }
            }
        case .updateOnlineEndpointTags(let name, let tags):
            try endpoint(name) { $0.tags.merge(tags) { $1 } }
        case .deleteOnlineDeployment(let name, let deployment):
            try endpoint(name) { endpoint in
                guard (endpoint.traffic[deployment] ?? 0) == 0 else {
                    throw Refused(reason: "deletes \(deployment), which has traffic")
                }
                guard let old = endpoint.deployments.first(where: { $0.name == deployment }) else { return }
                guard old.tags[TagName.digest] != nil else { throw Refused(reason: "deletes what is not ours") }
                endpoint.deployments.removeAll { $0.name == deployment }
            }
        case .deleteOnlineEndpoint(let name):
            try endpoint(name) { endpoint in
                guard endpoint.traffic.values.allSatisfy({ $0 == 0 }) else { throw Refused(reason: "endpoint serves") }
                guard endpoint.tags[TagName.digest] != nil else { throw Refused(reason: "deletes what is not ours") }
            }
            state.onlineEndpoints.removeAll { $0.name == name }
        case .putBatchEndpoint(let name, let fields, let tags):
            if let index = state.batchEndpoints.firstIndex(where: { $0.name == name }) {
                state.batchEndpoints[index].fields = fields
                state.batchEndpoints[index].tags.merge(tags) { $1 }
            } else {
                state.batchEndpoints.append(LiveBatchEndpoint(name: name, fields: fields, tags: tags))
            }
        case .putBatchDeployment(let draft, let isDefault):
            guard let index = state.batchEndpoints.firstIndex(where: { $0.name == draft.endpoint }) else {
                throw Refused(reason: "no batch endpoint \(draft.endpoint)")
            }
            Self.put(draft, in: &state.batchEndpoints[index].deployments, now)
            if isDefault { state.batchEndpoints[index].defaultDeployment = draft.name }
        case .deleteBatchDeployment(let name, let deployment):
            guard let index = state.batchEndpoints.firstIndex(where: { $0.name == name }) else { return }
            state.batchEndpoints[index].deployments.removeAll { $0.name == deployment }
        case .deleteBatchEndpoint(let name):
            state.batchEndpoints.removeAll { $0.name == name }
        case .testOnlineDeployment(let draft):
            let failing = failingModels
            try endpoint(draft.endpoint) { endpoint in
                guard let index = endpoint.deployments.firstIndex(where: { $0.name == draft.deployment }) else {
                    throw Refused(reason: "tests \(draft.deployment), which is not there")
                }
                let model = endpoint.deployments[index].tags[TagName.modelDigest] ?? ""
                endpoint.deployments[index].tags[TagName.smokeTest] =
                    failing.contains(model) ? "failed:\(draft.digest):answered 500" : "passed:\(draft.digest)"
            }
        default: throw Refused(reason: "unknown operation")
        }
    }

    // MARK: - What no operation may do

    private mutating func check(_ to: [String: Int], _ name: String) throws {
        guard let endpoint = state.onlineEndpoints.first(where: { $0.name == name }) else { return }
        let healthy = Set(endpoint.deployments.filter(\.isHealthy).map(\.name))
        let sum = to.values.reduce(0, +)
        if sum != 0, sum != 100 { violations.append("\(name): traffic adds up to \(sum)") }
        for (deployment, weight) in to where weight > 0 && !healthy.contains(deployment) {
            if (endpoint.traffic[deployment] ?? 0) < weight, !healthy.isEmpty {
                violations.append("\(name): gives traffic to \(deployment), which does not answer")
            }
        }
        let served = endpoint.traffic.contains { $0.value > 0 && healthy.contains($0.key) }
        if served, !to.contains(where: { $0.value > 0 && healthy.contains($0.key) }) {
            violations.append("\(name): leaves no healthy deployment at weight")
        }
    }

    private mutating func register(_ definition: ResourceDefinition, _ tags: [String: String], _ now: Timestamp) {
        let same = state.assets.contains {
            $0.kind == definition.kind && $0.name == definition.name && $0.tags[TagName.digest] == tags[TagName.digest]
        }
        if same { return }
        state.assets.append(
            LiveAsset(
                kind: definition.kind, name: definition.name, version: definition.version ?? "?",
                fields: definition.fields, tags: tags, createdAt: now))
    }

    private static func put(_ draft: DeploymentDraft, in deployments: inout [LiveDeployment], _ now: Timestamp) {
        if let index = deployments.firstIndex(where: { $0.name == draft.name }) {
            deployments[index].fields = draft.fields
            deployments[index].tags.merge(draft.tags) { $1 }
            deployments[index].provisioningState = .updating
        } else {
            deployments.append(
                LiveDeployment(
                    name: draft.name, fields: draft.fields, tags: draft.tags, provisioningState: .creating,
                    isHealthy: false, createdAt: now))
        }
    }

    private mutating func asset(
        _ kind: AssetKind, _ name: String, _ version: String, _ change: (inout LiveAsset) throws -> Void
    ) throws {
        guard
            let index = state.assets.firstIndex(where: {
                $0.kind == kind && $0.name == name && $0.version == version
            })
        else { throw Refused(reason: "no \(kind.title) \(name):\(version)") }
        try change(&state.assets[index])
    }

    private mutating func job(_ name: String, _ change: (inout LiveJob) -> Void) throws {
        guard let index = state.jobs.firstIndex(where: { $0.name == name }) else {
            throw Refused(reason: "no job \(name)")
        }
        change(&state.jobs[index])
    }

    mutating func endpoint(_ name: String, _ change: (inout LiveOnlineEndpoint) throws -> Void) throws {
        guard let index = state.onlineEndpoints.firstIndex(where: { $0.name == name }) else {
            throw Refused(reason: "no online endpoint \(name)")
        }
        try change(&state.onlineEndpoints[index])
    }
}
