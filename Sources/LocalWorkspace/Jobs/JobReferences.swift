internal import Workspace

/// `azureml:<name>:<version>` or `azureml:<name>@latest`.
struct AssetReference: Equatable {
    let name: String
    let version: String

    init?(_ text: String) {
        guard text.hasPrefix("azureml:"), !text.hasPrefix("azureml://") else { return nil }
        let rest = text.dropFirst("azureml:".count)
        if rest.hasSuffix("@latest") {
            name = String(rest.dropLast("@latest".count))
            version = "@latest"
        } else {
            // The first colon ends the name, so a version may hold one.
            let parts = rest.split(separator: ":", maxSplits: 1)
            guard parts.count == 2 else { return nil }
            name = String(parts[0])
            version = String(parts[1])
        }
        guard !name.isEmpty, !name.hasPrefix("/") else { return nil }
    }
}

/// `azureml://jobs/<job>/outputs/<output>/paths/<path>`; the output `artifacts` is the run's own folder.
struct JobOutputReference: Equatable {
    let job: String
    let output: String
    let path: String

    init?(_ text: String) {
        guard text.hasPrefix("azureml://jobs/") else { return nil }
        let parts = text.dropFirst("azureml://jobs/".count).split(separator: "/").map(String.init)
        guard parts.count >= 3, parts[1] == "outputs" else { return nil }
        job = parts[0]
        output = parts[2]
        path = parts.count > 3 && parts[3] == "paths" ? parts.dropFirst(4).joined(separator: "/") : ""
    }

    init(job: String, output: String = "artifacts", path: String) {
        self.job = job
        self.output = output
        self.path = path.split(separator: "/").joined(separator: "/")
    }

    /// The files that a finished job left there.
    func tree(in store: Store) throws -> StoredTree {
        guard let found = try store.job(job) else { throw WorkspaceError(.notFound, "there is no job \(job)") }
        guard found.live.status == .completed else {
            throw WorkspaceError(
                .conflict, "the job \(job) is \(found.live.status.rawValue); only a completed job's outputs can be used"
            )
        }
        let name = output == "artifacts" || output == "default" ? "artifacts" : "outputs.\(output)"
        guard let tree = found.results[name]?.subtree(path) else {
            throw WorkspaceError(.notFound, "the job \(job) left nothing at \(output)/\(path)")
        }
        return tree
    }
}
