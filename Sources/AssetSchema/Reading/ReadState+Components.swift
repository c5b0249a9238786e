import Digest
import YAML

extension ReadState {
    /// A step's component: registered, in a file, or written on the spot.
    mutating func component(_ node: Node, _ rule: ComponentRule) -> JSONValue? {
        guard node.scalar != nil else {
            guard rule.mayBeInline, node.mapping != nil else {
                error(
                    .wrongType,
                    "expected \(rule.title): azureml:NAME@latest or a file's path, not \(node.kindDescription)",
                    at: node.mark)
                return nil
            }
            return includedComponent(node, rule)
        }
        guard let text = text(node, expecting: rule.title) else { return nil }
        if text.hasPrefix("azureml://registries/") || text.hasPrefix("azureml:") {
            return asset(node, .component, allowsNoVersion: true)
        }
        if let path = Self.includedPath(node) {
            guard rule.mayBeInline else {
                error(
                    .wrongType, "\(rule.title) is named by its path alone", at: node.mark, hint: "write \(path)")
                return nil
            }
            return include(path, at: node) { $0.includedComponent($1, rule) }
        }
        guard !rule.kinds.isEmpty else {
            error(
                .invalidReference, "\(Self.quoted(text)) is no registered component", at: node.mark,
                hint: "write azureml:NAME@latest or azureml://registries/…")
            return nil
        }
        return include(text, at: node) { $0.includedComponent($1, rule) }
    }

    private mutating func includedComponent(_ node: Node, _ rule: ComponentRule) -> JSONValue? {
        guard var kind = rule.kinds.first else { return nil }
        if let written = ComponentKind(node), rule.kinds.contains(written) { kind = written }
        return object(node, as: kind.includedSchema)
    }
}
