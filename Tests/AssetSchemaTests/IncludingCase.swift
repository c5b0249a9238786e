import AssetSchema
import Diagnostics
import Testing
import YAML

/// A document that may include others, and whether the SDK takes it.
struct IncludingCase: Sendable, CustomTestStringConvertible {
    let name: String
    let isTaken: Bool
    let text: String
    var testDescription: String { name }

    init(_ name: String, isTaken: Bool, _ text: String) {
        self.name = name
        self.isTaken = isTaken
        self.text = text
    }

    func check(as kind: AssetKind) throws {
        let root = try #require(try YAMLReader().document(text))
        let result = AssetReader(documents: Self.provider).read(root, as: kind, path: "case.yml")
        let errors = result.diagnostics.filter { $0.severity == .error }.map(\.description)
        #expect(result.isRefusedByLoader == !isTaken, "\(errors)")
        #expect((result.definition == nil) == !errors.isEmpty)
    }

    private static let provider = DocumentProvider { path, _ in
        let name = path.hasPrefix("./") ? String(path.dropFirst(2)) : path
        guard let text = files[name] else { return .missing }
        guard let root = try? YAMLReader().document(text) else { return .empty }
        return .document(root, path: name) { text }
    }

    private static let files = [
        "comp.yml": """
        name: c1
        version: 1
        type: command
        command: echo ${{inputs.x}}
        environment: azureml:e@latest
        inputs: {x: {type: string}}
        outputs: {o: {type: uri_folder}}
        """,
        "par.yml": """
        name: p1
        type: parallel
        task: {type: run_function, code: ./src, entry_script: a.py, environment: azureml:e@latest}
        inputs: {x: {type: uri_folder}}
        outputs: {o: {type: uri_folder}}
        """,
        "sub.yml": """
        name: sub
        type: pipeline
        inputs: {x: {type: string}}
        outputs: {o: {type: uri_folder}}
        jobs:
          a: {type: command, component: ./comp.yml, inputs: {x: '${{parent.inputs.x}}'}, outputs: {o: '${{parent.outputs.o}}'}}
        """,
        "step.yml": """
        type: command
        command: echo
        environment: azureml:e@latest
        """,
        "round.yml": """
        name: round
        type: pipeline
        jobs: {a: {type: pipeline, component: round.yml}}
        """,
        "list.yml": """
        - a
        """,
        "empty.yml": """
        # nothing
        """,
        "env.yml": """
        name: e
        image: ubuntu
        """,
    ]
}
