internal import Glibc

/// The hidden subcommands by which this program runs its own supervisors.
package enum InternalCommand {
    static let superviseDeployment = "supervise-deployment"

    /// Runs `supervise-job STATE WORKSPACE JOB`, `run-schedules STATE WORKSPACE` or `supervise-deployment FOLDER`.
    ///
    /// - Returns: the exit status.
    package static func run(_ arguments: [String]) async -> Int32 {
        switch arguments.first {
        case JobSupervisor.command?: return await JobSupervisor.main(Array(arguments.dropFirst()))
        case ScheduleRunner.command?: return await ScheduleRunner.main(Array(arguments.dropFirst()))
        case superviseDeployment? where arguments.count == 2:
            do {
                try await DeploymentSupervisor.supervise(directory: arguments[1])
                return 0
            } catch {
                _ = Files.writeAll(Array("\(error)\n".utf8), to: STDERR_FILENO)
                return 1
            }
        default: return 64
        }
    }
}
