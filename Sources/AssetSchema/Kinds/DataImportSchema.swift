import Digest
import YAML

extension ObjectSchema {
    /// A data asset that is filled from outside, once or by a schedule.
    ///
    /// https://learn.microsoft.com/azure/machine-learning/reference-yaml-schedule-data-import
    static let dataImport = ObjectSchema(
        "a data import",
        FieldSchema.assetFields(nameIsRequired: true) + [
            FieldSchema("id", .string(), use: .service), FieldSchema("datastore", .string()),
            .required("path", .string()), .readOnly("properties"),
            FieldSchema(
                "type", .choice(["uri_file", "uri_folder", "mltable"], .exact), default: "uri_folder"),
            .required(
                "source",
                .union(
                    [.object(database), .object(fileSystem)],
                    expected: "a source (a mapping with type: database or type: file_system)")),
        ], ignoresReadOnlyKeys: true,
        checks: [versionNeedsName])

    private static let database = ObjectSchema(
        "a database",
        [
            .required("type", .choice(["database"])), FieldSchema("table_name", .string()),
            FieldSchema("query", .string()), FieldSchema("stored_procedure", .string()),
            FieldSchema(
                "stored_procedure_params",
                .list(
                    .object(
                        ObjectSchema(
                            "a parameter",
                            [
                                FieldSchema("name", .string()), FieldSchema("value", .string()),
                                FieldSchema("type", .string()),
                            ])))),
            .required("connection", .string()),
        ])

    private static let fileSystem = ObjectSchema(
        "a file system",
        [
            FieldSchema("type", .choice(["file_system"])), FieldSchema("path", .string()),
            .required("connection", .string()),
        ])
}
