import DesiredState
import Workspace

/// What one plan leaves for the next: the same asset beside the same version has the same line.
///
/// It changes how long a plan takes and never what it says.
package struct PlanMemory: Sendable {
    var stages: [String: Stage] = [:]

    package init() {}

    /// What is kept of one stage.
    struct Stage: Sendable {
        var versions: VersionIndex
        var unchanged: [ObjectIdentifier: Unchanged] = [:]
    }

    /// An asset whose only version is as git wants it.
    struct Unchanged: Sendable {
        /// Kept so that its identity stays its own.
        let asset: DesiredAsset
        let version: LiveAsset
        let place: Int
        let action: PlanAction
    }
}

extension PlanMemory.Stage {
    /// The line of an asset, if neither it nor its version is another than before.
    func unchanged(_ asset: DesiredAsset, in index: VersionIndex, isSameIndex: Bool) -> PlanMemory.Unchanged? {
        guard let known = unchanged[asset.identity] else { return nil }
        if isSameIndex { return known }
        let places = index.places(asset.key)
        guard places.count == 1, index.assets[places[0]] == known.version else { return nil }
        return PlanMemory.Unchanged(
            asset: asset, version: index.assets[places[0]], place: places[0], action: known.action)
    }
}
