import AssetSchema
import Digest
import Foundation
import TestSupport
import Testing
import Workspace

@testable import LocalWorkspace

@Suite("Assets of the embedded workspace")
struct AssetTests {
    private func draft(_ digest: String, version: String? = nil, text: String = "a") -> (AssetDraft, FakeContent) {
        let content = FakeContent(files: ["d.csv": text])
        let definition = ResourceDefinition(
            kind: .data, name: "data", version: version, fields: ["type": "uri_file", "path": "d.csv"])
        return (
            AssetDraft(
                definition: definition, tags: [TagName.digest: digest],
                content: ["path": content.tree(["d.csv"], isFile: true)]), content
        )
    }

    @Test("Same digest, same version; new digest, next version, across restarts")
    func versions() async throws {
        let fixture = try WorkspaceFixture()
        let (first, content) = draft("one")
        let (second, more) = draft("two", text: "b")
        #expect(try await fixture.workspace.perform(.createAsset(first), content: content).version == "1")
        #expect(try await fixture.workspace.perform(.createAsset(first), content: content).version == "1")
        #expect(try await fixture.another().perform(.createAsset(second), content: more).version == "2")
        #expect(try await fixture.another().perform(.createAsset(first), content: content).version == "1")
        let live = try await fixture.workspace.liveState().assets
        #expect(live.map(\.version) == ["1", "2"])
        #expect(live.first?.fields == first.definition.fields)
    }

    @Test("A pinned version is made as such, and not made into something else")
    func pinned() async throws {
        let fixture = try WorkspaceFixture()
        let (first, content) = draft("one", version: "2024-01")
        let (other, more) = draft("two", version: "2024-01", text: "b")
        #expect(try await fixture.workspace.perform(.createAsset(first), content: content).version == "2024-01")
        let error = await #expect(throws: WorkspaceError.self) {
            try await fixture.workspace.perform(.createAsset(other), content: more)
        }
        #expect(error?.code == .conflict)
    }

    @Test("An archived version is marked, is not the latest, and comes back")
    func archive() async throws {
        let fixture = try WorkspaceFixture()
        let (first, content) = draft("one")
        let (second, more) = draft("two", text: "b")
        for (draft, files) in [(first, content), (second, more)] {
            _ = try await fixture.workspace.perform(.createAsset(draft), content: files)
        }
        _ = try await fixture.workspace.perform(
            .archiveAsset(kind: .data, name: "data", version: "2"), content: content)
        #expect(try await fixture.workspace.liveState().assets.map(\.isArchived) == [false, true])
        #expect(try fixture.workspace.store().asset(.data, "data", "@latest")?.live.version == "1")
        _ = try await fixture.workspace.perform(
            .restoreAsset(kind: .data, name: "data", version: "2"), content: content)
        #expect(try fixture.workspace.store().asset(.data, "data", "@latest")?.live.version == "2")
        await #expect(throws: WorkspaceError.self) {
            try await fixture.workspace.perform(
                .archiveAsset(kind: .data, name: "data", version: "9"), content: content)
        }
    }

    @Test("Description and tags change in place; tags that are not named stay")
    func metadata() async throws {
        let fixture = try WorkspaceFixture()
        let (first, content) = draft("one")
        _ = try await fixture.workspace.perform(.createAsset(first), content: content)
        _ = try await fixture.workspace.perform(
            .updateAssetMetadata(
                kind: .data, name: "data", version: "1", description: "numbers", tags: ["team": "blue"]),
            content: content)
        let asset = try #require(try await fixture.workspace.liveState().assets.first)
        #expect(asset.tags == [TagName.digest: "one", "team": "blue"])
        #expect(asset.fields["description"]?.stringValue == "numbers")
    }

    @Test("Looking at a workspace that nobody has used makes nothing")
    func emptyLook() async throws {
        let folder = try TemporaryDirectory()
        let workspace = LocalWorkspace(
            identity: WorkspaceFixture.identity, state: StateLayout(root: folder.file("state")), isReadOnly: true)
        #expect(try await workspace.liveState() == LiveState())
        #expect(!FileManager.default.fileExists(atPath: folder.file("state")))
        let (first, content) = draft("one")
        await #expect(throws: WorkspaceError.self) {
            try await workspace.perform(.createAsset(first), content: content)
        }
    }

    @Test("Content that cannot be read leaves no version behind")
    func unreadable() async throws {
        let fixture = try WorkspaceFixture()
        let (first, _) = draft("one")
        await #expect(throws: WorkspaceError.self) {
            try await fixture.workspace.perform(.createAsset(first), content: FakeContent(files: [:]))
        }
        #expect(try await fixture.workspace.liveState().assets.isEmpty)
    }
}
