extension ProxyModel {
    /// What the files of a workspace's serving say the proxy should do now.
    init(_ layout: ServingLayout, port: Int) throws {
        var endpoints: [Endpoint] = []
        for name in Files.list(layout.endpoints) where ServingLayout.isValid(name: name) {
            guard
                let record = try ServingFiles.readJSON(EndpointRecord.self, at: layout.endpointRecord(name)),
                let keys = try ServingFiles.readJSON(EndpointKeys.self, at: layout.keys(name))
            else { continue }
            var deployments: [Deployment] = []
            for deployment in Files.list(layout.deployments(name)) where ServingLayout.isValid(name: deployment) {
                let files = layout.deployment(name, deployment)
                guard
                    let desired = try ServingFiles.readJSON(DesiredDeployment.self, at: files.desired),
                    !desired.isStopping
                else { continue }
                let status = try ServingFiles.readJSON(DeploymentStatus.self, at: files.status) ?? DeploymentStatus()
                let servers = status.instances.filter(\.isPublished).sorted { $0.serial < $1.serial }.map {
                    Server(name: "\(deployment).\($0.serial)", port: $0.port)
                }
                deployments.append(
                    Deployment(
                        name: deployment, percent: record.traffic[deployment] ?? 0, servers: servers,
                        settings: desired.spec.requestSettings))
            }
            endpoints.append(Endpoint(name: name, keyDigests: keys.digests, deployments: deployments))
        }
        self.init(port: port, endpoints: endpoints)
    }
}
