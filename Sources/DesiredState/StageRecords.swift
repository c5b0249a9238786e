package import Diagnostics
package import Digest
package import TimeKeeping

/// A committed wish to serve an earlier model in place of one: `environments/<stage>/rollback.yml`.
package struct RollbackRecord: Sendable, Hashable, Codable {
    /// The digest of the model that shall no longer serve; a newer one is not held back.
    package var from: ContentDigest
    /// The model to serve, `<name>:<version>`, and its digest.
    package var to: String
    package var toDigest: ContentDigest
    package var reason: String
    package var requestedBy: String
    package var location: SourceLocation

    package init(
        from: ContentDigest, to: String, toDigest: ContentDigest, reason: String, requestedBy: String,
        location: SourceLocation
    ) {
        self.from = from
        self.to = to
        self.toDigest = toDigest
        self.reason = reason
        self.requestedBy = requestedBy
        self.location = location
    }
}

/// A committed wish to train unchanged inputs again: `environments/<stage>/retrain/<id>.yml`.
package struct RetrainRecord: Sendable, Hashable, Codable {
    package var reason: String
    package var requestedBy: String
    package var requestedAt: Timestamp
    package var location: SourceLocation

    package init(reason: String, requestedBy: String, requestedAt: Timestamp, location: SourceLocation) {
        self.reason = reason
        self.requestedBy = requestedBy
        self.requestedAt = requestedAt
        self.location = location
    }
}

/// A committed stop: `environments/<stage>/suspended.yml`.
package struct SuspensionRecord: Sendable, Hashable, Codable {
    /// `*` for the whole stage, else object keys such as `online_endpoint/diabetes-dev`.
    package var objects: [String]
    package var reason: String
    package var by: String
    package var location: SourceLocation

    package init(objects: [String], reason: String, by: String, location: SourceLocation) {
        self.objects = objects
        self.reason = reason
        self.by = by
        self.location = location
    }
}
