internal import AssetSchema
internal import Diagnostics
internal import Git
internal import YAML

/// Finds the asset files of a project by what they say, wherever they lie, and reads them for the stages that want them.
///
/// Files are gone through one by one, some at the same time: what is kept of each is what the stages need, so that a
/// project's documents are never in memory together.
struct AssetDiscovery {
    let tree: ProjectTree
    /// Who wants the files, with what is known of them from before.
    let stages: [Stage]

    /// A stage that takes its assets from the snapshot.
    struct Stage: Sendable {
        var name: String
        var variables: VariableSet
        var memory: AssetMemory?
    }

    /// The asset files of a snapshot, what they say to each stage, and what is wrong with those that can't be read.
    struct Result {
        var files: [AssetFile] = []
        var diagnostics: [Diagnostic] = []
        /// By stage, in the order in which they were given.
        var memories: [AssetMemory] = []
    }

    /// No asset file written by people is larger; a YAML file that is, is data.
    private static let largestFile = 1 << 20

    func discover() -> Result {
        let ignored = rootIgnoreRules
        var result = Result()
        var candidates: [ProjectFile] = []
        for file in tree.files {
            guard Self.isYAML(file.path), !file.path.utf8.starts(with: Self.stageFolder),
                ignored.isEmpty || !ignored.excludes(file.path)
            else { continue }
            guard file.kind.isFile else {
                result.diagnostics.append(
                    .warning(
                        "left-out", "left out: \(file.path) is \(file.kind.words), and those are not followed",
                        at: SourceLocation(path: file.path)))
                continue
            }
            candidates.append(file)
        }
        let (stages, tree, files) = (stages, tree, candidates)
        let isUsable = stages.map { $0.memory?.variables == $0.variables }
        let chunks = Chunks.map(files.count) { range in
            var chunk = Chunk(tree: tree, stages: stages, isUsable: isUsable, first: files[range.lowerBound])
            for file in files[range] { chunk.take(file) }
            return chunk.found
        }
        result.memories = stages.map { AssetMemory(variables: $0.variables) }
        for index in stages.indices { result.memories[index].entries.reserveCapacity(candidates.count) }
        for chunk in chunks {
            result.files += chunk.files
            result.diagnostics += chunk.diagnostics
            for index in stages.indices { result.memories[index].entries += chunk.entries[index] }
        }
        return result
    }

    private static let stageFolder = Array((StageDiscovery.folder + "/").utf8)

    private static func isYAML(_ path: String) -> Bool {
        let utf8 = path.utf8
        // Most files end here.
        guard utf8.last == UInt8(ascii: "l") else { return false }
        return utf8.hasSuffix(".yml") || utf8.hasSuffix(".yaml")
    }

    private var rootIgnoreRules: IgnoreRules {
        guard let file = tree.file(".amlignore"), file.kind.isFile, let bytes = try? tree.read(file, limit: 1 << 20)
        else {
            return IgnoreRules([])
        }
        return IgnoreRules(bytes)
    }

    /// Some of the files, in order, on one thread.
    private struct Chunk {
        struct Found: Sendable {
            var files: [AssetFile] = []
            var diagnostics: [Diagnostic] = []
            /// By stage.
            var entries: [[AssetMemory.Entry]]
        }

        let tree: ProjectTree
        let stages: [Stage]
        var readers: [AssetFileReader]
        /// By stage, where its memory has been gone through so far.
        var places: [Int]
        /// By stage, whether what was read before was read with the same variables.
        let isUsable: [Bool]
        /// Finds what assets name; what is wrong there is found again, and told, when the stage is put together.
        var contents: AssetContents
        var found: Found

        init(tree: ProjectTree, stages: [Stage], isUsable: [Bool], first: ProjectFile) {
            self.tree = tree
            self.stages = stages
            self.isUsable = isUsable
            readers = stages.map { AssetFileReader(variables: $0.variables, tree: tree) }
            places = stages.map { $0.memory?.place(of: first) ?? 0 }
            contents = AssetContents(tree: tree, findings: Findings())
            found = Found(entries: stages.map { _ in [] })
        }

        mutating func take(_ file: ProjectFile) {
            var known: AssetMemory.Entry?
            var isMissing = stages.isEmpty
            for index in stages.indices {
                guard let memory = stages[index].memory else {
                    isMissing = true
                    continue
                }
                if let entry = memory.entry(of: file, from: &places[index]) {
                    known = known ?? entry
                    let isReady =
                        entry.asset.map { asset in
                            entry.reading?.isCurrent(in: tree) ?? BindingTable.dependsOnOthers(asset.kind)
                        } ?? true
                    if isReady, isUsable[index] {
                        found.entries[index].append(entry)
                        continue
                    }
                }
                isMissing = true
            }
            if !isMissing {
                if let asset = known?.asset { found.files.append(asset) }
                return
            }
            let before = stages.indices.map { found.entries[$0].last?.file.path == file.path }
            func note(_ index: Int, _ asset: AssetFile?, _ reading: AssetReading?) {
                found.entries[index].append(AssetMemory.Entry(file: file, asset: asset, reading: reading))
            }
            if let known, known.asset == nil {
                for index in stages.indices where !before[index] { note(index, nil, nil) }
                return
            }
            guard let bytes = try? tree.read(file, limit: AssetDiscovery.largestFile) else {
                found.diagnostics.append(
                    .warning(
                        "left-out",
                        "left out: it can't be read, or is larger than \(AssetDiscovery.largestFile >> 20) MB",
                        at: SourceLocation(path: file.path)))
                return
            }
            guard AssetDiscovery.mayBeAsset(bytes) else {
                for index in stages.indices where !before[index] { note(index, nil, nil) }
                return
            }
            let document: Node?
            do throws(YAMLError) {
                document = try YAMLReader().document(bytes)
            } catch {
                found.diagnostics.append(error.diagnostic(in: file.path))
                return
            }
            guard let document, let kind = AssetReader().kind(of: document) else {
                for index in stages.indices where !before[index] { note(index, nil, nil) }
                return
            }
            let asset = known?.asset ?? AssetFile(file: file, kind: kind, document: document)
            found.files.append(asset)
            for index in stages.indices where !before[index] {
                // What depends on other files is read once all are known.
                guard !BindingTable.dependsOnOthers(kind), let bindings = BindingTable.ownBindings(of: asset) else {
                    note(index, asset, nil)
                    continue
                }
                let reading = readers[index].read(asset, document, bindings: bindings)
                note(index, asset, reading)
                guard case .sound(let definition) = reading.outcome else { continue }
                guard let content = contents.read(reading, of: definition) else { continue }
                let place = found.entries[index].count - 1
                found.entries[index][place].made = MadeAsset(reading, definition: definition, content: content)
            }
        }
    }
}

extension AssetMemory {
    /// Where a file stands, or would stand.
    fileprivate func place(of file: ProjectFile) -> Int {
        var low = 0
        var high = entries.count
        while low < high {
            let middle = low + (high - low) / 2
            if entries[middle].file.path.precedesByBytes(file.path) {
                low = middle + 1
            } else {
                high = middle
            }
        }
        return low
    }

    /// What is known of exactly that file; `place` goes on with the paths that are asked about.
    fileprivate func entry(of file: ProjectFile, from place: inout Int) -> Entry? {
        while place < entries.count {
            if entries[place].file.path == file.path { break }
            guard entries[place].file.path.precedesByBytes(file.path) else { return nil }
            place += 1
        }
        guard place < entries.count, entries[place].file == file else { return nil }
        return entries[place]
    }
}

extension String.UTF8View {
    fileprivate func hasSuffix(_ suffix: StaticString) -> Bool {
        guard count >= suffix.utf8CodeUnitCount else { return false }
        return self.suffix(suffix.utf8CodeUnitCount).elementsEqual(
            UnsafeBufferPointer(start: suffix.utf8Start, count: suffix.utf8CodeUnitCount))
    }
}
