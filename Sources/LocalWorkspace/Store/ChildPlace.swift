internal import Digest

/// Where a child job stands: under which parent, and what that one calls it.
struct ChildPlace: Sendable, Equatable {
    var parent: String
    /// A step's name, or a trial's number.
    var step: String
    /// What it is known by when the same is asked for again; nil for what shall always run.
    var reuseKey: String?
    /// What stands between the parent's name and the child's own.
    var joint = "--"

    /// The name of the child's job: the same whenever it is asked for.
    var jobName: String {
        let name = "\(parent)\(joint)\(step)"
        // It becomes a folder's name, of which there are 255 bytes at most.
        return name.utf8.count <= 200 ? name : "\(parent.prefix(120))\(joint)\(ContentDigest(of: name).prefix(24))"
    }
}
