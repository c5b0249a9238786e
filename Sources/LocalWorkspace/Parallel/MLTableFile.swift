internal import Digest
internal import Workspace
internal import YAML

/// What an `MLTable` file says: which files there are and how rows are read from them.
struct MLTableFile: Equatable {
    struct Path: Equatable {
        /// `file`, `folder` or `pattern`.
        var kind: String
        var path: String
    }

    /// How rows are read; nil for a table that only lists files.
    enum Reading: String {
        case delimited
        case jsonLines = "json_lines"
        case parquet
    }

    var paths: [Path] = []
    var reading: Reading?
    var delimiter = ","
    var encoding = "utf-8-sig"
    var hasHeader = true
    var keep: [String] = []
    var drop: [String] = []
    /// What it asks for that changes no row's values and is left out.
    var ignored: [String] = []

    /// - Parameter text: the YAML of the file named `MLTable`.
    init(_ text: [UInt8]) throws {
        let root: Node?
        do { root = try YAMLReader().document(text) } catch {
            throw WorkspaceError(.invalid, "the MLTable file is no YAML: \(error)")
        }
        for item in root?["paths"]?.sequence ?? [] {
            guard let kind = ["file", "folder", "pattern"].first(where: { item[$0] != nil }),
                let path = item[kind]?.text
            else { throw WorkspaceError(.invalid, "the MLTable has a path that is neither file, folder nor pattern") }
            guard !path.contains("://"), !path.hasPrefix("/") else {
                throw WorkspaceError(
                    .unsupported,
                    "the MLTable names \(path.prefix(200)); the embedded workspace reads only files beside it")
            }
            paths.append(Path(kind: kind, path: path))
        }
        guard !paths.isEmpty else { throw WorkspaceError(.invalid, "the MLTable names no paths") }
        for item in root?["transformations"]?.sequence ?? [] {
            let name = item.text ?? item.mapping?.entries.first?.key.text ?? ""
            try apply(name, item[name])
        }
    }

    private mutating func apply(_ name: String, _ options: Node?) throws {
        switch name {
        case "read_delimited":
            reading = .delimited
            if let text = options?["delimiter"]?.text { delimiter = text == "\\t" ? "\t" : text }
            if let text = options?["encoding"]?.text { encoding = Self.python(text) }
            hasHeader = options?["header"]?.text != "no_header"
        case "read_json_lines": reading = .jsonLines
        case "read_parquet": reading = .parquet
        case "keep_columns": keep = Self.names(options)
        case "drop_columns": drop = Self.names(options)
        case "convert_column_types": ignored.append(name)
        default:
            throw WorkspaceError(
                .unsupported, "the MLTable asks for \(name.prefix(64)), which the embedded workspace does not do")
        }
    }

    private static func names(_ node: Node?) -> [String] {
        node?.text.map { [$0] } ?? node?.sequence?.compactMap(\.text) ?? []
    }

    private static func python(_ encoding: String) -> String {
        switch encoding {
        case "utf8": "utf-8-sig"
        case "iso88591": "iso-8859-1"
        case "latin1", "ascii", "utf16", "windows1252": encoding
        default: "utf-8-sig"
        }
    }

    /// What the driver of mini-batches is told.
    var settings: JSONValue {
        var value: JSONValue = [
            "paths": .array(paths.map { ["kind": .string($0.kind), "path": .string($0.path)] }),
            "delimiter": .string(delimiter), "encoding": .string(encoding), "header": .bool(hasHeader),
        ]
        value["read"] = reading.map { .string($0.rawValue) }
        if !keep.isEmpty { value["keep"] = .array(keep.map { .string($0) }) }
        if !drop.isEmpty { value["drop"] = .array(drop.map { .string($0) }) }
        return value
    }
}
