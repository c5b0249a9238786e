/// What a scoring process's Python environment must hold.
package struct ScoringEnvironmentRequest: Sendable, Equatable, Codable {
    /// The Python version that made the model (`3.11.7`), when it says so.
    package var python: String?
    /// Requirements in pip's words.
    package var requirements: [String]
    /// A conda file's text, when that is all there is.
    package var condaFile: String?
    /// Versions to prefer where the requirements leave them open: the lock of the environment that made the model.
    package var preferred: [String]

    package init(python: String? = nil, requirements: [String] = [], condaFile: String? = nil, preferred: [String] = [])
    {
        self.python = python
        self.requirements = requirements
        self.condaFile = condaFile
        self.preferred = preferred
    }
}

/// Makes Python environments for scoring: built once for equal requests, then found.
package protocol ScoringEnvironments: Sendable {
    /// The path of the interpreter of an environment that holds what is asked for.
    func interpreter(for request: ScoringEnvironmentRequest) async throws -> String
}

extension ScoringEnvironmentRequest {
    /// Azure's own server for scoring scripts; 1.3.4 is the last that runs on Python 3.8.
    static let inferenceServer = [
        "azureml-inference-server-http==1.5.1; python_version >= '3.9'",
        "azureml-inference-server-http==1.3.4; python_version < '3.9'",
    ]
    /// The server for models without code.
    static let modelServer = ["uvicorn>=0.20,<1", "httptools>=0.5,<1", "pyyaml", "pandas"]

    /// The environment of a model without code, from the files that MLflow keeps beside it.
    package static func model(directory: String, preferred: [String] = []) throws -> ScoringEnvironmentRequest {
        var request = ScoringEnvironmentRequest(preferred: preferred)
        let text = try text(of: "\(directory)/requirements.txt")
        let written = text.map(lines(of:)) ?? []
        if text == nil { request.condaFile = try self.text(of: "\(directory)/conda.yaml") }
        request.requirements = written.map(light)
        if request.requirements.isEmpty && request.condaFile == nil {
            request.requirements = ["mlflow-skinny", "scikit-learn", "cloudpickle"]
        }
        request.requirements += modelServer.filter { server in
            !request.requirements.contains { name(of: $0) == name(of: server) }
        }
        request.python =
            try python(in: self.text(of: "\(directory)/python_env.yaml"), key: "python:")
            ?? python(in: self.text(of: "\(directory)/MLmodel"), key: "python_version:")
        return request
    }

    /// The environment of a scoring script: the deployment's own, and the server.
    package static func script(
        condaFile: String?, requirements: [String] = [], python: String? = nil, preferred: [String] = []
    ) -> ScoringEnvironmentRequest {
        ScoringEnvironmentRequest(
            python: python, requirements: requirements + inferenceServer, condaFile: condaFile, preferred: preferred)
    }

    /// The full mlflow brings a tracking server that scoring has no use for.
    private static func light(_ requirement: String) -> String {
        guard name(of: requirement) == "mlflow" else { return requirement }
        return "mlflow-skinny" + requirement.dropFirst("mlflow".count)
    }

    /// A requirement's project name, in the spelling that compares.
    static func name(of requirement: String) -> String {
        let end = requirement.firstIndex { !($0.isLetter || $0.isNumber || "-_.".contains($0)) } ?? requirement.endIndex
        return String(requirement[..<end].lowercased().map { "_.".contains($0) ? "-" : $0 })
    }

    /// The requirements among a file's lines; options such as `-r` and `--index-url` are not ours to follow.
    private static func lines(of text: String) -> [String] {
        text.split(whereSeparator: \.isNewline).compactMap { line in
            let line = line.prefix { $0 != "#" }.trimmingBlanks()
            return line.isEmpty || line.hasPrefix("-") ? nil : line
        }
    }

    private static func text(of path: String) throws -> String? {
        try ServingFiles.read(path, limit: 1 << 20).map { String(decoding: $0, as: UTF8.self) }
    }

    /// The version after a key at any depth: the two files hold one such key.
    private static func python(in text: String?, key: String) -> String? {
        for line in (text ?? "").split(whereSeparator: \.isNewline) {
            let line = line.drop { $0 == " " || $0 == "-" }
            guard line.hasPrefix(key) else { continue }
            let version = line.dropFirst(key.count).trimmingBlanks().filter { $0 != "'" && $0 != "\"" }
            let isVersion = !version.isEmpty && version.allSatisfy { $0.isNumber || $0 == "." }
            return isVersion ? version : nil
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
