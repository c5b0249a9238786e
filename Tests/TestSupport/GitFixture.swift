internal import Subprocess

/// A real git repository in a temporary folder, written by the `git` program.
package final class GitFixture: Sendable {
    /// Where the repository lies; the work tree is `repository/`, keys and mirrors may lie beside it.
    package let directory: TemporaryDirectory
    /// The repository's path.
    package let path: String
    /// The environment its git calls run in: no configuration of the machine or the user reaches them.
    package let environment: [String: String]

    /// A git call that did not succeed.
    package struct Failure: Error, CustomStringConvertible {
        package let description: String
    }

    /// Makes an empty repository on the branch `main`.
    package init(bare: Bool = false) async throws {
        directory = try TemporaryDirectory()
        path = directory.file("repository")
        environment = [
            "PATH": "/usr/local/bin:/usr/bin:/bin", "HOME": directory.path, "GIT_CONFIG_NOSYSTEM": "1", "LC_ALL": "C",
            "GIT_TERMINAL_PROMPT": "0",
        ]
        try await run(
            ["init", "--quiet", "--initial-branch=main", path] + (bare ? ["--bare"] : []), in: directory.path)
        try await run(["config", "user.name", "Alice"])
        try await run(["config", "user.email", "alice@example.com"])
        try await run(["config", "commit.gpgSign", "false"])
        try await run(["config", "gc.auto", "0"])
    }

    /// Runs git in the repository and answers what it printed, without the last line's end.
    @discardableResult
    package func run(
        _ arguments: [String], in folder: String? = nil, input: [UInt8] = [], variables: [String: String] = [:]
    ) async throws -> String {
        let output = try await Subprocess.run(
            ["git"] + arguments, environment: environment.merging(variables) { $1 }, workingDirectory: folder ?? path,
            standardInput: input, timeout: .seconds(120))
        guard output.status.isSuccess else { throw Failure(description: "git \(arguments): \(output.errorText)") }
        return output.text.hasSuffix("\n") ? String(output.text.dropLast()) : output.text
    }

    /// Writes files (nil removes one), commits everything in the work tree and answers the commit's id.
    ///
    /// - Parameter date: Seconds since 1970, for the author and the committer.
    @discardableResult
    package func commit(
        _ files: [String: String?] = [:], message: String = "Change", author: String = "Alice <alice@example.com>",
        date: Int = 1_700_000_000, options: [String] = []
    ) async throws -> String {
        // Removals first: a file may make room for a folder of its name.
        for (name, text) in files where text == nil { try await run(["rm", "--quiet", "--", name]) }
        for (name, text) in files {
            if let text { try directory.write(text, to: "repository/\(name)") }
        }
        try await run(["add", "--all"])
        try await run(
            ["commit", "--quiet", "--allow-empty", "--author", author, "--message", message] + options,
            variables: ["GIT_AUTHOR_DATE": "@\(date) +0000", "GIT_COMMITTER_DATE": "@\(date) +0000"])
        return try await run(["rev-parse", "HEAD"])
    }

    /// Makes an unencrypted SSH key and tells git to sign with it; answers the public key's line.
    package func useSigningKey(_ name: String = "key") async throws -> String {
        let key = directory.file(name)
        let output = try await Subprocess.run(
            ["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", "", "-f", key], environment: environment)
        guard output.status.isSuccess else { throw Failure(description: output.errorText) }
        try await run(["config", "gpg.format", "ssh"])
        try await run(["config", "user.signingkey", key])
        return try directory.read("\(name).pub").split(whereSeparator: \.isNewline).joined()
    }
}
