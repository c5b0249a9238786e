import Workspace

/// Gives the traffic proxy of a workspace, with a HAProxy fetched if there is none.
package protocol ProxyPreparing: Sendable {
    /// - Parameter isNeeded: Whether to fetch a HAProxy when there is none; else nil is the answer.
    func proxy(for layout: ServingLayout, isNeeded: Bool) async throws -> TrafficProxy?
}

/// Uses the machine's HAProxy, else the one in the tools folder, else fetches it with uv.
package struct HAProxyFinder: ProxyPreparing {
    private let variables: [String: String]
    private let fetch: @Sendable (_ tools: String) async throws -> HAProxyProgram

    /// - Parameters:
    ///   - variables: The variables of this process, for `PATH`.
    ///   - fetch: How a HAProxy is fetched into a tools folder.
    package init(
        variables: [String: String],
        fetch: @escaping @Sendable (_ tools: String) async throws -> HAProxyProgram = { _ in
            throw WorkspaceError(.unavailable, "there is no haproxy on this machine")
        }
    ) {
        self.variables = variables
        self.fetch = fetch
    }

    package func proxy(for layout: ServingLayout, isNeeded: Bool) async throws -> TrafficProxy? {
        if let program = HAProxyProgram.find(tools: layout.tools, path: variables["PATH"] ?? "") {
            return TrafficProxy(layout, program: program, environment: variables)
        }
        guard isNeeded else { return nil }
        return TrafficProxy(layout, program: try await fetch(layout.tools), environment: variables)
    }
}
