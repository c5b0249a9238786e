import DesiredState
import Workspace

extension StagePlanner {
    /// Takes an asset's line from the plan before, if it must be the same; says whether it did.
    mutating func recall(_ asset: DesiredAsset) -> Bool {
        guard let known = memory?.unchanged(asset, in: index.versions, isSameIndex: isSameIndex) else {
            // Its version has changed: what was known of it must not come back when the next list is this one.
            memory?.unchanged[asset.identity] = nil
            return false
        }
        if !isSameIndex { memory?.unchanged[asset.identity] = known }
        index.want(known.place)
        versions.note(asset, version: known.version.version)
        actions.append(known.action)
        return true
    }

    /// Keeps the line of an asset whose only version is as git wants it.
    mutating func remember(_ asset: DesiredAsset, _ version: LiveAsset, _ action: PlanAction) {
        guard memory != nil else { return }
        let places = index.versions.places(asset.key)
        guard places.count == 1 else { return }
        memory?.unchanged[asset.identity] = PlanMemory.Unchanged(
            asset: asset, version: version, place: places[0], action: action)
    }

    /// Forgets lines that were not of use, when they are many or their places mean nothing any more.
    mutating func forgetTheGone() {
        guard let kept = memory?.unchanged, !isSameIndex || kept.count > stage.assets.count + Self.leftovers else {
            return
        }
        let identities = Set(stage.assets.map(\.identity))
        memory?.unchanged = kept.filter { identities.contains($0.key) }
    }

    private static let leftovers = 256
}
