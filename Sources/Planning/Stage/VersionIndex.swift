import AssetSchema
import DesiredState
import Workspace

/// The versions of assets that a workspace holds, by name.
struct VersionIndex: Sendable {
    let assets: [LiveAsset]
    /// The first version of each name, and of each version the next of the same name, by their places.
    private let first: [AssetKey: Int]
    private let next: [Int]

    init(_ assets: [LiveAsset]) {
        var first: [AssetKey: Int] = [:]
        first.reserveCapacity(assets.count)
        var next = [Int](repeating: Int.max, count: assets.count)
        for place in assets.indices.reversed() {
            let asset = assets[place]
            let later = first.updateValue(place, forKey: AssetKey(kind: asset.kind, name: asset.name))
            if let later { next[place] = later }
        }
        (self.assets, self.first, self.next) = (assets, first, next)
    }

    /// The places of all versions of a name.
    func places(_ key: AssetKey) -> [Int] {
        var found: [Int] = []
        var place = first[key] ?? Int.max
        while place < assets.count {
            found.append(place)
            place = next[place]
        }
        return found
    }

    /// Whether it was made of the very same array, which costs nothing to find out.
    func isMade(of other: [LiveAsset]) -> Bool {
        assets.count == other.count
            && assets.withUnsafeBufferPointer { own in
                other.withUnsafeBufferPointer { own.baseAddress == $0.baseAddress }
            }
    }
}
