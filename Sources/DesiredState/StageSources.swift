internal import YAML

/// What one stage's values come from: its files and its variables.
struct StageSources: Sendable {
    let tree: ProjectTree
    let variables: VariableSet
    let files: [AssetFile]
    let documents: DocumentCache
    /// What took the place of the files' own values, by file and field.
    let overrides: [String: [String: FieldOverride]]

    /// The document of a file, as written.
    func document(of file: AssetFile) -> Node? {
        documents.passing(file.file, in: tree)
    }
}
