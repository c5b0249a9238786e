import Digest
import YAML

extension ObjectSchema {
    /// What a spark job and a spark component say alike.
    static let sparkFields: [FieldSchema] = [
        FieldSchema("code", .code),
        .required("entry", .sparkEntry),
        FieldSchema("py_files", .list(.string())), FieldSchema("jars", .list(.string())),
        FieldSchema("files", .list(.string())), FieldSchema("archives", .list(.string())),
        FieldSchema("conf", .map(.something)), FieldSchema("environment", .optional(.jobEnvironment)),
        FieldSchema("args", .string()),
    ]

    /// As the reference page says.
    ///
    /// https://learn.microsoft.com/azure/machine-learning/reference-yaml-job-spark
    static let sparkJob = ObjectSchema(
        "a spark job",
        FieldSchema.merged(
            FieldSchema.jobFields, sparkFields,
            [
                .required("type", .choice(["spark"])),
                FieldSchema("inputs", .jobInputs), FieldSchema("outputs", .jobOutputs),
                FieldSchema("resources", .object(sparkResources)), FieldSchema("properties", .map(.something)),
            ]), ignoresReadOnlyKeys: true, mayBeFile: true,
        checks: [sparkLists, componentExpressions(in: "args"), inputNames])

    static let sparkResources = ObjectSchema(
        "spark resources",
        [FieldSchema("instance_type", .string()), FieldSchema("runtime_version", .numberVersion)])

    static let sparkStepResources = sparkResources.with(
        [
            .required(
                "instance_type",
                .choice(["4", "8", "16", "32", "64"].map { "standard_e\($0)s_v3" })),
            .required("runtime_version", .numberVersion),
        ])

    /// The lists of files must not name one twice.
    static let sparkLists: Check = { node, fields, state in
        for key in ["py_files", "jars", "files", "archives"] {
            guard let values = fields[key]?.arrayValue, Set(values).count < values.count, let written = node[key]
            else { continue }
            state.error(.invalidValue, "\"\(key)\" names a file twice", at: written.mark, key: key)
        }
    }
}

extension FieldType {
    static let sparkEntry = FieldType.union(
        [
            .object(
                ObjectSchema("an entry", [.required("file", .string()), .readOnly("spark_job_entry_type")])),
            .object(
                ObjectSchema("an entry", [.required("class_name", .string()), .readOnly("spark_job_entry_type")])),
        ], expected: "an entry (a mapping with a file)")
}
