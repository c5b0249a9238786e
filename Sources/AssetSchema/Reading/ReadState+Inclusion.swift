import Diagnostics
import Digest
import YAML

extension ReadState {
    /// The path after `file:`; nil for text that names no file this way.
    static func includedPath(_ node: Node) -> String? {
        guard let text = node.text, text.hasPrefix("file:") else { return nil }
        return String(decoding: text.utf8.dropFirst(5), as: UTF8.self)
    }

    /// Reads the document at a path in place of the node that names it; what it says is told in its own file.
    ///
    /// Without a provider the path is noted, and its text stands for the document.
    mutating func include(
        _ path: String, at node: Node, _ body: (inout ReadState, Node) -> JSONValue?
    ) -> JSONValue? {
        guard let provider = documents else {
            note(path: path, role: .component, at: node.mark)
            return .string(node.text ?? path)
        }
        switch provider.document(at: path, from: file) {
        case .missing:
            error(
                .missingFile, "there is no file \(Self.quoted(path))", at: node.mark,
                hint: "paths are relative to the file that names them")
            return nil
        case .empty:
            error(.wrongType, "the file \(Self.quoted(path)) is empty", at: node.mark)
            return nil
        case .unreadable(let diagnostic):
            adopt(Attempt(diagnostics: [diagnostic]))
            return nil
        case .document(let root, let path, let source):
            if let objection = inclusions.objection(to: path) {
                error(.endlessInclusion, "\(Self.quoted(path)) \(objection)", at: node.mark)
                return nil
            }
            let outer = (file, self.source)
            (file, self.source) = (path, source)
            inclusions.enter(path)
            defer {
                inclusions.leave()
                (file, self.source) = outer
            }
            return body(&self, root)
        }
    }
}
