import Digest
import YAML

extension ObjectSchema {
    /// As the reference page says.
    ///
    /// https://learn.microsoft.com/azure/machine-learning/reference-yaml-environment
    static let environment = ObjectSchema(
        "an environment", FieldSchema.assetFields(nameIsRequired: true) + environmentFields, ignoresReadOnlyKeys: true,
        checks: [environmentCheck, versionNeedsName])

    /// An environment written inside another document; the SDK throws its name and version away.
    static let anonymousEnvironment = ObjectSchema(
        environment.title,
        environment.fields.filter { $0.name != "name" && $0.name != "version" } + [
            FieldSchema("name", .string(), use: .dropped), FieldSchema("version", .version, use: .dropped),
        ], ignoresReadOnlyKeys: true, mayBeFile: true, checks: [environmentCheck])

    private static let environmentFields = [
        FieldSchema(
            "id",
            .union(
                [.asset(.environment, allowsNoVersion: true), .resource(.environment)],
                expected: "an environment's id"), use: .service),
        FieldSchema("build", .object(buildContext)),
        FieldSchema("image", .string()),
        FieldSchema("conda_file", .condaFile),
        FieldSchema("inference_config", .object(inferenceConfiguration)),
        FieldSchema("os_type", .choice(["linux", "windows"]), default: "linux"),
        FieldSchema("datastore", .string()),
        .readOnly("intellectual_property"),
    ]

    private static let buildContext = ObjectSchema(
        "a build context",
        [
            FieldSchema("dockerfile_path", .string(), default: "Dockerfile"),
            FieldSchema("path", .path(PathRule(.buildContext, or: [.url]))),
        ])

    private static let route = ObjectSchema(
        "a route", [.required("port", .integer(1...65_535)), .required("path", .string())])

    private static let inferenceConfiguration = ObjectSchema(
        "an inference configuration",
        [
            .required("liveness_route", .object(route)), .required("scoring_route", .object(route)),
            .required("readiness_route", .object(route)),
        ])

    /// The SDK checks these when it creates the environment, not when it reads the file.
    private static let environmentCheck: Check = { node, fields, state in
        if let image = node["image"], node["build"] != nil {
            state.error(
                .conflictingKeys, "an environment has either an image or a build, not both", at: image.mark,
                key: "image")
        }
        // A misspelt key is likely the missing one, and has been reported.
        let isMisspelt = node.mapping?.contains { environment.field($0.name) == nil } ?? false
        if node["image"] == nil, node["build"] == nil, node["id"] == nil, !isMisspelt {
            state.error(
                .missingPart, "an environment needs an image or a build", at: node.mark,
                hint: "add \"image: …\", the base image that the conda file is installed into")
        }
    }
}
