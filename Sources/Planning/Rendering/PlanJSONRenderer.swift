import Approvals
import AssetSchema
import DesiredState
import Diagnostics
package import Digest
import TimeKeeping
import Workspace

/// Writes a plan as JSON for programs: the fields of `format_version` 1.0 stay, others may be added.
package enum PlanJSONRenderer {
    /// The plan as a JSON value.
    package static func value(of plan: Plan) -> JSONValue {
        [
            "format_version": "1.0",
            "stages": .array(plan.stages.map(value)),
            "diagnostics": .array(plan.diagnostics.map(value)),
            "assumptions": .array(plan.assumptions.map { .string($0) }),
            "summary": value(plan.summary),
        ]
    }

    /// The plan as indented JSON text, ending in a line feed.
    package static func render(_ plan: Plan) -> String { value(of: plan).prettyText + "\n" }

    private static func value(_ stage: StagePlan) -> JSONValue {
        [
            "stage": .string(stage.stage),
            "branch": .string(stage.branch),
            "commit": text(stage.commit?.id),
            "workspace": .string(stage.workspace.name),
            "workspace_type": .string(stage.workspace.engine.rawValue),
            "resource_group": .string(stage.workspace.resourceGroup),
            "subscription_id": .string(stage.workspace.subscriptionID),
            "actions": .array(stage.actions.map(value)),
            "drift": .array(stage.drift.map(value)),
            "diagnostics": .array(stage.diagnostics.map(value)),
            "summary": value(stage.summary),
        ]
    }

    private static func value(_ action: PlanAction) -> JSONValue {
        [
            "id": .string(action.id),
            "verb": .string(action.verb.rawValue),
            "kind": .string(action.kind.rawValue),
            "name": .string(action.name),
            "version": text(action.version),
            "reason": .string(action.reason),
            "digest": text(action.digest?.description),
            "source": action.source.map(value) ?? .null,
            "requires": .array(action.requires.map { .string($0) }),
            "gate": action.gate.map(value) ?? action.upcomingGate.map(value) ?? .null,
            "changes": .array(action.changes.map(value)),
            "due": .bool(action.isDue),
            "failure": .bool(action.isFailure),
            "awaiting": action.awaiting.map(value) ?? .null,
        ]
    }

    private static func value(_ location: SourceLocation) -> JSONValue {
        [
            "path": .string(location.path), "line": .int(Int64(location.line)), "column": .int(Int64(location.column)),
        ]
    }

    private static func value(_ gate: PlanGate) -> JSONValue {
        let evaluation = gate.evaluation
        return [
            "name": .string(evaluation.gate.description),
            "state": .string(evaluation.state.rawValue),
            "subject": .string(evaluation.subject.description),
            "required": .int(Int64(evaluation.required)),
            "valid": .array(
                evaluation.valid.map { record in
                    [
                        "record": .string(record.path), "decision": .string(record.record.decision.rawValue),
                        "approver": .string(record.record.approver), "comment": .string(record.record.comment),
                        "commit": .string(record.commit), "key": .string(record.key),
                        "time": .string(record.commitTime.description),
                    ]
                }),
            "refused": .array(
                evaluation.refused.map { ["record": .string($0.record), "reason": .string($0.reason)] }),
            "missing": text(evaluation.missing),
            "opens_at": text(evaluation.opensAt?.description),
            "title": .string(gate.question.title),
            "metrics": .object(gate.question.metrics.mapValues { .double($0) }),
            "live": text(gate.question.live),
            "live_metrics": .object(gate.question.liveMetrics.mapValues { .double($0) }),
            "follows": .array(gate.question.follows.map { .string($0) }),
        ]
    }

    /// A gate that is asked later has no subject yet.
    private static func value(_ gate: UpcomingGate) -> JSONValue {
        [
            "name": .string(gate.name.description), "state": "waiting", "subject": .null,
            "required": .int(Int64(gate.required)), "valid": [], "refused": [],
        ]
    }

    private static func value(_ change: FieldChange) -> JSONValue {
        ["field": .string(change.field), "before": change.before, "after": change.after]
    }

    private static func value(_ awaiting: PlanAction.Awaiting) -> JSONValue {
        switch awaiting {
        case .job(let name): ["job": .string(name)]
        case .deployment(let name): ["deployment": .string(name)]
        case .gate(let name): ["gate": .string(name.description)]
        case .clock(let moment): ["clock": .string(moment.description)]
        case .stage(let name): ["stage": .string(name)]
        }
    }

    private static func value(_ drift: PlanDrift) -> JSONValue {
        [
            "id": .string(drift.id), "kind": .string(drift.kind.rawValue), "name": .string(drift.name),
            "changes": .array(drift.changes.map(value)), "policy": .string(drift.policy),
            "reason": .string(drift.reason),
        ]
    }

    private static func value(_ diagnostic: Diagnostic) -> JSONValue {
        [
            "severity": .string(diagnostic.severity.rawValue), "code": .string(diagnostic.code),
            "message": .string(diagnostic.message), "path": text(diagnostic.location?.path),
            "line": number(diagnostic.location?.line), "column": number(diagnostic.location?.column),
            "pointer": text(diagnostic.pointer), "hint": text(diagnostic.hint),
        ]
    }

    private static func value(_ summary: PlanSummary) -> JSONValue {
        [
            "add": .int(Int64(summary.add)), "change": .int(Int64(summary.change)),
            "delete": .int(Int64(summary.delete)), "run": .int(Int64(summary.run)), "wait": .int(Int64(summary.wait)),
            "gates": .int(Int64(summary.gates)), "blocked": .int(Int64(summary.blocked)),
            "unchanged": .int(Int64(summary.unchanged)), "drifted": .int(Int64(summary.drifted)),
        ]
    }

    private static func text(_ text: String?) -> JSONValue { text.map { .string($0) } ?? .null }

    private static func number(_ number: Int?) -> JSONValue { number.map { .int(Int64($0)) } ?? .null }
}
