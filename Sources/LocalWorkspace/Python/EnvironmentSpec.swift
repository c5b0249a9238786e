/// What a Python environment shall hold, as an environment asset says it.
package struct EnvironmentSpec: Sendable, Equatable, Codable {
    /// The image; only named in messages, since nothing here runs containers.
    package var image: String?
    /// The conda file as YAML text; nil for an environment of an image alone.
    package var conda: String?
    /// The interpreter a stage asks for instead of the conda file's: `3.11`.
    package var python: String?
    /// Whether a pin that this machine cannot satisfy may give way.
    package var isStrict: Bool
    /// What the workspace itself needs in it, such as an inference server.
    package var extraRequirements: [String]

    package init(
        image: String? = nil, conda: String? = nil, python: String? = nil, isStrict: Bool = false,
        extraRequirements: [String] = []
    ) {
        self.image = image
        self.conda = conda
        self.python = python
        self.isStrict = isStrict
        self.extraRequirements = extraRequirements
    }
}

/// How an environment came out.
package struct PreparedEnvironment: Sendable, Equatable, Codable {
    /// The environment's folder.
    package var folder: String
    /// The version of its interpreter: `3.11.7`.
    package var pythonVersion: String
    /// Whether everything is as written.
    package var isExact: Bool
    /// Every change against what was written, one sentence each.
    package var changes: [String]
    /// What is installed, `name==version`.
    package var packages: [String]

    /// The environment's interpreter.
    package var python: String { "\(folder)/bin/python" }

    /// Whether a distribution is installed; `-`, `_` and `.` are the same, as PEP 503 says.
    package func contains(_ name: String) -> Bool {
        let wanted = PackageName.normalized(name)
        return packages.contains { PackageName.normalized(PackageName.name(of: $0)) == wanted }
    }
}
