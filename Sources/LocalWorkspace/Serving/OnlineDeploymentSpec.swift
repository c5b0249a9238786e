package import Digest
import Workspace

/// One online deployment as it was asked for: everything a supervisor needs to keep it alive.
package struct OnlineDeploymentSpec: Sendable, Equatable, Codable {
    /// What answers requests.
    package enum Scorer: Sendable, Equatable, Codable {
        /// An MLflow model without code.
        case model
        /// A scoring script with `init()` and `run()` on Azure's inference server.
        case script(codeDirectory: String, entryScript: String)
        /// A program that serves on the port in its variable `PORT`.
        case program([String])
    }

    package var endpoint: String
    package var name: String
    package var scorer: Scorer
    /// The folder of the model's files; it must stay as long as the deployment.
    package var modelDirectory: String
    package var environment: EnvironmentSpec
    package var environmentVariables: [String: String]
    package var instanceCount: Int
    package var requestSettings: RequestSettings
    package var livenessProbe: ProbeSettings
    package var readinessProbe: ProbeSettings

    package init(
        endpoint: String, name: String, scorer: Scorer, modelDirectory: String,
        environment: EnvironmentSpec = EnvironmentSpec(),
        environmentVariables: [String: String] = [:], instanceCount: Int = 1,
        requestSettings: RequestSettings = RequestSettings(), livenessProbe: ProbeSettings = ProbeSettings(),
        readinessProbe: ProbeSettings = ProbeSettings()
    ) {
        self.endpoint = endpoint
        self.name = name
        self.scorer = scorer
        self.modelDirectory = modelDirectory
        self.environment = environment
        self.environmentVariables = environmentVariables
        self.instanceCount = instanceCount
        self.requestSettings = requestSettings
        self.livenessProbe = livenessProbe
        self.readinessProbe = readinessProbe
    }

    /// Reads instance count, variables, request settings and probes from a deployment's CLI v2 fields.
    package mutating func apply(fields: JSONValue) {
        instanceCount = min(max(1, fields.integer("instance_count") ?? 1), 64)
        if case .object(let variables)? = fields["environment_variables"] {
            environmentVariables = variables.compactMapValues { value in
                switch value {
                case .string(let text): text
                case .int(let number): String(number)
                case .bool(let flag): flag ? "true" : "false"
                case .double(let number): String(number)
                default: nil
                }
            }
        }
        requestSettings = RequestSettings(fields: fields["request_settings"] ?? .null)
        livenessProbe = ProbeSettings(fields: fields["liveness_probe"] ?? .null)
        readinessProbe = ProbeSettings(fields: fields["readiness_probe"] ?? .null)
    }

    /// What all instances of a generation share: another one means new processes, the same one only another count.
    package var revision: String {
        var same = self
        same.instanceCount = 0
        let encoded = (try? ServingFiles.encode(same)) ?? []
        return ContentDigest(of: encoded).prefix(12)
    }

    /// - Throws: ``WorkspaceError`` when a name cannot be one.
    package func validate() throws {
        for (what, name) in [("endpoint", endpoint), ("deployment", name)] where !ServingLayout.isValid(name: name) {
            throw WorkspaceError(
                .invalid,
                "\(what) name '\(name.prefix(64))' must be 1 to 32 letters, digits and '-', beginning with a letter")
        }
    }
}

/// What stands in `desired.json`.
package struct DesiredDeployment: Sendable, Equatable, Codable {
    /// Counts the requests; the status says which one it is about.
    package var generation: Int
    package var spec: OnlineDeploymentSpec
    /// Whether all instances are to end and the supervisor with them.
    package var isStopping: Bool
    package var layout: ServingLayout
}
