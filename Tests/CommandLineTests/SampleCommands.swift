import CommandLine

/// A small tree in the shape of the real one.
let sampleRoot = Command(
    name: "reconcile",
    abstract: "Makes workspaces match what is committed.",
    discussion: "Without a command: one pass over all stages, acting until nothing is due.\n\n  reconcile --dry-run",
    options: [
        ValueOption("state-dir", placeholder: "folder", help: "Where state is kept.", inherited: true),
        ValueOption(
            "output", short: "o", placeholder: "format", help: "How the plan is printed.",
            allowed: ["text", "json", "markdown"], defaultValue: "text"),
        ValueOption("stage", placeholder: "name", help: "Only this stage.", repeats: true),
    ],
    flags: [
        Flag("dry-run", help: "Print the plan and change nothing, whatever the plan says about what would be done."),
        Flag("verbose", short: "v", help: "Say more.", inherited: true),
    ],
    subcommands: [
        Command(
            name: "approve", abstract: "Opens a gate.",
            options: [ValueOption("message", short: "m", placeholder: "text", help: "Why.")],
            flags: [Flag("yes", short: "y", help: "Do not ask.")],
            positionals: [Positional("gate", help: "The gate, as prod/release.")]),
        Command(
            name: "validate", abstract: "Checks files.",
            positionals: [Positional("path", help: "Files or folders.", repeats: true)]),
        Command(
            name: "workspace", abstract: "The embedded workspace.",
            subcommands: [
                Command(
                    name: "logs", abstract: "Prints a job's log.", flags: [Flag("follow", short: "f", help: "Go on.")],
                    positionals: [
                        Positional("job", help: "The job."), Positional("file", help: "A file.", required: false),
                    ]
                )
            ]),
        Command(name: "internal", abstract: "Not for people.", hidden: true),
    ],
    runsWithoutSubcommand: true)
