import CommandLine
import Testing

struct AcceptedCase: CustomTestStringConvertible {
    var arguments: [String]
    var path: [String]
    var check: @Sendable (Invocation) -> Bool

    var testDescription: String { arguments.joined(separator: " ") }
}

struct RefusedCase: CustomTestStringConvertible {
    var arguments: [String]
    var text: String

    var testDescription: String { arguments.joined(separator: " ") }
}

@Suite("Parsing a command line")
struct CommandParserTests {
    static let accepted: [AcceptedCase] = [
        .init(arguments: [], path: ["reconcile"]) { $0.value("output") == "text" && !$0.flag("dry-run") },
        .init(arguments: ["--dry-run", "--output", "json"], path: ["reconcile"]) {
            $0.flag("dry-run") && $0.value("output") == "json"
        },
        .init(arguments: ["--output=json"], path: ["reconcile"]) { $0.value("output") == "json" },
        .init(arguments: ["-ojson"], path: ["reconcile"]) { $0.value("output") == "json" },
        .init(arguments: ["-o=json"], path: ["reconcile"]) { $0.value("output") == "json" },
        .init(arguments: ["--stage", "dev", "--stage=prod"], path: ["reconcile"]) {
            $0.values("stage") == ["dev", "prod"]
        },
        .init(arguments: ["--stage="], path: ["reconcile"]) { $0.values("stage") == [""] },
        .init(arguments: ["approve", "prod/release", "-m", "Looks good"], path: ["reconcile", "approve"]) {
            $0.argument("gate") == "prod/release" && $0.value("message") == "Looks good"
        },
        .init(arguments: ["approve", "-ym", "- fix it", "prod/release"], path: ["reconcile", "approve"]) {
            $0.flag("yes") && $0.value("message") == "- fix it"
        },
        .init(arguments: ["--state-dir", "/s", "approve", "g", "-vv"], path: ["reconcile", "approve"]) {
            $0.value("state-dir") == "/s" && $0.count(of: "verbose") == 2
        },
        .init(arguments: ["validate", "--", "--odd.yml", "-"], path: ["reconcile", "validate"]) {
            $0.arguments("path") == ["--odd.yml", "-"]
        },
        .init(arguments: ["workspace", "logs", "-f", "train-1"], path: ["reconcile", "workspace", "logs"]) {
            $0.flag("follow") && $0.argument("job") == "train-1" && $0.argument("file") == nil
        },
        .init(arguments: ["internal"], path: ["reconcile", "internal"]) { _ in true },
    ]

    @Test("takes what is right", arguments: accepted)
    func accepts(_ testCase: AcceptedCase) throws {
        let outcome = try CommandParser(root: sampleRoot).parse(testCase.arguments)
        guard case .run(let invocation) = outcome else {
            Issue.record("expected an invocation, found \(outcome)")
            return
        }
        #expect(invocation.path == testCase.path)
        #expect(testCase.check(invocation))
    }

    static let rootUsage = """
        Usage: reconcile [--output <format>] [--stage <name>]… [--dry-run] [<command>]
          See 'reconcile --help' for more information.
        """
    static let approveUsage = """
        Usage: reconcile approve [--message <text>] [--yes] <gate>
          See 'reconcile approve --help' for more information.
        """

    static let refused: [RefusedCase] = [
        .init(
            arguments: ["--dri-run"],
            text: "Error: Unknown option '--dri-run'. Did you mean '--dry-run'?\n\(rootUsage)"),
        .init(arguments: ["--frobnicate"], text: "Error: Unknown option '--frobnicate'.\n\(rootUsage)"),
        .init(
            arguments: ["aprove", "x"], text: "Error: Unknown command 'aprove'. Did you mean 'approve'?\n\(rootUsage)"),
        .init(arguments: ["help", "nothing"], text: "Error: Unknown command 'nothing'.\n\(rootUsage)"),
        .init(arguments: ["--dry-run=yes"], text: "Error: '--dry-run' takes no value.\n\(rootUsage)"),
        .init(arguments: ["--stage"], text: "Error: Missing value for '--stage <name>'.\n\(rootUsage)"),
        .init(arguments: ["--stage", "--dry-run"], text: "Error: Missing value for '--stage <name>'.\n\(rootUsage)"),
        .init(
            arguments: ["--output", "jsn"],
            text: "Error: The value 'jsn' is invalid for '--output <format>'. Allowed: text, json, markdown. "
                + "Did you mean 'json'?\n\(rootUsage)"),
        .init(arguments: ["-vx"], text: "Error: Unknown option '-x' in '-vx'.\n\(rootUsage)"),
        .init(arguments: ["approve"], text: "Error: Missing argument '<gate>'.\n\(approveUsage)"),
        .init(arguments: ["approve", "a", "b"], text: "Error: Unexpected argument 'b'.\n\(approveUsage)"),
        .init(
            arguments: ["--dry-run", "approve", "a"],
            text: "Error: The option '--dry-run' belongs to 'reconcile', not to 'reconcile approve'.\n\(approveUsage)"),
        .init(
            arguments: ["workspace"],
            text: """
                Error: Missing command: one of logs.
                Usage: reconcile workspace <command>
                  See 'reconcile workspace --help' for more information.
                """),
    ]

    @Test("refuses what is wrong with one helpful sentence", arguments: refused)
    func refuses(_ testCase: RefusedCase) {
        let error = #expect(throws: UsageError.self) {
            try CommandParser(root: sampleRoot).parse(testCase.arguments)
        }
        #expect(error?.description == testCase.text)
    }

    @Test("knows help and version wherever people type them")
    func helpAndVersion() throws {
        let parser = CommandParser(root: sampleRoot)
        for arguments in [
            ["approve", "--help"], ["help", "approve"], ["approve", "-h"], ["--dry-run", "help", "approve"],
        ] {
            guard case .help(let path, _) = try parser.parse(arguments) else {
                Issue.record("no help for \(arguments)")
                continue
            }
            #expect(path == ["reconcile", "approve"])
        }
        #expect(try parser.parse(["--version"]) == .version)
    }

    @Test("reads bounded numbers")
    func numbers() throws {
        let root = Command(
            name: "p", abstract: "", options: [ValueOption("port", placeholder: "number", help: "Port.")])
        guard case .run(let good) = try CommandParser(root: root).parse(["--port", "8080"]),
            case .run(let bad) = try CommandParser(root: root).parse(["--port", "80800"])
        else { return }
        #expect(try good.integer("port", in: 1...65535) == 8080)
        let error = #expect(throws: UsageError.self) { try bad.integer("port", in: 1...65535) }
        #expect(
            error?.message == "The value '80800' is invalid for '--port': expected a whole number from 1 to 65535.")
    }

    @Test(
        "suggests the word that was meant, and none when none is near",
        arguments: [("stauts", "status"), ("rollbak", "rollback"), ("his", "history"), ("zzz", nil), ("s", nil)])
    func spelling(word: String, meant: String?) {
        #expect(Spelling.closest(to: word, among: ["status", "rollback", "history", "suspend"]) == meant)
    }
}
