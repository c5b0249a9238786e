internal import AssetSchema
internal import Diagnostics
internal import Digest
internal import YAML

/// What one asset file says in one stage, before its files are looked at and it is tied to others.
///
/// It follows from the file's blob and those it includes, the stage's variables and the bindings alone, so that it can be
/// kept as long as those stay the same.
final class AssetReading: Sendable {
    enum Outcome: Sendable {
        /// A template's file whose variable was left open: no part of the plan.
        case leftOut
        /// Something is wrong with it; the name as far as it could be made out.
        case broken(name: String?)
        case sound(ResourceDefinition)
    }

    let outcome: Outcome
    let pathFields: [PathField]
    let references: [ReferenceField]
    /// Where the document begins.
    let location: SourceLocation
    /// The config files whose variables went into it.
    let variableFiles: [String]
    /// The endpoint of a deployment.
    let endpoint: String?
    /// What was found while values were put in; the same thing may be told of several files.
    let replacing: [Diagnostic]
    let diagnostics: [Diagnostic]
    /// The bindings it was read with, where they depend on other files.
    let bindings: [String: Binding]
    /// The files that it includes, nil where nothing was found.
    let included: [String: ProjectFile?]
    /// What pipelines or the stage file put into its fields.
    let overrides: [String: FieldOverride]

    fileprivate init(
        outcome: Outcome, document: ReadResult?, location: SourceLocation, variableFiles: [String] = [],
        endpoint: String? = nil, replacing: [Diagnostic] = [], diagnostics: [Diagnostic] = [],
        bindings: [String: Binding], overrides: [String: FieldOverride], included: [String: ProjectFile?] = [:]
    ) {
        self.overrides = overrides
        self.outcome = outcome
        pathFields = document?.pathFields ?? []
        references = document?.references ?? []
        self.location = location
        self.variableFiles = variableFiles
        self.endpoint = endpoint
        self.replacing = replacing
        self.diagnostics = diagnostics
        self.bindings = bindings
        self.included = included
    }

    /// Whether what it includes is in a tree as it was.
    func isCurrent(in tree: ProjectTree) -> Bool {
        included.allSatisfy { path, file in tree.file(path) == file }
    }
}

/// Reads asset files as one stage sees them, one after the other.
struct AssetFileReader {
    let variables: VariableSet
    let tree: ProjectTree
    /// The config files behind each variable, found out once.
    private var filesOfVariables: [String: [String]] = [:]
    private let included: IncludedDocuments
    private let reader: AssetReader

    init(variables: VariableSet, tree: ProjectTree) {
        self.variables = variables
        self.tree = tree
        included = IncludedDocuments(tree: tree, variables: variables)
        reader = AssetReader(documents: included.provider)
    }

    mutating func read(
        _ file: AssetFile, _ document: Node, bindings: [String: Binding], overrides: [String: FieldOverride] = [:]
    ) -> AssetReading {
        var resolver = DocumentResolver(
            file: file, document: document, variables: variables, bindings: bindings, overrides: overrides, tree: tree,
            findings: Findings())
        let node = resolver.resolve()
        let kept = BindingTable.dependsOnOthers(file.kind) ? bindings : [:]
        if let variable = resolver.unfilledVariable, variable.name == "SCORING_DATASET_NAME" {
            // The templates bring a scoring data set that no pipeline registers; unfilled, it is no part of the plan.
            let warning = Diagnostic.warning(
                "unfilled-template", "left out: \"\(variable.name)\" still has the placeholder \"\(variable.text)\"",
                at: SourceLocation(file.path, file.mark), notes: [.init("the placeholder", at: variable.location)])
            return AssetReading(
                outcome: .leftOut, document: nil, location: SourceLocation(file.path, file.mark),
                diagnostics: [warning], bindings: kept, overrides: overrides)
        }
        let tree = tree
        let read = reader.read(node, path: file.path) {
            (try? tree.read(file.file)).map { String(decoding: $0, as: UTF8.self) }
        }
        let used = included.takeUsed()
        // What could not be resolved was told where it is written; that it does not fit here is no second mistake.
        var diagnostics = read.diagnostics.filter {
            !resolver.explains($0) && !used.broken.contains($0.location?.path ?? "")
        }
        for index in diagnostics.indices {
            guard let origin = diagnostics[index].pointer.flatMap({ resolver.origins[$0] }) else { continue }
            diagnostics[index].notes.append(.init("the value is from here", at: origin))
        }
        guard file.kind.isPlanned else {
            let warning = Diagnostic.warning(
                FindingCode.unsupportedKind.rawValue,
                "a \(file.kind.title) is no part of a plan; the file is left alone", at: read.location)
            return AssetReading(
                outcome: .leftOut, document: read, location: read.location, diagnostics: diagnostics + [warning],
                bindings: kept, overrides: overrides, included: used.files)
        }
        let outcome: AssetReading.Outcome
        var endpoint: String?
        var files: [String] = []
        if !resolver.isBroken, used.broken.isEmpty, var definition = read.definition {
            Self.name(&definition, file)
            if definition.kind == .onlineDeployment || definition.kind == .batchDeployment {
                endpoint = definition.fields["endpoint_name"]?.stringValue
            }
            files = variableFiles(resolver.usedVariables.union(used.variables))
            outcome = .sound(definition)
        } else {
            outcome = .broken(name: read.name)
        }
        return AssetReading(
            outcome: outcome, document: read, location: read.location, variableFiles: files,
            endpoint: endpoint, replacing: resolver.findings.diagnostics.items + used.diagnostics,
            diagnostics: diagnostics, bindings: kept, overrides: overrides, included: used.files)
    }

    /// Names what is not named by itself: a job goes by its file's name.
    private static func name(_ definition: inout ResourceDefinition, _ file: AssetFile) {
        guard definition.name.isEmpty else { return }
        let name = ProjectPath.name(of: file.path)
        definition.name = String(name.prefix { $0 != "." })
    }

    private mutating func variableFiles(_ used: Set<String>) -> [String] {
        // Most files use one variable or none, and then share one list.
        if used.count == 1, let name = used.first { return files(of: name) }
        return Set(used.flatMap { files(of: $0) }).sorted()
    }

    private mutating func files(of name: String) -> [String] {
        if let known = filesOfVariables[name] { return known }
        let files = Set(variables.files(of: name)).sorted()
        filesOfVariables[name] = files
        return files
    }
}
