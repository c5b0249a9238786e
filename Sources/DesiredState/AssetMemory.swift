internal import AssetSchema
internal import Digest

/// What was read of one stage's asset files, for the next reading: what did not change is not read again.
struct AssetMemory: Sendable {
    /// One YAML file that was looked at without a mistake, in the order of the paths.
    struct Entry: Sendable {
        let file: ProjectFile
        /// Nil for a file that is none of ours.
        let asset: AssetFile?
        let reading: AssetReading?
        /// The same with what pipelines or the stage file put into it.
        var overridden: AssetReading?
        /// What came of the reading, with the files that it was made with.
        var made: MadeAsset?
    }

    /// What the readings were made with.
    var variables: VariableSet
    var entries: [Entry] = []
}

/// An asset that was tied together before, and when it may be taken as it is.
final class MadeAsset: Sendable {
    let reading: AssetReading
    let asset: DesiredAsset
    /// The files it names, each a path of its own.
    let files: [ProjectFile]

    /// The asset of a reading, if it takes nothing from other objects, from folders or from a trigger: then it stays the
    /// same until its files change.
    init?(_ reading: AssetReading, definition: ResourceDefinition, content: AssetContents.Found) {
        guard reading.references.isEmpty, !definition.kind.isJob, definition.kind != .schedule,
            let files = content.files
        else { return nil }
        self.reading = reading
        self.files = files
        asset = DesiredAsset(reading, definition: definition, content: content)
    }
}

extension DesiredAsset {
    /// What a reading and its files come to, with what it refers to.
    init(
        _ reading: AssetReading, definition: ResourceDefinition, content: AssetContents.Found,
        references: [String: AssetKey] = [:], referred: [AssetKey: ContentDigest] = [:], trigger: ContentDigest? = nil
    ) {
        let made = AssetDigests(
            definition: definition, content: content.trees, references: references, referred: referred)
        self.init(
            definition: definition, endpoint: reading.endpoint, digest: made.digest, parts: made.parts,
            metadataDigest: made.metadataDigest, content: content.trees, contentPaths: content.paths,
            references: references, source: reading.location, variableFiles: reading.variableFiles,
            trainingKey: definition.kind.isJob ? made.trainingKey(trigger: trigger) : nil,
            contentKey: definition.kind.isJob || definition.kind == .schedule ? made.trainingKey(trigger: nil) : nil)
    }
}
