internal import AssetSchema
internal import Digest

/// Makes the digests of an asset from its definition, its files and what it refers to.
struct AssetDigests {
    private let definition: ResourceDefinition
    private let content: [String: ContentTree]
    private let references: [String: AssetKey]
    private let referred: [AssetKey: ContentDigest]
    /// The parts in a stable order: a field each, an input each; names and metadata are none.
    private(set) var parts: [AssetPart] = []

    /// - Parameter referred: The digests of assets that this one refers to.
    init(
        definition: ResourceDefinition, content: [String: ContentTree], references: [String: AssetKey],
        referred: [AssetKey: ContentDigest]
    ) {
        self.definition = definition
        self.content = content
        self.references = references
        self.referred = referred
        parts = makeParts()
    }

    /// Fields that say where or how long something runs, and not what comes of it.
    private static let circumstances: Set<String> = [
        "compute", "experiment_name", "limits", "queue_settings", "services", "identity", "resources", "jobs_default",
        "notification_setting", "parent_job_name",
    ]

    /// The fields of a job that do not decide its result; a search ends where its limits end it.
    private static func circumstances(ofType type: String?) -> Set<String> {
        ["sweep", "automl"].contains(type ?? "") ? circumstances.subtracting(["limits"]) : circumstances
    }

    /// Settings of a pipeline that say where its steps run and keep what they pass on.
    private static let circumstancesOfPipeline: Set<String> = ["default_compute", "default_datastore"]

    /// - Parameter isEssence: Whether what does not decide a job's result is left out, in its steps too.
    private func makeParts(isEssence: Bool = false) -> [AssetPart] {
        var parts: [String: ContentDigest] = [:]
        func add(_ name: String, _ value: JSONValue) {
            parts[name] = substituting(isEssence ? essence(value, at: name) : value, at: name).digest
        }
        for (name, value) in fields where !ResourceDefinition.metadataFields.contains(name) {
            if isEssence, left.contains(name) { continue }
            if name == "inputs" || (name == "jobs" && definition.kind == .pipelineJob), let members = value.objectValue
            {
                for (member, value) in members { add("\(name).\(member)", value) }
            } else if !isNameOfOther(name) {
                add(name, value)
            }
        }
        return parts.sorted { $0.key < $1.key }.map { AssetPart(name: $0.key, digest: $0.value) }
    }

    /// The fields that a training's key leaves out at the top.
    private var left: Set<String> {
        switch definition.kind {
        case .sweepJob: Self.circumstances(ofType: "sweep")
        case .autoMLJob: Self.circumstances(ofType: "automl")
        // What a schedule starts is what another stage must have scheduled; when it starts is each stage's own.
        case .schedule: ["trigger", "is_enabled"]
        default: Self.circumstances
        }
    }

    /// The value of a field without what does not decide the result of a job in it.
    private func essence(_ value: JSONValue, at field: String) -> JSONValue {
        guard var members = value.objectValue else { return value }
        let path = field.split(separator: ".")
        if path.last == "settings" {
            return .object(members.filter { !Self.circumstancesOfPipeline.contains($0.key) })
        }
        let isStep = path.count >= 2 && path[path.count - 2] == "jobs"
        let isStarted = path == ["create_job"]
        guard isStep || isStarted || ["jobs", "component", "trial"].contains(path.last ?? "") else { return value }
        if isStep || isStarted {
            let left = Self.circumstances(ofType: members["type"]?.stringValue)
            members = members.filter {
                !left.contains($0.key) && !ResourceDefinition.metadataFields.contains($0.key) && $0.key != "name"
            }
        }
        return .object(Dictionary(uniqueKeysWithValues: members.map { ($0, essence($1, at: "\(field).\($0)")) }))
    }

    /// The digest that decides whether the asset is new.
    var digest: ContentDigest {
        Self.digest(of: parts, kind: definition.kind)
    }

    /// The digest of what may change without making another thing.
    var metadataDigest: ContentDigest {
        JSONValue.object(fields.filter { ResourceDefinition.metadataFields.contains($0.key) }).digest
    }

    /// A training's key: what decides the result, with the trigger when somebody asked for a new training.
    ///
    /// Of a pipeline all steps, with the files, components and environments they name; of a schedule what it starts.
    func trainingKey(trigger: ContentDigest?) -> ContentDigest {
        var relevant = makeParts(isEssence: true)
        if let trigger { relevant.append(AssetPart(name: "trigger", digest: trigger)) }
        return Self.digest(of: relevant, kind: definition.kind)
    }

    /// The digest of the JSON object of the kind and the parts, written without making one.
    private static func digest(of parts: [AssetPart], kind: AssetKind) -> ContentDigest {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(64 + 112 * parts.count)
        bytes.append(contentsOf: "{\"kind\":".utf8)
        JSONValue.append(text: kind.rawValue, to: &bytes)
        // Members stand in the order of their bytes, and "kind" before every "part:…".
        for part in parts.sorted(by: { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) }) {
            bytes.append(UInt8(ascii: ","))
            JSONValue.append(text: "part:" + part.name, to: &bytes)
            bytes.append(contentsOf: ":\"".utf8)
            part.digest.append(to: &bytes)
            bytes.append(UInt8(ascii: "\""))
        }
        bytes.append(UInt8(ascii: "}"))
        return ContentDigest(of: bytes)
    }

    private var fields: [String: JSONValue] { definition.fields.objectValue ?? [:] }

    /// A deployment's endpoint is where it stands; its model is what the plan gives it.
    private func isNameOfOther(_ name: String) -> Bool {
        guard definition.kind == .onlineDeployment || definition.kind == .batchDeployment else { return false }
        return name == "endpoint_name" || (name == "model" && references["model"] != nil)
    }

    /// The value with files replaced by what they hold and references by what they mean.
    private func substituting(_ value: JSONValue, at field: String) -> JSONValue {
        if content.isEmpty, references.isEmpty { return value }
        if let tree = content[field] { return ["content": .string(tree.digest.description)] }
        // What has no versions is used by its name, whatever it is like just now.
        if let key = references[field], key.kind.isVersioned, let digest = referred[key] {
            return ["kind": .string(key.kind.rawValue), "digest": .string(digest.description)]
        }
        switch value {
        case .object(let members):
            return .object(
                Dictionary(uniqueKeysWithValues: members.map { ($0, substituting($1, at: "\(field).\($0)")) }))
        case .array(let elements):
            return .array(elements.enumerated().map { substituting($1, at: "\(field).\($0)") })
        case .string: return value
        default:
            return value
        }
    }
}
