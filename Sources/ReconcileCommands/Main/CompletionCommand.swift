import CommandLine

/// `reconcile completion SHELL`: prints a script that completes commands and options.
struct CompletionCommand {
    private let context: CommandContext

    init(_ context: CommandContext) { self.context = context }

    func run() throws -> Int32 {
        let word = context.invocation.argument("shell") ?? ""
        guard let shell = CompletionScript.Shell(rawValue: word) else {
            let known = CompletionScript.Shell.allCases.map(\.rawValue).joined(separator: " or ")
            throw context.invocation.usageError("'\(word)' is no shell that is known; expected \(known).")
        }
        context.console.print(CompletionScript.render(CommandTree.root, for: shell))
        return 0
    }
}
