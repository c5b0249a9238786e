/// How one instance of a deployment is started: a pure function of what was asked for and where things lie.
package struct ScoringProcess: Sendable, Equatable {
    package var arguments: [String]
    package var environment: [String: String]
    package var workingDirectory: String
    /// Where it says that it is well; both kinds of server answer at the root once the model is loaded.
    package var probePath = "/"

    /// The variable that tells a process of ours from any other, in `/proc/<pid>/environ`.
    static let marker = "RECONCILE_INSTANCE"

    /// - Parameters:
    ///   - interpreter: The environment's Python.
    ///   - resources: The folder of the embedded Python files.
    ///   - inherited: Our own variables, of which only a few are passed on.
    package init(
        _ spec: OnlineDeploymentSpec, port: Int, instance: String, interpreter: String, resources: String,
        inherited: [String: String]
    ) {
        var variables = Self.passedOn(inherited)
        // One request keeps one core busy; libraries that start a thread a core only slow each other down.
        for name in ["OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"] { variables[name] = "1" }
        variables["PYTHONUNBUFFERED"] = "1"
        variables["MLFLOW_DISABLE_TELEMETRY"] = "true"
        variables["AZUREML_MODEL_DIR"] = spec.modelDirectory
        for (name, value) in spec.environmentVariables { variables[name] = value }
        variables[Self.marker] = instance
        variables["PORT"] = "\(port)"
        if let bin = interpreter.lastIndex(of: "/") {
            variables["PATH"] = "\(interpreter[..<bin]):\(variables["PATH"] ?? "/usr/bin:/bin")"
        }
        let settings = spec.requestSettings
        switch spec.scorer {
        case .model:
            variables["SCORING_TIMEOUT_MS"] = "\(settings.requestTimeoutMilliseconds)"
            variables["SCORING_CONCURRENCY"] = "\(settings.concurrency)"
            variables["SCORING_QUEUE"] = "\(settings.queueLimit(instances: 1))"
            arguments = [
                interpreter, "-m", "uvicorn", "mlflow_scoring_app:app", "--app-dir", resources, "--host", "127.0.0.1",
                "--port", "\(port)", "--no-access-log", "--log-level", "warning", "--timeout-graceful-shutdown",
                "\(Self.graceSeconds(settings))",
            ]
            workingDirectory = spec.modelDirectory
        case .script(let code, let entry):
            variables["AML_APP_ROOT"] = code
            variables["WORKER_COUNT"] = variables["WORKER_COUNT"] ?? "\(settings.concurrency)"
            variables["WORKER_TIMEOUT"] = variables["WORKER_TIMEOUT"] ?? "\(Self.graceSeconds(settings))"
            arguments = [
                interpreter, "\(resources)/script_server.py", "--entry_script", entry, "--port", "\(port)",
                "--model_dir",
                spec.modelDirectory,
            ]
            workingDirectory = code
        case .program(let argv):
            arguments = argv
            workingDirectory = spec.modelDirectory
        }
        environment = variables
    }

    /// How long an instance may finish what it works on after TERM.
    static func graceSeconds(_ settings: RequestSettings) -> Int {
        settings.requestTimeoutMilliseconds / 1_000 + 5
    }

    /// A scoring process runs foreign code: it gets what programs need to run, and none of our secrets.
    private static func passedOn(_ inherited: [String: String]) -> [String: String] {
        inherited.filter { name, _ in
            ["PATH", "HOME", "LANG", "TZ", "TMPDIR", "USER", "LOGNAME", "LD_LIBRARY_PATH"].contains(name)
                || name.hasPrefix("LC_")
        }
    }
}
