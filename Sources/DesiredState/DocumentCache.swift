internal import Diagnostics
internal import Git
internal import Synchronization
internal import YAML

/// Parsed documents by blob id: a file that did not change is never parsed again.
package final class DocumentCache: Sendable {
    private enum Outcome: Sendable {
        case document(Node)
        case empty
        case failed(YAMLError)
    }

    private struct State {
        var outcomes: [ObjectID: Outcome] = [:]
        var used: Set<ObjectID> = []
    }

    private let state = Mutex(State())

    package init() {}

    /// The document of a file; nil when it holds nothing or can't be read, which is told.
    func document(_ file: ProjectFile, in tree: ProjectTree, findings: Findings) -> Node? {
        guard file.kind.isFile else {
            findings.error(
                "not-a-file", "\(file.path) is \(file.kind.words), and those are not followed",
                at: SourceLocation(path: file.path))
            return nil
        }
        let outcome: Outcome
        if let known = self.outcome(of: file.id) {
            outcome = known
        } else {
            do throws(GitError) {
                outcome = parse(try tree.read(file), id: file.id)
            } catch {
                findings.error("unreadable", "can't be read: \(error.message)", at: SourceLocation(path: file.path))
                return nil
            }
        }
        switch outcome {
        case .document(let node): return node
        case .empty: return nil
        case .failed(let error):
            findings.append(error.diagnostic(in: file.path))
            return nil
        }
    }

    /// The document of a file that is looked into once and not kept; nil when it can't be read.
    func passing(_ file: ProjectFile, in tree: ProjectTree) -> Node? {
        guard file.kind.isFile, let bytes = try? tree.read(file) else { return nil }
        return try? YAMLReader().document(bytes)
    }

    /// Forgets what was not asked for since the last sweep.
    func sweep() {
        state.withLock { state in
            let used = state.used
            state.outcomes = state.outcomes.filter { used.contains($0.key) }
            state.used = []
        }
    }

    private func outcome(of id: ObjectID) -> Outcome? {
        state.withLock { state in
            guard let outcome = state.outcomes[id] else { return nil }
            state.used.insert(id)
            return outcome
        }
    }

    private func parse(_ bytes: [UInt8], id: ObjectID) -> Outcome {
        let outcome: Outcome
        do throws(YAMLError) {
            outcome = try YAMLReader().document(bytes).map { .document($0) } ?? .empty
        } catch {
            outcome = .failed(error)
        }
        state.withLock { state in
            state.outcomes[id] = outcome
            state.used.insert(id)
        }
        return outcome
    }
}
