internal import Digest
internal import HTTPServer
internal import TimeKeeping
internal import Workspace

extension RouteTable {
    /// Reading runs as MLflow's clients do; a job writes to its run by the tracking server it was given.
    mutating func addMLflow() {
        for version in ["v1.0", "v2.0"] {
            let root = "/mlflow/\(version)"
            let api = "/api/2.0/mlflow"
            add("GET", root: root, "\(api)/runs/get") { call in
                let name = call.request.query("run_id") ?? call.request.query("run_uuid") ?? ""
                guard let job = try await call.served.workspace.job(name) else {
                    return MLflow.missing("Run with id=\(name) not found")
                }
                return call.json(["run": MLflow.run(job)])
            }
            add("GET", root: root, "\(api)/metrics/get-history") { call in
                let key = call.request.query("metric_key") ?? ""
                let name = call.request.query("run_id") ?? ""
                let points = try await call.served.workspace.metricHistory(ofJob: name)[key] ?? []
                return call.json(["metrics": .array(points.map { MLflow.metric(key, $0.value, $0.step, $0.time) })])
            }
            add("POST", root: root, "\(api)/runs/search") { call in
                let body = try call.body()
                let wanted = Set(body["experiment_ids"]?.arrayValue?.compactMap(\.stringValue) ?? [])
                let limit = body["max_results"]?.intValue ?? 1_000
                var runs: [JSONValue] = []
                for live in try await call.served.workspace.liveState().jobs.reversed()
                where wanted.contains(MLflow.id(live.experimentName)) && runs.count < limit {
                    if let job = try await call.served.workspace.job(live.name) { runs.append(MLflow.run(job)) }
                }
                return call.json(["runs": .array(runs)])
            }
            for method in ["GET", "POST"] {
                add(method, root: root, "\(api)/experiments/search") { call in
                    call.json(["experiments": .array(try await MLflow.experiments(call).map(MLflow.experiment))])
                }
            }
            add("GET", root: root, "\(api)/experiments/get-by-name") { call in
                let name = call.request.query("experiment_name") ?? ""
                guard try await MLflow.experiments(call).contains(name) else {
                    return MLflow.missing("there is no experiment '\(name)'")
                }
                return call.json(["experiment": MLflow.experiment(name)])
            }
            add("GET", root: root, "\(api)/experiments/get") { call in
                let id = call.request.query("experiment_id") ?? ""
                guard let name = try await MLflow.experiments(call).first(where: { MLflow.id($0) == id }) else {
                    return MLflow.missing("there is no experiment \(id)")
                }
                return call.json(["experiment": MLflow.experiment(name)])
            }
            add("GET", root: root, "\(api)/artifacts/list") { call in
                let name = call.request.query("run_id") ?? ""
                let path = call.request.query("path") ?? ""
                let files = try await call.served.workspace.files(ofJob: name)["artifacts"] ?? FileSet(files: [])
                return call.json(["root_uri": .string(MLflow.artifacts(name)), "files": MLflow.files(files, in: path)])
            }
        }
    }
}

/// Jobs in the words of MLflow.
private enum MLflow {
    static func missing(_ message: String) -> HTTPResponse {
        let body: JSONValue = ["error_code": "RESOURCE_DOES_NOT_EXIST", "message": .string(message)]
        return .json(body.canonicalBytes, status: 404)
    }

    static func experiments(_ call: Call) async throws -> [String] {
        Set(try await call.served.workspace.liveState().jobs.map(\.experimentName)).sorted()
    }

    static func id(_ experiment: String) -> String { ContentDigest(of: experiment).prefix(16) }

    static func experiment(_ name: String) -> JSONValue {
        [
            "experiment_id": .string(id(name)), "name": .string(name), "lifecycle_stage": "active",
            "artifact_location": "",
        ]
    }

    static func artifacts(_ job: String) -> String { "azureml://jobs/\(job)/outputs/artifacts/paths/" }

    static func metric(_ name: String, _ value: Double, _ step: Int64, _ time: Int64) -> JSONValue {
        ["key": .string(name), "value": .double(value), "step": .int(step), "timestamp": .int(time)]
    }

    static func run(_ job: JobDetails) -> JSONValue {
        let live = job.live
        let status =
            switch live.status {
            case .completed: "FINISHED"
            case .failed, .notResponding: "FAILED"
            case .canceled: "KILLED"
            case .running, .finalizing: "RUNNING"
            default: "SCHEDULED"
            }
        let start = (live.startedAt ?? live.createdAt).seconds * 1_000
        var info: JSONValue = [
            "run_id": .string(live.name), "run_uuid": .string(live.name), "run_name": .string(live.name),
            "experiment_id": .string(id(live.experimentName)), "status": .string(status), "start_time": .int(start),
            "lifecycle_stage": "active", "artifact_uri": .string(artifacts(live.name)), "user_id": "",
        ]
        info["end_time"] = live.endedAt.map { .int($0.seconds * 1_000) }
        let time = (live.endedAt ?? live.startedAt ?? live.createdAt).seconds * 1_000
        var tags = live.tags
        tags["mlflow.runName"] = live.name
        tags["mlflow.parentRunId"] = live.parent
        return [
            "info": info,
            "data": [
                "metrics": .array(
                    live.metrics.sorted { $0.key < $1.key }.map { metric($0.key, $0.value, 0, time) }),
                "params": pairs(job.params), "tags": pairs(tags),
            ], "inputs": [:], "outputs": [:],
        ]
    }

    private static func pairs(_ texts: [String: String]) -> JSONValue {
        .array(texts.sorted { $0.key < $1.key }.map { ["key": .string($0.key), "value": .string($0.value)] })
    }

    /// What stands directly in a folder of a run's files.
    static func files(_ set: FileSet, in path: String) -> JSONValue {
        let prefix = path.isEmpty || path.hasSuffix("/") ? path : "\(path)/"
        var sizes: [String: Int64?] = [:]
        for file in set.files where file.path.hasPrefix(prefix) {
            let parts = file.path.dropFirst(prefix.count).split(separator: "/", maxSplits: 1)
            guard let first = parts.first else { continue }
            sizes[prefix + first] = .some(parts.count == 1 ? file.size : nil)
        }
        return .array(
            sizes.sorted { $0.key < $1.key }.map { name, size in
                var entry: JSONValue = ["path": .string(name), "is_dir": .bool(size == nil)]
                entry["file_size"] = size.map { .int($0) }
                return entry
            })
    }
}
