import Digest
import Workspace

/// The model that a stage's endpoints shall serve: one that is registered, or one that is still to come.
struct ServedModel {
    var name: String
    /// The version that is registered, when it is.
    var asset: LiveAsset?
    /// The action that registers it, when that is still to come.
    var action: String?
    /// The version that is going to be.
    var version: String
    /// While it is to come: what goes on being served until then.
    var meanwhile: LiveAsset?
    /// Whether a committed rollback chose it.
    var isPinned = false

    /// A model that is registered.
    init(_ asset: LiveAsset, isPinned: Bool = false) {
        name = asset.name
        self.asset = asset
        version = asset.version
        self.isPinned = isPinned
    }

    /// A model that an action registers later.
    init(name: String, version: String, action: String, meanwhile: LiveAsset?) {
        self.name = name
        self.version = version
        self.action = action
        self.meanwhile = meanwhile
    }

    /// `azureml:<name>:<version>`.
    var reference: String { "azureml:\(name):\(version)" }

    /// The digest of its files.
    var digest: ContentDigest? { asset?.tags[TagName.modelDigest].flatMap { ContentDigest($0) } }

    /// The metrics that its job logged, as noted when it was registered.
    var metrics: [String: Double] { asset.map { Self.metrics(of: $0) } ?? [:] }

    /// The metrics that a model version's tag lists.
    static func metrics(of asset: LiveAsset) -> [String: Double] {
        var metrics: [String: Double] = [:]
        for (name, value) in StagePlanner.parts(asset.tags[TagName.metrics]) { metrics[name] = Double(value) }
        return metrics
    }
}
