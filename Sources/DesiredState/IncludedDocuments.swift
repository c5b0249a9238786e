internal import AssetSchema
internal import Diagnostics
internal import Git
internal import Synchronization
internal import YAML

/// The documents that asset files include, with the variables of a stage replaced in them as in the assets themselves.
final class IncludedDocuments: Sendable {
    /// What the file that was just read includes.
    struct Used: Sendable {
        /// What stands at each path that was asked for; nil for nothing.
        var files: [String: ProjectFile?] = [:]
        /// What replacing variables found.
        var diagnostics: [Diagnostic] = []
        /// The paths of documents in which something could not be resolved.
        var broken: Set<String> = []
        var variables: Set<String> = []
    }

    private struct Document: Sendable {
        var root: Node
        var diagnostics: [Diagnostic]
        var isBroken: Bool
        var variables: Set<String>
    }

    private enum Outcome: Sendable {
        case document(Document)
        case empty
        case unreadable(Diagnostic)
    }

    private struct State {
        var outcomes: [String: Outcome] = [:]
        var used = Used()
    }

    private let tree: ProjectTree
    private let variables: VariableSet
    private let state = Mutex(State())

    /// Documents that are kept for the next file that includes them; projects are never in memory as a whole.
    private static let keptLimit = 32
    private static let largestFile = 1 << 20

    init(tree: ProjectTree, variables: VariableSet) {
        self.tree = tree
        self.variables = variables
    }

    /// What was included since the last call.
    func takeUsed() -> Used {
        state.withLock { state in
            defer { state.used = Used() }
            return state.used
        }
    }

    var provider: DocumentProvider {
        DocumentProvider { [self] text, file in
            guard case .success(let path) = ProjectPath.normalized(text, from: ProjectPath.folder(of: file)) else {
                return .missing
            }
            guard let found = tree.file(path), found.kind.isFile else {
                state.withLock { $0.used.files[path] = .some(nil) }
                return .missing
            }
            let outcome = state.withLock { $0.outcomes[path] } ?? load(found, path)
            state.withLock { state in
                if state.outcomes.count >= Self.keptLimit { state.outcomes = [:] }
                state.outcomes[path] = outcome
                state.used.files[path] = found
                guard case .document(let document) = outcome else { return }
                state.used.diagnostics += document.diagnostics
                state.used.variables.formUnion(document.variables)
                if document.isBroken { state.used.broken.insert(path) }
            }
            switch outcome {
            case .empty: return .empty
            case .unreadable(let diagnostic): return .unreadable(diagnostic)
            case .document(let document):
                return .document(document.root, path: path) { [tree] in
                    (try? tree.read(found, limit: Self.largestFile)).map { String(decoding: $0, as: UTF8.self) }
                }
            }
        }
    }

    private func load(_ found: ProjectFile, _ path: String) -> Outcome {
        guard let bytes = try? tree.read(found, limit: Self.largestFile) else {
            return .unreadable(
                .error(
                    "unreadable", "it can't be read, or is larger than \(Self.largestFile >> 20) MB",
                    at: SourceLocation(path: path)))
        }
        let document: Node
        do throws(YAMLError) {
            guard let root = try YAMLReader().document(bytes) else { return .empty }
            document = root
        } catch {
            return .unreadable(error.diagnostic(in: path))
        }
        let findings = Findings()
        var resolver = DocumentResolver(
            file: AssetFile(file: found, kind: .component, document: document), document: document,
            variables: variables, bindings: [:], tree: tree, findings: findings)
        let root = resolver.resolve()
        return .document(
            Document(
                root: root, diagnostics: findings.diagnostics.items, isBroken: resolver.isBroken,
                variables: resolver.usedVariables))
    }
}
