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

    package static func < (left: Self, right: Self) -> Bool {
        left.kind == right.kind ? left.name < right.name : left.kind < right.kind
    }
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
///
/// Its values lie in a box that copies share: a project has thousands of objects, and plans pass them on.
package struct DesiredAsset: Sendable, Equatable {
    private struct Values: Sendable, Equatable {
        var definition: ResourceDefinition
        var endpoint: String?
        var digest: ContentDigest
        var parts: [AssetPart]
        var metadataDigest: ContentDigest
        var content: [String: ContentTree]
        var contentPaths: [String: String]
        var references: [String: AssetKey]
        var providers: [String: AssetKey] = [:]
        var source: SourceLocation
        var variableFiles: [String]
        var trainingKey: ContentDigest?
        var contentKey: ContentDigest?
    }

    private final class Box: @unchecked Sendable {  // Changed only while one copy alone refers to it.
        var values: Values

        init(_ values: Values) { self.values = values }
    }

    private var box: Box

    package init(
        definition: ResourceDefinition, endpoint: String? = nil, digest: ContentDigest, parts: [AssetPart] = [],
        metadataDigest: ContentDigest = ContentDigest(of: ""), content: [String: ContentTree] = [:],
        contentPaths: [String: String] = [:], references: [String: AssetKey] = [:], source: SourceLocation,
        variableFiles: [String] = [], trainingKey: ContentDigest? = nil, contentKey: ContentDigest? = nil
    ) {
        box = Box(
            Values(
                definition: definition, endpoint: endpoint, digest: digest, parts: parts,
                metadataDigest: metadataDigest, content: content, contentPaths: contentPaths, references: references,
                source: source, variableFiles: variableFiles, trainingKey: trainingKey, contentKey: contentKey))
    }

    package static func == (left: DesiredAsset, right: DesiredAsset) -> Bool {
        left.box === right.box || left.box.values == right.box.values
    }

    /// What tells this asset's values from any that were made another time, as long as they are kept.
    package var identity: ObjectIdentifier { ObjectIdentifier(box) }

    /// The values for changing them, after a copy when others share them.
    private var own: Values {
        get { box.values }
        _modify {
            if !isKnownUniquelyReferenced(&box) { box = Box(box.values) }
            yield &box.values
        }
    }

    /// Its definition; `name` is the bound name (of a deployment: without its endpoint's).
    package var definition: ResourceDefinition {
        get { box.values.definition }
        _modify { yield &own.definition }
    }
    /// The endpoint a deployment belongs to.
    package var endpoint: String? {
        get { box.values.endpoint }
        _modify { yield &own.endpoint }
    }
    /// The digest of the definition without metadata and of every file it names; decides whether it is new.
    package var digest: ContentDigest {
        get { box.values.digest }
        _modify { yield &own.digest }
    }
    /// What the digest is made of, in a stable order.
    package var parts: [AssetPart] {
        get { box.values.parts }
        _modify { yield &own.parts }
    }
    /// The digest of description and tags, which never make a new version.
    package var metadataDigest: ContentDigest {
        get { box.values.metadataDigest }
        _modify { yield &own.metadataDigest }
    }
    /// The files it names, by field.
    ///
    /// Fields are `conda_file`, `path`, `code`, `code_configuration.code`, `build.path` or `inputs.x.path`.
    package var content: [String: ContentTree] {
        get { box.values.content }
        _modify { yield &own.content }
    }
    /// The paths of those files or folders in the repository, by the same fields.
    package var contentPaths: [String: String] {
        get { box.values.contentPaths }
        _modify { yield &own.contentPaths }
    }
    /// References to other objects of this project by field.
    ///
    /// Fields are `environment`, `model`, `inputs.data.path` and their like.
    package var references: [String: AssetKey] {
        get { box.values.references }
        _modify { yield &own.references }
    }
    /// The jobs that make what references name and no file defines: a model that a step of a pipeline registers.
    package var providers: [String: AssetKey] {
        get { box.values.providers }
        _modify { yield &own.providers }
    }
    /// Where the document begins.
    package var source: SourceLocation {
        get { box.values.source }
        _modify { yield &own.source }
    }
    /// The config files whose variables went into it.
    package var variableFiles: [String] {
        get { box.values.variableFiles }
        _modify { yield &own.variableFiles }
    }
    /// A training job's key: code, command, resolved inputs, environment, parameters and trigger.
    package var trainingKey: ContentDigest? {
        get { box.values.trainingKey }
        _modify { yield &own.trainingKey }
    }
    /// The same key without the trigger, and without what differs from stage to stage by name only.
    package var contentKey: ContentDigest? {
        get { box.values.contentKey }
        _modify { yield &own.contentKey }
    }

    /// The definition's kind, without a copy of the definition: plans ask it of every asset many times.
    package var kind: AssetKind { box.values.definition.kind }

    /// The object's key; a deployment's name is preceded by its endpoint's.
    package var key: AssetKey {
        let name = box.values.definition.name
        return AssetKey(kind: kind, name: box.values.endpoint.map { "\($0)/\(name)" } ?? name)
    }

    /// Every path of the repository whose change can change this asset.
    package var paths: [String] { [source.path] + contentPaths.values.sorted() + variableFiles }
}
