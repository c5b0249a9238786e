package import Digest

/// The code of a deployment.
package struct CodeConfigurationView: Sendable, Equatable {
    /// The code folder as written.
    package var code: String?
    /// The script in it that has `init` and `run`.
    package var scoringScript: String?

    init?(_ value: JSONValue?) {
        guard let value, value.objectValue != nil else { return nil }
        code = value["code"]?.stringValue
        scoringScript = value["scoring_script"]?.stringValue
    }
}

/// What an online deployment says, with the service's defaults filled in.
package struct OnlineDeploymentView: Sendable, Equatable {
    /// How many requests an instance takes, and how long they may last.
    package struct RequestSettings: Sendable, Equatable {
        package var maxConcurrentRequestsPerInstance: Int
        package var requestTimeoutMs: Int
        /// How long a request may wait for its turn; nil leaves it to the service.
        package var maxQueueWaitMs: Int?
    }

    /// When an instance counts as alive or ready; times in seconds.
    package struct Probe: Sendable, Equatable {
        package var period: Int
        package var initialDelay: Int
        package var timeout: Int
        package var successThreshold: Int
        package var failureThreshold: Int
    }

    /// The endpoint's name.
    package let endpointName: String
    package let model: ModelSource?
    package let environment: EnvironmentSource?
    package let codeConfiguration: CodeConfigurationView?
    package let environmentVariables: [String: String]
    package let instanceType: String?
    package let instanceCount: Int
    package let requestSettings: RequestSettings
    package let livenessProbe: Probe
    package let readinessProbe: Probe
    package let modelMountPath: String?

    /// Reads the normalised fields of an online deployment.
    package init(fields: JSONValue) {
        endpointName = fields["endpoint_name"]?.stringValue ?? ""
        model = ModelSource(fields["model"])
        environment = EnvironmentSource(fields["environment"])
        codeConfiguration = CodeConfigurationView(fields["code_configuration"])
        environmentVariables = fields["environment_variables"]?.textMap ?? [:]
        instanceType = fields["instance_type"]?.stringValue
        instanceCount = fields["instance_count"]?.intValue ?? 1
        let requests = fields["request_settings"]
        requestSettings = RequestSettings(
            maxConcurrentRequestsPerInstance: requests?["max_concurrent_requests_per_instance"]?.intValue ?? 1,
            requestTimeoutMs: requests?["request_timeout_ms"]?.intValue ?? 5_000,
            maxQueueWaitMs: requests?["max_queue_wait_ms"]?.intValue)
        livenessProbe = Self.probe(fields["liveness_probe"])
        readinessProbe = Self.probe(fields["readiness_probe"])
        modelMountPath = fields["model_mount_path"]?.stringValue
    }

    private static func probe(_ value: JSONValue?) -> Probe {
        Probe(
            period: value?["period"]?.intValue ?? 10, initialDelay: value?["initial_delay"]?.intValue ?? 10,
            timeout: value?["timeout"]?.intValue ?? 2, successThreshold: value?["success_threshold"]?.intValue ?? 1,
            failureThreshold: value?["failure_threshold"]?.intValue ?? 30)
    }
}
