import Foundation
import TestSupport
import Testing

@testable import Approvals

@Suite struct TrustStoreTests {
    static let entry = TrustEntry(
        pinned: "a1", trusted: "b2", seen: "c3", gates: [GateName("prod/register_model")].compactMap(\.self))

    @Test("What is remembered of a branch is read back, other branches and projects beside it")
    func remembers() throws {
        let folder = try TemporaryDirectory()
        let store = TrustStore(folder: folder.path)
        #expect(try store.entry(project: "p", branch: "main") == nil)
        try store.remember(Self.entry, project: "p", branch: "main")
        try store.remember(TrustEntry(pinning: "d4"), project: "q", branch: "main")
        #expect(try store.entry(project: "p", branch: "main") == Self.entry)
        #expect(try store.entry(project: "q", branch: "main") == TrustEntry(pinning: "d4"))
        #expect(try store.entry(project: "p", branch: "develop") == nil)
        let mode = try FileManager.default.attributesOfItem(atPath: store.path)[.posixPermissions] as? Int
        #expect(mode == 0o600)
        #expect(
            try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted() == [
                "trust.json", "trust.json.lock",
            ])
    }

    @Test(
        "A damaged file is an error, never a first sight",
        arguments: [
            "", "{", "[]", "{}", #"{"branches":{"p#main":{"pinned":1}},"format_version":1}"#,
            #"{"branches":{},"format_version":2}"#,
        ])
    func damaged(_ text: String) throws {
        let folder = try TemporaryDirectory()
        try folder.write(text, to: "trust.json")
        let store = TrustStore(folder: folder.path)
        #expect(throws: TrustStoreError.self) { try store.entry(project: "p", branch: "main") }
        #expect(throws: TrustStoreError.self) { try store.remember(Self.entry, project: "p", branch: "main") }
        #expect(try folder.read("trust.json") == text)
    }

    @Test("Many writers at once lose nothing")
    func concurrent() async throws {
        let folder = try TemporaryDirectory()
        let store = TrustStore(folder: folder.path)
        try await withThrowingTaskGroup { group in
            for index in 0..<20 {
                group.addTask { try store.remember(Self.entry, project: "p", branch: "b\(index)") }
            }
            try await group.waitForAll()
        }
        for index in 0..<20 { #expect(try store.entry(project: "p", branch: "b\(index)") == Self.entry) }
    }
}
