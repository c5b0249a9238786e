import AssetSchema
import Diagnostics
import Testing
import YAML

/// The Azure ML SDK's own verdict (azure-ai-ml 1.35.2, `load_*`) on documents written by hand.
@Suite struct LoaderVerdictTests {
    struct Case: Sendable, CustomTestStringConvertible {
        let name: String
        let kind: AssetKind
        let text: String
        let isTaken: Bool
        var testDescription: String { name }

        init(_ name: String, _ kind: AssetKind, _ text: String, _ isTaken: Bool) {
            self.name = name
            self.kind = kind
            self.text = text
            self.isTaken = isTaken
        }
    }

    @Test(arguments: cases)
    func `a document is refused as the SDK's loader refuses it`(_ example: Case) throws {
        do {
            let root = try #require(try YAMLReader().document(example.text))
            let result = AssetReader().read(root, as: example.kind, path: "case.yml")
            let errors = result.diagnostics.filter { $0.severity == .error }.map(\.description)
            #expect(result.isRefusedByLoader == !example.isTaken, "\(errors)")
            // What the loader takes and we refuse must be by a rule of ours, never by accident.
            #expect((result.definition == nil) == !errors.isEmpty)
        } catch is YAMLError {
            // A repeated key loads in PyYAML, where the last one wins; here it is always an error.
            #expect(example.name == "dup keys")
        }
    }

    static let cases = jobs + assets + endpoints + deployments + resources
}
