import AssetSchema
import DesiredState
import Digest
import Workspace

extension StagePlanner {
    /// What becomes of what is ours and has no versions: wait for it, change it, heal it, or leave it.
    ///
    /// - Parameters:
    ///   - fields: What would be put; healing may keep some of what stands in the workspace.
    ///   - action: Its `changes` are all differences, and afterwards those that it makes.
    mutating func decide(
        _ asset: DesiredAsset, live: (tags: [String: String], state: ProvisioningState), _ fields: inout JSONValue,
        _ tags: inout [String: String], _ action: inout PlanAction
    ) {
        let isEdit =
            live.tags[TagName.digest] != asset.digest.description
            || live.tags[TagName.metadata] != asset.metadataDigest.prefix(16)
        if !live.state.isTerminal {
            action.verb = .wait
            action.awaiting = .deployment(asset.definition.name)
            action.reason = live.state.rawValue
            action.changes = []
        } else if isEdit {
            action.verb = .update
            action.reason = reason(for: asset, previous: ("", live.tags))
        } else if !action.changes.isEmpty,
            heals(action.changes, of: asset.kind, name: asset.definition.name, id: action.id, tags: live.tags)
        {
            (fields, tags) = healed(fields, tags, action.changes, of: asset.kind)
            action.changes = healable(action.changes, of: asset.kind)
            tags[TagName.heals] = nextHeals(live.tags)
            action.verb = .update
            action.reason = "changed in the workspace"
        } else if live.state != .succeeded {
            action.verb = .blocked
            action.isFailure = true
            action.changes = []
            action.reason = "is \(live.state.rawValue) in the workspace"
        } else {
            action.changes = []
        }
    }
}
