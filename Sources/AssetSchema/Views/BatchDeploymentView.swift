package import Digest

/// What a batch deployment says, with the service's defaults filled in.
package struct BatchDeploymentView: Sendable, Equatable {
    /// What becomes of the results.
    package enum OutputAction: String, Sendable {
        case appendRow = "append_row"
        case summaryOnly = "summary_only"
    }

    /// How often and how long a mini-batch is tried.
    package struct RetrySettings: Sendable, Equatable {
        package var maxRetries: Int
        /// Seconds for one try.
        package var timeout: Int
    }

    /// The endpoint's name.
    package let endpointName: String
    package let model: ModelSource?
    package let environment: EnvironmentSource?
    package let codeConfiguration: CodeConfigurationView?
    package let environmentVariables: [String: String]
    package let compute: String?
    package let instanceCount: Int
    package let miniBatchSize: Int
    package let maxConcurrencyPerInstance: Int
    package let retrySettings: RetrySettings
    /// How many files may fail before the job does; -1 is any number.
    package let errorThreshold: Int
    package let outputAction: OutputAction
    package let outputFileName: String
    /// `warning`, `info` or `debug`.
    package let loggingLevel: String

    /// Reads the normalised fields of a batch deployment.
    package init(fields: JSONValue) {
        endpointName = fields["endpoint_name"]?.stringValue ?? ""
        model = ModelSource(fields["model"])
        environment = EnvironmentSource(fields["environment"])
        codeConfiguration = CodeConfigurationView(fields["code_configuration"])
        environmentVariables = fields["environment_variables"]?.textMap ?? [:]
        compute = fields["compute"]?.stringValue
        instanceCount = fields["resources"]?["instance_count"]?.intValue ?? 1
        miniBatchSize = fields["mini_batch_size"]?.intValue ?? 10
        maxConcurrencyPerInstance = fields["max_concurrency_per_instance"]?.intValue ?? 1
        retrySettings = RetrySettings(
            maxRetries: fields["retry_settings"]?["max_retries"]?.intValue ?? 3,
            timeout: fields["retry_settings"]?["timeout"]?.intValue ?? 30)
        errorThreshold = fields["error_threshold"]?.intValue ?? -1
        outputAction = (fields["output_action"]?.stringValue).flatMap(OutputAction.init) ?? .appendRow
        outputFileName = fields["output_file_name"]?.stringValue ?? "predictions.csv"
        loggingLevel = fields["logging_level"]?.stringValue?.lowercased() ?? "info"
    }
}

/// What an online or batch endpoint says, with the service's defaults filled in.
package struct EndpointView: Sendable, Equatable {
    /// `key`, `aml_token` or `aad_token`.
    package let authMode: String
    /// Percent by deployment, as the document says; usually the rollout decides instead.
    package let traffic: [String: Int]
    /// A batch endpoint's default deployment.
    package let defaultDeployment: String?

    /// Reads the normalised fields of an endpoint.
    package init(kind: AssetKind, fields: JSONValue) {
        authMode = fields["auth_mode"]?.stringValue ?? (kind == .batchEndpoint ? "aad_token" : "key")
        traffic = (fields["traffic"]?.objectValue ?? [:]).compactMapValues(\.intValue)
        defaultDeployment = fields["defaults"]?["deployment_name"]?.stringValue
    }
}
