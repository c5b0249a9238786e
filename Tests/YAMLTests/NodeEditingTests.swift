import Testing
import YAML

@Suite struct NodeEditingTests {
    private let text = "a: $(X)\nb:\n- 1\n- {c: $(X)}\n"

    @Test func `mapScalars replaces values in place and says where they are`() throws {
        let root = try #require(try YAMLReader().document(text))
        var paths: [String] = []
        let edited = root.mapScalars { node, path in
            paths.append("/" + path.joined(separator: "/"))
            guard let scalar = node.scalar, scalar.text == "$(X)" else { return nil }
            return Node(.scalar(scalar.with(text: "0001")), mark: node.mark, endMark: node.endMark)
        }
        #expect(paths == ["/a", "/b/0", "/b/1/c"])
        #expect(edited["a"]?.text == "0001")
        #expect(edited["b"]?.sequence?[1]["c"]?.text == "0001")
        #expect(edited["b"]?.sequence?[1]["c"]?.mark == Mark(line: 4, column: 7))
        #expect(edited["b"]?.sequence?[0] == root["b"]?.sequence?[0])
        #expect(root["a"]?.text == "$(X)")
        #expect(root.mapScalars { _, _ in nil } == root)
    }

    @Test func `a mapping's keys can be set, added and removed`() throws {
        var mapping = try #require(try YAMLReader().document(text)?.mapping)
        mapping["a"] = Node(.scalar(Scalar("1")))
        mapping["z"] = Node(.scalar(Scalar("2")))
        mapping["b"] = nil
        #expect(mapping.keys == ["a", "z"])
        #expect(mapping["a"]?.text == "1")
    }
}
