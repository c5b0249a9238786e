package import Subprocess

/// Runs the `git` program for what libgit2 must not or cannot do: talking to remotes, and the user's own signing.
package struct GitProgram: Sendable {
    /// All of the program's environment.
    package var environment: [String: String]
    /// What every call starts with.
    private static let safety = [
        "-c", "core.hooksPath=/dev/null", "-c", "protocol.ext.allow=never", "-c", "core.fsmonitor=false",
    ]

    /// Makes a runner.
    ///
    /// - Parameter environment: The user's environment. What would point git at another repository is
    ///   taken out, and what would wait for a person at a terminal is turned off.
    package init(environment: [String: String]) {
        var kept = environment
        for name in [
            "GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_OBJECT_DIRECTORY", "GIT_ALTERNATE_OBJECT_DIRECTORIES",
            "GIT_COMMON_DIR", "GIT_NAMESPACE", "GIT_PREFIX", "GIT_EXTERNAL_DIFF", "GIT_QUARANTINE_PATH",
        ] { kept[name] = nil }
        kept["GIT_TERMINAL_PROMPT"] = "0"
        kept["LC_ALL"] = "C"
        if kept["GIT_SSH_COMMAND"] == nil, kept["GIT_SSH"] == nil { kept["GIT_SSH_COMMAND"] = "ssh -oBatchMode=yes" }
        self.environment = kept
    }

    /// Runs git and answers what it says, whatever its status.
    ///
    /// - Parameter asUser: True for a commit in the user's name: their own hooks run, and their signing
    ///   program may ask for a passphrase at the terminal.
    package func run(
        _ arguments: [String], in directory: String? = nil, input: [UInt8] = [], variables: [String: String] = [:],
        timeout: Duration? = .seconds(300), outputLimit: Int = 16 << 20, asUser: Bool = false
    ) async throws(GitError) -> Subprocess.Output {
        let verb = arguments.first { !$0.hasPrefix("-") } ?? "git"
        do throws(SubprocessError) {
            return try await Subprocess.run(
                ["git"] + (asUser ? [] : Self.safety) + arguments,
                environment: environment.merging(variables) { $1 }, workingDirectory: directory,
                standardInput: input, timeout: timeout, outputLimit: outputLimit, mayAskTerminal: asUser)
        } catch {
            let code: GitError.Code =
                switch error.code {
                case .timedOut: .timedOut
                case .cancelled: .cancelled
                default: .programFailed
                }
            throw GitError(code: code, message: "git \(verb): \(error.message)", pointOfFailure: "git \(verb)")
        }
    }

    /// Runs git and answers its standard output, or throws its own words when it failed.
    package func text(
        _ arguments: [String], in directory: String? = nil, input: [UInt8] = [], variables: [String: String] = [:],
        timeout: Duration? = .seconds(300), asUser: Bool = false
    ) async throws(GitError) -> String {
        let output = try await run(
            arguments, in: directory, input: input, variables: variables, timeout: timeout, asUser: asUser)
        guard output.status.isSuccess else { throw Self.failure(arguments, output) }
        return output.text
    }

    /// What git said when it failed, in one line.
    package static func failure(_ arguments: [String], _ output: Subprocess.Output) -> GitError {
        let verb = arguments.first { !$0.hasPrefix("-") } ?? "git"
        let lines = output.errorText.split(whereSeparator: \.isNewline).map(String.init)
        let telling = lines.first { $0.hasPrefix("fatal: ") || $0.hasPrefix("error: ") } ?? lines.last
        let cause = telling.map { line in
            line.hasPrefix("fatal: ") || line.hasPrefix("error: ") ? String(line.dropFirst(7)) : line
        }
        return GitError(
            code: .programFailed, message: "git \(verb) failed: \(cause ?? "\(output.status)")",
            pointOfFailure: "git \(verb)")
    }
}
