internal import AssetSchema
internal import Diagnostics
internal import Digest

/// Finds the files and folders that assets name.
struct AssetContents {
    /// What the path fields of an asset stand for.
    struct Found {
        var trees: [String: ContentTree] = [:]
        var paths: [String: String] = [:]
        /// The files named, nil where a folder is among them.
        var files: [ProjectFile]? = []
    }

    private let tree: ProjectTree
    private let findings: Findings
    private var contents: ContentReader

    init(tree: ProjectTree, findings: Findings) {
        self.tree = tree
        self.findings = findings
        contents = ContentReader(tree: tree, findings: findings)
    }

    /// Looks for the files of an asset that is wrong elsewhere, so that all its mistakes are told at once.
    mutating func check(_ reading: AssetReading) {
        for field in reading.pathFields where !field.path.contains(DocumentResolver.unresolved) {
            _ = content(of: field)
        }
    }

    /// The files of an asset; nil when some are not there or not what they must be, which is told.
    mutating func read(_ reading: AssetReading, of definition: ResourceDefinition) -> Found? {
        var found = Found()
        var isSound = true
        for field in reading.pathFields {
            guard let content = content(of: field) else {
                isSound = false
                continue
            }
            if let problem = mismatch(content.tree, field, definition) {
                findings.error("wrong-type", problem, at: field.location, pointer: field.pointer)
                isSound = false
                continue
            }
            found.trees[field.field] = content.tree
            found.paths[field.field] = content.path
            if let file = tree.file(content.path) { found.files?.append(file) } else { found.files = nil }
        }
        return isSound ? found : nil
    }

    /// A path is relative to the file it is written in, which may be one that the asset's file includes.
    private mutating func content(of field: PathField) -> (path: String, tree: ContentTree)? {
        contents.content(
            at: field.path, from: ProjectPath.folder(of: field.location.path), location: field.location,
            pointer: field.pointer,
            appliesIgnoreRules: [.code, .scoringCode, .buildContext].contains(field.role))
    }

    /// What is wrong with a file where a folder must be, or the other way round.
    private func mismatch(_ tree: ContentTree, _ field: PathField, _ definition: ResourceDefinition) -> String? {
        switch field.role {
        case .condaFile, .component:
            return tree.isFile ? nil : "\"\(field.path)\" is a folder; expected a file"
        case .buildContext, .scoringCode:
            return tree.isFile ? "\"\(field.path)\" is a file; expected a folder" : nil
        case .data:
            let owner = field.field.hasSuffix(".path") ? String(field.field.dropLast(5)) : ""
            let type = definition.fields.value(at: owner.isEmpty ? "type" : "\(owner).type")?.stringValue
            if type == "uri_file" || (type == nil && owner.isEmpty && definition.kind == .data) {
                return tree.isFile || type == nil ? nil : "\"\(field.path)\" is a folder, and the type says uri_file"
            }
            if type == "uri_folder" || type == "mltable" {
                return tree.isFile ? "\"\(field.path)\" is a file, and the type says \(type ?? "")" : nil
            }
            return nil
        case .model, .unnamedModel, .code:
            return nil
        }
    }
}
