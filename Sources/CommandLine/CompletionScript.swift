/// Writes shell completion for a tree of commands.
package enum CompletionScript {
    package enum Shell: String, Sendable, CaseIterable {
        case bash, zsh
    }

    /// Renders the script to be sourced by the shell.
    package static func render(_ root: Command, for shell: Shell) -> String {
        let script = bash(root)
        switch shell {
        case .bash: return script
        case .zsh: return "autoload -U +X bashcompinit && bashcompinit\n" + script
        }
    }

    private static func bash(_ root: Command) -> String {
        let function = "_\(root.name)_complete"
        var pathCases: [String] = []
        var wordCases: [String] = []
        var valueCases: [String] = []
        collect(root, path: root.name, inherited: [], &pathCases, &wordCases, &valueCases)
        return """
            \(function)() {
                local current="${COMP_WORDS[COMP_CWORD]}" previous="${COMP_WORDS[COMP_CWORD-1]}" path="\(root.name)" word
                for word in "${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
                    case "$path $word" in
            \(pathCases.map { "            \($0)) path=\"$path $word\" ;;" }.joined(separator: "\n"))
                    esac
                done
                case "$path $previous" in
            \(valueCases.joined(separator: "\n"))
                esac
                case "$path" in
            \(wordCases.joined(separator: "\n"))
                esac
                COMPREPLY+=($(compgen -f -- "$current"))
            }
            complete -o filenames -F \(function) \(root.name)

            """
    }

    private static func collect(
        _ command: Command, path: String, inherited: [String],
        _ pathCases: inout [String], _ wordCases: inout [String], _ valueCases: inout [String]
    ) {
        let own = command.options.filter { !$0.hidden }.map { "--\($0.name)" }
        let flags = command.flags.filter { !$0.hidden }.map { "--\($0.name)" }
        let words = command.visibleSubcommandNames + own + flags + inherited + ["--help"]
        wordCases.append(
            "        \"\(path)\") COMPREPLY=($(compgen -W \"\(words.joined(separator: " "))\" -- \"$current\")) ;;")
        for option in command.options where !option.allowed.isEmpty && !option.hidden {
            valueCases.append(
                "        \"\(path) --\(option.name)\") COMPREPLY=($(compgen -W "
                    + "\"\(option.allowed.joined(separator: " "))\" -- \"$current\")); return ;;")
        }
        let passedOn =
            inherited + command.options.filter(\.inherited).map { "--\($0.name)" }
            + command.flags.filter(\.inherited).map { "--\($0.name)" }
        for child in command.subcommands where !child.hidden {
            pathCases.append("\"\(path) \(child.name)\"")
            collect(child, path: "\(path) \(child.name)", inherited: passedOn, &pathCases, &wordCases, &valueCases)
        }
    }
}
