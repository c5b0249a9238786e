import Git
import TestSupport
import Testing

@Suite struct RangesTests {
    @Test("Commits of one history and not of another come children first, side branches included, within a bound")
    func range() async throws {
        let fixture = try await GitFixture()
        let first = try #require(ObjectID(hex: try await fixture.commit(["a": "1"], message: "first", date: 1_000)))
        try await fixture.run(["checkout", "--quiet", "-b", "side"])
        // Dated before its parent: order must come from history and not from clocks.
        let side = try await fixture.commit(["b": "1"], message: "side", date: 10)
        try await fixture.run(["checkout", "--quiet", "main"])
        let main = try await fixture.commit(["a": "2"], message: "main", date: 2_000)
        try await fixture.run(["merge", "--quiet", "--no-ff", "--message", "merge", "side"])
        let merge = try await fixture.run(["rev-parse", "HEAD"])
        let repository = try Repository.open(fixture.path)
        let head = try #require(ObjectID(hex: merge))
        let found = try repository.commits(in: head, notIn: first, limit: 3).map { $0.id.description }
        #expect(found.first == merge)
        #expect(Set(found) == [merge, main, side])
        #expect(throws: GitError.self) { try repository.commits(in: head, notIn: first, limit: 2) }
        #expect(try repository.commits(in: first, notIn: head, limit: 2).isEmpty)
    }

    @Test("Histories merged crosswise have two best common ancestors, unrelated ones none")
    func mergeBases() async throws {
        let fixture = try await GitFixture()
        _ = try await fixture.commit(["r": "1"], message: "root", date: 1_000)
        try await fixture.run(["branch", "other"])
        let one = try #require(ObjectID(hex: try await fixture.commit(["a": "1"], message: "one", date: 2_000)))
        try await fixture.run(["checkout", "--quiet", "other"])
        let two = try #require(ObjectID(hex: try await fixture.commit(["b": "1"], message: "two", date: 2_000)))
        try await fixture.run(["merge", "--quiet", "--no-ff", "--message", "cross", one.description])
        let left = try #require(ObjectID(hex: try await fixture.run(["rev-parse", "HEAD"])))
        try await fixture.run(["checkout", "--quiet", "main"])
        try await fixture.run(["merge", "--quiet", "--no-ff", "--message", "cross", two.description])
        let right = try #require(ObjectID(hex: try await fixture.run(["rev-parse", "HEAD"])))
        let repository = try Repository.open(fixture.path)
        #expect(Set(try repository.mergeBases(left, right)) == [one, two])
        #expect(try repository.mergeBases(one, left) == [one])
        try await fixture.run(["checkout", "--quiet", "--orphan", "alone"])
        let alone = try #require(ObjectID(hex: try await fixture.commit(["z": "1"], message: "alone", date: 1_000)))
        #expect(try repository.mergeBases(alone, left).isEmpty)
    }
}
