package import Digest

/// The files of an asset as the workspace keeps them, each named by the SHA-256 of its bytes.
package struct StoredTree: Sendable, Hashable, Codable {
    /// One file.
    package struct Entry: Sendable, Hashable, Codable {
        package var path: String
        package var isExecutable: Bool
        package var sha256: String
        package var size: Int64

        package init(path: String, isExecutable: Bool = false, sha256: String, size: Int64) {
            self.path = path
            self.isExecutable = isExecutable
            self.sha256 = sha256
            self.size = size
        }
    }

    /// The files, sorted by path.
    package var entries: [Entry]
    /// Whether this is one file and not a folder.
    package var isFile: Bool

    package init(entries: [Entry], isFile: Bool) {
        self.entries = entries.sorted { $0.path.utf8.lexicographicallyPrecedes($1.path.utf8) }
        self.isFile = isFile
    }

    /// The digest over paths, modes and contents.
    package var digest: ContentDigest {
        var hasher = SHA256Hasher()
        hasher.update(isFile ? "file\n" : "folder\n")
        for entry in entries {
            hasher.update("\(entry.isExecutable ? "x" : "-") \(entry.sha256) \(entry.path.utf8.count) \(entry.path)\n")
        }
        return hasher.finalize()
    }

    /// What stands under a path, with paths that begin there; nil when nothing does.
    package func subtree(_ path: String) -> StoredTree? {
        let wanted = path.split(separator: "/").joined(separator: "/")
        if wanted.isEmpty { return self }
        if let file = entries.first(where: { $0.path == wanted }) {
            var entry = file
            entry.path = String(wanted.split(separator: "/").last ?? "")
            return StoredTree(entries: [entry], isFile: true)
        }
        let inside = entries.filter { $0.path.hasPrefix(wanted + "/") }.map { entry in
            var entry = entry
            entry.path.removeFirst(wanted.count + 1)
            return entry
        }
        return inside.isEmpty ? nil : StoredTree(entries: inside, isFile: false)
    }

    /// The digest of what stands under each first component, and of folders one and two levels deeper.
    ///
    /// A model may lie at `outputs/mlflow-model` or `models/taxi`; deeper ones nobody names.
    package var componentDigests: [String: ContentDigest] {
        var names: Set<String> = []
        for entry in entries {
            let parts = entry.path.split(separator: "/")
            names.insert(parts.first.map(String.init) ?? "")
            // A folder with very many folders is data, and no model is looked for in it.
            guard names.count < Self.digestLimit else { continue }
            for depth in 2...3 where parts.count > depth {
                names.insert(parts.prefix(depth).joined(separator: "/"))
            }
        }
        return Dictionary(uniqueKeysWithValues: names.compactMap { name in subtree(name).map { (name, $0.digest) } })
    }

    private static let digestLimit = 64
}
