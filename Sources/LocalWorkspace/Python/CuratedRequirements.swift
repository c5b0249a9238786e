/// The versions that an environment gets where its author leaves the choice open.
struct CuratedRequirements: Sendable {
    private let sections: [(version: PythonVersion, pins: [String: String])]

    /// What an environment without a conda file holds.
    static let base = ["mlflow-skinny", "scikit-learn", "pandas", "numpy", "cloudpickle", "pyyaml"]

    /// The list that ships with the program.
    static let shipped = CuratedRequirements(
        text: String(decoding: PackageResources.curated_requirements_txt, as: UTF8.self))

    /// Reads sections `[3.9]` of lines `name==version`.
    init(text: String) {
        var sections: [(PythonVersion, [String: String])] = []
        for line in text.split(separator: "\n") where !line.hasPrefix("#") {
            if line.hasPrefix("["), let version = PythonVersion(line.dropFirst().prefix { $0 != "]" }) {
                sections.append((version, [:]))
            } else if let equals = line.firstRange(of: "=="), !sections.isEmpty {
                sections[sections.count - 1].1[PackageName.normalized(line[..<equals.lowerBound])] =
                    String(line[equals.upperBound...])
            }
        }
        self.sections = sections.sorted { $0.0 < $1.0 }
    }

    /// The pins for an interpreter: those of the last section that is not newer.
    func pins(for python: PythonVersion) -> [String: String] {
        sections.last { $0.version <= python.minor }?.pins ?? [:]
    }
}
