import Testing
import YAML

@Suite struct YAMLReaderTests {
    private let reader = YAMLReader()

    private func failure(_ text: String, limits: YAMLLimits = YAMLLimits()) -> YAMLError? {
        do throws(YAMLError) {
            _ = try YAMLReader(limits: limits).document(text)
            return nil
        } catch {
            return error
        }
    }

    @Test func `nodes keep their order and their places`() throws {
        let root = try #require(
            try reader.document(
                """
                # a comment
                name: "x"
                inputs:
                  data:
                    path: azureml:d@latest
                  list: [a, 'b', 3]
                名前: é
                command: |
                  one
                  two
                """))
        let mapping = try #require(root.mapping)
        #expect(mapping.keys == ["name", "inputs", "名前", "command"])
        #expect(root.mark == Mark(line: 2, column: 1))
        #expect(mapping.entry("name")?.keyMark == Mark(line: 2, column: 1))
        #expect(mapping["name"]?.mark == Mark(line: 2, column: 7))
        #expect(mapping["name"]?.endMark == Mark(line: 2, column: 10))
        #expect(mapping["name"]?.scalar?.style == .doubleQuoted)
        #expect(root["inputs"]?["data"]?["path"]?.mark == Mark(line: 5, column: 11))
        #expect(root["inputs"]?["list"]?.sequence?.map(\.mark.column) == [10, 13, 18])
        #expect(mapping["名前"]?.mark == Mark(line: 7, column: 5))
        #expect(mapping["command"]?.text == "one\ntwo")
        #expect(mapping["command"]?.scalar?.style == .literal)
    }

    @Test(arguments: ["", "\n\n", "# only a comment\n", "---\n", "--- # nothing\n...\n", "\u{FEFF}"])
    func `a text that holds nothing is nil`(text: String) throws {
        #expect(try reader.document(text) == nil)
    }

    @Test func `a byte order mark and CR LF change no place`() throws {
        let root = try #require(try reader.document("\u{FEFF}a: 1\r\nb:\r\n  c: 2\r\n"))
        #expect(root.mark == Mark(line: 1, column: 1))
        #expect(root["b"]?["c"]?.mark == Mark(line: 3, column: 6))
        #expect(root["b"]?["c"]?.text == "2")
    }

    @Test func `several documents are read only when asked for`() throws {
        let text = "a: 1\n---\n---\nb: 2\n"
        let error = try #require(failure(text))
        #expect(error.code == .multipleDocuments)
        #expect(error.mark == Mark(line: 2, column: 1))
        let documents = try Array(text.utf8).withUnsafeBytes { try reader.documents($0) }
        #expect(documents.map { $0.mapping?.keys } == [["a"], ["b"]])
    }

    struct Failing: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let text: String
        let code: YAMLError.Code
        let line: Int
        let column: Int
        var message: String?
        var related: Mark?
    }

    static let failing = [
        Failing(
            testDescription: "a key written twice", text: "a: 1\nb: 2\na: 3\n", code: .duplicateKey, line: 3, column: 1,
            message: "the key \"a\" is written twice", related: Mark(line: 1, column: 1)),
        Failing(
            testDescription: "a quoted key written twice", text: "x:\n  a: 1\n  \"a\": 3\n", code: .duplicateKey,
            line: 3,
            column: 3, related: Mark(line: 2, column: 3)),
        Failing(
            testDescription: "a tab as indent", text: "a:\n\tb: 1\n", code: .syntax, line: 2, column: 1,
            message: "a tab can't indent or start anything in YAML; use spaces"),
        Failing(
            testDescription: "an indent that fits nothing", text: "a: 1\n  b: 2\n", code: .syntax, line: 2, column: 4,
            message: "mapping values are not allowed in this context"),
        Failing(
            testDescription: "an open quote", text: "a: \"x\n", code: .syntax, line: 2, column: 1,
            related: Mark(line: 1, column: 4)),
        Failing(
            testDescription: "a flow list that never ends", text: "a: [1, 2\nb: 3\n", code: .syntax, line: 2, column: 2,
            related: Mark(line: 1, column: 4)),
        Failing(testDescription: "a mapping as key", text: "? {a: 1}\n: 2\n", code: .invalidKey, line: 1, column: 3),
        Failing(testDescription: "a list as key", text: "[a]: 2\n", code: .invalidKey, line: 1, column: 1),
        Failing(testDescription: "an unknown alias", text: "a: *b\n", code: .unknownAlias, line: 1, column: 4),
        Failing(
            testDescription: "an alias inside its anchor", text: "a: &x\n  b: *x\n", code: .unknownAlias, line: 2,
            column: 6),
        Failing(
            testDescription: "an anchor used twice", text: "a: &x 1\nb: &x 2\n", code: .duplicateAnchor, line: 2,
            column: 4,
            related: Mark(line: 1, column: 4)),
        Failing(testDescription: "a merge of a scalar", text: "a:\n  <<: 1\n", code: .invalidMerge, line: 2, column: 7),
        Failing(
            testDescription: "a merge of a list of scalars", text: "a:\n  <<: [1]\n", code: .invalidMerge, line: 2,
            column: 8),
        Failing(
            testDescription: "a control character", text: "a: 1\nb: \u{1}\n", code: .encoding, line: 2, column: 4,
            message: "control characters are not allowed in YAML (0x1)"),
    ]

    @Test(arguments: failing)
    func `a broken text gives one error at its place`(_ example: Failing) throws {
        let error = try #require(failure(example.text))
        #expect(error.code == example.code)
        #expect(error.mark == Mark(line: example.line, column: example.column))
        if let message = example.message { #expect(error.message == message) }
        if let related = example.related { #expect(error.related?.mark == related) }
    }

    @Test func `bytes that are no UTF-8 are an error at their place`() throws {
        let bytes: [UInt8] = Array("a: é\nbc: ".utf8) + [0xFF, 0x0A]
        let error = #expect(throws: YAMLError.self) { try reader.document(bytes) }
        #expect(error?.code == .encoding)
        #expect(error?.mark == Mark(line: 2, column: 5))
        let wide: [UInt8] = [0xFF, 0xFE, 0x61, 0x00]
        #expect(throws: YAMLError.self) { try reader.document(wide) }
    }

    @Test func `aliases are expanded, and merge keys give way to a mapping's own keys`() throws {
        let root = try #require(
            try reader.document(
                """
                base: &base {a: 1, b: 1}
                more: &more {b: 2, c: 2}
                one: {<<: *base, a: own}
                two:
                  z: 0
                  <<: [*more, *base]
                  c: own
                three: {"<<": text}
                """))
        #expect(root["one"]?.mapping?.keys == ["a", "b"])
        #expect(root["one"]?["a"]?.text == "own")
        // As PyYAML: of a list the earlier mapping wins; merged keys come first, the last mapping's before.
        #expect(root["two"]?.mapping?.keys == ["a", "b", "c", "z"])
        #expect(root["two"]?["b"]?.text == "2")
        #expect(root["two"]?["c"]?.text == "own")
        #expect(root["three"]?["<<"]?.text == "text")
        #expect(root["one"]?["b"]?.mark == Mark(line: 1, column: 23))
    }

    @Test func `a repeated key is found in a large mapping too`() throws {
        let lines = (0..<5_000).map { "key\($0): 1" } + ["key77: 2"]
        let error = try #require(failure(lines.joined(separator: "\n")))
        #expect(error.code == .duplicateKey)
        #expect(error.mark.line == 5_001)
        #expect(error.related?.mark.line == 78)
    }

    @Test func `the billion laughs stop at the limit of nodes`() throws {
        var text = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n"
        for level in 1...12 {
            let aliases = Array(repeating: "*a\(level - 1)", count: 10).joined(separator: ", ")
            text += "a\(level): &a\(level) [\(aliases)]\n"
        }
        let error = try #require(failure(text))
        #expect(error.code == .limit)
        #expect(error.mark.line == 5)
    }

    @Test func `depth counts through aliases and flow collections`() throws {
        let deep = String(repeating: "[", count: 65) + String(repeating: "]", count: 65)
        #expect(failure(deep)?.code == .limit)
        let most = String(repeating: "[", count: 64) + String(repeating: "]", count: 64)
        #expect(failure(most) == nil)
        let endless = String(repeating: "[", count: 1_000_000)
        #expect(failure(endless)?.code == .limit)
        let chain = (0..<100).map { $0 == 0 ? "- &a0 [x]" : "- &a\($0) [*a\($0 - 1)]" }.joined(separator: "\n")
        #expect(failure(chain)?.message == "nested deeper than 64 levels")
    }

    @Test func `size, nodes and aliases are bounded`() throws {
        #expect(failure(String(repeating: "a", count: 101), limits: YAMLLimits(bytes: 100))?.code == .limit)
        #expect(failure("[1, 2, 3]", limits: YAMLLimits(nodes: 3))?.mark == Mark(line: 1, column: 8))
        #expect(failure("[&a 1, *a, *a]", limits: YAMLLimits(aliases: 1))?.mark == Mark(line: 1, column: 12))
    }

    @Test func `random bytes never crash the reader`() {
        var generator = SystemRandomNumberGenerator()
        let alphabet =
            Array("ab01:-?,[]{}#&*!|>'\"%@` \t\n\r~<=.\\\u{e9}".utf8) + [0x00, 0x80, 0xC3, 0xFF, 0xEF, 0xBB, 0xBF]
        for _ in 0..<3_000 {
            let count = Int.random(in: 0...80, using: &generator)
            let bytes = (0..<count).compactMap { _ in alphabet.randomElement(using: &generator) }
            guard let root = try? reader.document(bytes) else { continue }
            root.forEachScalar { node, _ in _ = node.scalar?.resolved(.core11) }
        }
    }
}
