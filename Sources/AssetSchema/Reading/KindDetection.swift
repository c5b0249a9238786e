package import YAML

/// Tells what a YAML document is, as `az ml` and its users would.
///
/// `az ml` itself is told by its command line which kind a file is of, and leaves `$schema` unread. Here the file must
/// say it: by `$schema`, whatever host and version stand in it, else by `type`, else by its keys, else by its path.
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

    /// Decides; nil for a document that is no asset.
    ///
    /// - Parameters:
    ///   - root: The document.
    ///   - path: Where it stands; asked only where the document itself says nothing.
    package init?(_ root: Node, path: String? = nil) {
        guard let mapping = root.mapping else { return nil }
        let type = mapping["type"]?.text
        if let link = mapping["$schema"]?.text, let name = Self.schemaName(link) {
            if let found = Self.bySchema(name, type, mapping) {
                self = found
                return
            }
            if ForeignDocument.isSchema(name) { return nil }
        }
        if let type, let found = Self.byType(type, mapping) ?? Self.byConnection(type, mapping) {
            self = found
            return
        }
        guard let found = Self.byShape(mapping) ?? path.flatMap({ Self.byPath($0, mapping) }) else { return nil }
        self = found
    }

    /// The last part of a schema's URL without its ending, whatever host and version stand before it.
    static func schemaName(_ link: String) -> String? {
        let bytes = link.utf8
        var name = bytes[...]
        if let slash = name.lastIndex(of: UInt8(ascii: "/")) { name = name[bytes.index(after: slash)...] }
        if let query = name.firstIndex(where: { $0 == UInt8(ascii: "?") || $0 == UInt8(ascii: "#") }) {
            name = name[..<query]
        }
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
        case "data", "dataset":
            mapping["source"] == nil
                ? KindDetection(.data, .data, name) : KindDetection(.dataImport, .dataImport, name)
        case "dataimport": KindDetection(.dataImport, .dataImport, name)
        case "model": KindDetection(.model, .model, name)
        case "managedonlineendpoint", "onlineendpoint", "kubernetesonlineendpoint":
            KindDetection(.onlineEndpoint, endpointSchema(mapping), name)
        case "managedonlinedeployment", "kubernetesonlinedeployment", "onlinedeployment":
            // The SDK looks at `type` alone, and at nothing but this spelling.
            KindDetection(.onlineDeployment, onlineDeploymentSchema(type), name)
        case "batchendpoint": KindDetection(.batchEndpoint, .batchEndpoint, name)
        case "batchdeployment", "modelbatchdeployment", "pipelinecomponentbatchdeployment":
            KindDetection(.batchDeployment, batchDeploymentSchema(name, type, mapping), name)
        case "commandcomponent", "pipelinecomponent", "parallelcomponent", "sparkcomponent", "automlcomponent",
            "importcomponent", "datatransfercomponent", "flow":
            KindDetection(.component, AssetKind.component.schema, name)
        case "schedule", "jobschedule", "monitorschedule", "monitoringschedule", "monitor", "importschedule",
            "importdataschedule", "dataimportschedule":
            KindDetection(.schedule, .schedule(mapping), name)
        case "workspace", "hub", "project":
            KindDetection(.workspace, .workspace(kind: mapping["kind"]?.text), name)
        case "registry": KindDetection(.registry, .registry, name)
        case "featurestore": KindDetection(.featureStore, .featureStore, name)
        case "featureset": KindDetection(.featureSet, .featureSet, name)
        case "featurestoreentity", "featureentity": KindDetection(.featureStoreEntity, .featureStoreEntity, name)
        case _ where name.hasSuffix("connection"):
            KindDetection(.connection, .connection(type: type), name)
        default: family(name, type)
        }
    }

    /// Computes, datastores and jobs have a schema for each type; the type decides, and the schema's name where there is none.
    private static func family(_ name: String, _ type: String?) -> KindDetection? {
        if let word = computeSchemas[name] {
            return KindDetection(.compute, .compute(type: type) ?? .compute(type: word), name)
        }
        if let word = datastoreSchemas[name] {
            return KindDetection(.datastore, .datastore(type: type ?? word), name)
        }
        guard name.hasSuffix("job") || name.hasPrefix("automl") else { return nil }
        return job(name, type)
    }

    private static let computeSchemas = [
        "compute": "amlcompute", "amlcompute": "amlcompute", "computeinstance": "computeinstance",
        "kubernetescompute": "kubernetes", "vmcompute": "virtualmachine", "virtualmachinecompute": "virtualmachine",
        "synapsesparkcompute": "synapsespark", "attachedsynapsesparkcompute": "synapsespark",
    ]

    private static let datastoreSchemas = [
        "datastore": "azure_blob", "azureblob": "azure_blob", "azureblobdatastore": "azure_blob",
        "azurefile": "azure_file", "azurefiledatastore": "azure_file", "azuredatalakegen1": "azure_data_lake_gen1",
        "azuredatalakegen1datastore": "azure_data_lake_gen1", "azuredatalakegen2": "azure_data_lake_gen2",
        "azuredatalakegen2datastore": "azure_data_lake_gen2", "onelake": "one_lake", "onelakedatastore": "one_lake",
    ]

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
        let word = type.lowercased()
        switch word {
        case "managed" where isDeployment, "kubernetes" where isDeployment:
            return KindDetection(.onlineDeployment, onlineDeploymentSchema(type), evidence)
        case "model" where isDeployment, "pipeline" where isDeployment:
            return KindDetection(.batchDeployment, batchDeploymentSchema("", type, mapping), evidence)
        case "uri_file", "uri_folder", "mltable":
            guard mapping["path"] != nil else { return nil }
            if mapping["source"] != nil { return KindDetection(.dataImport, .dataImport, evidence) }
            // MLTable's own files say `type: mltable` too.
            guard mapping["name"] != nil || fits(mapping, .data) else { return nil }
            return KindDetection(.data, .data, evidence)
        case "mlflow_model", "custom_model", "triton_model":
            guard mapping["name"] != nil else { return nil }
            return KindDetection(.model, .model, evidence)
        case "kubernetes" where mapping["namespace"] == nil && mapping["resource_id"] == nil: break
        case "amlcompute", "computeinstance", "synapsespark", "virtualmachine", "kubernetes":
            guard mapping["name"] != nil else { return nil }
            return KindDetection(.compute, .compute(type: type), evidence)
        case "azure_blob", "azure_data_lake_gen2", "azure_file", "azure_data_lake_gen1", "one_lake":
            // Connections share some of these words.
            let isConnection =
                mapping["target"] != nil || mapping["url"] != nil || mapping["credentials"]?["type"] != nil
            guard !isConnection else { return nil }
            return KindDetection(.datastore, .datastore(type: type), evidence)
        case "data_transfer" where mapping["task"] != nil:
            return KindDetection(.component, AssetKind.component.schema, evidence)
        case "import" where mapping["source"] != nil && mapping["output"] != nil:
            // A component says what its source will be, a job what it is.
            let isComponent = mapping["source"]?["type"]?.mapping != nil
            return isComponent
                ? KindDetection(.component, AssetKind.component.schema, evidence)
                : KindDetection(.commandJob, AssetKind.commandJob.schema, evidence)
        default: break
        }
        guard let kind = jobKinds[type], looksLikeJob(type, mapping) else { return nil }
        if mapping["is_deterministic"] != nil || mapping["version"] != nil {
            return KindDetection(.component, AssetKind.component.schema, evidence)
        }
        return KindDetection(kind, kind.schema, evidence)
    }

    private static func byConnection(_ type: String, _ mapping: Mapping) -> KindDetection? {
        let schema = ObjectSchema.connection(type: type)
        guard ObjectSchema.isConnection(type: type), fits(mapping, schema) else { return nil }
        return KindDetection(.connection, schema, "type: \(type)")
    }

    private static func looksLikeJob(_ type: String, _ mapping: Mapping) -> Bool {
        switch type {
        case "command": mapping["command"] != nil
        case "pipeline": mapping["jobs"]?.mapping != nil || mapping["component"] != nil
        case "sweep": mapping["trial"] != nil
        case "automl": mapping["task"] != nil
        case "spark": mapping["entry"] != nil
        default: mapping["task"] != nil
        }
    }

    // MARK: By keys

    private static func byShape(_ mapping: Mapping) -> KindDetection? {
        for candidate in shapes where candidate.needs.allSatisfy({ mapping[$0] != nil }) {
            // A key that the kind does not have says that the document is something else.
            guard fits(mapping, candidate.schema) else { continue }
            return KindDetection(candidate.kind, candidate.schema, "keys")
        }
        return nil
    }

    private struct Shape {
        let needs: [String]
        let kind: AssetKind
        let schema: ObjectSchema
    }

    private static let shapes: [Shape] = [
        Shape(needs: ["endpoint_name", "instance_type"], kind: .onlineDeployment, schema: .managedOnlineDeployment),
        Shape(needs: ["endpoint_name", "compute", "settings"], kind: .batchDeployment, schema: .modelBatchDeployment),
        Shape(needs: ["endpoint_name", "compute"], kind: .batchDeployment, schema: .batchDeployment),
        Shape(needs: ["endpoint_name", "component"], kind: .batchDeployment, schema: .pipelineBatchDeployment),
        Shape(needs: ["endpoint_name", "job_definition"], kind: .batchDeployment, schema: .pipelineBatchDeployment),
        Shape(needs: ["endpoint_name", "model"], kind: .batchDeployment, schema: .batchDeployment),
        Shape(needs: ["name", "auth_mode", "defaults"], kind: .batchEndpoint, schema: .batchEndpoint),
        Shape(needs: ["name", "defaults"], kind: .batchEndpoint, schema: .batchEndpoint),
        Shape(needs: ["name", "auth_mode", "compute"], kind: .onlineEndpoint, schema: .kubernetesOnlineEndpoint),
        Shape(needs: ["name", "auth_mode"], kind: .onlineEndpoint, schema: .managedOnlineEndpoint),
        Shape(needs: ["name", "traffic"], kind: .onlineEndpoint, schema: .managedOnlineEndpoint),
        Shape(needs: ["command", "environment"], kind: .commandJob, schema: .commandJob),
        Shape(needs: ["name", "image"], kind: .environment, schema: .environment),
        Shape(needs: ["name", "build"], kind: .environment, schema: .environment),
        Shape(needs: ["name", "create_monitor"], kind: .schedule, schema: .monitorSchedule),
        Shape(needs: ["name", "import_data"], kind: .schedule, schema: .importSchedule),
        Shape(needs: ["name", "create_job"], kind: .schedule, schema: .jobSchedule),
        Shape(needs: ["path", "source"], kind: .dataImport, schema: .dataImport),
        Shape(needs: ["name", "kind", "hub_id"], kind: .workspace, schema: .project),
        Shape(needs: ["name", "index_columns"], kind: .featureStoreEntity, schema: .featureStoreEntity),
        Shape(needs: ["name", "specification", "entities"], kind: .featureSet, schema: .featureSet),
        Shape(needs: ["name", "offline_store"], kind: .featureStore, schema: .featureStore),
        Shape(needs: ["name", "replication_locations"], kind: .registry, schema: .registry),
    ]

    /// Whether a document has all the keys that a schema needs, and none that it does not know.
    private static func fits(_ mapping: Mapping, _ schema: ObjectSchema) -> Bool {
        mapping.allSatisfy { schema.field($0.name) != nil }
            && schema.requiredPlaces.allSatisfy { mapping[schema.fields[$0].name] != nil }
    }

    // MARK: By path

    /// What `az ml GROUP create` would be asked to make of a file under that name, if the file fits it.
    private static func byPath(_ path: String, _ mapping: Mapping) -> KindDetection? {
        guard !mapping.isEmpty else { return nil }
        let parts = path.lowercased().split { "/._-".utf8.contains($0.utf8.first ?? 0) }.map(String.init)
        for hint in pathHints where hint.words.allSatisfy({ parts.contains($0) || parts.contains($0 + "s") }) {
            guard let schema = schema(of: hint.kind, mapping), fits(mapping, schema) else { continue }
            return KindDetection(hint.kind, schema, "path")
        }
        return nil
    }

    private static let pathHints: [(words: [String], kind: AssetKind)] = [
        (["feature", "store", "entity"], .featureStoreEntity), (["feature", "store"], .featureStore),
        (["feature", "set"], .featureSet), (["data", "import"], .dataImport),
        (["online", "endpoint"], .onlineEndpoint),
        (["batch", "endpoint"], .batchEndpoint), (["online", "deployment"], .onlineDeployment),
        (["batch", "deployment"], .batchDeployment), (["environment"], .environment), (["env"], .environment),
        (["model"], .model), (["component"], .component), (["compute"], .compute), (["datastore"], .datastore),
        (["workspace"], .workspace), (["registry"], .registry), (["connection"], .connection),
        (["schedule"], .schedule), (["endpoint"], .onlineEndpoint), (["data"], .data), (["dataset"], .data),
        (["job"], .commandJob),
    ]

    // MARK: Variants

    /// The schema of the variant that a document of a known kind is.
    static func schema(of kind: AssetKind, _ root: Node) -> ObjectSchema? {
        guard let mapping = root.mapping else { return kind.schema }
        return schema(of: kind, mapping)
    }

    private static func schema(of kind: AssetKind, _ mapping: Mapping) -> ObjectSchema? {
        let type = mapping["type"]?.text
        let name = mapping["$schema"]?.text.flatMap(schemaName) ?? ""
        return switch kind {
        case .onlineEndpoint: endpointSchema(mapping)
        case .onlineDeployment: onlineDeploymentSchema(type)
        case .batchDeployment: batchDeploymentSchema(name, type, mapping)
        case .compute: .compute(type: type) ?? .amlCompute
        case .datastore: .datastore(type: type)
        case .schedule: .schedule(mapping)
        case .workspace: .workspace(kind: mapping["kind"]?.text)
        case .connection: .connection(type: type)
        default: kind.schema
        }
    }

    private static func endpointSchema(_ mapping: Mapping) -> ObjectSchema {
        mapping["compute"] == nil ? .managedOnlineEndpoint : .kubernetesOnlineEndpoint
    }

    private static func onlineDeploymentSchema(_ type: String?) -> ObjectSchema {
        type == "kubernetes" ? .kubernetesOnlineDeployment : .managedOnlineDeployment
    }

    private static func batchDeploymentSchema(_ name: String, _ type: String?, _ mapping: Mapping) -> ObjectSchema {
        if name == "pipelinecomponentbatchdeployment" || type == "pipeline" || mapping["component"] != nil
            || mapping["job_definition"] != nil
        {
            return .pipelineBatchDeployment
        }
        return name == "modelbatchdeployment" || mapping["settings"] != nil ? .modelBatchDeployment : .batchDeployment
    }
}
