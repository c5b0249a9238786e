package import AssetSchema
package import Diagnostics
package import Digest

/// Names one object of a stage: `environment/diabetes-train`, `online_deployment/diabetes-oep-dev/blue`.
package struct AssetKey: Sendable, Hashable, Codable, Comparable, CustomStringConvertible {
    package var kind: AssetKind
    /// The name; a deployment's is preceded by its endpoint's and a slash.
    package var name: String

    package init(kind: AssetKind, name: String) {
        self.kind = kind
        self.name = name
    }

    package var description: String { "\(kind.rawValue)/\(name)" }

    package static func < (left: Self, right: Self) -> Bool { (left.kind, left.name) < (right.kind, right.name) }
}

/// A named piece of an asset with its digest, so that a plan can say which piece changed.
package struct AssetPart: Sendable, Hashable, Codable {
    /// A field's name, such as `image`, `conda_file`, `code`, `command` or `inputs.data`.
    package var name: String
    package var digest: ContentDigest

    package init(name: String, digest: ContentDigest) {
        self.name = name
        self.digest = digest
    }
}

/// One object as git wants it in a stage, after substitution and binding.
package struct DesiredAsset: Sendable, Equatable {
    /// Its definition; `name` is the bound name (of a deployment: without its endpoint's).
    package var definition: ResourceDefinition
    /// The endpoint a deployment belongs to.
    package var endpoint: String?
    /// The digest of the definition without metadata and of every file it names; decides whether it is new.
    package var digest: ContentDigest
    /// What the digest is made of, in a stable order.
    package var parts: [AssetPart]
    /// The digest of description and tags, which never make a new version.
    package var metadataDigest: ContentDigest
    /// The files it names, by field.
    ///
    /// Fields are `conda_file`, `path`, `code`, `code_configuration.code`, `build.path` or `inputs.x.path`.
    package var content: [String: ContentTree]
    /// The paths of those files or folders in the repository, by the same fields.
    package var contentPaths: [String: String]
    /// References to other objects of this project by field.
    ///
    /// Fields are `environment`, `model`, `inputs.data.path` and their like.
    package var references: [String: AssetKey]
    /// Where the document begins.
    package var source: SourceLocation
    /// The config files whose variables went into it.
    package var variableFiles: [String]
    /// A training job's key: code, command, resolved inputs, environment, parameters and trigger.
    package var trainingKey: ContentDigest?
    /// The same key without the trigger, and without what differs from stage to stage by name only.
    package var contentKey: ContentDigest?

    package init(
        definition: ResourceDefinition, endpoint: String? = nil, digest: ContentDigest, parts: [AssetPart] = [],
        metadataDigest: ContentDigest = ContentDigest(of: ""), content: [String: ContentTree] = [:],
        contentPaths: [String: String] = [:], references: [String: AssetKey] = [:], source: SourceLocation,
        variableFiles: [String] = [], trainingKey: ContentDigest? = nil, contentKey: ContentDigest? = nil
    ) {
        self.definition = definition
        self.endpoint = endpoint
        self.digest = digest
        self.parts = parts
        self.metadataDigest = metadataDigest
        self.content = content
        self.contentPaths = contentPaths
        self.references = references
        self.source = source
        self.variableFiles = variableFiles
        self.trainingKey = trainingKey
        self.contentKey = contentKey
    }

    package var kind: AssetKind { definition.kind }

    /// The object's key; a deployment's name is preceded by its endpoint's.
    package var key: AssetKey {
        AssetKey(kind: kind, name: endpoint.map { "\($0)/\(definition.name)" } ?? definition.name)
    }

    /// Every path of the repository whose change can change this asset.
    package var paths: [String] { [source.path] + contentPaths.values.sorted() + variableFiles }
}
