import Git
import Glibc
import Subprocess
import TestSupport
import Testing

@Suite struct WorkTreeTests {
    @Test("A working tree is what is there: edited, new, removed, not ignored")
    func listing() async throws {
        let fixture = try await GitFixture()
        try await fixture.commit([
            ".gitignore": "*.log\nbuild/\n", "kept": "k", "edited": "old", "removed": "r", "folder/in": "1",
            "forced.log": "tracked",
        ])
        try await fixture.run(["add", "--force", "forced.log"])
        let head = try await fixture.commit()
        try fixture.directory.write("new content", to: "repository/edited")
        try fixture.directory.write("untracked", to: "repository/folder/new/file")
        try fixture.directory.write("ignored", to: "repository/x.log")
        try fixture.directory.write("ignored", to: "repository/build/out")
        try fixture.directory.write("#!/bin/sh\n", to: "repository/tool")
        #expect(chmod(fixture.path + "/tool", 0o755) == 0)
        #expect(symlink("/etc/passwd", fixture.path + "/link") == 0)
        #expect(unlink(fixture.path + "/removed") == 0)
        let tree = try WorkTree(Repository.open(fixture.path))
        #expect(tree.commit?.description == head)
        let entries = try tree.entries(under: "", recursive: true)
        #expect(
            entries.map(\.path) == [
                ".gitignore", "edited", "folder/in", "folder/new/file", "forced.log", "kept", "link", "tool",
            ])
        #expect(entries.map(\.kind) == [.file, .file, .file, .file, .file, .file, .symlink, .executable])
        let edited = try #require(try tree.entry(at: "edited"))
        #expect(edited.id == ObjectID.blob(of: Array("new content".utf8)))
        #expect(try tree.blob(edited.id, limit: 100) == Array("new content".utf8))
        #expect(try tree.blobSize(edited.id) == 11)
        let kept = try #require(try tree.entry(at: "kept"))
        #expect(try tree.blob(kept.id, limit: 100) == Array("k".utf8))
        #expect(
            try tree.entries(under: "", recursive: false).map(\.path) == [
                ".gitignore", "edited", "folder", "forced.log", "kept", "link", "tool",
            ])
        #expect(try tree.entries(under: "folder", recursive: false).map(\.path) == ["folder/in", "folder/new"])
        #expect(try tree.entry(at: "folder/new")?.kind == .directory)
        #expect(try tree.entry(at: "removed") == nil)
        #expect(try tree.entry(at: "x.log") == nil)
    }

    @Test("Unchanged files have the ids of their commit")
    func unchanged() async throws {
        let fixture = try await GitFixture()
        try await fixture.commit(["a/b": "1", "c": "2"])
        let repository = try Repository.open(fixture.path)
        let commit = try CommitTree(repository, at: #require(try repository.resolve("HEAD")))
        let tree = try WorkTree(repository)
        #expect(try tree.entries(under: "", recursive: true) == commit.entries(under: "", recursive: true))
    }

    @Test("Reading stays inside the folder, whatever a path or a symlink says")
    func inside() async throws {
        let folder = try TemporaryDirectory()
        try folder.write("secret", to: "outside/file")
        try folder.write("ok", to: "root/a/file")
        #expect(symlink(folder.file("outside"), folder.file("root/out")) == 0)
        #expect(symlink("file", folder.file("root/a/link")) == 0)
        #expect(mkfifo(folder.file("root/pipe"), 0o600) == 0)
        let files = try RootedFiles(folder.file("root"))
        #expect(try files.read("a/file") == Array("ok".utf8))
        for path in [
            "out/file", "../outside/file", "/etc/passwd", "a/../../outside/file", "a/link", "pipe", "a", "", ".",
        ] {
            #expect(#expect(throws: GitError.self, "\(path)") { try files.read(path) } != nil)
        }
        #expect(#expect(throws: GitError.self) { try files.read("a/file", limit: 1) }?.code == .tooLarge)
        #expect(#expect(throws: GitError.self) { try files.read("nothing") }?.code == .notFound)
    }

    @Test("A bare repository has no working tree")
    func bare() async throws {
        let fixture = try await GitFixture(bare: true)
        #expect(#expect(throws: GitError.self) { try WorkTree(Repository.open(fixture.path)) }?.code == .bareRepository)
    }
}
