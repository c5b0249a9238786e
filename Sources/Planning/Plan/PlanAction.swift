package import Approvals
package import AssetSchema
package import Diagnostics
package import Digest
package import TimeKeeping
package import Workspace

/// One line of a plan: an object, what becomes of it and why.
///
/// Its values lie in a box that copies share: plans have thousands of lines, and are filtered and passed on.
package struct PlanAction: Sendable {
    private struct Values: Sendable, Equatable, Codable {
        var id: String
        var stage: String
        var verb: Verb
        var kind: AssetKind
        var name: String
        var version: String?
        var reason: String
        var digest: ContentDigest?
        var source: SourceLocation?
        var requires: [String]
        var gate: GateBox?
        var upcomingGate: UpcomingGate?
        var changes: [FieldChange]
        var operations: [Operation]
        var awaiting: Awaiting?
        var isFailure: Bool
    }

    /// Few actions stand at a gate, and a gate takes as much room as all the rest.
    private final class GateBox: Sendable, Equatable, Codable {
        let gate: PlanGate

        init(_ gate: PlanGate) { self.gate = gate }

        static func == (left: GateBox, right: GateBox) -> Bool { left.gate == right.gate }
    }

    private final class Box: @unchecked Sendable {  // Changed only while one copy alone refers to it.
        var values: Values

        init(_ values: Values) { self.values = values }
    }

    private var box: Box

    package init(
        id: String, stage: String, verb: Verb, kind: AssetKind, name: String, version: String? = nil, reason: String,
        digest: ContentDigest? = nil, source: SourceLocation? = nil, requires: [String] = [], gate: PlanGate? = nil,
        upcomingGate: UpcomingGate? = nil, changes: [FieldChange] = [], operations: [Operation] = [],
        awaiting: Awaiting? = nil, isFailure: Bool = false
    ) {
        box = Box(
            Values(
                id: id, stage: stage, verb: verb, kind: kind, name: name, version: version, reason: reason,
                digest: digest, source: source, requires: requires, gate: gate.map(GateBox.init),
                upcomingGate: upcomingGate,
                changes: changes, operations: operations, awaiting: awaiting, isFailure: isFailure))
    }

    /// The values for changing them, after a copy when others share them.
    private var own: Values {
        get { box.values }
        _modify {
            if !isKnownUniquelyReferenced(&box) { box = Box(box.values) }
            yield &box.values
        }
    }

    /// `<stage>/<kind>/<name>`; unique in a plan.
    package var id: String {
        get { box.values.id }
        _modify { yield &own.id }
    }
    package var stage: String {
        get { box.values.stage }
        _modify { yield &own.stage }
    }
    package var verb: Verb {
        get { box.values.verb }
        _modify { yield &own.verb }
    }
    package var kind: AssetKind {
        get { box.values.kind }
        _modify { yield &own.kind }
    }
    package var name: String {
        get { box.values.name }
        _modify { yield &own.name }
    }
    /// The version there is, or that is going to be.
    package var version: String? {
        get { box.values.version }
        _modify { yield &own.version }
    }
    /// Why, in a few words for people.
    package var reason: String {
        get { box.values.reason }
        _modify { yield &own.reason }
    }
    package var digest: ContentDigest? {
        get { box.values.digest }
        _modify { yield &own.digest }
    }
    package var source: SourceLocation? {
        get { box.values.source }
        _modify { yield &own.source }
    }
    /// The actions that must have come to pass before.
    package var requires: [String] {
        get { box.values.requires }
        _modify { yield &own.requires }
    }
    package var gate: PlanGate? {
        get { box.values.gate?.gate }
        set { own.gate = newValue.map(GateBox.init) }
    }
    /// The gate that will be asked once what is required has come to pass: its question is not known yet.
    package var upcomingGate: UpcomingGate? {
        get { box.values.upcomingGate }
        _modify { yield &own.upcomingGate }
    }
    package var changes: [FieldChange] {
        get { box.values.changes }
        _modify { yield &own.changes }
    }
    /// What to ask of the workspace now, in order; empty when nothing is due.
    package var operations: [Operation] {
        get { box.values.operations }
        _modify { yield &own.operations }
    }
    /// What it waits for.
    package var awaiting: Awaiting? {
        get { box.values.awaiting }
        _modify { yield &own.awaiting }
    }
    /// Whether it is blocked by something that went wrong and a person must mend.
    package var isFailure: Bool {
        get { box.values.isFailure }
        _modify { yield &own.isFailure }
    }

    /// Whether it can be done now.
    package var isDue: Bool { !operations.isEmpty }
}

extension PlanAction: Equatable, Codable {
    package static func == (left: PlanAction, right: PlanAction) -> Bool {
        left.box === right.box || left.box.values == right.box.values
    }

    package init(from decoder: any Decoder) throws { box = Box(try Values(from: decoder)) }

    package func encode(to encoder: any Encoder) throws { try box.values.encode(to: encoder) }
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
    /// Those whose changes are asked about, who may not answer where self review is prevented.
    package var authors: [String]

    package init(
        canonical: JSONValue, title: String, metrics: [String: Double], liveMetrics: [String: Double], live: String?,
        follows: [String], authors: [String] = []
    ) {
        self.canonical = canonical
        self.title = title
        self.metrics = metrics
        self.liveMetrics = liveMetrics
        self.live = live
        self.follows = follows
        self.authors = authors
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
