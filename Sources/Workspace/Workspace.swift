package import AssetSchema

/// A workspace that can be looked at and asked to change; two implementations, one conformance suite.
package protocol Workspace: Sendable {
    /// Which workspace this is.
    var identity: WorkspaceIdentity { get }

    /// What the workspace holds now.
    ///
    /// - Throws: ``WorkspaceError``.
    func liveState() async throws -> LiveState

    /// Does one operation; returns when it has taken effect or, for jobs and deployments, been accepted.
    ///
    /// A job runs on, a deployment goes through `Creating` or `Updating`; ``liveState()`` tells how they fare. Calling
    /// it again with an equal operation after any interruption is safe and finds what the first call made.
    ///
    /// - Throws: ``WorkspaceError``.
    func perform(_ operation: Operation, content: any ContentProvider) async throws -> OperationOutcome
}
