internal import Digest
internal import Workspace

/// What a pipeline leaves: its outputs, and what its steps logged.
struct PipelineResults {
    let graph: PipelineGraph
    let steps: [String: Store.Job]

    /// The trees of a completed pipeline.
    ///
    /// Under `artifacts` stand, in this order of precedence, what was written to the pipeline's own run, every output of
    /// the pipeline under its name, and every artifact of a step whose first path component no other step has.
    ///
    /// - Parameter own: what was written to the pipeline's own run.
    func collect(own: StoredTree) -> [String: StoredTree] {
        var results: [String: StoredTree] = [:]
        var folders: [String: [StoredTree.Entry]] = [:]
        let counts = Dictionary(
            steps.values.flatMap { Self.components($0.results["artifacts"]) }.map { ($0, 1) }, uniquingKeysWith: +)
        for child in steps.values {
            for entry in child.results["artifacts"]?.entries ?? [] {
                let first = Self.component(entry)
                if counts[first] == 1 { folders[first, default: []].append(entry) }
            }
        }
        for (output, source) in graph.sources {
            guard let tree = steps[source.step]?.results["outputs.\(source.output)"] else { continue }
            results["outputs.\(output)"] = tree
            folders[output] = tree.entries.map { entry in
                var entry = entry
                entry.path = "\(output)/\(entry.path)"
                return entry
            }
        }
        for (first, entries) in Dictionary(grouping: own.entries, by: Self.component) { folders[first] = entries }
        results["artifacts"] = StoredTree(entries: folders.values.flatMap(\.self), isFile: false)
        return results
    }

    private static func component(_ entry: StoredTree.Entry) -> String {
        String(entry.path.prefix { $0 != "/" })
    }

    private static func components(_ tree: StoredTree?) -> Set<String> { Set((tree?.entries ?? []).map(component)) }
}
