internal import AssetSchema
internal import AzureMLWire
internal import Workspace

/// A blob that can be read.
struct ReadableBlob: Sendable {
    var name: String
    var location: String
    var size: Int64
    var type = "application/octet-stream"
    var metadata: [String: String] = [:]
    var modified: Int64
    var tag: String
}

extension ServedWorkspace {
    /// The blob of a name: an upload, or a file of a job or an asset at its place in the datastore.
    func blob(_ container: String, _ name: String) async throws -> ReadableBlob? {
        if let blob = try catalog.blob(container, name) { return readable(blob) }
        guard container == storage.container, let place = DatastorePlace(name) else { return nil }
        return try await blobs(at: place).first { $0.name == name }
    }

    /// The blobs whose names begin so, sorted.
    func blobs(_ container: String, prefix: String) async throws -> [ReadableBlob] {
        let uploaded = try catalog.blobs(container, prefix: prefix).map(readable)
        guard container == storage.container, let place = DatastorePlace(prefix) else { return uploaded }
        return uploaded + (try await blobs(at: place)).filter { $0.name.hasPrefix(prefix) }.sorted { $0.name < $1.name }
    }

    private func readable(_ blob: Catalog.Blob) -> ReadableBlob {
        ReadableBlob(
            name: blob.name, location: workspace.contentPath(blob.sha256), size: blob.size, type: blob.type,
            metadata: blob.metadata, modified: blob.modified, tag: String(blob.sha256.prefix(16)))
    }

    private func blobs(at place: DatastorePlace) async throws -> [ReadableBlob] {
        let sets: [(String, FileSet)]
        do {
            switch place {
            case .run(let job):
                let files = try await workspace.files(ofJob: job)
                sets = [
                    ("ExperimentRun/dcid.\(job)", files["artifacts"] ?? FileSet(files: [])),
                    ("ExperimentRun/dcid.\(job)/user_logs", files["user_logs"] ?? FileSet(files: [])),
                ]
            case .output(let job, let name):
                let files = try await workspace.files(ofJob: job)
                sets = files["outputs.\(name)"].map { [("azureml/\(job)/\(name)", $0)] } ?? []
            case .asset(let kind, let name, let version):
                let files = try await workspace.files(of: kind, name: name, version: version)
                sets = Self.main(files).map { [("assets/\(kind.rawValue)/\(name)/\(version)", $0)] } ?? []
            }
        } catch let error as WorkspaceError where error.code == .notFound {
            return []
        }
        return sets.flatMap { folder, set in
            set.files.map { file in
                ReadableBlob(
                    name: "\(folder)/\(file.path)", location: file.location, size: file.size, modified: 0,
                    tag: file.sha256.map { String($0.prefix(16)) } ?? "\(file.size)")
            }
        }
    }

    /// An asset's files proper, by whichever field they are named.
    static func main(_ files: [String: FileSet]) -> FileSet? {
        files["path"] ?? files["build.path"] ?? files["code"] ?? files.sorted { $0.key < $1.key }.first?.value
    }

    // MARK: Paths

    /// The files that a URI names, as far as it points into this workspace.
    func files(at uri: String) async throws -> FileSet? {
        guard let (container, path) = place(of: uri) else { return nil }
        if let blob = try await blob(container, path) {
            let name = path.split(separator: "/").last.map(String.init) ?? path
            return FileSet(files: [.init(path: name, location: blob.location, size: blob.size)], isFile: true)
        }
        let prefix = path.isEmpty || path.hasSuffix("/") ? path : "\(path)/"
        let files = try await blobs(container, prefix: prefix).map {
            FileSet.File(path: String($0.name.dropFirst(prefix.count)), location: $0.location, size: $0.size)
        }
        return files.isEmpty ? nil : FileSet(files: files)
    }

    /// The container and path that a URI names in this workspace's storage.
    private func place(of uri: String) -> (container: String, path: String)? {
        if uri.hasPrefix("azureml://jobs/") {
            let parts = uri.dropFirst("azureml://jobs/".count).split(separator: "/").map(String.init)
            guard parts.count >= 3, parts[1] == "outputs" else { return nil }
            let rest = (parts.count > 3 && parts[3] == "paths" ? parts.dropFirst(4) : []).joined(separator: "/")
            let folder =
                ["artifacts", "default"].contains(parts[2])
                ? "ExperimentRun/dcid.\(parts[0])" : "azureml/\(parts[0])/\(parts[2])"
            return (storage.container, rest.isEmpty ? folder : "\(folder)/\(rest)")
        }
        if uri.hasPrefix("runs:/") {
            let parts = uri.dropFirst("runs:/".count).split(separator: "/", maxSplits: 1).map(String.init)
            guard let run = parts.first else { return nil }
            return (storage.container, (["ExperimentRun/dcid.\(run)"] + parts.dropFirst()).joined(separator: "/"))
        }
        if uri.hasPrefix("azureml://"), let datastore = uri.firstRange(of: "datastores/") {
            let parts = uri[datastore.upperBound...].split(separator: "/", maxSplits: 1).map(String.init)
            guard parts.count == 2 else { return nil }
            return (storage.container, parts[1].hasPrefix("paths/") ? String(parts[1].dropFirst(6)) : parts[1])
        }
        guard uri.hasPrefix("https://") else { return nil }
        // The port may be another than when the URL was made: what counts are the names, which nobody else has.
        var parts = uri.dropFirst("https://".count).split(separator: "/").dropFirst().map(String.init)
        // Some of the client's URLs have lost the account.
        if parts.first == storage.host { parts.removeFirst() }
        guard let container = parts.first, container == storage.container || container.hasPrefix("upload-") else {
            return nil
        }
        return (container, parts.dropFirst().joined(separator: "/"))
    }
}

/// A place in the datastore that stands for what the workspace holds, without anybody having uploaded it.
enum DatastorePlace: Equatable {
    /// A run's own folder, `ExperimentRun/dcid.<job>/…`.
    case run(String)
    /// A named output, `azureml/<job>/<output>/…`.
    case output(String, String)
    /// A version's files, `assets/<kind>/<name>/<version>/…`.
    case asset(AssetKind, String, String)

    init?(_ name: String) {
        let parts = name.split(separator: "/").map(String.init)
        switch parts.first {
        case "ExperimentRun"? where parts.count >= 2 && parts[1].hasPrefix("dcid."):
            self = .run(String(parts[1].dropFirst("dcid.".count)))
        case "azureml"? where parts.count >= 3: self = .output(parts[1], parts[2])
        case "assets"? where parts.count >= 4:
            guard let kind = AssetKind(rawValue: parts[1]) else { return nil }
            self = .asset(kind, parts[2], parts[3])
        default: return nil
        }
    }
}
