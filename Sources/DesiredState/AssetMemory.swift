internal import Git
internal import YAML

/// What was read of one stage's asset files, for the next reading: what did not change is not read again.
struct AssetMemory: Sendable {
    /// One YAML file that was looked at without a mistake, in the order of the paths.
    struct Entry: Sendable {
        let file: ProjectFile
        /// Nil for a file that is none of ours.
        let asset: AssetFile?
        let reading: AssetReading?
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

    init(reading: AssetReading, asset: DesiredAsset, files: [ProjectFile]) {
        self.reading = reading
        self.asset = asset
        self.files = files
    }
}
