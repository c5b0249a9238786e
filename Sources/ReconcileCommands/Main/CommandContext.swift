import CommandLine
import Glibc
import Telemetry
import TimeKeeping

/// What every command needs to know of how it was called.
struct CommandContext: Sendable {
    let invocation: Invocation
    let console: Console
    let environment: [String: String]
    let clock: any WallClock = SystemClock()

    init(invocation: Invocation, console: Console, environment: [String: String]) throws {
        self.invocation = invocation
        self.console = console
        self.environment = environment
    }

    /// The folder of all state: `--state-dir`, `RECONCILE_STATE_DIR`, else the XDG state folder.
    var stateDirectory: String {
        get throws {
            let named = invocation.value("state-dir") ?? environment["RECONCILE_STATE_DIR"]
            if let named, !named.isEmpty { return absolute(named) }
            if let base = environment["XDG_STATE_HOME"], base.hasPrefix("/") { return "\(base)/reconcile" }
            guard let home = environment["HOME"], home.hasPrefix("/") else {
                throw CommandFailure("no folder for state is known", hint: "set HOME or give --state-dir DIR")
            }
            return "\(home)/.local/state/reconcile"
        }
    }

    /// A path as it stands from the current folder.
    func absolute(_ path: String) -> String {
        if path.hasPrefix("/") { return path }
        guard let current = getcwd(nil, 0) else { return path }
        defer { free(current) }
        return path == "." ? String(cString: current) : "\(String(cString: current))/\(path)"
    }

    /// Whether a person can be asked.
    var isInteractive: Bool { isatty(0) == 1 && isatty(2) == 1 }
    var isVerbose: Bool { invocation.flag("verbose") }
    var isQuiet: Bool { invocation.flag("quiet") }
    var stages: Set<String>? {
        let names = invocation.values("stage")
        return names.isEmpty ? nil : Set(names)
    }
}
