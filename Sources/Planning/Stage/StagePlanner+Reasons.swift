import AssetSchema
import DesiredState
import Digest
import Workspace

extension StagePlanner {
    /// Why an asset is new, by the parts that differ from the version before and the files behind them.
    func reason(for asset: DesiredAsset, previous: (version: String, tags: [String: String])?) -> String {
        guard let previous else { return "new" }
        let before = Self.parts(previous.tags[TagName.parts])
        let now = Dictionary(asset.parts.map { ($0.name, $0.digest.prefix(8)) }, uniquingKeysWith: { $1 })
        let changed = asset.parts.map(\.name).filter { before[$0] != now[$0] }
        let gone = before.keys.filter { now[$0] == nil }.sorted()
        let since = previous.tags[TagName.commit].flatMap { input.history[stage.name]?.since[$0] }
        var words = changed.map { name in
            before[name] == nil
                ? "\(name) added"
                : "\(files(of: name, in: asset, since: since) ?? referred(by: name, in: asset) ?? name) changed"
        }
        words += gone.map { "\($0) removed" }
        guard !words.isEmpty else {
            let isMetadata = previous.tags[TagName.metadata] != asset.metadataDigest.prefix(16)
            return isMetadata
                ? "description or tags changed"
                : previous.version.isEmpty ? "definition changed" : "changed since \(previous.version)"
        }
        return words.prefix(3).joined(separator: ", ") + (words.count > 3 ? " and \(words.count - 3) more" : "")
    }

    /// The files behind a part: those that git says changed, else the file or folder that the field names.
    private func files(of part: String, in asset: DesiredAsset, since: ChangeHistory.Since?) -> String? {
        let inside = asset.contentPaths.filter { $0.key.hasPrefix(part + ".") }.map(\.value)
        let paths = (asset.contentPaths[part] ?? asset.contentPaths["\(part).path"]).map { [$0] } ?? inside.sorted()
        guard let path = paths.first else { return nil }
        let changed = (since?.paths ?? []).filter { changed in
            paths.contains { changed == $0 || changed.hasPrefix($0 + "/") }
        }.sorted()
        // Several files lie behind a step of a pipeline; without history it is not known which of them changed.
        if changed.isEmpty, paths.count > 1 { return nil }
        guard let first = changed.first else { return path }
        return changed.count == 1 ? first : "\(first) and \(changed.count - 1) more"
    }

    /// The object behind a part that refers to one: `data diabetes-data`.
    private func referred(by part: String, in asset: DesiredAsset) -> String? {
        (asset.references[part] ?? asset.references["\(part).path"]).map { "\($0.kind.title) \($0.name)" }
    }

    /// The parts that a tag lists.
    static func parts(_ tag: String?) -> [String: String] {
        var parts: [String: String] = [:]
        for word in (tag ?? "").split(separator: " ") {
            guard let equals = word.lastIndex(of: "=") else { continue }
            parts[String(word[..<equals])] = String(word[word.index(after: equals)...])
        }
        return parts
    }
}
