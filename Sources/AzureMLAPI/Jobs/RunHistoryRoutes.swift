internal import AzureMLWire
internal import Digest
internal import HTTPServer
internal import TimeKeeping
internal import Workspace

extension RouteTable {
    /// Run history: what a client asks for while it watches a job.
    mutating func addRunHistory() {
        let history = "/history/v1.0"
        for place in ["", "/experiments/:experiment", "/experimentids/:experiment"] {
            add("GET", root: history, "\(place)/runs/:job/details") { call in
                call.json(try await RunHistory(call: call).details(call["job"]))
            }
            add("GET", root: history, "\(place)/runs/:job") { call in
                call.json(try await RunHistory(call: call).run(call["job"]))
            }
            add("PATCH", root: history, "\(place)/runs/:job") { call in
                _ = try await Jobs(call: call).update(call["job"], try call.body())
                return call.json(try await RunHistory(call: call).run(call["job"]))
            }
            add("GET", root: history, "\(place)/runs/:job/children") { call in
                try await RunHistory(call: call).children(of: call["job"])
            }
            add("POST", root: history, "\(place)/runs/:job/cancel") { call in
                try await call.served.perform(.cancelJob(name: call["job"]))
                return call.json(try await RunHistory(call: call).run(call["job"]))
            }
        }
        add("POST", root: history, "/rundata") { call in
            let name = try call.body()["runId"]?.stringValue ?? ""
            return call.json(["runMetadata": try await RunHistory(call: call).run(name)])
        }
        add("POST", root: "/metric/v2.0", "/runs/:job/list") { call in
            let history = try await call.served.workspace.metricHistory(ofJob: call["job"])
            return call.json([
                "value": .array(
                    history.sorted { $0.key < $1.key }.map { RunHistory.metric($0.key, $0.value.suffix(0)) })
            ])
        }
        for form in ["full", "sample"] {
            add("POST", root: "/metric/v2.0", "/runs/:job/\(form)") { call in
                let name = try call.body()["metricName"]?.stringValue ?? ""
                let history = try await call.served.workspace.metricHistory(ofJob: call["job"])
                guard let points = history[name] else { throw APIError.notFound("metric \(name) of \(call["job"])") }
                return call.json(RunHistory.metric(name, points[...]))
            }
        }
        for (root, path, key) in [
            ("/data/v1.0", "/dataversion/batchGetResolvedUris", "uri"),
            ("/modelregistry/v1.0", "/models/batchGetResolvedUris", "path"),
        ] {
            // An output's id is its place already.
            add("POST", root: root, path) { call in
                let ids = try call.body()["values"]?.arrayValue?.compactMap(\.stringValue) ?? []
                let values = ids.map { id in (id, JSONValue.object([key: .string(id)])) }
                return call.json(["values": .object(Dictionary(values, uniquingKeysWith: { first, _ in first }))])
            }
        }
    }
}

/// Jobs in the words of run history.
private struct RunHistory {
    let call: Call

    private func common(_ job: JobDetails) throws -> JSONValue {
        let live = job.live
        var body: JSONValue = [
            "runId": .string(live.name), "status": .string(live.status.rawValue),
            "rootRunId": .string(live.parent ?? live.name),
            "tags": JSONValue(texts: live.tags), "properties": JSONValue(texts: job.fields["properties"]?.texts ?? [:]),
            "parameters": JSONValue(texts: job.params), "warnings": [], "services": [:],
        ]
        body["parentRunId"] = live.parent.map { .string($0) } ?? .null
        body["startTimeUtc"] = live.startedAt.map { .string($0.description) } ?? .null
        body["endTimeUtc"] = live.endedAt.map { .string($0.description) } ?? .null
        if let error = live.error {
            body["error"] = ["error": ["code": "UserError", "message": .string(error), "details": []]]
        }
        return body
    }

    func details(_ name: String) async throws -> JSONValue {
        let job = try await Jobs(call: call).details(name)
        var body = try common(job)
        body["logFiles"] = .object(try await logs(name))
        body["createdTimeUtc"] = .string(job.live.createdAt.description)
        return body
    }

    /// The logs by name, each with a URL that opens it for a day.
    private func logs(_ name: String) async throws -> [String: JSONValue] {
        let served = call.served
        let signature = call.service.signature(served)
        let end = Timestamp(seconds: call.now.seconds + 86_400)
        var logs: [String: JSONValue] = [:]
        for file in try await served.workspace.files(ofJob: name)["user_logs"]?.files ?? [] {
            let path = "\(served.storage.container)/ExperimentRun/dcid.\(name)/user_logs/\(file.path)"
            logs["user_logs/\(file.path)"] = .string(
                "\(served.address.base)/\(served.storage.host)/\(path)?\(signature.blobQuery(path, until: end))")
        }
        return logs
    }

    func run(_ name: String) async throws -> JSONValue {
        let job = try await Jobs(call: call).details(name)
        let resource = try Jobs(call: call).resource(job)
        var body = try common(job)
        body["createdUtc"] = .string(job.live.createdAt.description)
        body["displayName"] = resource["properties"]?["displayName"] ?? .null
        body["description"] = resource["properties"]?["description"] ?? .null
        body["hidden"] = resource["properties"]?["isArchived"] ?? false
        body["dataContainerId"] = .string("dcid.\(name)")
        body["experimentId"] = .string(job.live.experimentName)
        body["runType"] = .string("azureml.\(resource["properties"]?["jobType"]?.stringValue ?? "Command")")
        let outputs = (resource["properties"]?["outputs"]?.objectValue ?? [:]).filter { $0.key != "default" }
        body["outputs"] = .object(
            outputs.mapValues { output in
                ["assetId": output["uri"] ?? "", "type": .string(Self.dataType(output["jobOutputType"]?.stringValue))]
            })
        return body
    }

    /// Run history writes the types of models in its own way, and those of data as all do.
    private static func dataType(_ type: String?) -> String {
        switch type {
        case "mlflow_model": "MLFlowModel"
        case "custom_model": "CustomModel"
        case "triton_model": "TritonModel"
        default: type ?? "uri_folder"
        }
    }

    func children(of name: String) async throws -> HTTPResponse {
        var items: [JSONValue] = []
        for live in try await call.served.workspace.liveState().jobs where live.parent == name {
            items.append(try await run(live.name))
        }
        return call.page(items)
    }

    static func metric(_ name: String, _ points: ArraySlice<MetricPoint>) -> JSONValue {
        [
            "name": .string(name), "columns": .object([name: "Double"]),
            "properties": ["uxMetricType": "azureml.v1.scalar"],
            "value": .array(
                points.map { point in
                    [
                        "step": .int(point.step),
                        "createdUtc": .string(Timestamp(seconds: point.time / 1_000).description),
                        "data": .object([name: .double(point.value)]),
                    ]
                }),
        ]
    }
}
