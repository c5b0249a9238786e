/// One command of the command line, as data: what it accepts and how its help describes it.
package struct Command: Sendable, Equatable {
    package var name: String
    /// One sentence, shown in its parent's list and at the head of its own help.
    package var abstract: String
    /// Paragraphs shown below the usage; each is wrapped, except lines that start with two spaces.
    package var discussion: String
    package var options: [ValueOption]
    package var flags: [Flag]
    package var positionals: [Positional]
    package var subcommands: [Command]
    /// Whether help and completion leave the command out.
    package var hidden: Bool
    /// Whether the command does something when none of its subcommands is named.
    package var runsWithoutSubcommand: Bool

    package init(
        name: String,
        abstract: String,
        discussion: String = "",
        options: [ValueOption] = [],
        flags: [Flag] = [],
        positionals: [Positional] = [],
        subcommands: [Command] = [],
        hidden: Bool = false,
        runsWithoutSubcommand: Bool? = nil
    ) {
        self.name = name
        self.abstract = abstract
        self.discussion = discussion
        self.options = options
        self.flags = flags
        self.positionals = positionals
        self.subcommands = subcommands
        self.hidden = hidden
        self.runsWithoutSubcommand = runsWithoutSubcommand ?? subcommands.isEmpty
    }
}

/// An option that takes a value: `--output json`, `--output=json`, `-m TEXT`.
package struct ValueOption: Sendable, Equatable {
    package var name: String
    package var short: Character?
    /// What stands for the value in help, in angle brackets.
    package var placeholder: String
    package var help: String
    /// The only values accepted; empty accepts every text.
    package var allowed: [String]
    /// The value help names as the default; the reader of the invocation applies it.
    package var defaultValue: String?
    package var repeats: Bool
    /// Whether subcommands accept it too, before or after their name.
    package var inherited: Bool
    package var hidden: Bool

    package init(
        _ name: String,
        short: Character? = nil,
        placeholder: String,
        help: String,
        allowed: [String] = [],
        defaultValue: String? = nil,
        repeats: Bool = false,
        inherited: Bool = false,
        hidden: Bool = false
    ) {
        self.name = name
        self.short = short
        self.placeholder = placeholder
        self.help = help
        self.allowed = allowed
        self.defaultValue = defaultValue
        self.repeats = repeats
        self.inherited = inherited
        self.hidden = hidden
    }
}

/// An option without a value: `--dry-run`, `-v`.
package struct Flag: Sendable, Equatable {
    package var name: String
    package var short: Character?
    package var help: String
    package var inherited: Bool
    package var hidden: Bool

    package init(
        _ name: String, short: Character? = nil, help: String, inherited: Bool = false, hidden: Bool = false
    ) {
        self.name = name
        self.short = short
        self.help = help
        self.inherited = inherited
        self.hidden = hidden
    }
}

/// An argument known by its place.
package struct Positional: Sendable, Equatable {
    package var name: String
    package var help: String
    package var required: Bool
    /// Whether it takes all remaining arguments; only the last positional may.
    package var repeats: Bool

    package init(_ name: String, help: String, required: Bool = true, repeats: Bool = false) {
        self.name = name
        self.help = help
        self.required = required
        self.repeats = repeats
    }
}
