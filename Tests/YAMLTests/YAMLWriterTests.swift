import Testing
import YAML

@Suite struct YAMLWriterTests {
    @Test func `a record is written as a person would`() {
        let text = YAMLWriter.text(
            .mapping([
                ("decision", "approve"), ("subject", "sha256:3f9c21"), ("approver", "alice@example.com"),
                ("comment", "Accuracy 0.79 -> 0.93"), ("expires", "2026-12-04T00:00:00Z"), ("version", "0001"),
                ("answer", "no"), ("none", .null), ("count", 3), ("sure", true), ("empty", ""), ("list", .sequence([])),
                ("steps", .sequence([.mapping([("traffic", 10), ("hold", "5m")]), .sequence(["a", "b"]), "c"])),
                ("why", "first\nsecond\n"), ("how", "x\n\n y"), ("who: #", "- a"),
            ]))
        #expect(
            text == """
                decision: approve
                subject: sha256:3f9c21
                approver: alice@example.com
                comment: Accuracy 0.79 -> 0.93
                expires: "2026-12-04T00:00:00Z"
                version: "0001"
                answer: "no"
                none: null
                count: 3
                sure: true
                empty: ""
                list: []
                steps:
                  - traffic: 10
                    hold: 5m
                  - - a
                    - b
                  - c
                why: |
                  first
                  second
                how: "x\\n\\n y"
                "who: #": "- a"

                """)
    }

    @Test func `whatever is written reads back the same`() throws {
        var generator = SystemRandomNumberGenerator()
        let pieces = [
            "a", "1", "0", ":", ": ", " ", "#", " #", "-", "\n", "\n\n", "\t", "'", "\"", "\\", "é", "\u{301}", "名",
            "😀", "&",
            "*", "%", "@", "|", ">", "[", "]", "{", "}", ",", "?", "!", "~", "null", "yes", "1e3", ".5", "\u{1b}",
            "\u{85}",
            "\u{2028}", "\r", "\u{FEFF}", "<<", "=", "---", "...", "2022-01-01", "0x1", "\u{0}",
        ]
        for _ in 0..<2_000 {
            let texts = (0..<3).map { _ in
                (0..<Int.random(in: 0...5, using: &generator)).compactMap { _ in pieces.randomElement(using: &generator)
                }
                .joined()
            }
            let value = YAMLValue.mapping([
                ("k" + texts[0], .string(texts[1])), ("list", .sequence([.string(texts[2]), .string(texts[0])])),
            ])
            let written = YAMLWriter.text(value)
            let root = try #require(try YAMLReader().document(written), "\(written)")
            #expect(root.mapping?.keys == ["k" + texts[0], "list"], "\(written)")
            #expect(root["k" + texts[0]]?.scalar?.resolved(.core11) == .string(texts[1]), "\(written)")
            #expect(
                root["list"]?.sequence?.map { $0.scalar?.resolved(.core11) } == [.string(texts[2]), .string(texts[0])])
        }
    }
}
