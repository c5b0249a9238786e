import Digest

/// Makes Python environments for scoring: built once for equal specifications, then found.
package protocol ScoringEnvironments: Sendable {
    /// Gives the environment, building it when it is not there yet.
    func prepare(_ spec: EnvironmentSpec) async throws -> PreparedEnvironment
}

extension PythonEnvironments: ScoringEnvironments {
    package func prepare(_ spec: EnvironmentSpec) async throws -> PreparedEnvironment {
        try await prepare(spec) { _ in }
    }
}

extension EnvironmentSpec {
    /// Azure's own server for scoring scripts; the newest that the environment's Python can have.
    private static let inferenceServer = ["azureml-inference-server-http>=1.3,<1.6"]
    /// The server for models without code.
    private static let modelServer = ["uvicorn>=0.22,<1", "httptools>=0.5,<1", "pyyaml", "pandas"]

    /// The environment of a model without code, from the files that MLflow keeps beside it.
    ///
    /// - Parameters:
    ///   - directory: The model's folder, where `MLmodel` stands.
    ///   - forServing: Whether a server is to run in it; a batch needs none.
    package static func model(directory: String, forServing: Bool = true) throws -> EnvironmentSpec {
        let extra = forServing ? modelServer : ["pyyaml", "pandas"]
        let directory = modelFolder(in: directory)
        if let text = try text(of: "\(directory)/requirements.txt") {
            let requirements = requirements(in: text).map(light)
            let python =
                try python(in: self.text(of: "\(directory)/python_env.yaml"), key: "python:")
                ?? python(in: self.text(of: "\(directory)/MLmodel"), key: "python_version:")
            return EnvironmentSpec(conda: conda(requirements), python: python, extraRequirements: extra)
        }
        let written = try text(of: "\(directory)/conda.yaml") ?? text(of: "\(directory)/conda.yml")
        return EnvironmentSpec(conda: written, extraRequirements: extra + (written == nil ? ["cloudpickle"] : []))
    }

    /// The environment of a scoring script: the deployment's own, and the server.
    package func withInferenceServer() -> EnvironmentSpec {
        var spec = self
        spec.extraRequirements += Self.inferenceServer
        return spec
    }

    /// The folder that holds `MLmodel`: the one named, or the only one directly below it.
    private static func modelFolder(in directory: String) -> String {
        guard !Files.exists("\(directory)/MLmodel") else { return directory }
        let below = Files.list(directory).map { "\(directory)/\($0)" }.filter { Files.exists("\($0)/MLmodel") }
        return below.count == 1 ? below[0] : directory
    }

    /// Requirements as a conda file; JSON is YAML.
    private static func conda(_ requirements: [String]) -> String {
        let pip = JSONValue.object(["pip": .array(requirements.map { .string($0) })])
        return String(
            decoding: JSONValue.object(["dependencies": .array([.string("pip"), pip])]).canonicalBytes, as: UTF8.self)
    }

    /// The full mlflow brings a tracking server that scoring has no use for.
    private static func light(_ requirement: String) -> String {
        guard PackageName.normalized(PackageName.name(of: requirement)) == "mlflow" else { return requirement }
        return "mlflow-skinny" + requirement.dropFirst("mlflow".count)
    }

    /// The requirements among a file's lines; options such as `-r` and `--index-url` are not ours to follow.
    private static func requirements(in text: String) -> [String] {
        text.split(whereSeparator: \.isNewline).compactMap { line in
            let line = line.prefix { $0 != "#" }.trimmingBlanks()
            return line.isEmpty || line.hasPrefix("-") ? nil : line
        }
    }

    private static func text(of path: String) throws -> String? {
        try ServingFiles.read(path, limit: 1 << 20).map { String(decoding: $0, as: UTF8.self) }
    }

    /// The version after a key, major and minor: a model does not care which patch it was made with.
    private static func python(in text: String?, key: String) -> String? {
        for line in (text ?? "").split(whereSeparator: \.isNewline) {
            let line = line.drop { $0 == " " }
            guard line.hasPrefix(key) else { continue }
            let version = line.dropFirst(key.count).filter { $0.isNumber || $0 == "." }.split(separator: ".")
            return version.count >= 2 ? "\(version[0]).\(version[1])" : nil
        }
        return nil
    }
}

extension StringProtocol {
    func trimmingBlanks() -> String {
        let start = drop { $0.isWhitespace }
        guard let end = start.lastIndex(where: { !$0.isWhitespace }) else { return "" }
        return String(start[...end])
    }
}
