import Digest
import Git

/// Reads the policy files of commits; the same tree is read once.
struct PolicyReader {
    let repository: Repository
    /// The project's folder inside the repository, empty for its root; paths here are told from there.
    let project: String
    private var known: [ObjectID: PolicySnapshot] = [:]

    private static let folder = "environments"
    private static let largestStageFile = 1 << 20
    private static let largestSignersFile = 1 << 20
    private static let largestKey = 256 << 10
    private static let mostFiles = 1000

    init(_ repository: Repository, project: String) {
        self.repository = repository
        self.project = project
    }

    /// The policy of a commit.
    mutating func snapshot(of commit: ObjectID) throws(GitError) -> PolicySnapshot {
        guard let tree = try repository.subtreeID(in: commit, at: "\(project)/\(Self.folder)") else {
            return PolicySnapshot()
        }
        if let snapshot = known[tree] { return snapshot }
        let snapshot = try read(tree)
        known[tree] = snapshot
        return snapshot
    }

    private func read(_ tree: ObjectID) throws(GitError) -> PolicySnapshot {
        var snapshot = PolicySnapshot()
        var allowedSigners: [UInt8]?
        var keys: [String: [UInt8]] = [:]
        for entry in try repository.entries(in: tree, recursive: false).prefix(Self.mostFiles) {
            let path = "\(Self.folder)/\(entry.name)"
            if path == TrustedSigners.allowedSignersPath {
                snapshot.items[path] = item(entry)
                allowedSigners = try content(entry, limit: Self.largestSignersFile)
            } else if path == TrustedSigners.keysFolder, entry.kind == .directory {
                for key in try repository.entries(in: tree, under: entry.name, recursive: false).prefix(Self.mostFiles)
                where key.name.hasSuffix(".asc") {
                    let path = "\(TrustedSigners.keysFolder)/\(key.name)"
                    snapshot.items[path] = item(key)
                    keys[path] = try content(key, limit: Self.largestKey)
                }
            } else if entry.kind != .directory, entry.name.hasSuffix(".yml") || entry.name.hasSuffix(".yaml") {
                try readStage(entry, path: path, into: &snapshot)
            }
        }
        snapshot.signers = TrustedSigners(allowedSigners: allowedSigners, keys: keys)
        return snapshot
    }

    private func readStage(_ entry: TreeEntry, path: String, into snapshot: inout PolicySnapshot) throws(GitError) {
        snapshot.items[path] = item(entry)
        let stage = entry.name.prefix { $0 != "." }
        guard GateName.isWord(stage) else {
            snapshot.unclearFiles[path] = "\(path) is no name for a stage file"
            return
        }
        guard let bytes = try content(entry, limit: Self.largestStageFile) else {
            snapshot.unclearFiles[path] = "\(path) is no plain file of a usual size"
            return
        }
        switch StageProtection.read(bytes, path: path, stage: String(stage)) {
        case .success(let protection):
            snapshot.stages[path] = protection
            snapshot.items[path] = protection.digest.hex
        case .failure(let unclear):
            snapshot.unclearFiles[path] = unclear.reason
        }
    }

    private func item(_ entry: TreeEntry) -> String { "\(entry.kind.rawValue) \(entry.id)" }

    /// The bytes of a plain file; nil for symbolic links and the like, and for more bytes than the limit.
    private func content(_ entry: TreeEntry, limit: Int) throws(GitError) -> [UInt8]? {
        guard entry.kind.isFile, try repository.blobSize(entry.id) <= limit else { return nil }
        return try repository.blob(entry.id, limit: limit)
    }
}
