package import Diagnostics
import YAML

/// What reading a document gave.
package struct ReadResult: Sendable {
    /// The kind; nil when the document is no asset.
    package let kind: AssetKind?
    /// The definition; nil when there were errors, or the kind can't be read yet.
    package let definition: ResourceDefinition?
    /// The name, also when there were errors, for messages.
    package let name: String?
    /// The local files and folders that the document names.
    package let pathFields: [PathField]
    /// The references to other objects.
    package let references: [ReferenceField]
    /// What is wrong or doubtful, in a stable order.
    package let diagnostics: Diagnostics
    private let root: Node
    private let file: String

    init(
        kind: AssetKind?, definition: ResourceDefinition?, name: String?, state: ReadState, root: Node
    ) {
        self.kind = kind
        self.definition = definition
        self.name = name
        pathFields = state.pathFields
        references = state.references
        diagnostics = Diagnostics(state.diagnostics).unique().sorted()
        self.root = root
        file = state.file
    }

    /// Whether the Azure ML SDK's loader would refuse the document too, as far as its schema goes.
    package var isRefusedByLoader: Bool {
        diagnostics.contains { diagnostic in
            diagnostic.severity == .error && diagnostic.origin == .azureML
        }
    }

    /// Where the document begins.
    package var location: SourceLocation {
        SourceLocation(path: file, line: root.mark.line, column: root.mark.column)
    }

    /// Where the value of a field stands, by JSON pointer; nil when the document does not have it.
    package func location(of pointer: String) -> SourceLocation? {
        var node = root
        for token in pointer.split(separator: "/") {
            let key = token.replacing("~1", with: "/").replacing("~0", with: "~")
            switch node.value {
            case .mapping(let mapping):
                guard let next = mapping[String(key)] else { return nil }
                node = next
            case .sequence(let items):
                guard let index = Int(key), items.indices.contains(index) else { return nil }
                node = items[index]
            case .scalar:
                return nil
            }
        }
        return SourceLocation(path: file, line: node.mark.line, column: node.mark.column)
    }

    /// Where every value stands, by JSON pointer; made anew at each call.
    package var positions: [String: SourceLocation] {
        var result: [String: SourceLocation] = [:]
        func visit(_ node: Node, _ pointer: String) {
            result[pointer] = SourceLocation(path: file, line: node.mark.line, column: node.mark.column)
            switch node.value {
            case .scalar: break
            case .sequence(let items):
                for (index, item) in items.enumerated() { visit(item, "\(pointer)/\(index)") }
            case .mapping(let mapping):
                for entry in mapping { visit(entry.value, pointer + ReadState.pointer([entry.name])) }
            }
        }
        visit(root, "")
        result[""] = nil
        return result
    }
}
