import CommandLine
import Testing

@Suite("Help")
struct HelpTextTests {
    @Test("of the root lists commands and options, wrapped")
    func root() {
        #expect(
            HelpText.render(sampleRoot, path: ["reconcile"], width: 72) == """
                Makes workspaces match what is committed.

                Usage: reconcile [--output <format>] [--stage <name>]… [--dry-run]
                                 [<command>]

                Without a command: one pass over all stages, acting until nothing is
                due.

                  reconcile --dry-run

                Commands:
                  approve                 Opens a gate.
                  validate                Checks files.
                  workspace               The embedded workspace.

                Options:
                      --state-dir <folder>
                                          Where state is kept.
                  -o, --output <format>   How the plan is printed. (one of: text, json,
                                          markdown; default: text)
                      --stage <name>      Only this stage. (may be repeated)
                      --dry-run           Print the plan and change nothing, whatever
                                          the plan says about what would be done.
                  -v, --verbose           Say more.
                      --version           Show the version.
                  -h, --help              Show this help.

                See 'reconcile <command> --help' for one command.

                """)
    }

    @Test("of a command shows what it inherits")
    func subcommand() throws {
        guard case .help(let path, let command) = try CommandParser(root: sampleRoot).parse(["approve", "--help"])
        else {
            Issue.record("no help")
            return
        }
        #expect(
            HelpText.render(command, path: path, width: 100) == """
                Opens a gate.

                Usage: reconcile approve [--message <text>] [--yes] <gate>

                Arguments:
                  <gate>                  The gate, as prod/release.

                Options:
                  -m, --message <text>    Why.
                      --state-dir <folder>
                                          Where state is kept.
                  -y, --yes               Do not ask.
                  -v, --verbose           Say more.
                  -h, --help              Show this help.

                """)
    }

    @Test("never breaks on a narrow terminal")
    func narrow() {
        let text = HelpText.render(sampleRoot, path: ["reconcile"], width: 1)
        #expect(text.contains("approve"))
    }
}
