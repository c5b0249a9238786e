package import Diagnostics
package import YAML

/// Where the documents come from that others include.
///
/// A repository is hostile: who provides must keep to its own bounds for the size of a file and never leave the project.
package struct DocumentProvider: Sendable {
    /// What stands at a path.
    package enum Outcome: Sendable {
        /// A document; its path names it in positions, and what it includes is relative to that path's folder.
        case document(Node, path: String, source: @Sendable () -> String?)
        /// A file without a document in it.
        case empty
        /// Nothing.
        case missing
        /// A file that can't be read; told where it is broken, if that is in itself.
        case unreadable(Diagnostic)
    }

    private let look: @Sendable (_ path: String, _ file: String) -> Outcome

    /// - Parameter look: Finds the document at a path, written in the file of the second path and relative to its folder.
    package init(_ look: @escaping @Sendable (_ path: String, _ file: String) -> Outcome) {
        self.look = look
    }

    /// The document at a path that a file names.
    func document(at path: String, from file: String) -> Outcome { look(path, file) }
}

/// The chain of documents from the one that is read to the one that is included now.
struct InclusionChain: Sendable {
    /// The files above and including the one being read.
    private(set) var files: [String]
    /// How many documents were included in all.
    private(set) var count = 0

    /// Files that include each other deeper than this were made to cost something.
    static let depthLimit = 16
    /// Inclusions of one document in all, for the same reason; each file may be included many times.
    static let countLimit = 1_000

    init(_ file: String) { files = [file] }

    /// What keeps a file from being included here, in words; nil when nothing does.
    func objection(to file: String) -> String? {
        if files.contains(file) {
            return "includes itself: " + (files + [file]).joined(separator: " → ")
        }
        if files.count > Self.depthLimit { return "is included more than \(Self.depthLimit) files deep" }
        if count >= Self.countLimit { return "is one of more than \(Self.countLimit) inclusions" }
        return nil
    }

    mutating func enter(_ file: String) {
        files.append(file)
        count += 1
    }

    mutating func leave() { files.removeLast() }
}
