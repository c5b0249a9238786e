/// Renders help and usage, wrapped to a width, in a text that is stable enough to be tested whole.
package enum HelpText {
    private static let labelColumn = 26

    /// Renders the whole help page of a command.
    package static func render(_ command: Command, path: [String], width: Int) -> String {
        let width = max(width, 40)
        var sections = [wrap(command.abstract, width: width)]
        sections.append(usage(of: command, path: path, width: width))
        if !command.discussion.isEmpty {
            sections.append(
                command.discussion.split(separator: "\n", omittingEmptySubsequences: false)
                    .map { $0.hasPrefix("  ") ? String($0) : wrap(String($0), width: width) }
                    .joined(separator: "\n"))
        }
        append(
            "Commands",
            command.subcommands.filter { !$0.hidden }.map { ($0.name, $0.abstract) }, to: &sections, width: width)
        append("Arguments", command.positionals.map { ("<\($0.name)>", $0.help) }, to: &sections, width: width)
        append("Options", optionRows(of: command, isRoot: path.count == 1), to: &sections, width: width)
        if !command.visibleSubcommandNames.isEmpty {
            sections.append("See '\(path.joined(separator: " ")) <command> --help' for one command.")
        }
        return sections.joined(separator: "\n\n") + "\n"
    }

    /// Renders the usage line of a command.
    package static func usage(of command: Command, path: [String], width: Int = 100) -> String {
        var parts: [String] = []
        let options = command.options.filter { !$0.hidden && !$0.inherited }
        let flags = command.flags.filter { !$0.hidden && !$0.inherited }
        if options.count + flags.count > 6 {
            parts.append("[options]")
        } else {
            parts += options.map { "[--\($0.name) <\($0.placeholder)>]" + ($0.repeats ? "…" : "") }
            parts += flags.map { "[--\($0.name)]" }
        }
        for positional in command.positionals {
            let name = "<\(positional.name)>" + (positional.repeats ? "…" : "")
            parts.append(positional.required ? name : "[\(name)]")
        }
        if !command.visibleSubcommandNames.isEmpty {
            parts.append(command.runsWithoutSubcommand ? "[<command>]" : "<command>")
        }
        let head = "Usage: " + path.joined(separator: " ")
        return wrap(words: [head] + parts, width: width, indent: min(head.count + 1, 24))
    }

    private static func optionRows(of command: Command, isRoot: Bool) -> [(String, String)] {
        var rows: [(String, String)] = []
        for option in command.options where !option.hidden {
            var notes: [String] = []
            if !option.allowed.isEmpty { notes.append("one of: " + option.allowed.joined(separator: ", ")) }
            if let value = option.defaultValue { notes.append("default: " + value) }
            if option.repeats { notes.append("may be repeated") }
            let help = notes.isEmpty ? option.help : "\(option.help) (\(notes.joined(separator: "; ")))"
            rows.append((label(option.short, "\(option.name) <\(option.placeholder)>"), help))
        }
        rows += command.flags.filter { !$0.hidden }.map { (label($0.short, $0.name), $0.help) }
        if isRoot { rows.append((label(nil, "version"), "Show the version.")) }
        rows.append((label("h", "help"), "Show this help."))
        return rows
    }

    private static func label(_ short: Character?, _ long: String) -> String {
        guard let short else { return "    --\(long)" }
        return "-\(short), --\(long)"
    }

    private static func append(
        _ title: String, _ rows: [(label: String, help: String)], to sections: inout [String], width: Int
    ) {
        guard !rows.isEmpty else { return }
        let lines = rows.map { row in
            let label = "  " + row.label
            let help = wrap(words: words(of: row.help), width: width - labelColumn, indent: 0)
                .split(separator: "\n", omittingEmptySubsequences: false)
                .joined(separator: "\n" + String(repeating: " ", count: labelColumn))
            if help.isEmpty { return label }
            if label.count + 2 > labelColumn {
                return label + "\n" + String(repeating: " ", count: labelColumn) + help
            }
            return label + String(repeating: " ", count: labelColumn - label.count) + help
        }
        sections.append(title + ":\n" + lines.joined(separator: "\n"))
    }

    private static func words(of text: String) -> [String] {
        text.split(separator: " ").map(String.init)
    }

    private static func wrap(_ text: String, width: Int) -> String {
        wrap(words: words(of: text), width: width, indent: 0)
    }

    private static func wrap(words: [String], width: Int, indent: Int) -> String {
        var lines: [String] = []
        var line = ""
        for word in words {
            if line.isEmpty {
                line = word
            } else if line.count + 1 + word.count <= width {
                line += " " + word
            } else {
                lines.append(line)
                line = String(repeating: " ", count: indent) + word
            }
        }
        if !line.isEmpty { lines.append(line) }
        return lines.joined(separator: "\n")
    }
}
