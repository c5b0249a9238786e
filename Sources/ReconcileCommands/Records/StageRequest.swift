import Approvals
import Controller
import DesiredState
import Digest
import TimeKeeping
import YAML

/// What a person can ask of a stage by a committed file.
enum StageRequest: Sendable, Hashable {
    /// To serve an earlier model in place of the present one.
    case rollback(from: ContentDigest, to: String, toDigest: ContentDigest)
    /// To train unchanged inputs again.
    case retrain
    /// To leave the whole stage (no objects) or some objects alone.
    case suspend([String])
    /// To go on with the whole stage (no objects) or some objects.
    case resume([String])
}

/// A request with who makes it, when and why.
struct StageRequestRecord: Sendable, Hashable {
    let stage: String
    let request: StageRequest
    let person: String
    let moment: Timestamp
    let reason: ReasonText

    /// Why a request makes no sense.
    struct Problem: Error, Hashable {
        let message: String
    }

    /// The file with the commit's message.
    ///
    /// - Parameters:
    ///   - suspension: What is suspended now.
    ///   - isTaken: Whether a path is in use on the stage's branch.
    func file(suspension: SuspensionRecord?, isTaken: (String) -> Bool) throws(Problem) -> RecordCommit.Record {
        switch request {
        case .rollback(let from, let to, let toDigest):
            return file(
                "rollback.yml",
                [
                    ("from", .string(from.description)), ("to", .string(to)),
                    ("to_digest", .string(toDigest.description)),
                    ("reason", .string(reason.text)), ("requested_by", .string(person)),
                    ("requested_at", .string(moment.description)),
                ], "Roll \(stage) back to \(to)")
        case .retrain:
            return file(
                retrainName(isTaken: isTaken),
                [
                    ("reason", .string(reason.text)), ("requested_by", .string(person)),
                    ("requested_at", .string(moment.description)),
                ], "Train again for \(stage)")
        case .suspend(let objects):
            // What was suspended before stays so: a second request must not let the first one's objects go.
            let all = objects.isEmpty ? ["*"] : Set(objects).union(suspension?.objects ?? []).sorted()
            let names = all.contains("*") ? ["*"] : all
            guard names != suspension?.objects.sorted() else {
                throw Problem(message: "\(Self.phrase(names, of: stage)) already suspended")
            }
            return suspended(
                names, "Suspend \(objects.isEmpty ? stage : "\(objects.joined(separator: ", ")) in \(stage)")")
        case .resume(let objects):
            return try resumed(objects, from: suspension)
        }
    }

    private func resumed(_ objects: [String], from suspension: SuspensionRecord?) throws(Problem) -> RecordCommit.Record
    {
        guard let suspension else { throw Problem(message: "nothing of \(stage) is suspended") }
        guard !objects.isEmpty else { return removal("Resume \(stage)") }
        guard !suspension.objects.contains("*") else {
            throw Problem(message: "the whole stage \(stage) is suspended, which cannot be undone for single objects")
        }
        if let unknown = objects.first(where: { !suspension.objects.contains($0) }) {
            throw Problem(
                message:
                    "\(unknown) is not suspended; these are: \(suspension.objects.sorted().joined(separator: ", "))")
        }
        let message = "Resume \(objects.joined(separator: ", ")) in \(stage)"
        let left = suspension.objects.filter { !objects.contains($0) }.sorted()
        return left.isEmpty ? removal(message) : suspended(left, message)
    }

    private func removal(_ message: String) -> RecordCommit.Record {
        RecordCommit.Record(path: path("suspended.yml"), content: nil, message: body(message))
    }

    private func suspended(_ objects: [String], _ message: String) -> RecordCommit.Record {
        file(
            "suspended.yml",
            [
                ("objects", .sequence(objects.map { .string($0) })), ("reason", .string(reason.text)),
                ("by", .string(person)), ("at", .string(moment.description)),
            ], message)
    }

    private func file(_ name: String, _ entries: [(String, YAMLValue)], _ message: String) -> RecordCommit.Record {
        RecordCommit.Record(
            path: path(name), content: Array(YAMLWriter.text(.mapping(entries)).utf8), message: body(message))
    }

    private func path(_ name: String) -> String { "environments/\(stage)/\(name)" }

    private func body(_ subject: String) -> String {
        reason.text.isEmpty ? "\(subject)\n" : "\(subject)\n\n\(reason.text)\n"
    }

    /// A name of its own for each request, so that two requests are two trainings and order is that of names.
    private func retrainName(isTaken: (String) -> Bool) -> String {
        let stem = "retrain/" + moment.description.filter { $0 != "-" && $0 != ":" }
        var name = "\(stem).yml"
        var number = 2
        while isTaken(path(name)) {
            name = "\(stem)-\(number).yml"
            number += 1
        }
        return name
    }

    private static func phrase(_ objects: [String], of stage: String) -> String {
        objects == ["*"] ? "the whole stage \(stage) is" : "\(objects.joined(separator: ", ")) of \(stage) are"
    }
}
