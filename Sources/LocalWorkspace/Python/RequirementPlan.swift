/// The requirements of one environment on one interpreter, and what was changed to get there.
struct RequirementPlan: Equatable, Sendable {
    var requirements: [String]
    var options: [String]
    var changes: [String]
    var isExact: Bool

    /// Takes a conda file as it is when its interpreter is there; else leaves out what no other Python can have.
    init(_ file: CondaFile, isExact: Bool, extra: [String]) {
        requirements = file.requirements
        options = file.options
        changes = file.notes
        self.isExact = isExact
        if !isExact { leaveOutRetiredPackages() }
        let present = Set(requirements.map { PackageName.normalized(PackageName.name(of: $0)) })
        requirements += extra.filter { !present.contains(PackageName.normalized(PackageName.name(of: $0))) }
    }

    /// The first SDK of Azure ML has no releases for later Pythons, and nothing to talk to here.
    private mutating func leaveOutRetiredPackages() {
        var kept: [String] = []
        for requirement in requirements {
            let name = PackageName.normalized(PackageName.name(of: requirement))
            switch name {
            case "azureml-mlflow":
                changes.append("\(requirement) gave way to mlflow-skinny: the workspace answers MLflow itself")
                if !requirements.contains(where: {
                    PackageName.normalized(PackageName.name(of: $0)).hasPrefix("mlflow")
                }) {
                    kept.append("mlflow-skinny")
                }
            case let name where name.hasPrefix("azureml-") && name != "azureml-inference-server-http":
                changes.append("\(requirement) is of Azure's first SDK and is not installed")
            default: kept.append(requirement)
            }
        }
        requirements = kept
    }

    /// The names that stand without a version.
    var openNames: Set<String> {
        Set(
            requirements.filter { requirement in
                let name = PackageName.name(of: requirement)
                let rest = requirement.dropFirst(name.count).drop { $0 == " " }
                return rest.isEmpty || rest.hasPrefix("[") && rest.hasSuffix("]")
            }.map { PackageName.normalized(PackageName.name(of: $0)) })
    }

    /// Constraints from the curated list for everything its author did not pin.
    func constraints(_ pins: [String: String]) -> [String] {
        let open = openNames
        let pinned = Set(requirements.map { PackageName.normalized(PackageName.name(of: $0)) }).subtracting(open)
        return pins.filter { !pinned.contains($0.key) }.map { "\($0.key)==\($0.value)" }.sorted()
    }

    /// Replaces a requirement that cannot be had by the curated version, or by the bare name.
    mutating func giveWay(_ requirement: String, pins: [String: String], python: String) {
        guard let index = requirements.firstIndex(of: requirement) else { return }
        let name = PackageName.name(of: requirement)
        let replacement = pins[PackageName.normalized(name)].map { "\(name)==\($0)" } ?? name
        requirements[index] = replacement
        changes.append("\(requirement) has no wheel for Python \(python); \(replacement) instead")
        isExact = false
    }
}
