import Diagnostics
import Testing

@Suite struct DiagnosticRendererTests {
    private func render(_ text: String, line: Int, column: Int, message: String = "bad", hint: String? = nil) -> String
    {
        let location = SourceLocation(path: "a.yml", line: line, column: column)
        return DiagnosticRenderer { $0 == "a.yml" ? text : nil }
            .render(.error("bad", message, at: location, hint: hint))
    }

    @Test func `a finding shows place, message, source line, caret, hint and notes`() {
        let diagnostic = Diagnostic.error(
            "unknown-key", "unknown key \"insatnce_count\"", at: SourceLocation(path: "a.yml", line: 2, column: 3),
            hint: "did you mean \"instance_count\"?",
            notes: [
                .init("first written here", at: SourceLocation(path: "a.yml", line: 1, column: 1)),
                .init("the file is new"),
            ])
        let text = DiagnosticRenderer { _ in "name: x\n  insatnce_count: 1\n" }.render([diagnostic])
        #expect(
            text == """
                a.yml:2:3: error: unknown key "insatnce_count"
                    2 |   insatnce_count: 1
                      |   ^
                      hint: did you mean "instance_count"?
                a.yml:1:1: note: first written here
                    1 | name: x
                      | ^
                      note: the file is new
                1 error

                """)
    }

    @Test func `a finding about no file, or a file that can't be read, is only its message`() {
        let renderer = DiagnosticRenderer()
        #expect(renderer.render(.warning("w", "careful")) == "warning: careful\n")
        let missing = Diagnostic.error("e", "gone", at: SourceLocation(path: "x.yml", line: 4, column: 2))
        #expect(renderer.render(missing) == "x.yml:4:2: error: gone\n")
    }

    struct CaretCase: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let text: String
        let line: Int
        let column: Int
        let source: String
        let caret: String
    }

    static let caretCases = [
        CaretCase(
            testDescription: "tabs become spaces up to the next stop", text: "\ta:\tb", line: 1, column: 5,
            source: "    a:  b", caret: "        ^"),
        CaretCase(
            testDescription: "wide characters take two cells", text: "名前: x", line: 1, column: 5,
            source: "名前: x", caret: "      ^"),
        CaretCase(
            testDescription: "combining marks take none", text: "e\u{301}: x", line: 1, column: 5,
            source: "e\u{301}: x", caret: "   ^"),
        CaretCase(
            testDescription: "past the end the caret stands behind the line", text: "ab", line: 1, column: 9,
            source: "ab", caret: "  ^"),
        CaretCase(
            testDescription: "CR LF ends a line", text: "a\r\nbc\r\n", line: 2, column: 2, source: "bc", caret: " ^"),
        CaretCase(
            testDescription: "a byte order mark is no column", text: "\u{FEFF}abc", line: 1, column: 2,
            source: "abc", caret: " ^"),
        CaretCase(
            testDescription: "controls are escaped and the caret follows", text: "a\u{1b}[2Jb", line: 1, column: 6,
            source: "a\\u{1b}[2Jb", caret: "          ^"),
    ]

    @Test(arguments: caretCases)
    func `the caret stands under its character`(_ example: CaretCase) {
        let text = render(example.text, line: example.line, column: example.column)
        #expect(
            text.split(separator: "\n").dropFirst().first.map(String.init) == "    \(example.line) | \(example.source)")
        #expect(text.split(separator: "\n").dropFirst(2).first.map(String.init) == "      | \(example.caret)")
    }

    @Test(arguments: [1, 60, 500_000, 999_999, 1_000_001, 2_000_000])
    func `a line of a megabyte shows a window with the caret in it`(column: Int) {
        let line = String(repeating: "x", count: 1_000_000)
        let text = render(line, line: 1, column: column)
        #expect(text.count < 500)
        #expect(text.contains("^"))
    }

    @Test func `messages, paths and hints can't steer the terminal`() {
        let diagnostic = Diagnostic.error(
            "e", "bad \u{1b}[31m\u{202E}key\n", at: SourceLocation(path: "a\u{7}.yml"), hint: "\u{9b}x")
        let text = DiagnosticRenderer().render(diagnostic)
        #expect(
            text == "a\\u{7}.yml:1:1: error: bad \\u{1b}[31m\\u{202e}key\\u{a}\n      hint: \\u{9b}x\n")
    }

    @Test func `colour adds escapes and changes no text`() {
        let diagnostic = Diagnostic.error("e", "bad", at: SourceLocation(path: "a.yml", line: 1, column: 1), hint: "h")
        let plain = DiagnosticRenderer { _ in "x" }.render(diagnostic)
        let colored = DiagnosticRenderer(usesColor: true) { _ in "x" }.render(diagnostic)
        #expect(colored.contains("\u{1b}[1;31merror:\u{1b}[0m"))
        #expect(colored.replacing(/\u{1b}\[[0-9;]*m/, with: "") == plain)
    }
}
