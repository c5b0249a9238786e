import AssetSchema
import DesiredState

/// The version of an asset that others refer to.
struct PlannedVersion {
    var version: String
    /// The action that makes it, or nil when it is there.
    var action: String?
}

/// The versions that desired assets have or will have; those that are as wanted get their keys when one is asked for.
final class PlannedVersions {
    private var known: [AssetKey: PlannedVersion] = [:]
    private var waiting: [(asset: DesiredAsset, version: String)] = []

    subscript(key: AssetKey) -> PlannedVersion? {
        get {
            for (asset, version) in waiting where known[asset.key] == nil {
                known[asset.key] = PlannedVersion(version: version)
            }
            waiting = []
            return known[key]
        }
        set {
            known[key] = newValue
        }
    }

    /// Notes that an asset's version is there.
    func note(_ asset: DesiredAsset, version: String) { waiting.append((asset, version)) }
}
