internal import LocalWorkspace

/// The subcommands that only this program itself calls: `reconcile internal …`.
package enum InternalCommands {
    /// Runs one of them when the arguments ask for it.
    ///
    /// - Parameter arguments: the program's name and its arguments.
    /// - Returns: the exit status, or nil when the arguments mean something else.
    package static func run(_ arguments: [String]) async -> Int32? {
        guard arguments.count > 1, arguments[1] == "internal" else { return nil }
        return await InternalCommand.run(Array(arguments.dropFirst(2)))
    }
}
