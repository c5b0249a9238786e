package import CommandLine

/// The command line of `reconcile`, as data.
package enum CommandTree {
    /// The released version.
    package static let version = "0.1.0"

    /// The root command with all its subcommands.
    package static let root = Command(
        name: "reconcile",
        abstract: "Make Azure ML workspaces match the YAML that is committed.",
        discussion: """
            Without a subcommand it does one pass: it looks at git and at the workspaces, plans, does what is due, waits \
            for jobs, and stops at gates. With --dry-run it prints the plan and changes nothing.

            Exit status: 0 done or in sync; 1 failed; 2 changes pending (--dry-run --detailed-exitcode); 3 stopped at a \
            closed gate; 64 wrong usage; 130 or 143 ended by a signal.
            """,
        options: shared + [output(["text", "json", "markdown"])] + [
            ValueOption("ref", placeholder: "REV", help: "Plan this revision instead of the stages' branches (dry run)")
        ],
        flags: sharedFlags + [
            Flag("dry-run", help: "Print the plan and change nothing"),
            Flag(
                "detailed-exitcode",
                help: "With --dry-run: exit with 2 when changes are pending or blocked by a failure"),
            Flag("worktree", help: "Plan the working tree, uncommitted edits included (dry run)"),
            Flag("offline", help: "Plan without looking at a workspace: everything is new (dry run)"),
            Flag("wait", help: "Wait also for moments that the plan names, such as the next step of a rollout"),
        ],
        subcommands: [
            daemon, status, history, why, approve, reject, rollback, retrain, suspend, resume, trust, check, validate,
            explain,
            initialize, workspace, completion,
        ],
        runsWithoutSubcommand: true)

    private static let shared: [ValueOption] = [
        ValueOption(
            "repo", placeholder: "PATH|URL", help: "The repository; found from the current folder if left out",
            inherited: true),
        ValueOption(
            "project", placeholder: "PATH", help: "The project's folder inside the repository", inherited: true),
        ValueOption(
            "state-dir", placeholder: "DIR",
            help: "Where mirrors, embedded workspaces and the journal live (RECONCILE_STATE_DIR)", inherited: true),
        ValueOption(
            "stage", placeholder: "NAME", help: "Only this stage; may be repeated", repeats: true, inherited: true),
    ]

    private static let sharedFlags: [Flag] = [
        Flag("verbose", short: "v", help: "Show more: unchanged checks, and the log at level debug", inherited: true),
        Flag("quiet", short: "q", help: "Show results only, no progress", inherited: true),
    ]

    private static func output(_ allowed: [String]) -> ValueOption {
        ValueOption(
            "output", short: "o", placeholder: allowed.joined(separator: "|"), help: "The form of the output",
            allowed: allowed, defaultValue: "text")
    }

    private static let message = ValueOption(
        "message", short: "m", placeholder: "TEXT", help: "Why; goes into the record")

    private static let recordFlags: [Flag] = [
        Flag("yes", short: "y", help: "Do not ask"),
        Flag("push", help: "Push the branch to its remote afterwards"),
    ]

    private static let daemon = Command(
        name: "daemon", abstract: "Follow the branches, reconcile what changes, and heal drift, until stopped.",
        discussion: """
            Follows a local repository as it changes on disk and a remote one by polling. Stop it with Ctrl-C or SIGTERM: \
            jobs and deployments go on without it.
            """,
        options: [
            ValueOption(
                "interval", placeholder: "SPAN", help: "How often a remote and the workspaces are looked at",
                defaultValue: "30s"),
            ValueOption(
                "listen", placeholder: "HOST:PORT",
                help: "Where /healthz, /readyz and /metrics are served; off if left out"),
            ValueOption(
                "log-format", placeholder: "logfmt|json", help: "The form of the log on standard error",
                allowed: ["logfmt", "json"], defaultValue: "logfmt"),
        ])

    private static let status = Command(
        name: "status", abstract: "Show what is live in each stage, from which commit, and what waits.",
        options: [output(["text", "json"])])

    private static let history = Command(
        name: "history", abstract: "Show what happened, by whose change and whose approval.",
        options: [
            output(["text", "json"]),
            ValueOption(
                "limit", short: "n", placeholder: "COUNT", help: "How many entries at the most", defaultValue: "50"),
        ], positionals: [Positional("object", help: "Only this object, such as model/diabetes", required: false)])

    private static let why = Command(
        name: "why", abstract: "Explain one object: what becomes of it, what it waits for, and who must act.",
        options: [output(["text", "json"])],
        positionals: [Positional("object", help: "prod/model/diabetes, model/diabetes, a gate, or a name")])

    private static let approve = Command(
        name: "approve",
        abstract: "Approve what waits at a gate: a record, committed and signed with your git configuration.",
        options: [message, ValueOption("expires", placeholder: "TIME|SPAN", help: "When the approval ends")],
        flags: recordFlags, positionals: [Positional("gate", help: "Such as prod/register_model")])

    private static let reject = Command(
        name: "reject", abstract: "Reject what waits at a gate; what is live stays live.",
        options: [message], flags: recordFlags, positionals: [Positional("gate", help: "Such as prod/register_model")])

    private static let rollback = Command(
        name: "rollback", abstract: "Serve the model before the present one again; automation stays on.",
        options: [
            message, ValueOption("to", placeholder: "NAME:VERSION", help: "This model instead of the one before"),
        ], flags: recordFlags, positionals: [Positional("stage", help: "Such as prod")])

    private static let retrain = Command(
        name: "retrain", abstract: "Ask for a new training of unchanged inputs.",
        options: [message], flags: recordFlags, positionals: [Positional("stage", help: "Such as dev")])

    private static let suspend = Command(
        name: "suspend", abstract: "Stop acting on a stage or on single objects.",
        options: [message], flags: recordFlags,
        positionals: [
            Positional("stage", help: "Such as prod"),
            Positional(
                "objects", help: "Such as online_endpoint/diabetes-prod; all if left out", required: false,
                repeats: true),
        ])

    private static let resume = Command(
        name: "resume", abstract: "Act again on what was suspended.",
        options: [message], flags: recordFlags, positionals: [Positional("stage", help: "Such as prod")])

    private static let trust = Command(
        name: "trust", abstract: "Take a branch's present policy as trusted, after its history was replaced.",
        flags: [Flag("yes", short: "y", help: "Do not ask")], positionals: [Positional("stage", help: "Such as prod")])

    private static let check = Command(
        name: "check", abstract: "Run a stage's checks on the working tree, uncommitted edits included.",
        discussion: """
            The checks are those of the stage file, else flake8 and pytest on the training code: what a pass runs on a \
            commit before it takes anything of it. They run in the training environment, on a copy of the files. \
            Without --stage it is the first stage that has checks. With -v their output is shown as it comes.

            Exit status: 0 all have passed; 1 one failed.
            """,
        options: [output(["text", "json"])],
        positionals: [Positional("name", help: "Only these checks", required: false, repeats: true)])

    private static let validate = Command(
        name: "validate", abstract: "Check YAML files as az ml would, with positions.",
        options: [output(["text", "json"])],
        positionals: [Positional("path", help: "Files or folders", repeats: true)])

    private static let explain = Command(
        name: "explain", abstract: "Show where a value came from, file and line by file and line.",
        options: [output(["text", "json"])],
        positionals: [
            Positional("stage", help: "Such as prod"), Positional("object.field", help: "Such as online-endpoint.name"),
        ])

    private static let initialize = Command(
        name: "init", abstract: "Write down what is assumed of this project, or lay a new one down.",
        discussion: """
            In a repository without environments/ it writes the stage files that the plan assumes, with all that the \
            pipelines pass, so that the plan is the same afterwards. In an empty one it lays down a small project that \
            runs. It never overwrites a file.
            """,
        positionals: [Positional("folder", help: "The project's folder; the current one if left out", required: false)])

    private static let workspace = Command(
        name: "workspace", abstract: "Look into an embedded workspace.",
        subcommands: [
            Command(
                name: "list", abstract: "List what is in the workspaces.", options: [output(["text", "json"])],
                positionals: [
                    Positional("kind", help: "environment, data, model, job, online_endpoint …", required: false)
                ]),
            Command(
                name: "show", abstract: "Show one object whole.", options: [output(["text", "json"])],
                positionals: [Positional("object", help: "Such as model/diabetes:2 or job/train-3f9c21d0a1b2")]),
            Command(
                name: "logs", abstract: "Print the log of a job or a deployment.",
                flags: [Flag("follow", short: "f", help: "Go on until the job ends")],
                positionals: [Positional("name", help: "A job, or ENDPOINT/DEPLOYMENT")]),
            Command(
                name: "invoke", abstract: "Send a request to an online endpoint.",
                options: [
                    ValueOption(
                        "request-file", short: "r", placeholder: "FILE",
                        help: "The request's JSON; - for standard input"),
                    ValueOption("deployment", placeholder: "NAME", help: "This deployment, whatever its traffic"),
                ], positionals: [Positional("endpoint", help: "The endpoint")]),
            Command(
                name: "keys", abstract: "Print an online endpoint's scoring URI and keys.",
                options: [output(["text", "json"])],
                flags: [Flag("regenerate", help: "Make new keys; the old ones stop at once")],
                positionals: [Positional("endpoint", help: "The endpoint")]),
            Command(
                name: "cancel", abstract: "Cancel a job.", positionals: [Positional("job", help: "The job's name")]),
            Command(
                name: "serve", abstract: "Answer the REST API of Azure ML for an embedded workspace, until stopped.",
                discussion: """
                    Azure's own Python SDK, unmodified, then works against the workspace on this machine: 'workspace env' \
                    prints what to export. Without WORKSPACE those of the project's stages are served, and outside of a \
                    project one to try things in. docs/emulator.md says what there is and what not.
                    """,
                options: [
                    ValueOption(
                        "port", placeholder: "NUMBER", help: "Where to listen; 0 takes any free port",
                        defaultValue: "8443"),
                    ValueOption(
                        "host", placeholder: "ADDRESS", help: "The address to listen on", defaultValue: "127.0.0.1"),
                ],
                positionals: [
                    Positional(
                        "workspace", help: "SUBSCRIPTION/GROUP/NAME, made if it is not there, or a stage",
                        required: false)
                ]),
            Command(
                name: "env", abstract: "Print the variables by which Azure's clients find the service that runs here."),
            Command(
                name: "stop", abstract: "Stop what scores and what fires schedules; the next pass starts them again."),
        ])

    private static let completion = Command(
        name: "completion", abstract: "Print a completion script for a shell.",
        positionals: [Positional("shell", help: "bash or zsh")])
}
