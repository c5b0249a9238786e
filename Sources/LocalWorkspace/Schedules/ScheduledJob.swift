internal import AssetSchema
internal import Digest
internal import TimeKeeping
internal import Workspace

/// The job that a schedule makes when it fires.
struct ScheduledJob {
    let schedule: String
    let fields: JSONValue
    let tags: [String: String]
    let content: [String: StoredTree]
    let store: Store

    /// The tag that names the schedule on its jobs.
    static let tag = "azureml.schedule"

    /// The name of the job for one firing: the same however often it is asked for.
    static func name(_ schedule: String, firedAt moment: Timestamp) -> String {
        "\(schedule)-\(moment.description.filter { $0 != "-" && $0 != ":" })"
    }

    /// - Throws: ``WorkspaceError`` when what it names is not there.
    func draft(firedAt moment: Timestamp) throws -> (draft: JobDraft, content: [String: StoredTree]) {
        var (kind, job, trees) = try definition()
        for name in ["name", "type", "job", "id"] { job[name] = nil }
        var all = (job["tags"]?.objectValue ?? [:]).compactMapValues(\.stringValue)
        all.merge(tags) { $1 }
        all[Self.tag] = schedule
        let draft = JobDraft(name: Self.name(schedule, firedAt: moment), kind: kind, fields: job, tags: all)
        return (draft, trees)
    }

    private func definition() throws -> (AssetKind, JSONValue, [String: StoredTree]) {
        switch fields["create_job"] {
        case .string(let text)?: return try named(text, overrides: [:])
        case .object(let members)?:
            let own = content.filter { $0.key.hasPrefix("create_job.") }
            let trees = Dictionary(
                own.map { (String($0.key.dropFirst("create_job.".count)), $0.value) }, uniquingKeysWith: { $1 })
            if let text = members["job"]?.stringValue {
                var (kind, job, named) = try named(text, overrides: members)
                named.merge(trees) { $1 }
                job["job"] = nil
                return (kind, job, named)
            }
            return (try Self.kind(members["type"]?.stringValue ?? "command"), .object(members), trees)
        default: throw WorkspaceError(.invalid, "the schedule has no create_job")
        }
    }

    /// A job that ran before, or a registered component, by its name, with what the schedule says differently.
    private func named(
        _ text: String, overrides: [String: JSONValue]
    ) throws -> (AssetKind, JSONValue, [String: StoredTree]) {
        let name = text.hasPrefix("azureml:") ? String(text.dropFirst("azureml:".count)) : text
        if let job = try store.job(String(name.split(separator: "/").last ?? "")) {
            return (job.live.kind, Self.merge(job.fields, overrides), job.content)
        }
        guard let reference = AssetReference(text.hasPrefix("azureml:") ? text : "azureml:\(text)"),
            let asset = try store.asset(.component, reference.name, reference.version)
        else { throw WorkspaceError(.notFound, "there is no job or component \(text.prefix(200)) for the schedule") }
        var job = asset.live.fields
        let kind = try Self.kind(job["type"]?.stringValue ?? "command")
        // What a component declares of its inputs is no value, but their defaults are.
        let inputs = (job["inputs"]?.objectValue ?? [:]).compactMapValues { $0["default"] }
        job["inputs"] = .object(inputs)
        return (kind, Self.merge(job, overrides), asset.content)
    }

    /// Puts a schedule's own words over a job's, input by input.
    private static func merge(_ job: JSONValue, _ overrides: [String: JSONValue]) -> JSONValue {
        var result = job
        for (name, value) in overrides where name != "type" && name != "job" {
            if case .object(let members) = value, let present = result[name]?.objectValue {
                result[name] = .object(present.merging(members) { $1 })
            } else {
                result[name] = value
            }
        }
        return result
    }

    private static func kind(_ type: String) throws -> AssetKind {
        switch type {
        case "command": .commandJob
        case "pipeline": .pipelineJob
        case "sweep": .sweepJob
        case "automl": .autoMLJob
        case "parallel": .parallelJob
        case "spark": .sparkJob
        default: throw WorkspaceError(.invalid, "a schedule cannot make a job of type '\(type.prefix(64))'")
        }
    }
}
