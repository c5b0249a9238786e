import Git
import Subprocess
import TestSupport
import Testing

@Suite struct TreeTests {
    @Test("A listing is sorted by bytes, says what each entry is, and leaves nothing out")
    func kinds() async throws {
        let fixture = try await GitFixture()
        try await fixture.commit(["a/z.txt": "z", "a.txt": "a", "a-b/c": "c", "b/deep/er/x": "x"])
        _ = try await Subprocess.run(["ln", "-s", "/etc/passwd", "link"], workingDirectory: fixture.path)
        _ = try await Subprocess.run(["chmod", "+x", "a.txt"], workingDirectory: fixture.path)
        let commit = try await fixture.commit()
        try await fixture.run(["update-index", "--add", "--cacheinfo", "160000,\(commit),sub"])
        try await fixture.run(["commit", "--quiet", "--message", "submodule"])
        let repository = try Repository.open(fixture.path)
        let head = try #require(try repository.resolve("HEAD"))
        let all = try repository.entries(in: head)
        #expect(all.map(\.path) == ["a-b/c", "a.txt", "a/z.txt", "b/deep/er/x", "link", "sub"])
        #expect(all.map(\.kind) == [.file, .executable, .file, .file, .symlink, .submodule])
        #expect(all.map(\.name) == ["c", "a.txt", "z.txt", "x", "link", "sub"])
        #expect(all.last?.id.description == commit)
        let top = try repository.entries(in: head, recursive: false)
        #expect(top.map(\.path) == ["a", "a-b", "a.txt", "b", "link", "sub"])
        #expect(top.map(\.kind) == [.directory, .directory, .executable, .directory, .symlink, .submodule])
        #expect(try repository.entries(in: head, under: "b/").map(\.path) == ["b/deep/er/x"])
        #expect(try repository.entries(in: head, under: "a.txt").map(\.path) == ["a.txt"])
        #expect(try repository.entries(in: head, under: "link/x") == [])
        #expect(try repository.entries(in: head, under: "nothing") == [])
        #expect(try repository.entry(in: head, at: "b/deep")?.kind == .directory)
        #expect(try repository.entry(in: head, at: "b/../a.txt") == nil)
        let deep = try await fixture.run(["rev-parse", "HEAD:b/deep"])
        #expect(try repository.subtreeID(in: head, at: "b/deep")?.description == deep)
        #expect(try repository.subtreeID(in: head, at: "a.txt") == nil)
    }

    /// Writes a tree object as git itself never would.
    private func tree(_ fixture: GitFixture, _ entries: [(mode: String, name: [UInt8], id: String)]) async throws
        -> ObjectID
    {
        var bytes: [UInt8] = []
        for entry in entries {
            bytes += Array("\(entry.mode) ".utf8) + entry.name + [0]
            for index in stride(from: 0, to: 40, by: 2) {
                bytes.append(try #require(UInt8(entry.id.dropFirst(index).prefix(2), radix: 16)))
            }
        }
        let id = try await fixture.run(["hash-object", "-t", "tree", "--literally", "-w", "--stdin"], input: bytes)
        return try #require(ObjectID(hex: id))
    }

    @Test("Names no checkout could hold are listed as malformed and lead nowhere")
    func hostileNames() async throws {
        let fixture = try await GitFixture(bare: true)
        let blob = try await fixture.run(["hash-object", "-w", "--stdin"], input: Array("x".utf8))
        let inner = try await tree(fixture, [("100644", Array("x".utf8), blob)])
        let names: [[UInt8]] = [
            Array("..".utf8), Array(".".utf8), Array(".GIT".utf8), Array("a/b".utf8), [0xff, 0xfe], [],
        ]
        for name in names {
            let root = try await tree(fixture, [("40000", name, inner.description), ("100644", Array("z".utf8), blob)])
            let repository = try Repository.open(fixture.path)
            let entries = try repository.entries(in: root)
            #expect(entries.count == 2)
            #expect(entries.filter { $0.kind == .malformed }.count == 1)
            #expect(try repository.entry(in: root, at: "../x") == nil)
            #expect(try repository.entry(in: root, at: ".GIT/x") == nil)
            #expect(try repository.entry(in: root, at: "a/b/x") == nil)
        }
    }

    @Test(
        "A wrongly sorted tree is listed in order, and look-ups agree with the listing; a name given twice is malformed"
    )
    func wronglySorted() async throws {
        let fixture = try await GitFixture(bare: true)
        let blob = try await fixture.run(["hash-object", "-w", "--stdin"], input: Array("x".utf8))
        let other = try await fixture.run(["hash-object", "-w", "--stdin"], input: Array("y".utf8))
        let root = try await tree(
            fixture,
            [
                ("100644", Array("z".utf8), blob), ("100644", Array("a".utf8), blob),
                ("100644", Array("a".utf8), other),
                ("100600", Array("m".utf8), blob), ("140000", Array("q".utf8), blob),
            ])
        let repository = try Repository.open(fixture.path)
        let entries = try repository.entries(in: root)
        #expect(entries.map(\.path) == ["a", "a", "m", "q", "z"])
        #expect(entries.map(\.kind) == [.file, .malformed, .file, .malformed, .file])
        #expect(try repository.entry(in: root, at: "a")?.id.description == blob)
    }

    @Test("A tree cut off in the middle is an error")
    func cutOff() async throws {
        let fixture = try await GitFixture(bare: true)
        for bytes in ["100644 a", "100644 a\u{0}short", "9 a\u{0}12345678901234567890", "77777777777 a"] {
            let text = try await fixture.run(
                ["hash-object", "-t", "tree", "--literally", "-w", "--stdin"], input: Array(bytes.utf8))
            let root = try #require(ObjectID(hex: text))
            let error = #expect(throws: GitError.self) { try Repository.open(fixture.path).entries(in: root) }
            #expect(error?.code == .malformed)
        }
    }

    @Test("Depth and number of entries are bounded")
    func bombs() async throws {
        let fixture = try await GitFixture(bare: true)
        let blob = try await fixture.run(["hash-object", "-w", "--stdin"], input: Array("x".utf8))
        var root = try await tree(fixture, (0..<10).map { ("100644", Array("f\($0)".utf8), blob) })
        for _ in 0..<6 {
            let id = root.description
            root = try await tree(fixture, (0..<10).map { ("40000", Array("d\($0)".utf8), id) })
        }
        var limits = GitLimits()
        limits.entries = 1_000
        let repository = try Repository.open(fixture.path, limits: limits)
        #expect(#expect(throws: GitError.self) { try repository.entries(in: root) }?.code == .tooLarge)
        #expect(#expect(throws: GitError.self) { try repository.changedPaths(from: nil, to: root) }?.code == .tooLarge)
        limits.treeDepth = 3
        let shallow = try Repository.open(fixture.path, limits: limits)
        let error = #expect(throws: GitError.self) { try shallow.entries(in: root) }
        #expect(error?.message == "d0/d0/d0/ lies more than 3 folders deep")
    }

    @Test("Changed paths are those git diff names")
    func changes() async throws {
        let fixture = try await GitFixture()
        let first = try await fixture.commit(["a/one": "1", "a/two": "2", "b/x": "x", "same/y": "y", "turns": "file"])
        let second = try await fixture.commit([
            "a/one": "changed", "a/two": nil, "c/new/file": "n", "turns": nil, "turns/into/folder": "f",
        ])
        let repository = try Repository.open(fixture.path)
        let (old, new) = (try #require(ObjectID(hex: first)), try #require(ObjectID(hex: second)))
        #expect(
            try repository.changedPaths(from: old, to: new) == [
                ChangedPath(path: "a/one", kind: .modified), ChangedPath(path: "a/two", kind: .removed),
                ChangedPath(path: "c/new/file", kind: .added), ChangedPath(path: "turns", kind: .removed),
                ChangedPath(path: "turns/into/folder", kind: .added),
            ])
        #expect(
            try repository.changedPaths(from: old, to: new, under: ["a/two", "b", "a"]).map(\.path) == [
                "a/one", "a/two",
            ])
        #expect(try repository.changedPaths(from: old, to: old) == [])
        #expect(
            try repository.changedPaths(from: nil, to: old, under: ["b"]) == [ChangedPath(path: "b/x", kind: .added)])
        let names = try await fixture.run(["diff", "--name-only", "--no-renames", first, second])
        #expect(
            try repository.changedPaths(from: old, to: new).map(\.path) == names.split(separator: "\n").map(String.init)
        )
    }
}
