package import Planning
package import Workspace

extension Plan {
    /// The plan of the stages named only; a release stage's name stands for the stage whose traffic it lets through.
    package func limited(to stages: Set<String>?) -> Plan {
        guard let stages else { return self }
        var plan = self
        plan.stages.removeAll { !stages.contains($0.stage) }
        return plan
    }

    /// The plan without the stages whose workspace could not be read: what is there is not known, so nothing is done.
    package func without(_ unreachable: [String: WorkspaceError]) -> Plan {
        var plan = self
        plan.stages.removeAll { unreachable[$0.stage] != nil }
        return plan
    }
}
