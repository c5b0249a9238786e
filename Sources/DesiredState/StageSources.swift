/// What one stage's values come from: its files and its variables.
struct StageSources: Sendable {
    let tree: ProjectTree
    let variables: VariableSet
    let files: [AssetFile]
}
