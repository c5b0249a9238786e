internal import Glibc

/// A bare copy of a remote repository's branches, kept up to date by the `git` program.
package struct Mirror: Sendable {
    /// Where the branches come from; may hold credentials, so it is never printed.
    private let address: String
    /// The bare repository.
    package let directory: String
    private let git: GitProgram

    /// Describes a mirror; nothing is made before the first fetch.
    package init(of address: String, at directory: String, git: GitProgram) throws(GitError) {
        // git takes what starts with a dash for an option; ext:: runs any program.
        let isSafe = !address.hasPrefix("-") && !address.contains("::") && !address.utf8.contains(0) && !address.isEmpty
        guard isSafe else {
            throw GitError(
                code: .invalidName, message: "\(address) is not an address of a repository", pointOfFailure: "mirror")
        }
        self.address = address
        self.directory = directory
        self.git = git
    }

    /// Brings the branches up to date and answers their tips; a branch the remote lacks is not among them.
    ///
    /// When nothing is new this is one short conversation, however large the repository is.
    package func fetch(_ branches: [String], timeout: Duration = .seconds(300)) async throws(GitError) -> [String:
        ObjectID]
    {
        try await prepare()
        let tips = try await remoteTips(branches, timeout)
        let repository = try Repository.open(directory)
        var stale: [String] = []
        for branch in branches {
            let known = try repository.branchTip(branch)
            if let tip = tips[branch] {
                if known != tip { stale.append("+refs/heads/\(branch):refs/heads/\(branch)") }
            } else if known != nil {
                _ = try await git.text(["update-ref", "-d", "refs/heads/\(branch)"], in: directory)
            }
        }
        guard !stale.isEmpty else { return tips }
        _ = try await git.text(
            [
                "-c", "transfer.fsckObjects=true", "-c", "fetch.writeCommitGraph=false", "-c", "gc.autoDetach=false",
                "fetch", "--quiet", "--no-tags", "--no-write-fetch-head", "--no-recurse-submodules", "--", Self.remote,
            ] + stale, in: directory, variables: remoteVariables, timeout: timeout)
        // What was fetched counts, should the remote have moved on since it was asked.
        var fetched: [String: ObjectID] = [:]
        for branch in branches { fetched[branch] = try repository.branchTip(branch) }
        return fetched
    }

    private static let remote = "reconcile-source"

    /// The address as configuration in the environment: arguments could be read by any user of the machine.
    private var remoteVariables: [String: String] {
        let count = git.environment["GIT_CONFIG_COUNT"].flatMap { Int($0) } ?? 0
        return [
            "GIT_CONFIG_COUNT": "\(count + 1)", "GIT_CONFIG_KEY_\(count)": "remote.\(Self.remote).url",
            "GIT_CONFIG_VALUE_\(count)": address,
        ]
    }

    private func prepare() async throws(GitError) {
        if access(directory + "/HEAD", F_OK) == 0 { return }
        _ = try await git.text(["init", "--quiet", "--bare", "--template=", "--", directory])
    }

    private func remoteTips(_ branches: [String], _ timeout: Duration) async throws(GitError) -> [String: ObjectID] {
        let names = branches.map { "refs/heads/\($0)" }
        let listing: String
        do throws(GitError) {
            listing = try await git.text(
                ["ls-remote", "--heads", "--", Self.remote] + names, in: directory, variables: remoteVariables,
                timeout: timeout)
        } catch  where error.code == .programFailed {
            throw GitError(
                code: .unreachable, message: "cannot reach \(address): \(error.message)",
                pointOfFailure: "git ls-remote")
        }
        var tips: [String: ObjectID] = [:]
        for line in listing.split(separator: "\n") {
            // ls-remote matches the end of a name, so that x/refs/heads/main would match too.
            let fields = line.split(separator: "\t")
            guard fields.count == 2, let id = ObjectID(hex: fields[0]), names.contains(String(fields[1])) else {
                continue
            }
            tips[String(fields[1].dropFirst("refs/heads/".count))] = id
        }
        return tips
    }
}
