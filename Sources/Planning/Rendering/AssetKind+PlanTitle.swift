import AssetSchema

extension AssetKind {
    /// The words for the kind in plans: a command job is what people mean by a job.
    var planTitle: String { self == .commandJob ? "job" : title }
}
