internal import Digest
internal import FoundationEssentials
internal import HTTPServer
internal import Synchronization
internal import Workspace

/// The MLflow tracking API of one job, on the loopback address, for whoever holds the job's token.
///
/// An Azure ML workspace is an MLflow tracking server whose run ids are job names; so is this one.
struct TrackingServer: Sendable {
    let uri: String
    let token: String
    private let server: HTTPServer

    static func start(store: Store, job: String, experiment: String, layout: JobLayout) throws -> TrackingServer {
        let token = (0..<4).map { _ in String(UInt64.random(in: 0...UInt64.max), radix: 36) }.joined()
        let service = TrackingService(store: store, job: job, experiment: experiment, layout: layout)
        let expected = ContentDigest(of: token)
        let server = try HTTPServer.start { request in
            // Digests are compared, so that the time taken tells nothing of the token.
            guard let given = request.bearerToken, ContentDigest(of: given) == expected else {
                return TrackingError(.unauthenticated, "the job's token is missing or wrong").response
            }
            return await service.answer(request)
        }
        return TrackingServer(uri: "http://127.0.0.1:\(server.port)", token: token, server: server)
    }

    func stop() async { await server.stop(grace: .seconds(2)) }
}

/// What the calls of MLflow's clients do to the workspace.
final class TrackingService: Sendable {
    private let store: Store
    private let job: String
    private let experiment: String
    private let layout: JobLayout
    /// Experiments that a client has made and that have no run yet.
    private let created = Mutex<Set<String>>([])

    init(store: Store, job: String, experiment: String, layout: JobLayout) {
        self.store = store
        self.job = job
        self.experiment = experiment
        self.layout = layout
    }

    func answer(_ request: HTTPRequest) async -> HTTPResponse {
        do {
            let segments = request.segments
            guard segments.count >= 4, ["api", "ajax-api"].contains(segments[0]), segments[2] == "mlflow" else {
                throw TrackingError(.endpointNotFound, "there is no \(request.path) here")
            }
            let body = try self.body(request)
            return .json(try call(request.method, Array(segments.dropFirst(3)), body).canonicalBytes)
        } catch let error as TrackingError {
            return error.response
        } catch let error as WorkspaceError {
            return TrackingError(.broken, error.message).response
        } catch {
            return TrackingError(.broken, "\(error)").response
        }
    }

    /// The fields of a call: a JSON body, or the query of a GET.
    private func body(_ request: HTTPRequest) throws -> JSONValue {
        let bytes = try request.body.read()
        var fields: [String: JSONValue] = [:]
        if !bytes.isEmpty {
            guard case .object(let members)? = try? JSONParser.parse(bytes) else {
                throw TrackingError(.invalidParameter, "the body is no JSON object")
            }
            fields = members
        }
        for item in request.query {
            if case .array(let items)? = fields[item.name] {
                fields[item.name] = .array(items + [.string(item.value)])
            } else if item.name.hasSuffix("_ids") {
                fields[item.name] = .array([.string(item.value)])
            } else {
                fields[item.name] = .string(item.value)
            }
        }
        return .object(fields)
    }

    private func call(_ method: String, _ path: [String], _ body: JSONValue) throws -> JSONValue {
        switch (method, path.joined(separator: "/")) {
        case ("GET", "experiments/get-by-name"):
            return ["experiment": try experiment(named: body.text("experiment_name") ?? "")]
        case ("GET", "experiments/get"):
            return ["experiment": try experiment(named: name(ofExperiment: body.text("experiment_id") ?? ""))]
        case ("POST", "experiments/create"):
            let name = try body.required("name")
            _ = created.withLock { $0.insert(name) }
            return ["experiment_id": .string(Self.id(ofExperiment: name))]
        case (_, "experiments/search"), ("GET", "experiments/list"):
            return ["experiments": .array(try knownExperiments().sorted().map { try experiment(named: $0) })]
        case ("POST", "runs/create"): return try createRun(body)
        case ("GET", "runs/get"): return ["run": try json(own(run(body)))]
        case ("POST", "runs/update"): return try updateRun(body)
        case ("POST", "runs/delete"), ("POST", "runs/restore"):
            let run = try writable(body)
            guard run.job == job else { throw TrackingError(.forbidden, "run \(run.id) belongs to another job") }
            try store.update(
                run: run.id, status: nil, endedAt: nil, name: nil,
                lifecycle: path.last == "delete" ? "deleted" : "active")
            return [:]
        case ("POST", "runs/search"): return try searchRuns(body)
        case ("POST", "runs/log-metric"):
            try store.log(run: writable(body).id, metrics: [metric(body)], params: [], tags: [])
            return [:]
        case ("POST", "runs/log-parameter"):
            try store.log(
                run: writable(body).id, metrics: [], params: [(body.required("key"), body.text("value") ?? "")],
                tags: [])
            return [:]
        case ("POST", "runs/set-tag"):
            try store.log(
                run: writable(body).id, metrics: [], params: [],
                tags: [(body.required("key"), body.text("value") ?? "")])
            return [:]
        case ("POST", "runs/delete-tag"):
            try store.deleteTag(body.required("key"), run: writable(body).id)
            return [:]
        case ("POST", "runs/log-batch"): return try logBatch(body)
        case ("POST", "runs/log-inputs"), ("POST", "runs/outputs"), ("POST", "runs/log-model"):
            // What data went in and which model came out is told by the job itself.
            _ = try writable(body)
            return [:]
        case ("GET", "metrics/get-history"):
            let values = try store.metrics(run: own(run(body)).id, name: body.text("metric_key") ?? "")
            return ["metrics": .array(values.map(Self.json))]
        case ("GET", "artifacts/list"): return try listArtifacts(body)
        default: break
        }
        if path.first == "logged-models" { return try loggedModels(method, Array(path.dropFirst()), body) }
        throw TrackingError(
            .endpointNotFound, "this workspace does not answer \(method) \(path.joined(separator: "/"))")
    }

    // MARK: Experiments

    static func id(ofExperiment name: String) -> String {
        name == "Default" ? "0" : String(UInt64(ContentDigest(of: name).prefix(13), radix: 16) ?? 0)
    }

    private func knownExperiments() throws -> Set<String> {
        Set(try store.experiments()).union([experiment, "Default"]).union(created.withLock { $0 })
    }

    private func name(ofExperiment id: String) throws -> String {
        guard let name = try knownExperiments().first(where: { Self.id(ofExperiment: $0) == id }) else {
            throw TrackingError(.notFound, "there is no experiment \(id)")
        }
        return name
    }

    private func experiment(named name: String) throws -> JSONValue {
        guard try knownExperiments().contains(name) else {
            throw TrackingError(.notFound, "there is no experiment '\(name)'")
        }
        return [
            "experiment_id": .string(Self.id(ofExperiment: name)), "name": .string(name),
            "artifact_location": .string(Self.uri(layout.artifacts)), "lifecycle_stage": "active",
        ]
    }

    // MARK: Runs

    private func run(_ body: JSONValue) throws -> TrackedRun {
        let id = body.text("run_id") ?? body.text("run_uuid") ?? ""
        guard let run = try store.run(id) else { throw TrackingError(.notFound, "Run with id=\(id) not found") }
        return run
    }

    /// Any run may be read: comparing with earlier ones is what tracking is for.
    private func own(_ run: TrackedRun) throws -> TrackedRun { run }

    /// Only the runs of this job, and of those it is a step or trial of, may be written with its token.
    private func writable(_ body: JSONValue) throws -> TrackedRun {
        let run = try run(body)
        guard try run.job == job || store.ancestors(of: job).contains(run.id) else {
            throw TrackingError(.forbidden, "run \(run.id) belongs to another job")
        }
        return run
    }

    private func createRun(_ body: JSONValue) throws -> JSONValue {
        let experiment = try body.text("experiment_id").map(name(ofExperiment:)) ?? experiment
        let id = (0..<2).map { _ in
            let digits = String(UInt64.random(in: 0...UInt64.max), radix: 16)
            return String(repeating: "0", count: 16 - digits.count) + digits
        }.joined()
        let tags = pairs(body["tags"])
        let name = body.text("run_name") ?? tags.first { $0.0 == "mlflow.runName" }?.1 ?? id
        try store.create(
            run: id, job: job, experiment: experiment, name: name, startedAt: body.integer("start_time") ?? Self.now())
        try store.log(run: id, metrics: [], params: [], tags: tags)
        return ["run": try json(run(["run_id": .string(id)]))]
    }

    private func updateRun(_ body: JSONValue) throws -> JSONValue {
        let run = try writable(body)
        // A step that has logged to its pipeline's run has not ended that run.
        let isOwn = run.job == job
        try store.update(
            run: run.id, status: isOwn ? body.text("status") : nil, endedAt: isOwn ? body.integer("end_time") : nil,
            name: isOwn ? body.text("run_name") : nil)
        return ["run_info": try json(self.run(["run_id": .string(run.id)]))["info"] ?? [:]]
    }

    private func searchRuns(_ body: JSONValue) throws -> JSONValue {
        let ids = (body["experiment_ids"]?.arrayValue ?? []).compactMap(\.stringValue)
        let names = try knownExperiments().filter { ids.contains(Self.id(ofExperiment: $0)) }
        let runs = try store.runs(experiments: names, limit: Int(body.integer("max_results") ?? 1000))
        return ["runs": .array(try runs.filter { $0.lifecycle == "active" }.map(json))]
    }

    private func logBatch(_ body: JSONValue) throws -> JSONValue {
        try store.log(
            run: writable(body).id, metrics: (body["metrics"]?.arrayValue ?? []).map(metric),
            params: pairs(body["params"]), tags: pairs(body["tags"]))
        return [:]
    }

    private func metric(_ body: JSONValue) throws -> TrackedMetric {
        guard let value = body["value"]?.doubleValue ?? body.text("value").flatMap(Self.number) else {
            throw TrackingError(.invalidParameter, "the metric \(body.text("key") ?? "") has no number for a value")
        }
        return TrackedMetric(
            name: try body.required("key"), value: value, step: body.integer("step") ?? 0,
            time: body.integer("timestamp") ?? Self.now())
    }

    private static func number(_ text: String) -> Double? {
        switch text {
        case "NaN": .nan
        case "Infinity": .infinity
        case "-Infinity": -.infinity
        default: Double(text)
        }
    }

    private func pairs(_ list: JSONValue?) -> [(String, String)] {
        (list?.arrayValue ?? []).compactMap { item in item.text("key").map { ($0, item.text("value") ?? "") } }
    }

    private func json(_ run: TrackedRun) throws -> JSONValue {
        var latest: [String: TrackedMetric] = [:]
        for metric in try store.metrics(run: run.id) { latest[metric.name] = metric }
        var info: JSONValue = [
            "run_id": .string(run.id), "run_uuid": .string(run.id), "run_name": .string(run.name),
            "experiment_id": .string(Self.id(ofExperiment: run.experiment)), "user_id": "",
            "status": .string(run.status),
            "start_time": .int(run.startedAt), "lifecycle_stage": .string(run.lifecycle),
            "artifact_uri": .string(Self.uri(artifacts(of: run))),
        ]
        info["end_time"] = run.endedAt.map { .int($0) }
        let tags = try store.runTags(run: run.id)
        let data: JSONValue = [
            "metrics": .array(latest.values.sorted { $0.name < $1.name }.map(Self.json)),
            "params": .array(try store.params(run: run.id).map(Self.pair)), "tags": .array(tags.map(Self.pair)),
        ]
        return ["info": info, "data": data, "inputs": [:], "outputs": [:]]
    }

    private static func json(_ metric: TrackedMetric) -> JSONValue {
        let value: JSONValue =
            metric.value.isNaN
            ? "NaN" : metric.value.isInfinite ? (metric.value > 0 ? "Infinity" : "-Infinity") : .double(metric.value)
        return [
            "key": .string(metric.name), "value": value, "timestamp": .int(metric.time), "step": .int(metric.step),
        ]
    }

    private static func pair(_ pair: (String, String)) -> JSONValue {
        ["key": .string(pair.0), "value": .string(pair.1)]
    }

    // MARK: Artifacts

    /// Where clients write a run's files themselves, being on the same machine.
    ///
    /// A child run's files stand apart from its parent's.
    private func artifacts(of run: TrackedRun) -> String {
        if run.id == run.job, run.id != job { return layout.sibling(run.id).artifacts }
        return run.id == job ? layout.artifacts : "\(layout.root)/runs/\(StateLayout.pathComponent(run.id))"
    }

    private static func uri(_ path: String) -> String {
        URL(filePath: path, directoryHint: .notDirectory).absoluteString
    }

    private func listArtifacts(_ body: JSONValue) throws -> JSONValue {
        let run = try run(body)
        let inside = body.text("path") ?? ""
        if !inside.isEmpty { try ContentStore.check(inside) }
        let folder = artifacts(of: run) + (inside.isEmpty ? "" : "/\(inside)")
        let files = Files.list(folder).map { name -> JSONValue in
            let path = inside.isEmpty ? name : "\(inside)/\(name)"
            var file: JSONValue = ["path": .string(path), "is_dir": .bool(Files.isFolder("\(folder)/\(name)"))]
            file["file_size"] = Files.size("\(folder)/\(name)").map { .int($0) }
            return file
        }
        return ["root_uri": .string(Self.uri(artifacts(of: run))), "files": .array(files)]
    }

    // MARK: Logged models, as MLflow 3 keeps them

    private func loggedModels(_ method: String, _ path: [String], _ body: JSONValue) throws -> JSONValue {
        if method == "POST", path.isEmpty {
            let model = TrackedModel(
                id: "m-" + ContentDigest(of: "\(job) \(UInt64.random(in: 0...UInt64.max))").prefix(32),
                run: body.text("source_run_id") ?? job, name: body.text("name") ?? "model",
                type: body.text("model_type") ?? "", params: body["params"] ?? [], tags: body["tags"] ?? [],
                at: Self.now())
            try ContentStore.check(model.name)
            try store.save(model, job: job)
            return ["model": try json(model)]
        }
        if method == "POST", path == ["search"] {
            let filter = body.text("filter") ?? ""
            return ["models": .array(try store.loggedModels(job: job).filter { $0.matches(filter) }.map(json))]
        }
        guard let id = path.first, var model = try store.loggedModel(id) else {
            throw TrackingError(.notFound, "there is no logged model \(path.first ?? "")")
        }
        switch (method, path.dropFirst().first) {
        case ("GET", nil): return ["model": try json(model)]
        case ("PATCH", nil): model.status = body.text("status") ?? model.status
        case ("POST", "params"):
            model.params = .array((model.params.arrayValue ?? []) + (body["params"]?.arrayValue ?? []))
        case ("PATCH", "tags"), ("POST", "tags"):
            let new = body["tags"]?.arrayValue ?? []
            let names = Set(new.compactMap { $0.text("key") })
            let kept = (model.tags.arrayValue ?? []).filter { !names.contains($0.text("key") ?? "") }
            model.tags = .array(kept + new)
        default: throw TrackingError(.endpointNotFound, "this workspace does not answer that for a logged model")
        }
        model.updatedAt = Self.now()
        try store.save(model, job: job)
        return ["model": try json(model)]
    }

    private func json(_ model: TrackedModel) throws -> JSONValue {
        // Not under models/m-…: a path in the run's artifacts is what MODEL_PATH names, whatever MLflow's version.
        let run = try store.run(model.run)
        let folder = (run.map(artifacts(of:)) ?? layout.artifacts) + "/\(model.name)"
        let experiment = run?.experiment ?? experiment
        return [
            "info": [
                "model_id": .string(model.id), "experiment_id": .string(Self.id(ofExperiment: experiment)),
                "name": .string(model.name), "creation_timestamp_ms": .int(model.createdAt),
                "last_updated_timestamp_ms": .int(model.updatedAt), "artifact_uri": .string(Self.uri(folder)),
                "status": .string(model.status), "model_type": .string(model.type), "source_run_id": .string(model.run),
                "tags": model.tags, "registrations": [],
            ],
            "data": ["params": model.params, "metrics": []],
        ]
    }

    private static func now() -> Int64 { Int64(Date().timeIntervalSince1970 * 1000) }
}

extension JSONValue {
    /// The text of a member; numbers count as text, since a query has nothing else.
    fileprivate func text(_ key: String) -> String? {
        switch self[key] {
        case .string(let text)?: text
        case .int(let number)?: String(number)
        default: nil
        }
    }

    fileprivate func integer(_ key: String) -> Int64? {
        switch self[key] {
        case .int(let number)?: number
        case .double(let number)?: Int64(exactly: number.rounded())
        case .string(let text)?: Int64(text)
        default: nil
        }
    }

    fileprivate func required(_ key: String) throws -> String {
        guard let text = text(key), !text.isEmpty else {
            throw TrackingError(.invalidParameter, "Missing value for required parameter '\(key)'")
        }
        return text
    }
}
