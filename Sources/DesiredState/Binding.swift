internal import AssetSchema
internal import YAML

/// What a field of an asset file is overwritten with, as the templates' pipelines do on the command line.
struct Binding: Sendable, Equatable {
    /// The variable that decides; the binding only holds where it is defined or the field says so.
    var variable: String
    /// What stands before and after the variable's value: `azureml:` and `@latest`.
    var prefix = ""
    var suffix = ""
    /// Whether the stage's name is appended, so that endpoints of two stages can live in one region.
    var appendsStageName = false
    /// Whether a literal is overwritten too, and not only the sentinel.
    var overwritesLiteral = false
    /// Whether the key is added where a file leaves it out.
    var fillsIn = true

    /// The text with macros that the binding stands for.
    func expression(in variables: VariableSet) -> String {
        let repeats = variables[variable]?.usesStageName ?? false
        return prefix + "$(\(variable))" + (appendsStageName && !repeats ? "-$(ENVIRONMENT)" : "") + suffix
    }

    /// Whether the binding makes a field what an override makes it, so that the override says nothing new.
    func makes(_ override: FieldOverride, of literal: String?, in variables: VariableSet) -> Bool {
        applies(to: literal, in: variables) && expression(in: variables) == override.text
    }

    /// Whether the binding decides a field that has this text, or nil where the file leaves the field out.
    func applies(to literal: String?, in variables: VariableSet) -> Bool {
        let isDefined = variables.definition(of: variable) != nil
        guard let literal else { return fillsIn && isDefined }
        return Self.isSentinel(literal) || (overwritesLiteral && isDefined)
    }

    /// Whether a text says that a config file overrides it: `override config-mlops.yml`.
    static func isSentinel(_ text: String) -> Bool { OverrideSentinel.matches(text) }
}

/// The bindings of a project's files, which depend on what else the project holds.
struct BindingTable: Sendable {
    private let counts: [AssetKind: Int]
    /// Names that endpoint files write out.
    private let literalEndpoints: Set<String>

    init(_ files: [AssetFile]) {
        var counts: [AssetKind: Int] = [:]
        var endpoints: Set<String> = []
        for file in files {
            counts[file.kind, default: 0] += 1
            if file.kind == .onlineEndpoint || file.kind == .batchEndpoint, let name = file.name,
                !Binding.isSentinel(name)
            {
                endpoints.insert(name)
            }
        }
        self.counts = counts
        literalEndpoints = endpoints
    }

    /// Whether reading a kind depends on other files: deployments by their bindings, the others by what they include.
    static func dependsOnOthers(_ kind: AssetKind) -> Bool {
        kind == .onlineDeployment || kind == .batchDeployment || kind.isJob || kind == .component || kind == .schedule
    }

    /// The bindings of one file by top-level key.
    func bindings(of file: AssetFile) -> [String: Binding] {
        switch file.kind {
        case .onlineDeployment: deployment(file, "ONLINE")
        case .batchDeployment: deployment(file, "BATCH")
        default: Self.ownBindings(of: file) ?? [:]
        }
    }

    /// The bindings of a file that follow from the file alone; nil where they depend on others.
    static func ownBindings(of file: AssetFile) -> [String: Binding]? {
        switch file.kind {
        // A name that is written out stays, and most are.
        case .data where file.name.map { !Binding.isSentinel($0) } ?? false: return [:]
        case .environment: return ["name": Binding(variable: "TRAINING_ENVIRONMENT_NAME")]
        case .data:
            return ["name": Binding(variable: isScoringData(file) ? "SCORING_DATASET_NAME" : "TRAINING_DATASET_NAME")]
        case .commandJob, .pipelineJob, .sweepJob, .autoMLJob, .parallelJob, .sparkJob:
            return ["experiment_name": Binding(variable: "TRAINING_EXPERIMENT_NAME", overwritesLiteral: true)]
        case .model: return ["name": Binding(variable: "MODEL_NAME")]
        case .onlineEndpoint: return ["name": Binding(variable: "ONLINE_ENDPOINT_NAME", appendsStageName: true)]
        case .batchEndpoint: return ["name": Binding(variable: "BATCH_ENDPOINT_NAME", appendsStageName: true)]
        case .onlineDeployment, .batchDeployment: return nil
        default: return [:]
        }
    }

    private func deployment(_ file: AssetFile, _ word: String) -> [String: Binding] {
        // Where a project has several deployments of a kind, one variable can't name them all: what they say stays.
        let isOnly = counts[file.kind] == 1
        let namesEndpoint = file.endpointName.map { literalEndpoints.contains($0) } ?? false
        return [
            "name": Binding(variable: "\(word)_DEPLOYMENT_NAME", overwritesLiteral: isOnly, fillsIn: isOnly),
            "endpoint_name": Binding(
                variable: "\(word)_ENDPOINT_NAME", appendsStageName: true,
                overwritesLiteral: isOnly && !namesEndpoint),
            "model": Binding(variable: "MODEL_NAME", prefix: "azureml:", suffix: "@latest", fillsIn: false),
        ]
    }

    /// Training data lies with the training or is what is left; scoring data lies with what scores.
    private static func isScoringData(_ file: AssetFile) -> Bool {
        let words = file.path.lowercased().split(whereSeparator: { "/-_.".contains($0) })
        if words.contains("training") || words.contains("train") { return false }
        return words.contains { ["scoring", "score", "batch", "inference", "deploy"].contains($0) }
    }
}
