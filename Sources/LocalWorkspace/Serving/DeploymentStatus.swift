package import Subprocess
package import Workspace

/// A deployment as its supervisor last saw it; written only by the supervisor.
package struct DeploymentStatus: Sendable, Equatable, Codable {
    /// One scoring process and its place.
    package struct Instance: Sendable, Equatable, Codable {
        package enum Phase: String, Sendable, Codable {
            case starting
            case ready
            /// Gets no new requests; ends when it has answered those it has.
            case draining
        }

        package var serial: Int
        package var revision: String
        package var port: Int
        package var process: ProcessIdentity?
        package var phase: Phase
        /// Whether it has answered a probe: from then on the proxy knows it, also while it is started again.
        package var wasReady: Bool

        package init(
            serial: Int, revision: String, port: Int, process: ProcessIdentity? = nil, phase: Phase = .starting,
            wasReady: Bool = false
        ) {
            self.serial = serial
            self.revision = revision
            self.port = port
            self.process = process
            self.phase = phase
            self.wasReady = wasReady
        }

        /// Whether the proxy sends requests to it.
        package var isPublished: Bool { wasReady && phase != .draining }
    }

    /// The request this is about.
    package var generation = 0
    package var state = ProvisioningState.creating
    /// Why it failed, or what it waits for.
    package var message: String?
    package var instances: [Instance] = []
    package var nextSerial = 1
    /// What the instances that last were all ready were made from; needed to start them again during an update.
    package var serving: OnlineDeploymentSpec?
    package var servingInterpreter: String?

    package init() {}

    package var readyCount: Int { instances.count { $0.phase == .ready } }
}
