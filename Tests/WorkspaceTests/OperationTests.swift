import AssetSchema
import Digest
import FoundationEssentials
import Testing
import TimeKeeping
import Workspace

@Suite("What is asked of a workspace, and what it says")
struct OperationTests {
    struct Case: CustomTestStringConvertible, Sendable {
        var testDescription: String
        var operation: Operation
    }

    private static let tree = ContentTree(
        entries: [ContentEntry(path: "b.py", blob: "22"), ContentEntry(path: "a.py", isExecutable: true, blob: "11")],
        isFile: false)

    @Test(
        "an operation survives being written down and read again",
        arguments: [
            Case(
                testDescription: "asset",
                operation: .createAsset(
                    AssetDraft(
                        definition: ResourceDefinition(
                            kind: .data, name: "d", version: "0001", fields: ["path": "x", "count": 3, "share": 0.5]),
                        tags: [TagName.digest: "sha256:1"], content: ["path": tree]))),
            Case(
                testDescription: "job",
                operation: .submitJob(
                    JobDraft(name: "train-1", fields: ["command": "python main.py"], tags: [:], content: ["code": tree])
                )),
            Case(
                testDescription: "traffic",
                operation: .setTraffic(endpoint: "e", from: ["blue": 100], to: ["blue": 90, "green": 10], tags: [:])),
            Case(
                testDescription: "test",
                operation: .testOnlineDeployment(
                    SmokeTestDraft(endpoint: "e", deployment: "d", request: tree, digest: ContentDigest(of: "x")))),
        ])
    func roundTrip(_ given: Case) throws {
        let data = try JSONEncoder().encode(given.operation)
        #expect(try JSONDecoder().decode(Operation.self, from: data) == given.operation)
    }

    @Test("a tree's digest knows paths, modes and contents, and not the order they were given in")
    func treeDigest() {
        let same = ContentTree(entries: Self.tree.entries.reversed(), isFile: false)
        #expect(same.digest == Self.tree.digest)
        var other = Self.tree
        other.entries[0].isExecutable = false
        #expect(other.digest != Self.tree.digest)
        other = Self.tree
        other.entries[1].blob = "23"
        #expect(other.digest != Self.tree.digest)
        other = Self.tree
        other.entries[1].path = "c.py"
        #expect(other.digest != Self.tree.digest)
        // The same bytes as a file and as a folder of one file are two things.
        let one = [ContentEntry(path: "a", blob: "1")]
        #expect(ContentTree(entries: one, isFile: true).digest != ContentTree(entries: one, isFile: false).digest)
    }

    @Test("sizes are for people and change no digest")
    func sizes() {
        var sized = Self.tree
        sized.entries[0].size = 12
        #expect(sized.digest == Self.tree.digest)
    }

    @Test("a job has ended in exactly the states that Azure ML never leaves by itself")
    func terminalStates() {
        #expect(JobStatus.allCases.filter(\.isTerminal) == [.completed, .failed, .canceled, .notResponding])
    }
}
