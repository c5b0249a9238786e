package import YAML

/// Tells what a YAML document is, as `az ml` and its users would.
package struct KindDetection: Sendable {
    /// The kind.
    package let kind: AssetKind
    /// The schema to read it with; nil for kinds that can't be read yet.
    package let schema: ObjectSchema?
    /// What the document calls itself, for messages: `sparkJob` or `type: spark`.
    package let evidence: String

    private init(_ kind: AssetKind, _ schema: ObjectSchema?, _ evidence: String) {
        self.kind = kind
        self.schema = schema
        self.evidence = evidence
    }

    /// Decides by `$schema`, else by `type`, else by the keys; nil for a document that is no asset.
    package init?(_ root: Node) {
        guard let mapping = root.mapping else { return nil }
        let type = mapping["type"]?.text
        if let link = mapping["$schema"]?.text, !link.isEmpty {
            guard let name = Self.schemaName(link), let found = Self.bySchema(name, type, mapping) else { return nil }
            self = found
            return
        }
        if let type, let found = Self.byType(type, mapping) {
            self = found
            return
        }
        guard type == nil, let found = Self.byShape(mapping) else { return nil }
        self = found
    }

    /// The last part of a schema's URL without its ending, whatever host and version stand before it.
    static func schemaName(_ link: String) -> String? {
        let bytes = link.utf8
        var name = bytes[...]
        if let slash = name.lastIndex(of: UInt8(ascii: "/")) { name = name[bytes.index(after: slash)...] }
        if let query = name.firstIndex(of: UInt8(ascii: "?")) { name = name[..<query] }
        let lowered = String(Substring(name)).lowercased().utf8
        // By bytes: a comparison by characters takes longer than all the rest.
        func cut(_ ending: String) -> String? {
            guard lowered.count >= ending.utf8.count, lowered.suffix(ending.utf8.count).elementsEqual(ending.utf8)
            else { return nil }
            return String(decoding: lowered.dropLast(ending.utf8.count), as: UTF8.self)
        }
        return cut(".schema.json") ?? cut(".json")
    }

    // MARK: By $schema

    private static func bySchema(_ name: String, _ type: String?, _ mapping: Mapping) -> KindDetection? {
        switch name {
        case "environment": KindDetection(.environment, .environment, name)
        case "data": KindDetection(.data, mapping["source"] == nil ? .data : nil, name)
        case "model": KindDetection(.model, .model, name)
        case "managedonlineendpoint", "onlineendpoint":
            KindDetection(.onlineEndpoint, endpointSchema(mapping), name)
        case "kubernetesonlineendpoint": KindDetection(.onlineEndpoint, endpointSchema(mapping), name)
        case "managedonlinedeployment", "kubernetesonlinedeployment", "onlinedeployment":
            // The SDK looks at `type` alone, and at nothing but this spelling.
            KindDetection(.onlineDeployment, onlineDeploymentSchema(type), name)
        case "batchendpoint": KindDetection(.batchEndpoint, .batchEndpoint, name)
        case "batchdeployment", "modelbatchdeployment", "pipelinecomponentbatchdeployment":
            KindDetection(.batchDeployment, batchDeploymentSchema(name, type, mapping), name)
        case "commandcomponent", "pipelinecomponent", "parallelcomponent", "sparkcomponent", "automlcomponent",
            "importcomponent", "datatransfercomponent", "flow":
            KindDetection(.component, nil, name)
        case "amlcompute", "computeinstance", "kubernetescompute", "vmcompute", "synapsesparkcompute",
            "attachedsynapsesparkcompute", "compute":
            KindDetection(.compute, nil, name)
        case "azureblob", "azureblobdatastore", "azurefile", "azurefiledatastore", "azuredatalakegen1",
            "azuredatalakegen1datastore", "azuredatalakegen2", "azuredatalakegen2datastore", "onelake", "datastore":
            KindDetection(.datastore, nil, name)
        case "schedule", "jobschedule", "monitorschedule", "monitoringschedule", "importschedule":
            KindDetection(.schedule, nil, name)
        case "workspace", "hub", "project": KindDetection(.workspace, nil, name)
        case _ where name.hasSuffix("job"): job(name, type)
        default: nil
        }
    }

    /// Of a job the SDK reads only `type`, and takes a command job where there is none.
    private static func job(_ name: String, _ type: String?) -> KindDetection? {
        if let type, let kind = jobKinds[type] { return KindDetection(kind, kind.schema, name) }
        let kind: AssetKind? =
            switch name {
            case "commandjob": .commandJob
            case "pipelinejob": .pipelineJob
            case "sweepjob": .sweepJob
            case "paralleljob": .parallelJob
            case "sparkjob": .sparkJob
            case _ where name.hasPrefix("automl"): .autoMLJob
            default: nil
            }
        guard let kind else { return nil }
        return KindDetection(kind, kind.schema, name)
    }

    private static let jobKinds: [String: AssetKind] = [
        "command": .commandJob, "pipeline": .pipelineJob, "sweep": .sweepJob, "automl": .autoMLJob,
        "parallel": .parallelJob, "spark": .sparkJob,
    ]

    // MARK: By type

    private static func byType(_ type: String, _ mapping: Mapping) -> KindDetection? {
        let evidence = "type: \(type)"
        let isDeployment = mapping["endpoint_name"] != nil
        switch type.lowercased() {
        case "managed" where isDeployment, "kubernetes" where isDeployment:
            return KindDetection(.onlineDeployment, onlineDeploymentSchema(type), evidence)
        case "model" where isDeployment, "pipeline" where isDeployment:
            return KindDetection(.batchDeployment, batchDeploymentSchema("", type, mapping), evidence)
        case "uri_file", "uri_folder", "mltable":
            guard mapping["path"] != nil, mapping["name"] != nil else { return nil }
            return KindDetection(.data, .data, evidence)
        case "mlflow_model", "custom_model", "triton_model":
            guard mapping["name"] != nil else { return nil }
            return KindDetection(.model, .model, evidence)
        case "amlcompute", "computeinstance", "synapsespark":
            return KindDetection(.compute, nil, evidence)
        case "azure_blob", "azure_file", "azure_data_lake_gen1", "azure_data_lake_gen2", "one_lake":
            return KindDetection(.datastore, nil, evidence)
        default: break
        }
        guard let kind = jobKinds[type], looksLikeJob(type, mapping) else { return nil }
        if mapping["is_deterministic"] != nil || mapping["version"] != nil {
            return KindDetection(.component, nil, evidence)
        }
        return KindDetection(kind, kind.schema, evidence)
    }

    private static func looksLikeJob(_ type: String, _ mapping: Mapping) -> Bool {
        switch type {
        case "command": mapping["command"] != nil
        case "pipeline": mapping["jobs"]?.mapping != nil
        case "sweep": mapping["trial"] != nil
        case "automl": mapping["task"] != nil
        case "spark": mapping["entry"] != nil
        default: mapping["task"] != nil
        }
    }

    // MARK: By keys

    private static func byShape(_ mapping: Mapping) -> KindDetection? {
        let keys = Set(mapping.keys)
        let candidates: [(Set<String>, AssetKind, ObjectSchema)] = [
            (["endpoint_name", "instance_type"], .onlineDeployment, .managedOnlineDeployment),
            (["endpoint_name", "compute"], .batchDeployment, .batchDeployment),
            (["name", "auth_mode", "defaults"], .batchEndpoint, .batchEndpoint),
            (["name", "auth_mode"], .onlineEndpoint, .managedOnlineEndpoint),
            (["command", "environment"], .commandJob, .commandJob),
            (["name", "image"], .environment, .environment),
            (["name", "build"], .environment, .environment),
        ]
        for (needed, kind, schema) in candidates where needed.isSubset(of: keys) {
            // A key that the kind does not have says that the document is something else.
            guard keys.allSatisfy({ schema.field($0) != nil }) else { continue }
            return KindDetection(kind, schema, "keys")
        }
        return nil
    }

    // MARK: Variants

    /// The schema of the variant that a document of a known kind is.
    static func schema(of kind: AssetKind, _ root: Node) -> ObjectSchema? {
        guard let mapping = root.mapping else { return kind.schema }
        let type = mapping["type"]?.text
        let name = mapping["$schema"]?.text.flatMap(schemaName) ?? ""
        return switch kind {
        case .data: mapping["source"] == nil ? .data : nil
        case .onlineEndpoint: endpointSchema(mapping)
        case .onlineDeployment: onlineDeploymentSchema(type)
        case .batchDeployment: batchDeploymentSchema(name, type, mapping)
        default: kind.schema
        }
    }

    private static func endpointSchema(_ mapping: Mapping) -> ObjectSchema {
        mapping["compute"] == nil ? .managedOnlineEndpoint : .kubernetesOnlineEndpoint
    }

    private static func onlineDeploymentSchema(_ type: String?) -> ObjectSchema {
        type == "kubernetes" ? .kubernetesOnlineDeployment : .managedOnlineDeployment
    }

    private static func batchDeploymentSchema(_ name: String, _ type: String?, _ mapping: Mapping) -> ObjectSchema? {
        if name == "modelbatchdeployment" { return .modelBatchDeployment }
        if name == "pipelinecomponentbatchdeployment" || type == "pipeline" || mapping["component"] != nil
            || mapping["job_definition"] != nil
        {
            return nil
        }
        return mapping["settings"] != nil ? .modelBatchDeployment : .batchDeployment
    }
}
