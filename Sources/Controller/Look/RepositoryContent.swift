import AssetSchema
import Git

/// Gives a workspace the contents it asks for, by blob, from a repository or its work tree.
struct RepositoryContent: ContentProvider {
    private let repository: Repository
    private let workTree: WorkTree?

    /// Data files larger than this are for datastores, not for git.
    private static let limit = 2 << 30

    init(repository: Repository, isWorkTree: Bool) throws {
        self.repository = repository
        workTree = isWorkTree ? try WorkTree(repository) : nil
    }

    func bytes(ofBlob blob: String) async throws -> [UInt8] {
        guard let id = ObjectID(hex: blob) else {
            throw GitError(code: .notFound, message: "'\(blob)' is no blob's id", pointOfFailure: "bytes(ofBlob:)")
        }
        if let workTree { return try workTree.blob(id, limit: Self.limit) }
        return try repository.blob(id, limit: Self.limit)
    }
}
