import Approvals
import AssetSchema
import DesiredState
import Planning
package import TimeKeeping

/// Where what happened is written down for people; the loop never reads it.
package protocol JournalKeeping: Sendable {
    /// Writes one entry; a journal that cannot be written is told of and does not stop the loop.
    func record(_ entry: JournalEntry) async
}

/// One thing that happened.
package struct JournalEntry: Sendable, Equatable, Codable {
    package enum Outcome: String, Sendable, Codable {
        case done
        case failed
    }

    package var time: Timestamp
    package var stage: String
    package var object: String
    package var verb: String
    package var version: String?
    package var commit: String?
    package var author: String?
    /// Who let it through the gate it stood at.
    package var approvals: [String]
    package var outcome: Outcome
    package var message: String

    package init(
        time: Timestamp, stage: String, object: String, verb: String, version: String? = nil, commit: String? = nil,
        author: String? = nil, approvals: [String] = [], outcome: Outcome, message: String
    ) {
        self.time = time
        self.stage = stage
        self.object = object
        self.verb = verb
        self.version = version
        self.commit = commit
        self.author = author
        self.approvals = approvals
        self.outcome = outcome
        self.message = message
    }

    /// What became of a plan's action.
    init(
        _ action: PlanAction, stage: StagePlan, outcome: Outcome, version: String?, message: String?, at time: Timestamp
    ) {
        self.init(
            time: time, stage: stage.stage, object: "\(action.kind.rawValue)/\(action.name)",
            verb: action.verb.rawValue,
            version: version ?? action.version, commit: stage.commit?.id, author: stage.commit?.authorEmail,
            approvals: action.gate?.evaluation.valid.map(\.record.approver) ?? [], outcome: outcome,
            message: message.map { "\(action.reason): \($0)" } ?? action.reason)
    }
}
