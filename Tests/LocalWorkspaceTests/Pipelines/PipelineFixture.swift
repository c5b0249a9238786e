import AssetSchema
import Digest
import Foundation
import TestSupport
import Testing
import Workspace

@testable import LocalWorkspace

/// A workspace with an environment without packages, and pipelines to run in it.
struct PipelineFixture {
    let base: WorkspaceFixture

    var workspace: LocalWorkspace { base.workspace }

    init(jobLimit: Int = 4) async throws {
        base = try WorkspaceFixture(jobLimit: jobLimit)
        try await register(.environment, "plain", ["conda_file": "dependencies: [python=3.11]"])
    }

    /// Registers version 1 of an asset with files by pointer.
    func register(
        _ kind: AssetKind, _ name: String, _ fields: JSONValue, files: [String: [String: String]] = [:],
        isFile: Bool = false
    ) async throws {
        let content = FakeContent(files: files.values.reduce(into: [:]) { $0.merge($1) { $1 } })
        _ = try await workspace.perform(
            .createAsset(
                AssetDraft(
                    definition: ResourceDefinition(kind: kind, name: name, fields: fields),
                    tags: [TagName.digest: name],
                    content: files.mapValues { content.tree($0.keys.sorted(), isFile: isFile) })),
            content: content)
    }

    /// A pipeline and its files: by pointer, and then by path.
    func draft(
        _ name: String, _ fields: JSONValue, files: [String: [String: String]] = [:], kind: AssetKind = .pipelineJob
    ) -> (JobDraft, FakeContent) {
        let content = FakeContent(files: files.values.reduce(into: [:]) { $0.merge($1) { $1 } })
        return (
            JobDraft(
                name: name, kind: kind, fields: fields, tags: ["reconcile.training_key": "k"],
                content: files.mapValues { content.tree($0.keys.sorted(), isFile: false) }), content
        )
    }

    func submit(_ name: String, _ fields: JSONValue, files: [String: [String: String]] = [:]) async throws {
        let (draft, content) = draft(name, fields, files: files)
        _ = try await workspace.perform(.submitJob(draft), content: content)
    }

    func run(_ name: String, _ fields: JSONValue, files: [String: [String: String]] = [:]) async throws -> LiveJob {
        try await submit(name, fields, files: files)
        return try await base.wait(name) { $0.status.isTerminal }
    }

    /// The states of a pipeline's steps by the steps' names.
    func steps(_ name: String) async throws -> [String: LiveJob] {
        let jobs = try await workspace.liveState().jobs.filter { $0.parent == name }
        return Dictionary(uniqueKeysWithValues: jobs.map { (String($0.name.dropFirst(name.count + 2)), $0) })
    }

    func log(_ name: String) -> String { base.log(name) }

    /// The text of a file that a job left: `outputs.model` or `artifacts`, and the path in it.
    func text(_ job: String, _ tree: String, _ path: String) throws -> String {
        let stored = try #require(try workspace.store().job(job)?.results[tree], "\(job) has no \(tree)")
        return String(decoding: try #require(try workspace.content.bytes(stored, path)), as: UTF8.self)
    }

    /// A command step in the plain environment.
    static func step(
        _ command: String, inputs: JSONValue = [:], outputs: JSONValue = [:], _ more: [String: JSONValue] = [:]
    ) -> JSONValue {
        .object(
            more.merging([
                "type": "command", "command": .string(command), "environment": "azureml:plain:1", "inputs": inputs,
                "outputs": outputs,
            ]) { $1 })
    }
}
