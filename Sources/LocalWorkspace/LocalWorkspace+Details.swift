package import AssetSchema
internal import Digest
internal import SQLite
internal import TimeKeeping
package import Workspace

extension LocalWorkspace: WorkspaceDetails {
    package var folder: String { layout.root }

    package func assets(_ kind: AssetKind, name: String?) async throws -> [LiveAsset] {
        guard let store = try existingStore() else { return [] }
        return try store.read { try Store.assets($0) }.filter { $0.kind == kind && (name == nil || $0.name == name) }
    }

    package func files(of kind: AssetKind, name: String, version: String) async throws -> [String: FileSet] {
        guard let asset = try existingStore()?.asset(kind, name, version) else {
            throw WorkspaceError(.notFound, "there is no \(kind.title) \(name):\(version)")
        }
        return asset.content.mapValues(fileSet)
    }

    package func job(_ name: String) async throws -> JobDetails? {
        guard let store = try existingStore(), let job = try store.job(name) else { return nil }
        return JobDetails(
            live: try care().lookAfter(job, isReadOnly: isReadOnly), fields: job.fields, params: try params(job: name))
    }

    package func files(ofJob name: String) async throws -> [String: FileSet] {
        guard let job = try existingStore()?.job(name) else {
            throw WorkspaceError(.notFound, "there is no job \(name)")
        }
        let folders = layout.job(name)
        var sets = ["user_logs": Self.filesNow("\(folders.root)/user_logs")]
        if job.results.isEmpty {
            sets["artifacts"] = Self.filesNow(folders.artifacts)
            for output in Files.list(folders.outputs) {
                sets["outputs.\(output)"] = Self.filesNow("\(folders.outputs)/\(output)")
            }
        } else {
            sets.merge(job.results.mapValues(fileSet)) { $1 }
        }
        return sets
    }

    package func metricHistory(ofJob name: String) async throws -> [String: [MetricPoint]] {
        guard let store = try existingStore() else { return [:] }
        return try store.read { connection in
            var history: [String: [MetricPoint]] = [:]
            try connection.forEach(
                "SELECT name, value, step, time FROM metrics WHERE run = ?1 ORDER BY name, step, time, id",
                [.text(name)]
            ) { row in
                guard let metric = row.text("name"), let value = row.real("value") else { return }
                history[metric, default: []].append(
                    MetricPoint(value: value, step: row.integer("step") ?? 0, time: row.integer("time") ?? 0))
            }
            return history
        }
    }

    package func keys(ofEndpoint name: String) async throws -> (primary: String, secondary: String) {
        let keys = try serving.keys(name)
        return (keys.primary, keys.secondary)
    }

    package func regenerateKey(ofEndpoint name: String, isPrimary: Bool) async throws {
        try await serving.regenerateKey(isPrimary ? .primary : .secondary, endpoint: name)
    }

    package func logs(ofEndpoint endpoint: String, deployment: String, tail: Int) async throws -> String {
        try serving.logs(endpoint: endpoint, name: deployment, tail: tail)
    }

    package func keepContent(ofFileAt path: String) throws -> (sha256: String, size: Int64) {
        try content.store(fileAt: path)
    }

    package func contentPath(_ sha256: String) -> String { content.path(sha256) }

    private func fileSet(_ tree: StoredTree) -> FileSet {
        FileSet(
            files: tree.entries.map {
                FileSet.File(path: $0.path, location: content.path($0.sha256), size: $0.size, sha256: $0.sha256)
            }, isFile: tree.isFile)
    }

    /// What stands in a folder at this moment; links are left out, and so is what lies too deep to be meant.
    private static func filesNow(_ folder: String) -> FileSet {
        var files: [FileSet.File] = []
        func visit(_ path: String, _ prefix: String, depth: Int) {
            guard depth < 32, files.count < 10_000 else { return }
            for name in Files.list(path) {
                let location = "\(path)/\(name)"
                if Files.isLink(location) { continue }
                if let size = Files.size(location) {
                    files.append(FileSet.File(path: prefix + name, location: location, size: size))
                } else {
                    visit(location, "\(prefix)\(name)/", depth: depth + 1)
                }
            }
        }
        visit(folder, "", depth: 0)
        return FileSet(files: files)
    }
}
