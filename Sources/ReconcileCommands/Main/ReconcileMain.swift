import Approvals
import CommandLine
import Diagnostics
import Glibc
import LocalWorkspace
import Workspace

/// The whole program but its `main`: parses, runs one command, says what failed.
package enum ReconcileMain {
    /// Runs the command line and returns the exit status.
    package static func run(_ arguments: [String], environment: [String: String]) async -> Int32 {
        // What is read by nobody any more must end a write, not the program.
        signal(SIGPIPE, SIG_IGN)
        // Supervisors of the embedded workspace are this very program; they have signals and a log of their own.
        if arguments.first == "internal" { return await InternalCommand.run(Array(arguments.dropFirst())) }
        let console = Console(environment: environment)
        do {
            switch try CommandParser(root: CommandTree.root).parse(arguments) {
            case .help(let path, let command):
                console.print(HelpText.render(command, path: path, width: min(console.output.width, 100)))
                return 0
            case .version:
                console.print("reconcile \(CommandTree.version)")
                return 0
            case .run(let invocation):
                return try await withSignals { try await run(invocation, console: console, environment: environment) }
            }
        } catch let error as UsageError {
            console.complain(error.description)
            return UsageError.exitStatus
        } catch let error as CommandFailure {
            if !error.message.isEmpty { console.complain(error.rendered(console.errors.style)) }
            return error.status
        } catch let ending as SignalEnding {
            return ending.status
        } catch {
            console.complain("\(console.errors.style.red("error:")) \(error)")
            return 1
        }
    }

    private static func run(
        _ invocation: Invocation, console: Console, environment: [String: String]
    ) async throws -> Int32 {
        let context = try CommandContext(invocation: invocation, console: console, environment: environment)
        switch invocation.path.dropFirst().joined(separator: " ") {
        case "": return try await PassCommand(context).run()
        case "daemon": return try await DaemonCommand(context).run()
        case "status": return try await StatusCommand(context).run()
        case "history": return try await HistoryCommand(context).run()
        case "why": return try await WhyCommand(context).run()
        case "approve": return try await DecisionCommand(context, .approve).run()
        case "reject": return try await DecisionCommand(context, .reject).run()
        case "rollback": return try await StageRequestCommand(context, .rollback).run()
        case "retrain": return try await StageRequestCommand(context, .retrain).run()
        case "suspend": return try await StageRequestCommand(context, .suspend).run()
        case "resume": return try await StageRequestCommand(context, .resume).run()
        case "trust": return try await TrustCommand(context).run()
        case "explain": return try await ExplainCommand(context).run()
        case "init": return try InitCommand(context).run()
        case let path where path.hasPrefix("workspace "): return try await WorkspaceCommand(context).run()
        case "completion": return try CompletionCommand(context).run()
        case "check": return try await CheckCommand(context).run()
        case "validate": return try ValidateCommand(context).run()
        default: throw CommandFailure("'\(invocation.path.joined(separator: " "))' is no command")
        }
    }
}

/// A failure that a person is told of in one sentence, with a hint.
struct CommandFailure: Error {
    var message: String
    var hint: String?
    var status: Int32

    init(_ message: String, hint: String? = nil, status: Int32 = 1) {
        self.message = message
        self.hint = hint
        self.status = status
    }

    func rendered(_ style: Style) -> String {
        "\(style.red("error:")) \(message)" + (hint.map { "\n\(style.bold("hint:")) \($0)" } ?? "")
    }
}
