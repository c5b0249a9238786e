internal import AssetSchema
package import Digest
internal import Subprocess
internal import TimeKeeping
internal import Workspace

extension LocalWorkspace {
    func submit(_ draft: JobDraft, _ provider: any ContentProvider) async throws -> OperationOutcome {
        guard draft.kind == .commandJob else {
            throw WorkspaceError(.unsupported, "the embedded workspace does not run a \(draft.kind.title) yet")
        }
        let store = try store()
        if try store.job(draft.name) == nil {
            try JobInputs.validate(draft.fields)
            let trees = try await keep(draft.content, provider)
            var environment = try environment(
                draft.fields["environment"], override: draft.environmentOverride, content: trees)
            environment.extraRequirements += draft.overlayPackages
            _ = try store.submit(
                draft, experiment: draft.fields["experiment_name"]?.stringValue ?? "Default", content: trees,
                environment: environment, at: clock.now())
        }
        if let job = try store.job(draft.name), job.live.status == .notStarted, job.supervisor == nil {
            try startSupervisor(of: draft.name)
        }
        return OperationOutcome()
    }

    func cancel(_ name: String) throws -> OperationOutcome {
        let supervisor = try store().requestCancel(name, at: clock.now())
        guard let supervisor, supervisor.isAlive else { return OperationOutcome() }
        return OperationOutcome(message: "\(name) is being cancelled")
    }

    /// The Python environment that a field asks for: a registered one, or one described on the spot.
    ///
    /// - Parameter override: what the stage puts in the place of python, conda_file and image.
    func environment(
        _ field: JSONValue?, override: JSONValue?, content trees: [String: StoredTree]
    ) throws -> EnvironmentSpec {
        var spec = EnvironmentSpec()
        switch field {
        case .string(let text)?:
            if let reference = AssetReference(text) {
                guard let asset = try store().asset(.environment, reference.name, reference.version) else {
                    throw WorkspaceError(.notFound, "there is no environment \(text)")
                }
                spec = try self.spec(asset.live.fields, content: asset.content, prefix: "")
            } else {
                // A curated environment of Azure's, or a bare image.
                spec.image = text
            }
        case .object?: spec = try self.spec(field ?? .null, content: trees, prefix: "environment.")
        default: break
        }
        guard let override, case .object = override else { return spec }
        let replacing = try self.spec(override, content: trees, prefix: "environment_override.")
        spec.image = replacing.image ?? spec.image
        spec.conda = replacing.conda ?? spec.conda
        spec.python = replacing.python ?? spec.python
        spec.isStrict = replacing.isStrict
        return spec
    }

    private func spec(_ fields: JSONValue, content trees: [String: StoredTree], prefix: String) throws
        -> EnvironmentSpec
    {
        var spec = EnvironmentSpec(image: fields["image"]?.stringValue)
        switch fields["python"] {
        case .string(let text)?: spec.python = text
        // An unquoted 3.11 is a number in YAML.
        case .double(let number)?: spec.python = "\(number)"
        case .int(let number)?: spec.python = "\(number)"
        default: break
        }
        spec.isStrict = fields["policy"]?.stringValue == "strict"
        switch fields["conda_file"] {
        case .object?, .array?: spec.conda = fields["conda_file"]?.canonicalText
        case .string(let text)?:
            if let tree = trees["\(prefix)conda_file"] ?? trees["conda_file"],
                let bytes = try content.bytes(tree, limit: 4 << 20)
            {
                spec.conda = String(decoding: bytes, as: UTF8.self)
            } else if text.contains("\n") || text.contains("dependencies:") {
                spec.conda = text
            } else {
                throw WorkspaceError(.invalid, "the conda file \(text) has not come with the request")
            }
        default:
            if let tree = trees["\(prefix)conda_file"], let bytes = try content.bytes(tree, limit: 4 << 20) {
                spec.conda = String(decoding: bytes, as: UTF8.self)
            }
        }
        return spec
    }

    // MARK: For people and the API

    /// What a job has printed from an offset on, at most a megabyte.
    ///
    /// - Returns: the bytes, and where to go on; the same offset when there is nothing new.
    package func logs(job: String, from offset: Int64 = 0) throws -> (bytes: [UInt8], next: Int64) {
        guard try existingStore()?.job(job) != nil else { throw WorkspaceError(.notFound, "there is no job \(job)") }
        let path = layout.job(job).log
        guard Files.exists(path) else { return ([], offset) }
        let bytes = try Files.read(path, from: max(0, offset), limit: 1 << 20)
        return (bytes, max(0, offset) + Int64(bytes.count))
    }

    /// What a job's supervisor has to say: how the environment came out, and why nothing started.
    package func supervisorLog(job: String) throws -> [UInt8] {
        let path = layout.job(job).supervisorLog
        return Files.exists(path) ? try Files.read(path, limit: 1 << 20) : []
    }

    /// The parameters logged to a run.
    package func params(job: String) throws -> [String: String] {
        Dictionary(try existingStore()?.params(run: job) ?? [], uniquingKeysWith: { $1 })
    }

    /// Everything known of one job, for showing it.
    package func show(job: String) throws -> JSONValue {
        guard let store = try existingStore(), let job = try store.job(job) else {
            throw WorkspaceError(.notFound, "there is no job \(job)")
        }
        var value: JSONValue = [
            "name": .string(job.live.name), "kind": .string(job.live.kind.rawValue),
            "status": .string(job.live.status.rawValue), "experiment_name": .string(job.live.experimentName),
            "fields": job.fields, "tags": .object(job.live.tags.mapValues { .string($0) }),
            "metrics": .object(job.live.metrics.mapValues { .double($0) }),
            "params": .object(try params(job: job.live.name).mapValues { .string($0) }),
            "created_at": .string(job.live.createdAt.description),
            "artifacts": .array((job.results["artifacts"]?.entries ?? []).map { .string($0.path) }),
            "folder": .string(layout.job(job.live.name).root),
        ]
        value["started_at"] = job.live.startedAt.map { .string($0.description) }
        value["ended_at"] = job.live.endedAt.map { .string($0.description) }
        value["error"] = job.live.error.map { .string($0) }
        return value
    }
}
