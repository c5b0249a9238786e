internal import Digest
package import Git
internal import Glibc

/// Where a project comes from: a repository on this machine, or a mirror of one elsewhere.
package struct ProjectSource: Sendable {
    private enum Origin: Sendable {
        case local(Repository)
        case remote(Mirror)
    }

    private let origin: Origin
    /// What people call it: a path, or an address without credentials.
    package let name: String
    /// The same for the same repository, on this machine; names lock files and mirrors.
    package let identifier: String

    /// Opens what `--repo` says, or the repository that the current folder lies in.
    ///
    /// A path is read where it is. An address (`https://…`, `ssh://…`, `file://…`, `git@host:path`) is mirrored
    /// under the state directory; nothing is fetched before the first look.
    package static func open(
        _ address: String?, currentDirectory: String, stateDirectory: String, git: GitProgram
    ) throws(GitError) -> ProjectSource {
        if let address, RemoteURL.isRemote(address), !exists(address) {
            let identifier = ContentDigest(of: address).prefix(16)
            let mirror = try Mirror(of: address, at: "\(stateDirectory)/mirrors/\(identifier).git", git: git)
            return ProjectSource(
                origin: .remote(mirror), name: RemoteURL.redactingCredentials(in: address), identifier: identifier)
        }
        let path = address.map { $0.hasPrefix("/") ? $0 : "\(currentDirectory)/\($0)" } ?? currentDirectory
        let repository = try Repository.discover(from: path)
        // Two linked work trees have the same branches, so they are the same project.
        return ProjectSource(
            origin: .local(repository), name: repository.workingDirectory ?? repository.gitDirectory,
            identifier: ContentDigest(of: repository.commonDirectory).prefix(16))
    }

    /// The repository on this machine that may be committed to; nil for one elsewhere.
    package var localRepository: Repository? {
        if case .local(let repository) = origin { repository } else { nil }
    }

    /// The repository to read objects from.
    ///
    /// - Throws: `notARepository` for a mirror that was never fetched.
    package func repository() throws(GitError) -> Repository {
        switch origin {
        case .local(let repository): repository
        case .remote(let mirror): try Repository.open(mirror.directory)
        }
    }

    /// Looks where the branches stand now; branches that are not there are left out.
    ///
    /// The cost does not grow with the repository: two small files a branch, or one short conversation.
    package func tips(
        of branches: [String], timeout: Duration = .seconds(300)
    ) async throws(GitError) -> [String: ObjectID] {
        switch origin {
        case .local: try knownTips(of: branches)
        case .remote(let mirror): try await mirror.fetch(branches, timeout: timeout)
        }
    }

    /// Where the branches stood when they were last looked at, without talking to anyone.
    package func knownTips(of branches: [String]) throws(GitError) -> [String: ObjectID] {
        let repository = try repository()
        var tips: [String: ObjectID] = [:]
        for branch in branches { tips[branch] = try repository.branchTip(branch) }
        return tips
    }

    private static func exists(_ path: String) -> Bool { access(path, F_OK) == 0 }
}
