package import YAML

/// Names the YAML documents of other tools that lie beside Azure ML's, so that nobody takes them for broken assets.
package enum ForeignDocument {
    /// What a document is, such as `a conda environment file`; nil where nothing tells.
    package static func description(of root: Node) -> String? {
        guard let mapping = root.mapping else { return nil }
        if let name = mapping["$schema"]?.text.flatMap(KindDetection.schemaName), let known = schemas[name] {
            return known
        }
        func has(_ keys: String...) -> Bool { keys.allSatisfy { mapping[$0] != nil } }
        if mapping["dependencies"]?.sequence != nil, mapping["image"] == nil { return "a conda environment file" }
        if has("on", "jobs") { return "a GitHub workflow" }
        if has("runs", "using") || (has("runs") && mapping["runs"]?["using"] != nil) { return "a GitHub action" }
        if has("apiVersion", "kind") { return "a Kubernetes manifest" }
        if let services = mapping["services"]?.mapping,
            services.contains(where: { $0.value["image"] != nil || $0.value["build"] != nil })
        {
            return "a Docker Compose file"
        }
        if mapping["stages"]?.sequence != nil || mapping["steps"]?.sequence != nil || mapping["jobs"]?.sequence != nil {
            return "an Azure pipeline"
        }
        if has("repos"), mapping["repos"]?.sequence != nil { return "a pre-commit configuration" }
        if has("paths"), has("transformations") || mapping["type"]?.text == "mltable" { return "an MLTable file" }
        if has("flavors"), has("model_uuid") || has("run_id") || !has("name") { return "an MLflow model's file" }
        if has("nodes"), mapping["nodes"]?.sequence != nil { return "a prompt flow" }
        if has("variables"), mapping.count <= 3 { return "a file of variables" }
        if has("source", "features") { return "a feature set's specification" }
        return nil
    }

    /// Whether a schema's name is one of these.
    static func isSchema(_ name: String) -> Bool { schemas[name] != nil }

    private static let schemas = [
        "mltable": "an MLTable file", "featuresetspec": "a feature set's specification",
        "modelversionpackage": "a model package, which only `az ml model package` reads",
        "modelpackage": "a model package, which only `az ml model package` reads",
        "github-workflow": "a GitHub workflow", "github-action": "a GitHub action",
        "docker-compose": "a Docker Compose file", "compose-spec": "a Docker Compose file",
    ]
}
