/// The hidden subcommands by which this program runs its own supervisors.
package enum InternalCommand {
    /// Runs `supervise-job STATE WORKSPACE JOB` or `supervise-deployment FOLDER`.
    ///
    /// - Returns: the exit status.
    package static func run(_ arguments: [String]) async -> Int32 {
        switch arguments.first {
        case JobSupervisor.command?: return await JobSupervisor.main(Array(arguments.dropFirst()))
        default: return 64
        }
    }
}
