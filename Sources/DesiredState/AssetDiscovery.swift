internal import AssetSchema
internal import Diagnostics
internal import Git
internal import Glibc
internal import YAML

/// Finds the asset files of a project by what they say, wherever they lie.
struct AssetDiscovery {
    let tree: ProjectTree
    let documents: DocumentCache
    private let findings = Findings()

    /// The asset files of a snapshot, and what is wrong with those that can't be read.
    struct Result {
        var files: [AssetFile] = []
        var diagnostics: [Diagnostic] = []
    }

    init(tree: ProjectTree, documents: DocumentCache) {
        self.tree = tree
        self.documents = documents
    }

    /// No asset file written by people is larger; a YAML file that is, is data.
    private static let largestFile = 1 << 20

    func discover() -> Result {
        let ignored = rootIgnoreRules
        let files: [AssetFile] = tree.files.compactMap { file in
            guard isYAML(file.path), !file.path.hasPrefix(StageDiscovery.folder + "/"),
                ignored.isEmpty || !ignored.excludes(file.path)
            else { return nil }
            guard file.kind.isFile else {
                findings.warning(
                    "left-out", "left out: \(file.path) is \(file.kind.words), and those are not followed",
                    at: SourceLocation(path: file.path))
                return nil
            }
            return asset(file)
        }
        return Result(files: files, diagnostics: findings.diagnostics.items)
    }

    private func asset(_ file: ProjectFile) -> AssetFile? {
        let document: Node
        switch documents.known(file.id) {
        case .document(let node)?: document = node
        case .foreign?: return nil
        case nil:
            guard let bytes = try? tree.read(file, limit: Self.largestFile) else {
                findings.warning(
                    "left-out", "left out: it can't be read, or is larger than \(Self.largestFile >> 20) MB",
                    at: SourceLocation(path: file.path))
                return nil
            }
            guard Self.mayBeAsset(bytes) else {
                documents.markForeign(file.id)
                return nil
            }
            guard let node = documents.document(bytes, id: file.id, path: file.path, findings: findings) else {
                return nil
            }
            document = node
        }
        guard let kind = AssetReader().kind(of: document) else { return nil }
        return AssetFile(file: file, kind: kind, document: document)
    }

    private func isYAML(_ path: String) -> Bool {
        path.utf8.suffix(4).elementsEqual(".yml".utf8) || path.utf8.suffix(5).elementsEqual(".yaml".utf8)
    }

    private var rootIgnoreRules: IgnoreRules {
        guard let file = tree.file(".amlignore"), file.kind.isFile, let bytes = try? tree.read(file, limit: 1 << 20)
        else {
            return IgnoreRules([])
        }
        return IgnoreRules(bytes)
    }

    /// A cheap test of the bytes: pipelines, conda files and workflows end here, unparsed.
    ///
    /// Asset files name Azure ML's schema in a line of `$schema`, or say their type with one of its words in the first
    /// column.
    static func mayBeAsset(_ bytes: [UInt8]) -> Bool {
        bytes.withUnsafeBytes { buffer in
            var start = buffer.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0
            while start < buffer.count {
                let end = lineEnd(in: buffer, from: start)
                let line = buffer[start..<end]
                switch line.first {
                case UInt8(ascii: "t"), UInt8(ascii: "\""), UInt8(ascii: "'"), UInt8(ascii: "$"):
                    let words = line.split { " :\"'".utf8.contains($0) }
                    if let key = words.first, let value = words.dropFirst().first {
                        if key.elementsEqual("$schema".utf8) { return true }
                        if key.elementsEqual("type".utf8), isTypeWord(value) { return true }
                    }
                case UInt8(ascii: "a"), UInt8(ascii: "b"), UInt8(ascii: "c"), UInt8(ascii: "e"), UInt8(ascii: "i"):
                    // Files that name neither are told by keys that hardly any other file begins a line with.
                    let key = line.prefix { $0 != UInt8(ascii: ":") }
                    if key.count < line.count, telltaleKeys.contains(where: { key.elementsEqual($0.utf8) }) {
                        return true
                    }
                case UInt8(ascii: "{"):
                    // A mapping in braces, perhaps JSON: rare enough to be parsed.
                    return true
                default:
                    break
                }
                start = end + 1
            }
            return false
        }
    }

    private static let telltaleKeys = ["auth_mode", "build", "command", "endpoint_name", "image"]

    private static let typeWords: Set<String> = [
        "command", "pipeline", "sweep", "automl", "parallel", "spark", "managed", "kubernetes", "model", "uri_file",
        "uri_folder", "mltable", "mlflow_model", "custom_model", "triton_model", "amlcompute", "computeinstance",
        "synapsespark", "azure_blob", "azure_file", "azure_data_lake_gen1", "azure_data_lake_gen2", "one_lake",
    ]

    private static func isTypeWord(_ word: some Collection<UInt8>) -> Bool {
        let word = word.prefix { $0 != UInt8(ascii: "#") && $0 != UInt8(ascii: "\r") }
        return typeWords.contains(String(decoding: Array(word), as: UTF8.self).lowercased())
    }

    private static func lineEnd(in buffer: UnsafeRawBufferPointer, from start: Int) -> Int {
        guard let base = buffer.baseAddress, let found = memchr(base + start, 0x0A, buffer.count - start) else {
            return buffer.count
        }
        return UnsafeRawPointer(found) - base
    }
}
