import Diagnostics
import Testing

@Suite struct EditDistanceTests {
    private let keys = ["name", "instance_count", "instance_type", "endpoint_name", "tags", "code_configuration"]

    @Test(arguments: [
        ("insatnce_count", "instance_count"), ("instanceCount", "instance_count"), ("instance-type", "instance_type"),
        ("nmae", "name"), ("tag", "tags"), ("Name", "name"), ("code_config", nil), ("zzz", nil), ("", nil),
        ("name", nil), ("x", nil),
    ])
    func `a slip finds the word that was meant, and only a slip`(word: String, expected: String?) {
        #expect(EditDistance.suggestion(for: word, among: keys) == expected)
    }

    @Test func `ties go to the first candidate`() {
        #expect(EditDistance.suggestion(for: "bat", among: ["cat", "hat"]) == "cat")
        #expect(EditDistance.suggestion(for: "bat", among: ["hat", "cat"]) == "hat")
    }

    @Test func `a hostile word costs nothing`() {
        let long = String(repeating: "a", count: 5_000_000)
        #expect(EditDistance.suggestion(for: long, among: [long, "name"]) == nil)
    }
}
