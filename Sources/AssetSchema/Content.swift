package import Digest

/// One file of an asset: where it stands in the asset, and which content it has.
package struct ContentEntry: Sendable, Hashable, Codable {
    /// The path inside the asset, with `/`, never absolute and without `..`.
    package var path: String
    /// Whether the file is executable.
    package var isExecutable: Bool
    /// The identity of the content: the git blob id in hexadecimal digits.
    package var blob: String
    /// The size in bytes, when it is known without reading.
    package var size: Int?

    package init(path: String, isExecutable: Bool = false, blob: String, size: Int? = nil) {
        self.path = path
        self.isExecutable = isExecutable
        self.blob = blob
        self.size = size
    }
}

/// The files of an asset, sorted by path: a single file or a folder.
package struct ContentTree: Sendable, Hashable, Codable {
    package var entries: [ContentEntry]
    /// Whether this is one file (its entry's path is the file's name) and not a folder.
    package var isFile: Bool

    package init(entries: [ContentEntry], isFile: Bool) {
        self.entries = entries.sorted { $0.path.utf8.lexicographicallyPrecedes($1.path.utf8) }
        self.isFile = isFile
    }

    /// The digest over paths, modes and contents; sizes do not count, contents decide.
    package var digest: ContentDigest {
        var hasher = SHA256Hasher()
        hasher.update(isFile ? "file\n" : "folder\n")
        for entry in entries {
            hasher.update("\(entry.isExecutable ? "x" : "-") \(entry.blob) \(entry.path.utf8.count) \(entry.path)\n")
        }
        return hasher.finalize()
    }
}

/// Where the bytes of contents come from when a workspace needs them.
package protocol ContentProvider: Sendable {
    /// The bytes of the blob with that id.
    ///
    /// - Throws: when the content is not there or larger than the provider's bound.
    func bytes(ofBlob blob: String) async throws -> [UInt8]
}
