/// The tags by which a workspace alone says what is ours and where it came from.
package enum TagName {
    /// The digest of definition and files; same digest, same thing.
    package static let digest = "reconcile.digest"
    /// The commit it was made from.
    package static let commit = "reconcile.commit"
    /// The path of the document that defines it.
    package static let source = "reconcile.source"
    /// The first digits of the digests of its parts: `code=1a2b3c4d command=5e6f7a8b`.
    package static let parts = "reconcile.parts"
    /// The digest of description and tags as last set by us.
    package static let metadata = "reconcile.metadata"
    /// A training job's key.
    package static let trainingKey = "reconcile.training_key"
    /// A training's key without its trigger: what dev must have passed before prod runs it.
    package static let contentKey = "reconcile.content_key"
    /// The job that has computed a step's outputs before.
    package static let reusedFrom = "reconcile.reused_from"
    /// The job a model came from.
    package static let job = "reconcile.job"
    /// The digest of a model's files.
    package static let modelDigest = "reconcile.model_digest"
    /// The metrics that were judged, `name=value` separated by blanks.
    package static let metrics = "reconcile.metrics"
    /// Who approved, separated by blanks.
    package static let approvedBy = "reconcile.approved_by"
    /// The outcome of the sample request: `passed:<digest>` or `failed:<digest>:<why>`.
    package static let smokeTest = "reconcile.smoke_test"
    /// When a model's content had passed all tests of a stage that another promotes.
    package static let passed = "reconcile.passed"
    /// What the processes of a deployment are made of beside its model: code, settings of it, environment.
    package static let codeKey = "reconcile.code_key"
    /// The first digits of the code keys that a model was deployed and tested with in a stage that another promotes.
    package static let passedWith = "reconcile.passed_with"
    /// The name of the check that a job is.
    package static let check = "reconcile.check"
    /// A check's key: the digest of what it looks at, of its command and its environment.
    package static let checkKey = "reconcile.check_key"
    /// What a check came to, noted when it was first seen: `passed: 12 tests, coverage 87%`.
    package static let checkResult = "reconcile.check_result"
    /// The traffic as last set by us, `blue=90 green=10`; what differs from it is drift.
    package static let traffic = "reconcile.traffic"
    /// When the endpoint got its present traffic.
    package static let trafficSince = "reconcile.traffic_since"
    /// A rollout that was given up: the deployment's name and why.
    package static let rolloutFailed = "reconcile.rollout_failed"
    /// The deployments of an endpoint that once had all its traffic, separated by blanks: they may take over in need.
    package static let released = "reconcile.released"
    /// How often drift was healed of late, and when last: `<count> <time>`.
    package static let heals = "reconcile.heals"
    /// A data file's lines without its header, and its bytes.
    package static let rows = "reconcile.rows"
    package static let bytes = "reconcile.bytes"
    /// Every tag of ours begins with this.
    package static let prefix = "reconcile."
}
