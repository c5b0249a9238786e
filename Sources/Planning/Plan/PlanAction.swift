package import Approvals
package import AssetSchema
package import Diagnostics
package import Digest
package import TimeKeeping
package import Workspace

/// One line of a plan: an object, what becomes of it and why.
package struct PlanAction: Sendable, Equatable, Codable {
    /// `<stage>/<kind>/<name>`; unique in a plan.
    package var id: String
    package var stage: String
    package var verb: Verb
    package var kind: AssetKind
    package var name: String
    /// The version there is, or that is going to be.
    package var version: String?
    /// Why, in a few words for people.
    package var reason: String
    package var digest: ContentDigest?
    package var source: SourceLocation?
    /// The actions that must have come to pass before.
    package var requires: [String]
    package var gate: PlanGate?
    /// The gate that will be asked once what is required has come to pass: its question is not known yet.
    package var upcomingGate: UpcomingGate?
    package var changes: [FieldChange]
    /// What to ask of the workspace now, in order; empty when nothing is due.
    package var operations: [Operation]
    /// What it waits for.
    package var awaiting: Awaiting?
    /// Whether it is blocked by something that went wrong and a person must mend.
    package var isFailure: Bool

    package init(
        id: String, stage: String, verb: Verb, kind: AssetKind, name: String, version: String? = nil, reason: String,
        digest: ContentDigest? = nil, source: SourceLocation? = nil, requires: [String] = [], gate: PlanGate? = nil,
        upcomingGate: UpcomingGate? = nil, changes: [FieldChange] = [], operations: [Operation] = [],
        awaiting: Awaiting? = nil, isFailure: Bool = false
    ) {
        self.id = id
        self.stage = stage
        self.verb = verb
        self.kind = kind
        self.name = name
        self.version = version
        self.reason = reason
        self.digest = digest
        self.source = source
        self.requires = requires
        self.gate = gate
        self.upcomingGate = upcomingGate
        self.changes = changes
        self.operations = operations
        self.awaiting = awaiting
        self.isFailure = isFailure
    }

    /// Whether it can be done now.
    package var isDue: Bool { !operations.isEmpty }
}

extension PlanAction {
    /// What becomes of an object.
    package enum Verb: String, Sendable, Codable, CaseIterable {
        case create
        case update
        case run
        case wait
        case shift
        case delete
        case archive
        case unchanged
        case blocked

        /// Whether it means that something is still to happen.
        package var isChange: Bool { self != .unchanged && self != .blocked }
    }

    /// What an action waits for that is no other action.
    package enum Awaiting: Sendable, Equatable, Codable {
        /// A job that runs.
        case job(String)
        /// An endpoint or deployment that the service is still working on.
        case deployment(String)
        /// People.
        case gate(GateName)
        /// A moment.
        case clock(Timestamp)
        /// Another stage.
        case stage(String)
    }
}

/// One field that differs, with what it is and what it becomes.
package struct FieldChange: Sendable, Equatable, Codable {
    /// The field's path, with dots.
    package var field: String
    /// Null when it is not there yet.
    package var before: JSONValue
    package var after: JSONValue

    package init(field: String, before: JSONValue, after: JSONValue) {
        self.field = field
        self.before = before
        self.after = after
    }
}

/// The gate an action stands at, and how its question stands.
package struct PlanGate: Sendable, Equatable, Codable {
    package var evaluation: GateEvaluation
    package var question: GateQuestion

    package init(evaluation: GateEvaluation, question: GateQuestion) {
        self.evaluation = evaluation
        self.question = question
    }
}

/// A gate that an action will stand at later.
package struct UpcomingGate: Sendable, Equatable, Codable {
    package var name: GateName
    /// How many approvals it will need.
    package var required: Int

    package init(name: GateName, required: Int) {
        self.name = name
        self.required = required
    }
}

/// What a gate is asked, in the words that an approver reads before deciding.
package struct GateQuestion: Sendable, Equatable, Codable {
    /// The canonical form that the subject is the digest of.
    package var canonical: JSONValue
    /// What it is about: `model diabetes:5`.
    package var title: String
    /// The metrics of what is asked about, and of what is live.
    package var metrics: [String: Double]
    package var liveMetrics: [String: Double]
    /// What is live now: `diabetes:4`.
    package var live: String?
    /// What follows when the gate opens, one sentence each.
    package var follows: [String]

    package init(
        canonical: JSONValue, title: String, metrics: [String: Double], liveMetrics: [String: Double], live: String?,
        follows: [String]
    ) {
        self.canonical = canonical
        self.title = title
        self.metrics = metrics
        self.liveMetrics = liveMetrics
        self.live = live
        self.follows = follows
    }

    /// The digest that an approval record must name.
    package var subject: ContentDigest { canonical.digest }
}

/// A difference that nobody committed, and what is done about it.
package struct PlanDrift: Sendable, Equatable, Codable {
    /// The object's id, as in the actions.
    package var id: String
    package var kind: AssetKind
    package var name: String
    package var changes: [FieldChange]
    /// `heal`, `warn` or `ignore`.
    package var policy: String
    package var reason: String

    package init(id: String, kind: AssetKind, name: String, changes: [FieldChange], policy: String, reason: String) {
        self.id = id
        self.kind = kind
        self.name = name
        self.changes = changes
        self.policy = policy
        self.reason = reason
    }
}
