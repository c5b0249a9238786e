internal import AssetSchema
internal import YAML

/// A file of the project that is an asset, as written.
struct AssetFile: Sendable {
    var file: ProjectFile
    var kind: AssetKind
    var document: Node

    var path: String { file.path }
}
