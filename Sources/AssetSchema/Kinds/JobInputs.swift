import Digest
import YAML

extension FieldType {
    /// A job's input: data, a model, a table, or a value.
    static let jobInput = FieldType.union(
        [
            .object(input("data", ["uri_file", "uri_folder"], modes: ["download", "ro_mount", "direct"], .data)),
            .object(
                input("model", ObjectSchema.modelTypes, modes: ["download", "ro_mount", "direct"], .model).with(
                    [], without: ["path_on_compute"])),
            .object(tableInput),
            .object(
                ObjectSchema(
                    "an input",
                    [FieldSchema("value", .union([.string(), .boolean, .integer(), .number()], expected: "a value"))])),
            .literal,
        ], expected: "an input: a value, or a mapping with type and path")

    /// A table as an input.
    static let tableInput = input(
        "table", ["mltable"], modes: ["ro_mount", "download", "eval_mount", "eval_download", "direct"], .data)

    /// Data or a table, as monitors read it.
    static let dataInput = FieldType.union(
        [
            .object(input("data", ["uri_file", "uri_folder"], modes: ["download", "ro_mount", "direct"], .data)),
            .object(tableInput),
        ], expected: "data: a mapping with type and path")

    private static func input(_ title: String, _ types: [String], modes: [String], _ kind: AssetKind) -> ObjectSchema {
        ObjectSchema(
            "an input",
            [
                FieldSchema("type", .choice(types), default: kind == .data ? "uri_folder" : nil),
                FieldSchema("path", .inputPath(kind)),
                FieldSchema("mode", .choice(modes)),
                FieldSchema("path_on_compute", .string()),
                FieldSchema("datastore", .string()),
            ])
    }
}

extension ObjectSchema {
    /// A job's output.
    static let jobOutput = ObjectSchema(
        "an output",
        [
            .schemaLink,
            FieldSchema("name", .string(.output)),
            FieldSchema("version", .version),
            FieldSchema("mode", .choice(["mount", "upload", "rw_mount", "direct"])),
            FieldSchema(
                "type", .choice(["uri_file", "uri_folder", "mltable"] + modelTypes), default: "uri_folder"),
            FieldSchema("path", .string()),
        ], ignoresReadOnlyKeys: true,
        checks: [
            { node, _, state in
                guard let version = node["version"], node["name"] == nil else { return }
                state.error(
                    .missingKey, "a version needs a name beside it", at: version.mark, key: "name",
                    hint: "add \"name: …\"")
            }
        ])
}
