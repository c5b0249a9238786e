import Git
import TestSupport
import Testing

@Suite struct HistoryTests {
    // main: first ─ second ─────────── merge ─ last
    //             └─ side1 ─ side2 ───┘
    private struct History {
        var fixture: GitFixture
        var repository: Repository
        var ids: [String: ObjectID]

        init() async throws {
            fixture = try await GitFixture()
            var ids: [String: String] = [:]
            ids["first"] = try await fixture.commit(["a": "1", "b/x": "1"], message: "first", date: 1_000)
            try await fixture.run(["checkout", "--quiet", "-b", "side"])
            // Forged dates: the side branch claims to be from long before.
            ids["side1"] = try await fixture.commit(
                ["b/x": "2"], message: "side1", author: "Bob <bob@example.com>", date: 10)
            ids["side2"] = try await fixture.commit(
                ["c": "1"], message: "side2", author: "Carol <carol@example.com>", date: 20)
            try await fixture.run(["checkout", "--quiet", "main"])
            ids["second"] = try await fixture.commit(["a": "2"], message: "second", date: 3_000)
            try await fixture.run(
                ["merge", "--quiet", "--no-ff", "--message", "merge", "side"],
                variables: ["GIT_COMMITTER_DATE": "@4000 +0000", "GIT_AUTHOR_DATE": "@4000 +0000"])
            ids["merge"] = try await fixture.run(["rev-parse", "HEAD"])
            ids["last"] = try await fixture.commit(["README": "r"], message: "last", date: 5_000)
            self.ids = ids.compactMapValues { ObjectID(hex: $0) }
            repository = try Repository.open(fixture.path)
        }

        subscript(_ name: String) -> ObjectID {
            get throws { try #require(ids[name]) }
        }
    }

    @Test("The commit that gave a path its content is the one git log finds, through merges and forged dates")
    func lastCommit() async throws {
        let history = try await History()
        for (path, name) in [
            ("a", "second"), ("b/x", "side1"), ("b", "side1"), ("c", "side2"), ("README", "last"), ("", "last"),
        ] {
            let found = try history.repository.lastCommit(touching: path, from: history["last"])
            #expect(try found == history[name], "\(path)")
            if !path.isEmpty {
                let logged = try await history.fixture.run(["log", "-1", "--format=%H", "--", path])
                #expect(found?.description == logged)
            }
        }
        #expect(try history.repository.lastCommit(touching: "never", from: history["last"]) == nil)
    }

    @Test("A removed path was last touched by its removal; an edit inside a merge is the merge's")
    func removedAndMerged() async throws {
        let history = try await History()
        let fixture = history.fixture
        let removal = try await fixture.commit(["c": nil], message: "remove", date: 6_000)
        let repository = history.repository
        #expect(
            try repository.lastCommit(touching: "c", from: #require(ObjectID(hex: removal)))?.description == removal)
        try await fixture.run(["checkout", "--quiet", "-b", "other", "HEAD~1"])
        try await fixture.commit(["d": "1"], message: "other", date: 6_500)
        try await fixture.run(["checkout", "--quiet", "main"])
        try await fixture.run(["merge", "--quiet", "--no-commit", "--no-ff", "other"])
        let evil = try await fixture.commit(["a": "slipped in"], message: "evil", date: 7_000)
        #expect(try repository.lastCommit(touching: "a", from: #require(ObjectID(hex: evil)))?.description == evil)
    }

    @Test("Commits touching paths are those of git log, newest first")
    func touching() async throws {
        let history = try await History()
        let repository = history.repository
        func names(_ paths: [String], excluding: String? = nil, count: Int = .max) throws -> [String] {
            try repository.commits(
                touching: paths, from: history["last"], excluding: try excluding.map { try history[$0] }, count: count
            ).map(\.summary)
        }
        #expect(try names(["a"]) == ["second", "first"])
        #expect(try names(["b"]) == ["side1", "first"])
        #expect(try names(["a", "c"]) == ["merge", "second", "first", "side2"])
        #expect(try names(["a"], excluding: "first") == ["second"])
        #expect(try names([""], count: 2) == ["last", "merge"])
        #expect(try names(["README"], excluding: "last") == [])
    }

    @Test("Authors are all who changed the paths, also on side branches; co-authors too")
    func authors() async throws {
        let history = try await History()
        let repository = history.repository
        func emails(_ prefixes: [String], base: String? = "first") throws -> Set<String> {
            Set(
                try repository.authors(
                    between: try base.map { try history[$0] }, and: history["last"], touching: prefixes
                ).map(\.email))
        }
        #expect(try emails(["b"]) == ["bob@example.com"])
        #expect(try emails(["c"]) == ["carol@example.com"])
        #expect(try emails(["b", "c"]) == ["bob@example.com", "carol@example.com"])
        #expect(try emails(["nothing"]) == [])
        #expect(try emails(["b"], base: nil) == ["alice@example.com", "bob@example.com"])
        let id = try await history.fixture.commit(
            ["b/x": "9"], message: "pair\n\nCo-authored-by: Dan <dan@example.com>", author: "Erin <erin@example.com>")
        let pair = try repository.authors(between: history["last"], and: #require(ObjectID(hex: id)), touching: ["b"])
        #expect(pair.map(\.email) == ["erin@example.com", "dan@example.com"])
    }

    @Test("Ancestry and merge bases follow the graph and not the dates")
    func ancestry() async throws {
        let history = try await History()
        let repository = history.repository
        #expect(try repository.isAncestor(history["side1"], of: history["last"]))
        #expect(try repository.isAncestor(history["last"], of: history["last"]))
        #expect(try !repository.isAncestor(history["last"], of: history["side1"]))
        #expect(try !repository.isAncestor(history["second"], of: history["side2"]))
        #expect(try repository.mergeBase(history["second"], history["side2"]) == history["first"])
        try await history.fixture.run(["checkout", "--quiet", "--orphan", "alone"])
        let alone = try await history.fixture.commit(["z": "z"])
        #expect(try repository.mergeBase(history["last"], #require(ObjectID(hex: alone))) == nil)
    }

    @Test("A shallow clone gives its files, and for history an error with what to do")
    func shallow() async throws {
        let history = try await History()
        let path = history.fixture.directory.file("shallow")
        try await history.fixture.run(["clone", "--quiet", "--depth=1", "file://\(history.fixture.path)", path])
        let repository = try Repository.open(path)
        let last = try history["last"]
        #expect(try repository.entries(in: last).map(\.path) == ["README", "a", "b/x", "c"])
        for question in [
            { _ = try repository.lastCommit(touching: "a", from: last) },
            { _ = try repository.authors(between: nil, and: last, touching: ["a"]) },
            { _ = try repository.commits(touching: ["a"], from: last) },
        ] as [() throws -> Void] {
            let error = #expect(throws: GitError.self) { try question() }
            #expect(error?.code == .incompleteHistory)
            #expect(error?.message.contains("git fetch --unshallow") == true)
        }
    }
}
