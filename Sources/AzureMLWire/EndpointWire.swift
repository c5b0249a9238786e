package import Digest
package import Workspace

/// Endpoints and deployments: CLI v2 fields beside the API's bodies.
package enum EndpointWire {
    private static let modes = ["key": "Key", "aml_token": "AMLToken", "aad_token": "AADToken"]

    /// The fields that an endpoint's body says; traffic is read apart.
    package static func endpointFields(_ body: JSONValue, isBatch: Bool) -> JSONValue {
        let properties = body["properties"] ?? [:]
        var fields: JSONValue = [:]
        let mode = properties["authMode"]?.stringValue?.lowercased() ?? (isBatch ? "aadtoken" : "key")
        fields["auth_mode"] = .string(
            modes.first { $0.value.lowercased() == mode }?.key ?? mode)
        fields.take("description", from: properties)
        if let own = properties["properties"]?.present, !own.isEmpty { fields["properties"] = .object(own) }
        if let access = properties["publicNetworkAccess"]?.stringValue, access != "Enabled" {
            fields["public_network_access"] = .string(access.lowercased())
        }
        return fields
    }

    package static func authMode(_ fields: JSONValue, isBatch: Bool) -> JSONValue {
        let mode = fields["auth_mode"]?.stringValue ?? (isBatch ? "aad_token" : "key")
        return .string(modes[mode] ?? mode)
    }

    /// Percents by deployment.
    package static func traffic(_ value: JSONValue?) -> [String: Int] {
        (value?.present ?? [:]).compactMapValues(\.intValue)
    }

    package static func traffic(_ traffic: [String: Int]) -> JSONValue {
        .object(traffic.mapValues { .int(Int64($0)) })
    }

    // MARK: Online deployments

    private static let probes = [("liveness_probe", "livenessProbe"), ("readiness_probe", "readinessProbe")]
    private static let spans = ["initial_delay", "period", "timeout"]

    package static func deploymentFields(_ body: JSONValue) -> JSONValue {
        let properties = body["properties"] ?? [:]
        var fields = common(properties)
        fields["type"] = properties["endpointComputeType"]?.stringValue == "Kubernetes" ? "kubernetes" : nil
        if let model = properties["model"]?.stringValue { fields["model"] = .string(AssetName.reference(model)) }
        fields.take("instance_type", from: properties, as: "instanceType")
        fields.take("model_mount_path", from: properties, as: "modelMountPath")
        if properties["appInsightsEnabled"]?.boolValue == true { fields["app_insights_enabled"] = true }
        if let count = body["sku"]?["capacity"]?.intValue { fields["instance_count"] = .int(Int64(count)) }
        if let access = properties["egressPublicNetworkAccess"]?.stringValue, access != "Enabled" {
            fields["egress_public_network_access"] = .string(access.lowercased())
        }
        if let settings = properties["requestSettings"], !settings.present.isEmpty {
            var request: JSONValue = [:]
            request.take("max_concurrent_requests_per_instance", from: settings, as: "maxConcurrentRequestsPerInstance")
            for (name, wire) in [("request_timeout_ms", "requestTimeout"), ("max_queue_wait_ms", "maxQueueWait")] {
                guard let span = settings[wire]?.stringValue.flatMap(WireDuration.milliseconds) else { continue }
                request[name] = .int(Int64(span))
            }
            fields["request_settings"] = request
        }
        for (name, wire) in probes {
            guard let probe = properties[wire], !probe.present.isEmpty else { continue }
            var value = Spelling.snake(probe)
            for span in spans {
                guard let text = value[span]?.stringValue, let time = WireDuration.milliseconds(text) else { continue }
                value[span] = .int(Int64(time / 1_000))
            }
            fields[name] = value
        }
        return fields
    }

    package static func deployment(_ live: LiveDeployment, in path: WorkspacePath) -> JSONValue {
        let fields = live.fields
        var properties = common(toWire: fields, in: path)
        properties["endpointComputeType"] = fields["type"]?.stringValue == "kubernetes" ? "Kubernetes" : "Managed"
        if let model = fields["model"]?.stringValue { properties["model"] = .string(path.id(model, of: "models")) }
        properties["instanceType"] = fields["instance_type"] ?? "Standard_DS3_v2"
        properties.take("modelMountPath", from: fields, as: "model_mount_path")
        properties["appInsightsEnabled"] = fields["app_insights_enabled"] ?? false
        properties["scaleSettings"] = ["scaleType": "Default"]
        properties["egressPublicNetworkAccess"] =
            fields["egress_public_network_access"]?.stringValue == "disabled" ? "Disabled" : "Enabled"
        let request = fields["request_settings"] ?? [:]
        properties["requestSettings"] = [
            "maxConcurrentRequestsPerInstance": request["max_concurrent_requests_per_instance"] ?? 1,
            "requestTimeout": span(request["request_timeout_ms"], 5_000),
            "maxQueueWait": span(request["max_queue_wait_ms"], 500),
        ]
        for (name, wire) in probes {
            let probe = fields[name] ?? [:]
            properties[wire] = [
                "initialDelay": seconds(probe["initial_delay"], 10), "period": seconds(probe["period"], 10),
                "timeout": seconds(probe["timeout"], 2), "successThreshold": probe["success_threshold"] ?? 1,
                "failureThreshold": probe["failure_threshold"] ?? 30,
            ]
        }
        properties["provisioningState"] = .string(live.provisioningState.rawValue)
        return properties
    }

    private static func span(_ value: JSONValue?, _ usual: Int) -> JSONValue {
        .string(WireDuration.text(milliseconds: value?.intValue ?? usual))
    }

    private static func seconds(_ value: JSONValue?, _ usual: Int) -> JSONValue {
        .string(WireDuration.text(milliseconds: (value?.intValue ?? usual) * 1_000))
    }

    // MARK: Batch deployments

    package static func batchDeploymentFields(_ body: JSONValue) -> JSONValue {
        let properties = body["properties"] ?? [:]
        var fields = common(properties)
        fields["type"] = "model"
        if let model = properties["model"]?["assetId"]?.stringValue {
            fields["model"] = .string(AssetName.reference(model))
        }
        if let compute = properties["compute"]?.stringValue {
            fields["compute"] = .string("azureml:\(AssetName.last(compute))")
        }
        if let count = properties["resources"]?["instanceCount"] { fields["resources"] = ["instance_count": count] }
        // The YAML of a newer client has these under `settings`, the API has one place for both.
        for name in ["mini_batch_size", "max_concurrency_per_instance", "output_file_name", "error_threshold"] {
            fields.take(name, from: properties, as: Spelling.camel(name))
        }
        if let action = properties["outputAction"]?.stringValue {
            fields["output_action"] = .string(Spelling.snake(action))
        }
        if let level = properties["loggingLevel"]?.stringValue { fields["logging_level"] = .string(level.lowercased()) }
        if let retry = properties["retrySettings"], !retry.present.isEmpty {
            var settings: JSONValue = [:]
            settings.take("max_retries", from: retry, as: "maxRetries")
            if let span = retry["timeout"]?.stringValue.flatMap(WireDuration.milliseconds) {
                settings["timeout"] = .int(Int64(span / 1_000))
            }
            fields["retry_settings"] = settings
        }
        return fields
    }

    package static func batchDeployment(_ live: LiveDeployment, in path: WorkspacePath) -> JSONValue {
        // Either spelling of the YAML: settings of their own, or beside the rest.
        var fields = live.fields
        for (name, value) in fields["settings"]?.present ?? [:] where fields[name] == nil { fields[name] = value }
        var properties = common(toWire: fields, in: path)
        if let model = fields["model"]?.stringValue {
            properties["model"] = ["referenceType": "Id", "assetId": .string(path.id(model, of: "models"))]
        }
        if let compute = fields["compute"]?.stringValue {
            properties["compute"] = .string(path.id("computes", AssetName.last(compute)))
        }
        properties["resources"] = ["instanceCount": fields["resources"]?["instance_count"] ?? 1]
        properties["miniBatchSize"] = fields["mini_batch_size"] ?? 10
        properties["maxConcurrencyPerInstance"] = fields["max_concurrency_per_instance"] ?? 1
        properties["outputFileName"] = fields["output_file_name"] ?? "predictions.csv"
        properties["errorThreshold"] = fields["error_threshold"] ?? -1
        properties["outputAction"] =
            fields["output_action"]?.stringValue == "summary_only" ? "SummaryOnly" : "AppendRow"
        properties["loggingLevel"] = .string(title(fields["logging_level"]?.stringValue ?? "info"))
        let retry = fields["retry_settings"] ?? [:]
        properties["retrySettings"] = [
            "maxRetries": retry["max_retries"] ?? 3, "timeout": seconds(retry["timeout"], 30),
        ]
        properties["provisioningState"] = .string(live.provisioningState.rawValue)
        return properties
    }

    private static func title(_ text: String) -> String { text.prefix(1).uppercased() + text.dropFirst().lowercased() }

    // MARK: Both

    private static func common(_ properties: JSONValue) -> JSONValue {
        var fields: JSONValue = [:]
        fields.take("description", from: properties)
        if let own = properties["properties"]?.present, !own.isEmpty { fields["properties"] = .object(own) }
        if let environment = properties["environmentId"]?.stringValue {
            fields["environment"] = .string(AssetName.reference(environment))
        }
        if let code = properties["codeConfiguration"], !code.present.isEmpty {
            var configuration: JSONValue = [:]
            if let id = code["codeId"]?.stringValue { configuration["code"] = .string(AssetName.reference(id)) }
            configuration.take("scoring_script", from: code, as: "scoringScript")
            fields["code_configuration"] = configuration
        }
        if let variables = properties["environmentVariables"]?.present, !variables.isEmpty {
            fields["environment_variables"] = .object(variables)
        }
        return fields
    }

    private static func common(toWire fields: JSONValue, in path: WorkspacePath) -> JSONValue {
        var properties: JSONValue = [
            "properties": JSONValue(texts: fields["properties"]?.texts ?? [:]),
            "environmentVariables": JSONValue(texts: fields["environment_variables"]?.texts ?? [:]),
        ]
        properties["description"] = fields["description"] ?? .null
        if let environment = fields["environment"]?.stringValue {
            properties["environmentId"] = .string(path.id(environment, of: "environments"))
        }
        if let code = fields["code_configuration"] {
            var configuration: JSONValue = [:]
            if let id = code["code"]?.stringValue { configuration["codeId"] = .string(path.id(id, of: "codes")) }
            configuration.take("scoringScript", from: code, as: "scoring_script")
            properties["codeConfiguration"] = configuration
        }
        return properties
    }
}
