internal import AssetSchema
internal import Diagnostics

/// Ties references between the assets of one stage, and tells those that nothing provides.
struct ReferenceResolver {
    private let places: [AssetKey: Int]
    /// Assets that are in the project but could not be read; who refers to them is not told a second time.
    private let broken: BrokenAssets
    private let registered: RegisteredModels
    let findings: Findings

    /// What could not be read, so that it is not missed a second time.
    struct BrokenAssets {
        var names: Set<String> = []
        /// Kinds of which one's name could not be made out, so that any name may be its.
        var kinds: Set<AssetKind> = []
        /// Whether a file could not even be parsed.
        var isAnyUnknown = false

        func mayHold(_ kind: AssetKind?, _ name: String) -> Bool {
            isAnyUnknown || names.contains(name) || kind.map { kinds.contains($0) } ?? !kinds.isEmpty
        }
    }

    /// - Parameter places: Something for every asset of the project, by its key.
    init(
        _ places: [AssetKey: Int], broken: BrokenAssets, registered: RegisteredModels = RegisteredModels(),
        findings: Findings
    ) {
        self.registered = registered
        self.places = places
        self.broken = broken
        self.findings = findings
    }

    /// The job of this project that registers the model that a reference means, when no file defines it.
    func job(registering field: ReferenceField) -> AssetKey? {
        let reference = field.reference
        guard field.kind == .model, reference.isLocal, reference.isLatest,
            places[AssetKey(kind: .model, name: reference.name)] == nil
        else { return nil }
        return registered.job(for: reference.name)
    }

    /// The asset of this project that a reference means, or nil when it means something else.
    func resolve(_ field: ReferenceField) -> AssetKey? {
        let reference = field.reference
        guard reference.isLocal else { return nil }
        let kinds = field.kind.map { [$0] } ?? [.environment, .data, .model, .component]
        for kind in kinds {
            let key = AssetKey(kind: kind, name: reference.name)
            guard places[key] != nil else { continue }
            // An explicit version of an asset of ours is the workspace's to find; what git makes next has another number.
            return reference.version == nil ? key : nil
        }
        if reference.name.hasPrefix("AzureML-") || field.kind == .compute || field.kind == .datastore { return nil }
        if job(registering: field) != nil { return AssetKey(kind: .model, name: reference.name) }
        if broken.mayHold(field.kind, reference.name) { return nil }
        if let kind = field.kind, !kind.isVersioned { return nil }
        let what = field.kind.map(\.title) ?? "asset"
        if reference.version != nil {
            findings.append(
                Diagnostic(
                    .note, code: "external-reference", "\(reference) must exist in the workspace", at: field.location,
                    pointer: field.pointer))
            return nil
        }
        let candidates = places.keys.filter { kinds.contains($0.kind) }.map(\.name).sorted()
        let hint =
            EditDistance.suggestion(for: reference.name, among: candidates).map { "did you mean \"\($0)\"?" }
            ?? "define it in this project, or name the version that the workspace has: azureml:\(reference.name):1"
        findings.error(
            "unresolved-reference", "no \(what) of this project is named \"\(reference.name)\"", at: field.location,
            pointer: field.pointer, hint: hint)
        return nil
    }
}
