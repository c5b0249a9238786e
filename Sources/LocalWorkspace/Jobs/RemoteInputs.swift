internal import Digest
internal import Glibc
internal import Subprocess
internal import Workspace

/// Fetches the inputs of a job that stand at http(s) addresses.
struct RemoteInputs: Sendable {
    let context: JobContext
    let python: PreparedEnvironment
    private static let byteLimit = 1 << 30
    private static let timeLimit = Duration.seconds(900)

    /// The job with the fetched files as its own.
    func fetch(for job: Store.Job) async throws -> Store.Job {
        var job = job
        for (name, field) in job.fields["inputs"]?.objectValue ?? [:] {
            guard let path = field["path"]?.stringValue, path.hasPrefix("https://") || path.hasPrefix("http://"),
                job.content["inputs.\(name).path"] == nil
            else { continue }
            job.content["inputs.\(name).path"] = try await tree(name, path)
        }
        return job
    }

    private func tree(_ name: String, _ address: String) async throws -> StoredTree {
        let folder = "\(context.layout.root)/fetched/\(name)"
        try Files.makeFolder(folder)
        let resources = try EmbeddedPython.directory(in: "\(context.state.tools)/python")
        // Nothing of the controller's environment but the way out: the interpreter's packages are the user's.
        let environment = HostEnvironment.all.filter {
            ["http_proxy", "https_proxy", "no_proxy", "ssl_cert_file", "ssl_cert_dir"].contains($0.key.lowercased())
        }
        let output = try await context.cancellable {
            try await Subprocess.run(
                [python.python, "\(resources)/fetch_url.py", address, folder, "\(Self.byteLimit)"],
                environment: environment, timeout: Self.timeLimit, outputLimit: 1 << 16)
        }
        guard output.status.isSuccess else {
            let why = output.text.lastLine.trimmed
            throw WorkspaceError(
                .unavailable, "the input \(name), \(address.prefix(300)), \(why.isEmpty ? "cannot be fetched" : why)")
        }
        context.say("fetched \(address)")
        let tree = try context.content.collect(folder)
        return tree.entries.count == 1 ? StoredTree(entries: tree.entries, isFile: true) : tree
    }
}
