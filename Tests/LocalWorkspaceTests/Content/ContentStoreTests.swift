import AssetSchema
import Foundation
import TestSupport
import Testing

@testable import LocalWorkspace

@Suite("Content store")
struct ContentStoreTests {
    @Test("A folder comes back as it was, and changing the copy leaves the store alone")
    func roundTrip() throws {
        let folder = try TemporaryDirectory()
        let store = ContentStore(StateLayout(root: folder.file("state")))
        try folder.write("one", to: "in/a.txt")
        try folder.write("two", to: "in/sub/b c.txt")
        try folder.write("", to: "in/empty")
        try FileManager.default.createSymbolicLink(
            atPath: folder.file("in/link"), withDestinationPath: "/etc/passwd")
        let tree = try store.collect(folder.file("in"))
        #expect(tree.entries.map(\.path) == ["a.txt", "empty", "sub/b c.txt"])
        try store.export(tree, to: folder.file("out"))
        try folder.write("changed", to: "out/a.txt")
        #expect(try store.collect(folder.file("in")) == tree)
        #expect(try store.bytes(tree, "a.txt") == Array("one".utf8))
        #expect(tree.subtree("sub")?.entries.map(\.path) == ["b c.txt"])
        #expect(tree.subtree("a.txt")?.isFile == true)
        #expect(tree.subtree("nothing") == nil)
        #expect(tree.componentDigests["sub"] == tree.subtree("sub")?.digest)
    }

    @Test("A content that was cut short is not trusted")
    func partial() throws {
        let folder = try TemporaryDirectory()
        let store = ContentStore(StateLayout(root: folder.path))
        let hex = try store.store(Array("whole".utf8))
        try FileManager.default.removeItem(atPath: store.path(hex))
        try Data("who".utf8).write(to: URL(filePath: store.path(hex)))
        #expect(try store.store(Array("whole".utf8)) == hex)
        #expect(try String(contentsOfFile: store.path(hex), encoding: .utf8) == "whole")
    }

    @Test(
        "A path that leaves its folder is refused", arguments: ["../x", "/x", "a/../../x", "a//b", "", ".", "a\u{0}b"])
    func hostilePaths(path: String) throws {
        let folder = try TemporaryDirectory()
        let store = ContentStore(StateLayout(root: folder.path))
        let hex = try store.store([1])
        #expect(throws: (any Error).self) {
            try store.export(
                StoredTree(entries: [.init(path: path, sha256: hex, size: 1)], isFile: false), to: folder.file("out"))
        }
    }

    @Test("Names of workspaces stay inside the state directory")
    func layout() {
        #expect(StateLayout.pathComponent("..") == "%..")
        #expect(StateLayout.pathComponent("a/../b") == "a%2f..%2fb")
        #expect(StateLayout.pathComponent("") == "%")
        #expect(StateLayout(root: "state/").root == FileManager.default.currentDirectoryPath + "/state")
    }
}
