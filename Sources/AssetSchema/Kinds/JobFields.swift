import Digest

extension FieldSchema {
    /// What all jobs have in common.
    static let jobFields: [FieldSchema] = [
        schemaLink, FieldSchema("name", .string(.job)), .readOnly("id"), description,
        FieldSchema("display_name", .string()),
        FieldSchema("experiment_name", .string(.experiment)),
        FieldSchema("tags", .textMap(isStrict: true, keysMustBeText: true)),
        FieldSchema("properties", .textMap(isStrict: true, keysMustBeText: true)),
        FieldSchema("services", .map(.jobService)),
        FieldSchema("identity", .jobIdentity),
        FieldSchema("compute", .compute),
        creationContext, readOnly("status"), readOnly("log_files"),
    ]

    /// The fields of several lists; of two with one name the later one counts.
    static func merged(_ lists: [FieldSchema]...) -> [FieldSchema] {
        var result: [FieldSchema] = []
        for field in lists.joined() {
            if let known = result.firstIndex(where: { $0.name == field.name }) {
                result[known] = field
            } else {
                result.append(field)
            }
        }
        return result
    }
}

extension FieldType {
    /// Code of a job or component: a local path, or what may stand in its place.
    static let code = FieldType.path(PathRule(.code, or: [.url, .git, .registryCode, .codeAsset]))

    static let jobInputs = FieldType.map(.jobInput)
    static let jobOutputs = FieldType.map(.optional(.object(.jobOutput)))

    /// The type with expressions allowed where the SDK allows them inside a step of a pipeline.
    ///
    /// - Parameter skipped: The keys, at any depth, whose values must stay plain.
    func bindable(skipping skipped: Set<String> = ["type", "component", "trial", "inputs"]) -> FieldType {
        switch self {
        case .object(let schema): .object(schema.bindable(skipping: skipped))
        case .map(let values, let keysMustBeText):
            .map(values.bindable(skipping: skipped), keysMustBeText: keysMustBeText)
        case .list(let items): .list(items.bindable(skipping: skipped))
        case .optional(let inner): .optional(inner.bindable(skipping: skipped))
        case .union(let types, let expected):
            .binding(
                .union(
                    types.map { type in
                        switch type {
                        case .object, .map, .list, .union: type.bindable(skipping: skipped)
                        default: type
                        }
                    }, expected: expected))
        case .string, .any, .something, .version, .textMap, .binding, .expression, .component, .steps: self
        default: .binding(self)
        }
    }
}

extension ObjectSchema {
    /// The schema with expressions allowed where the SDK allows them inside a step of a pipeline.
    func bindable(skipping skipped: Set<String> = ["type", "component", "trial", "inputs"]) -> ObjectSchema {
        with(
            fields.map { field in
                guard !skipped.contains(field.name) else { return field }
                var field = field
                field.type = field.type.bindable(skipping: skipped)
                return field
            })
    }
}
