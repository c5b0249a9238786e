import CommandLine

/// Whether a person means it: asked at a terminal, or said beforehand with `--yes`.
struct Consent: Sendable {
    /// What came of it.
    enum Answer: Sendable, Hashable {
        case yes
        case no
    }

    /// Whether `--yes` was given.
    let isGiven: Bool
    /// Whether a person can be asked: standard input and the output of the question are a terminal.
    let isInteractive: Bool

    /// Asks, if it must.
    ///
    /// - Parameters:
    ///   - question: What to ask, such as `Approve prod/register_model?`.
    ///   - invocation: The command, for the usage error where nobody can be asked.
    ///   - ask: Shows a prompt and gives the line that was typed; nil at the end of input.
    func answer(
        _ question: String, for invocation: Invocation, ask: (String) -> String?
    ) throws(UsageError) -> Answer {
        if isGiven { return .yes }
        guard isInteractive else {
            throw invocation.usageError("There is no terminal to ask at. Say '--yes' if you are sure.")
        }
        // Anything unclear is a no: an approval is given on purpose or not at all.
        let typed = ask("\(question) [y/N] ") ?? ""
        return ["y", "yes"].contains(typed.lowercased().filter { !$0.isWhitespace }) ? .yes : .no
    }
}
