import Diagnostics
import Testing

@Suite struct DiagnosticsTests {
    private let first = Diagnostic.error("unknown-key", "one", at: SourceLocation(path: "a.yml", line: 9, column: 1))
    private let second = Diagnostic.warning("bad-value", "two", at: SourceLocation(path: "a.yml", line: 10, column: 1))
    private let third = Diagnostic.error("bad-value", "three", at: SourceLocation(path: "b.yml", line: 1, column: 1))
    private let placeless = Diagnostic.error("no-project", "four")

    @Test func `order is by path, line, column and code, and what has no place comes first`() {
        let found = Diagnostics([third, second, placeless, first])
        #expect(found.sorted().items == [placeless, first, second, third])
        #expect(Diagnostics([first, third, second, placeless]).sorted() == found.sorted())
    }

    @Test func `a repeated finding is kept once, where it came first`() {
        #expect(Diagnostics([second, first, second]).unique().items == [second, first])
    }

    @Test func `only an error makes the collection erroneous`() {
        var found = Diagnostics([second])
        #expect(!found.hasErrors)
        found.append(first)
        #expect(found.hasErrors)
    }

    @Test(arguments: [(2, 1, "2 errors, 1 warning"), (1, 0, "1 error"), (0, 3, "3 warnings"), (0, 0, "no problems")])
    func `the summary counts in words`(errors: Int, warnings: Int, expected: String) {
        let items = Array(repeating: first, count: errors) + Array(repeating: second, count: warnings)
        #expect(Diagnostics(items).summary == expected)
    }
}
