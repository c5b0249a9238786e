internal import Digest
internal import Workspace

/// What a job's supervisor starts once everything it needs is there.
struct JobProgram: Sendable, Equatable {
    var arguments: [String]
    var environment: [String: String]
    var workingDirectory: String
    var timeoutSeconds: Int?
}

extension JobProgram {
    /// The variables that Azure ML and MLflow give to a job, and nothing of the controller's own.
    static func environment(
        job: Store.Job, root: String? = nil, layout: JobLayout, python: PreparedEnvironment?, tracking: TrackingServer,
        host: [String: String] = HostEnvironment.all
    ) -> [String: String] {
        // PYTHONDONTWRITEBYTECODE stays out: without bytecode every start of Python compiles its packages anew.
        var result = host.filter { ["LANG", "LC_ALL", "TZ", "SSL_CERT_FILE", "SSL_CERT_DIR"].contains($0.key) }
        result["PATH"] = [python.map { "\($0.folder)/bin" }, "/usr/local/bin:/usr/bin:/bin"].compactMap(\.self)
            .joined(separator: ":")
        result["VIRTUAL_ENV"] = python?.folder
        result["HOME"] = layout.home
        result["TMPDIR"] = layout.temporary
        // What a job prints shall be in its log when it prints it.
        result["PYTHONUNBUFFERED"] = "1"
        for (name, value) in job.fields["environment_variables"]?.objectValue ?? [:] {
            result[name] = value.stringValue ?? value.canonicalText
        }
        let name = job.live.name
        result["AZUREML_RUN_ID"] = name
        result["AZUREML_EXPERIMENT_NAME"] = job.live.experimentName
        result["AZUREML_ROOT_RUN_ID"] = root ?? name
        result["MLFLOW_TRACKING_URI"] = tracking.uri
        result["MLFLOW_TRACKING_TOKEN"] = tracking.token
        result["MLFLOW_RUN_ID"] = name
        result["MLFLOW_EXPERIMENT_NAME"] = job.live.experimentName
        let usual = [
            // Else log_model starts two more Pythons to guess requirements that the conda file states.
            "MLFLOW_REQUIREMENTS_INFERENCE_TIMEOUT": "0", "MLFLOW_DISABLE_TELEMETRY": "true",
            "MLFLOW_HTTP_REQUEST_MAX_RETRIES": "3", "GIT_PYTHON_REFRESH": "quiet",
        ]
        return result.merging(usual) { own, _ in own }
    }
}
