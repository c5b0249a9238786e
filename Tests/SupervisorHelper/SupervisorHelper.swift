import LocalWorkspace

/// Supervises one deployment as `reconcile internal supervise-deployment` does, for tests that kill it.
@main
struct SupervisorHelper {
    static func main() async throws {
        guard let directory = CommandLine.arguments.dropFirst().first else { return }
        try await DeploymentSupervisor.supervise(directory: directory)
    }
}
