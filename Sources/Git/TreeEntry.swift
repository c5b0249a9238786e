internal import Glibc

/// One entry of a tree, with its path from the tree's root.
package struct TreeEntry: Hashable, Sendable {
    /// What an entry is; nothing is left out silently.
    package enum Kind: String, Hashable, Sendable, Codable {
        case file
        case executable
        case symlink
        case submodule
        case directory
        /// A name no checkout could hold (`..`, `.git`, not UTF-8, given twice) or a mode git does not know.
        case malformed

        /// True for what has bytes that may be read as a file.
        package var isFile: Bool { self == .file || self == .executable }
    }

    /// The path from the root of the tree, with `/`.
    package let path: String
    /// The last part of the path.
    package var name: String {
        path.utf8.lastIndex(of: UInt8(ascii: "/")).map { String(path[path.utf8.index(after: $0)...]) } ?? path
    }
    /// What the entry is.
    package let kind: Kind
    /// The blob, tree or (for a submodule) commit it names.
    package let id: ObjectID

    /// Makes an entry.
    package init(path: String, kind: Kind, id: ObjectID) {
        self.path = path
        self.kind = kind
        self.id = id
    }
}

extension [TreeEntry] {
    /// In the order of the paths' bytes, which is the order of git's index.
    ///
    /// - Returns: Whether they were in another order.
    @discardableResult
    mutating func sortByPath() -> Bool {
        let isOrdered = zip(self, dropFirst()).allSatisfy { !$1.path.precedesByBytes($0.path) }
        if !isOrdered { sort { $0.path.precedesByBytes($1.path) } }
        return !isOrdered
    }
}

extension String {
    /// Whether the text's UTF-8 comes before another's; native strings lie in one piece, so the C library compares them.
    package func precedesByBytes(_ other: String) -> Bool {
        utf8.withContiguousStorageIfAvailable { left in
            other.utf8.withContiguousStorageIfAvailable { right in
                guard let start = left.baseAddress, let end = right.baseAddress else { return left.count < right.count }
                let order = memcmp(start, end, min(left.count, right.count))
                return order == 0 ? left.count < right.count : order < 0
            }
        }.flatMap(\.self) ?? utf8.lexicographicallyPrecedes(other.utf8)
    }
}
