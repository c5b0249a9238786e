import AssetSchema
import Diagnostics
import Digest
import Testing
import YAML

/// Reads a document as tests write it.
func readDocument(_ text: String, as kind: AssetKind? = nil) throws -> ReadResult {
    let root = try #require(try YAMLReader().document(text))
    let reader = AssetReader()
    guard let kind else { return reader.read(root, path: "a.yml", source: { text }) }
    return reader.read(root, as: kind, path: "a.yml", source: { text })
}
