import Workspace

extension DeploymentSupervisor {
    /// What `reconcile internal supervise-deployment <folder>` does: everything else stands in the folder.
    ///
    /// - Throws: ``WorkspaceError``.
    package static func supervise(directory: String) async throws {
        let files = DeploymentLayout(directory: directory)
        guard let desired = try ServingFiles.readJSON(DesiredDeployment.self, at: files.desired) else {
            throw WorkspaceError(.notFound, "there is no deployment in \(directory)")
        }
        let supervisor = DeploymentSupervisor(
            directory: directory,
            environments: PythonEnvironments(StateLayout(root: desired.layout.stateDirectory)),
            proxies: HAProxyFinder(variables: HostEnvironment.all), variables: HostEnvironment.all)
        try await supervisor.run()
    }
}
