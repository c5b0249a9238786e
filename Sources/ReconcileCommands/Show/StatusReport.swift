import AssetSchema
import DesiredState
import Diagnostics
import Digest
import Planning
import Workspace

/// What is live in each stage: read from the workspaces' own tags, not remembered.
struct StatusReport: Equatable {
    struct Deployment: Equatable {
        var name: String
        var traffic: Int
        var state: String
        var model: String?
        var test: String?
    }

    struct Endpoint: Equatable {
        var kind: AssetKind
        var name: String
        var scoringURI: String?
        var deployments: [Deployment]
    }

    /// A check of the stage's commit and what it came to.
    struct Check: Equatable {
        var name: String
        var result: String
        var isPassed: Bool
    }

    struct Model: Equatable {
        var name: String
        var version: String
        var commit: String?
        var job: String?
        var approvedBy: String?
        var metrics: [String: Double]
        var isServing: Bool
    }

    struct Stage: Equatable {
        var name: String
        var branch: String
        var commit: CommitInfo?
        var workspace: String
        var engine: String
        var checks: [Check]
        var models: [Model]
        var endpoints: [Endpoint]
        /// What is not as git wants it, in words.
        var pending: [String]
        var drift: [String]
        var suspended: String?
        /// Mistakes in the stage's files, or the project's: nothing is done before they are mended.
        var mistakes: Int
    }

    var stages: [Stage]

    init(plan: Plan, input: PlanningInput) {
        stages = plan.stages.map { stagePlan in
            let live = input.live[stagePlan.stage] ?? LiveState()
            let desired = input.project.stages.first { $0.name == stagePlan.stage }
            return Stage(
                name: stagePlan.stage, branch: stagePlan.branch, commit: stagePlan.commit,
                workspace: stagePlan.workspace.name, engine: stagePlan.workspace.engine.rawValue,
                checks: stagePlan.actions.filter { $0.kind == .check }.map { action in
                    let isRun = action.verb == .unchanged || action.isFailure
                    return Check(
                        name: action.name, result: isRun ? action.reason : "\(action.verb.rawValue): \(action.reason)",
                        isPassed: action.verb == .unchanged)
                },
                models: Self.models(live), endpoints: Self.endpoints(live),
                pending: stagePlan.actions.filter { ($0.verb.isChange || $0.verb == .blocked) && $0.kind != .check }
                    .map { "\($0.verb.rawValue) \($0.kind.title) \($0.name): \($0.reason)" },
                drift: stagePlan.drift.map { drift in
                    "\(drift.kind.title) \(drift.name): \(drift.changes.map(\.field).joined(separator: ", ")); \(drift.reason)"
                },
                suspended: desired?.suspension.map { suspension in
                    let objects = suspension.objects == ["*"] ? "everything" : suspension.objects.joined(separator: " ")
                    return "\(objects) by \(suspension.by): \(suspension.reason)"
                },
                mistakes: (plan.diagnostics + stagePlan.diagnostics).count { $0.severity == .error })
        }
    }

    /// The models in use and the newest of each name.
    private static func models(_ live: LiveState) -> [Model] {
        let used = Set(
            (live.onlineEndpoints.flatMap { endpoint in
                endpoint.deployments.filter { (endpoint.traffic[$0.name] ?? 0) > 0 }
            }
                + live.batchEndpoints.flatMap { endpoint in
                    endpoint.deployments.filter { $0.name == endpoint.defaultDeployment }
                }).compactMap { $0.fields["model"]?.stringValue })
        let all = live.assets.filter { $0.kind == .model && !$0.isArchived }
        let newest = Dictionary(grouping: all, by: \.name).compactMapValues { versions in
            versions.max { ($0.createdAt, Int($0.version) ?? 0) < ($1.createdAt, Int($1.version) ?? 0) }?.version
        }
        return all.compactMap { asset in
            let isServing = used.contains("azureml:\(asset.name):\(asset.version)")
            guard isServing || newest[asset.name] == asset.version else { return nil }
            var metrics: [String: Double] = [:]
            for part in (asset.tags[TagName.metrics] ?? "").split(separator: " ") {
                let pair = part.split(separator: "=", maxSplits: 1)
                if pair.count == 2 { metrics[String(pair[0])] = Double(pair[1]) }
            }
            return Model(
                name: asset.name, version: asset.version, commit: asset.tags[TagName.commit],
                job: asset.tags[TagName.job],
                approvedBy: asset.tags[TagName.approvedBy], metrics: metrics, isServing: isServing)
        }.sorted { ($0.name, Int($0.version) ?? 0) < ($1.name, Int($1.version) ?? 0) }
    }

    private static func endpoints(_ live: LiveState) -> [Endpoint] {
        func deployment(_ value: LiveDeployment, traffic: Int) -> Deployment {
            let isDown = value.provisioningState == .succeeded && !value.isHealthy
            return Deployment(
                name: value.name, traffic: traffic,
                state: isDown ? "not answering" : value.provisioningState.rawValue,
                model: value.fields["model"]?.stringValue.map { String($0.drop { $0 != ":" }.dropFirst()) },
                test: value.tags[TagName.smokeTest]?.split(separator: ":").first.map(String.init))
        }
        return live.onlineEndpoints.map { endpoint in
            Endpoint(
                kind: .onlineEndpoint, name: endpoint.name, scoringURI: endpoint.scoringURI,
                deployments: endpoint.deployments.map { deployment($0, traffic: endpoint.traffic[$0.name] ?? 0) })
        }
            + live.batchEndpoints.map { endpoint in
                Endpoint(
                    kind: .batchEndpoint, name: endpoint.name,
                    deployments: endpoint.deployments.map {
                        deployment($0, traffic: $0.name == endpoint.defaultDeployment ? 100 : 0)
                    })
            }
    }
}
