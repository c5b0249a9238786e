internal import AssetSchema
internal import YAML

/// A file of the project that is an asset; of its document only what others decide by is kept.
final class AssetFile: Sendable {
    let file: ProjectFile
    let kind: AssetKind
    /// Where the document begins.
    let mark: Mark
    /// What the document says at `name`, before anything takes its place.
    let name: String?
    /// What the document says at `endpoint_name`.
    let endpointName: String?

    init(file: ProjectFile, kind: AssetKind, document: Node) {
        self.file = file
        self.kind = kind
        mark = document.mark
        name = document["name"]?.text
        let isDeployment = kind == .onlineDeployment || kind == .batchDeployment
        endpointName = isDeployment ? document["endpoint_name"]?.text : nil
    }

    var path: String { file.path }
}
