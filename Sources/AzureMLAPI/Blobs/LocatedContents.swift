internal import AssetSchema
internal import FoundationEssentials
internal import Workspace

/// Files on this machine as the contents that an operation brings along.
struct LocatedContents: ContentProvider {
    private var locations: [String: String] = [:]

    /// Takes files over, and gives the tree that names them.
    ///
    /// - Parameter keep: gives the SHA-256 of a file whose content is not known yet.
    mutating func add(_ set: FileSet, keep: (String) throws -> (sha256: String, size: Int64)) throws -> ContentTree {
        var entries: [ContentEntry] = []
        for file in set.files {
            let sha256 = try file.sha256 ?? keep(file.location).sha256
            let blob = "sha256-\(sha256)"
            locations[blob] = file.location
            entries.append(ContentEntry(path: file.path, blob: blob, size: Int(file.size)))
        }
        return ContentTree(entries: entries, isFile: set.isFile)
    }

    func bytes(ofBlob blob: String) async throws -> [UInt8] {
        guard let location = locations[blob], let data = FileManager.default.contents(atPath: location) else {
            throw WorkspaceError(.notFound, "content \(blob) is not at hand")
        }
        return [UInt8](data)
    }
}
