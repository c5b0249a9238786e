internal import AssetSchema
internal import Digest
internal import Workspace

/// Finds what a Python environment shall hold from what a job or deployment says of it.
struct EnvironmentResolver: Sendable {
    let store: Store
    let content: ContentStore

    /// The Python environment that a field asks for: a registered one, or one described on the spot.
    ///
    /// - Parameter override: what the stage puts in the place of python, conda_file and image.
    /// - Parameter prefix: where the field stands in the definition: `environment`, `jobs.train.environment`.
    func resolve(
        _ field: JSONValue?, override: JSONValue?, content trees: [String: StoredTree], prefix: String = "environment"
    ) throws -> EnvironmentSpec {
        var spec = EnvironmentSpec()
        switch field {
        case .string(let text)?:
            if let reference = AssetReference(text) {
                guard let asset = try store.asset(.environment, reference.name, reference.version) else {
                    throw WorkspaceError(.notFound, "there is no environment \(text)")
                }
                spec = try self.spec(asset.live.fields, content: asset.content, prefix: "")
            } else {
                // A curated environment of Azure's, or a bare image.
                spec.image = text
            }
        case .object?: spec = try self.spec(field ?? .null, content: trees, prefix: "\(prefix).")
        default: break
        }
        guard let override, case .object = override else { return spec }
        let replacing = try self.spec(override, content: trees, prefix: "environment_override.")
        spec.image = replacing.image ?? spec.image
        spec.conda = replacing.conda ?? spec.conda
        spec.python = replacing.python ?? spec.python
        spec.isStrict = replacing.isStrict
        return spec
    }

    private func spec(_ fields: JSONValue, content trees: [String: StoredTree], prefix: String) throws
        -> EnvironmentSpec
    {
        var spec = EnvironmentSpec(image: fields["image"]?.stringValue)
        switch fields["python"] {
        case .string(let text)?: spec.python = text
        // An unquoted 3.11 is a number in YAML.
        case .double(let number)?: spec.python = "\(number)"
        case .int(let number)?: spec.python = "\(number)"
        default: break
        }
        spec.isStrict = fields["policy"]?.stringValue == "strict"
        switch fields["conda_file"] {
        case .object?, .array?: spec.conda = fields["conda_file"]?.canonicalText
        case .string(let text)?:
            if let tree = trees["\(prefix)conda_file"] ?? trees["conda_file"],
                let bytes = try content.bytes(tree, limit: 4 << 20)
            {
                spec.conda = String(decoding: bytes, as: UTF8.self)
            } else if text.contains("\n") || text.contains("dependencies:") {
                spec.conda = text
            } else {
                throw WorkspaceError(.invalid, "the conda file \(text) has not come with the request")
            }
        default:
            if let tree = trees["\(prefix)conda_file"], let bytes = try content.bytes(tree, limit: 4 << 20) {
                spec.conda = String(decoding: bytes, as: UTF8.self)
            }
        }
        return spec
    }
}
