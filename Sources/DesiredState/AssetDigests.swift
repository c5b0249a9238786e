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

    private func makeParts() -> [AssetPart] {
        var parts: [String: ContentDigest] = [:]
        for (name, value) in fields where !ResourceDefinition.metadataFields.contains(name) {
            if name == "inputs", let inputs = value.objectValue {
                for (input, value) in inputs {
                    parts["inputs.\(input)"] = digest(of: value, at: "inputs.\(input)")
                }
            } else if !isNameOfOther(name) {
                parts[name] = digest(of: value, at: name)
            }
        }
        return parts.sorted { $0.key < $1.key }.map { AssetPart(name: $0.key, digest: $0.value) }
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
    func trainingKey(trigger: ContentDigest?) -> ContentDigest {
        var relevant = parts.filter { !Self.circumstances.contains($0.name) }
        if let trigger { relevant.append(AssetPart(name: "trigger", digest: trigger)) }
        return Self.digest(of: relevant, kind: definition.kind)
    }

    private static func digest(of parts: [AssetPart], kind: AssetKind) -> ContentDigest {
        var object: [String: JSONValue] = ["kind": .string(kind.rawValue)]
        for part in parts { object["part:\(part.name)"] = .string(part.digest.description) }
        return JSONValue.object(object).digest
    }

    private var fields: [String: JSONValue] { definition.fields.objectValue ?? [:] }

    /// A deployment's endpoint is where it stands; its model is what the plan gives it.
    private func isNameOfOther(_ name: String) -> Bool {
        guard definition.kind == .onlineDeployment || definition.kind == .batchDeployment else { return false }
        return name == "endpoint_name" || (name == "model" && references["model"] != nil)
    }

    private func digest(of value: JSONValue, at field: String) -> ContentDigest {
        substituting(value, at: field).digest
    }

    /// The value with files replaced by what they hold and references by what they mean.
    private func substituting(_ value: JSONValue, at field: String) -> JSONValue {
        if let tree = content[field] { return ["content": .string(tree.digest.description)] }
        if let key = references[field], let digest = referred[key] {
            return ["kind": .string(key.kind.rawValue), "digest": .string(digest.description)]
        }
        switch value {
        case .object(let members):
            return .object(
                Dictionary(uniqueKeysWithValues: members.map { ($0, substituting($1, at: "\(field).\($0)")) }))
        case .array(let elements):
            return .array(elements.enumerated().map { substituting($1, at: "\(field).\($0)") })
        default:
            return value
        }
    }
}
