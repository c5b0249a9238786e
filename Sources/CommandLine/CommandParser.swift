/// Parses arguments against a tree of commands.
package struct CommandParser: Sendable {
    private let root: Command

    package init(root: Command) {
        self.root = root
    }

    /// Parses the arguments after the program's name.
    ///
    /// - Throws: `UsageError` naming the first argument that can't be understood.
    package func parse(_ arguments: [String]) throws(UsageError) -> ParseOutcome {
        var state = ParseState(root: root, arguments: arguments)
        return try state.run()
    }
}

private struct ParseState {
    var path: [String]
    var chain: [Command]
    var rest: ArraySlice<String>
    var options: [String: [String]] = [:]
    var flags: [String: Int] = [:]
    var words: [String] = []
    /// Options seen, with the command in force then, to refuse `reconcile --dry-run status` by name.
    var seen: [(spelling: String, name: String, depth: Int)] = []
    var helpAsked = false

    init(root: Command, arguments: [String]) {
        path = [root.name]
        chain = [root]
        rest = arguments[...]
    }

    var command: Command { chain[chain.count - 1] }

    mutating func run() throws(UsageError) -> ParseOutcome {
        var onlyWords = false
        while let argument = rest.popFirst() {
            if onlyWords || argument == "-" || !argument.hasPrefix("-") {
                try take(word: argument, maySelect: !onlyWords)
            } else if argument == "--" {
                onlyWords = true
            } else if argument.hasPrefix("--") {
                if argument == "--version", chain.count == 1, words.isEmpty { return .version }
                try take(long: argument)
            } else {
                try take(short: argument)
            }
            if helpAsked { return .help(path: path, command: effectiveCommand) }
        }
        return try finish()
    }

    private mutating func take(word: String, maySelect: Bool) throws(UsageError) {
        guard maySelect, words.isEmpty, !command.subcommands.isEmpty else {
            words.append(word)
            return
        }
        if let next = command.subcommands.first(where: { $0.name == word }) {
            chain.append(next)
            path.append(next.name)
        } else if word == "help" {
            try takeHelp()
        } else if command.positionals.isEmpty {
            let names = command.subcommands.filter { !$0.hidden }.map(\.name)
            throw error("Unknown command '\(word)'." + suggestion(for: word, among: names, prefix: ""))
        } else {
            words.append(word)
        }
    }

    /// `reconcile help approve` means `reconcile approve --help`.
    private mutating func takeHelp() throws(UsageError) {
        while let word = rest.popFirst() {
            guard let next = command.subcommands.first(where: { $0.name == word }) else {
                let names = command.subcommands.filter { !$0.hidden }.map(\.name)
                throw error("Unknown command '\(word)'." + suggestion(for: word, among: names, prefix: ""))
            }
            chain.append(next)
            path.append(next.name)
        }
        helpAsked = true
    }

    private mutating func take(long argument: String) throws(UsageError) {
        let body = argument.dropFirst(2)
        let name: String
        let attached: String?
        if let equals = body.firstIndex(of: "=") {
            name = String(body[..<equals])
            attached = String(body[body.index(after: equals)...])
        } else {
            name = String(body)
            attached = nil
        }
        let spelling = "--\(name)"
        if let option = findOption(where: { $0.name == name }) {
            try take(value: attached, of: option, spelled: spelling)
        } else if findFlag(where: { $0.name == name }) != nil || name == "help" {
            guard attached == nil else { throw error("'\(spelling)' takes no value.") }
            take(flag: name, spelled: spelling)
        } else {
            throw error("Unknown option '\(spelling)'." + suggestion(for: name, among: longNames, prefix: "--"))
        }
    }

    private mutating func take(short argument: String) throws(UsageError) {
        var letters = argument.dropFirst()
        while let letter = letters.popFirst() {
            let spelling = "-\(letter)"
            if let option = findOption(where: { $0.short == letter }) {
                let attached = letters.first == "=" ? letters.dropFirst() : letters
                try take(value: letters.isEmpty ? nil : String(attached), of: option, spelled: spelling)
                return
            } else if let flag = findFlag(where: { $0.short == letter }) {
                take(flag: flag.name, spelled: spelling)
            } else if letter == "h" {
                take(flag: "help", spelled: spelling)
            } else {
                let whole = argument.count > 2 ? " in '\(argument)'" : ""
                throw error("Unknown option '\(spelling)'\(whole).")
            }
        }
    }

    private mutating func take(flag name: String, spelled spelling: String) {
        if name == "help" { helpAsked = true }
        flags[name, default: 0] += 1
        seen.append((spelling, name, chain.count))
    }

    private mutating func take(value attached: String?, of option: ValueOption, spelled spelling: String)
        throws(UsageError)
    {
        let value: String
        if let attached {
            value = attached
        } else if let next = rest.first, !looksLikeOption(next) {
            rest.removeFirst()
            value = next
        } else {
            throw error("Missing value for '\(spelling) <\(option.placeholder)>'.")
        }
        if !option.allowed.isEmpty, !option.allowed.contains(value) {
            throw error(
                "The value '\(value)' is invalid for '\(spelling) <\(option.placeholder)>'. Allowed: "
                    + option.allowed.joined(separator: ", ") + "."
                    + suggestion(for: value, among: option.allowed, prefix: ""))
        }
        options[option.name, default: []].append(value)
        seen.append((spelling, option.name, chain.count))
    }

    /// A value may start with a dash (`-m "- fix"`), but never be a name this command knows.
    private func looksLikeOption(_ argument: String) -> Bool {
        if argument == "--" { return true }
        if argument.hasPrefix("--") {
            let name = argument.dropFirst(2).prefix { $0 != "=" }
            return longNames.contains(String(name))
        }
        guard argument.hasPrefix("-"), argument.count == 2, let letter = argument.last else { return false }
        return letter == "h" || findOption(where: { $0.short == letter }) != nil
            || findFlag(where: { $0.short == letter }) != nil
    }

    private func findOption(where matches: (ValueOption) -> Bool) -> ValueOption? {
        if let own = command.options.first(where: matches) { return own }
        return chain.dropLast().reversed().lazy.flatMap(\.options).first { $0.inherited && matches($0) }
    }

    private func findFlag(where matches: (Flag) -> Bool) -> Flag? {
        if let own = command.flags.first(where: matches) { return own }
        return chain.dropLast().reversed().lazy.flatMap(\.flags).first { $0.inherited && matches($0) }
    }

    private var longNames: [String] {
        var names = command.options.filter { !$0.hidden }.map(\.name) + command.flags.filter { !$0.hidden }.map(\.name)
        for parent in chain.dropLast() {
            names += parent.options.filter(\.inherited).map(\.name) + parent.flags.filter(\.inherited).map(\.name)
        }
        return names + ["help"]
    }

    private func suggestion(for word: String, among names: [String], prefix: String) -> String {
        guard let best = Spelling.closest(to: word, among: names) else { return "" }
        return " Did you mean '\(prefix)\(best)'?"
    }

    private func error(_ message: String) -> UsageError {
        UsageError(message: message, path: path, usage: HelpText.usage(of: command, path: path))
    }

    private func finish() throws(UsageError) -> ParseOutcome {
        for (spelling, name, depth) in seen where depth < chain.count {
            let known =
                findOption(where: { $0.name == name }) != nil || findFlag(where: { $0.name == name }) != nil
            if !known {
                throw error(
                    "The option '\(spelling)' belongs to '\(path.prefix(depth).joined(separator: " "))', "
                        + "not to '\(path.joined(separator: " "))'.")
            }
        }
        if words.isEmpty, !command.runsWithoutSubcommand {
            throw error("Missing command: one of " + command.visibleSubcommandNames.joined(separator: ", ") + ".")
        }
        return .run(
            Invocation(
                path: path, command: effectiveCommand, optionValues: options, flagCounts: flags,
                positionalValues: try place(words)))
    }

    /// The command with what it inherits, so that help, defaults and usage see one list.
    private var effectiveCommand: Command {
        var result = command
        for parent in chain.dropLast() {
            result.options += parent.options.filter(\.inherited)
            result.flags += parent.flags.filter(\.inherited)
        }
        return result
    }

    private func place(_ words: [String]) throws(UsageError) -> [String: [String]] {
        var values: [String: [String]] = [:]
        var rest = words[...]
        for positional in command.positionals {
            if positional.repeats {
                if !rest.isEmpty { values[positional.name] = Array(rest) }
                rest = []
            } else if let word = rest.popFirst() {
                values[positional.name] = [word]
            }
            if positional.required, values[positional.name] == nil {
                throw error("Missing argument '<\(positional.name)>'.")
            }
        }
        if let extra = rest.first { throw error("Unexpected argument '\(extra)'.") }
        return values
    }
}

extension Command {
    var visibleSubcommandNames: [String] {
        subcommands.filter { !$0.hidden }.map(\.name)
    }
}
