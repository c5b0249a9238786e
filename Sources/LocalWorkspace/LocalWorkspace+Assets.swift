internal import AssetSchema
internal import Digest
internal import TimeKeeping
internal import Workspace

extension LocalWorkspace {
    /// Keeps the files of several trees.
    func keep(_ trees: [String: ContentTree], _ provider: any ContentProvider) async throws -> [String: StoredTree] {
        let store = try store()
        var result: [String: StoredTree] = [:]
        for (field, tree) in trees {
            do {
                result[field] = try await content.store(
                    tree, from: provider, known: { try store.knownBlob($0) },
                    note: { try store.noteBlob($0, $1, $2) })
            } catch let error as WorkspaceError {
                throw error
            } catch {
                throw WorkspaceError(.unavailable, "the files of \(field) cannot be read: \(error)")
            }
        }
        return result
    }

    func create(_ draft: AssetDraft, _ provider: any ContentProvider) async throws -> OperationOutcome {
        guard draft.definition.kind.isVersioned else {
            throw WorkspaceError(.invalid, "a \(draft.definition.kind.title) has no versions")
        }
        let trees = try await keep(draft.content, provider)
        let version = try store().register(draft.definition, tags: draft.tags, content: trees, at: clock.now())
        return OperationOutcome(version: version)
    }

    func register(_ draft: ModelDraft, _ provider: any ContentProvider) async throws -> OperationOutcome {
        let store = try store()
        let tree: StoredTree
        if let job = draft.job {
            tree = try JobOutputReference(job: job, output: draft.output ?? "artifacts", path: draft.artifactPath ?? "")
                .tree(in: store)
        } else if let files = draft.content {
            guard let kept = try await keep(["path": files], provider)["path"] else {
                throw WorkspaceError(.invalid, "the model \(draft.definition.name) has no files")
            }
            tree = kept
        } else if let path = draft.definition.fields["path"]?.stringValue, let output = JobOutputReference(path) {
            tree = try output.tree(in: store)
        } else {
            throw WorkspaceError(.invalid, "the model \(draft.definition.name) has neither a job nor files")
        }
        let isMLflow = draft.definition.fields["type"]?.stringValue == "mlflow_model"
        if isMLflow, !tree.entries.contains(where: { $0.path == "MLmodel" }) {
            throw WorkspaceError(
                .invalid,
                "the model \(draft.definition.name) is an mlflow_model, but \(draft.artifactPath ?? "its path") of "
                    + "\(draft.job.map { "job \($0)" } ?? "the project") holds no MLmodel file")
        }
        var tags = draft.tags
        if let job = draft.job, tags[TagName.job] == nil { tags[TagName.job] = job }
        if tags[TagName.modelDigest] == nil { tags[TagName.modelDigest] = tree.digest.description }
        let version = try store.register(
            draft.definition, tags: tags, content: ["path": tree], job: draft.job, at: clock.now())
        return OperationOutcome(version: version)
    }
}
