package import AssetSchema
package import Digest
package import Workspace

/// Jobs: CLI v2 fields beside the API's properties.
package enum JobWire {
    /// The kind that the API's `jobType` names; nil for one that is not known here.
    package static func kind(_ properties: JSONValue) -> AssetKind? {
        switch properties["jobType"]?.stringValue?.lowercased() {
        case "command": .commandJob
        case "pipeline": .pipelineJob
        case "sweep": .sweepJob
        case "automl": .autoMLJob
        case "spark": .sparkJob
        default: nil
        }
    }

    private static func type(_ kind: AssetKind) -> String {
        switch kind {
        case .pipelineJob: "Pipeline"
        case .sweepJob: "Sweep"
        case .autoMLJob: "AutoML"
        case .sparkJob: "Spark"
        default: "Command"
        }
    }

    // MARK: From the API

    /// The CLI v2 fields that a job's properties say.
    package static func fields(_ kind: AssetKind, _ properties: JSONValue) -> JSONValue {
        var fields: JSONValue = [:]
        fields.take("display_name", from: properties, as: "displayName")
        fields.take("experiment_name", from: properties, as: "experimentName")
        fields.take("description", from: properties)
        if let own = properties["properties"]?.present, !own.isEmpty { fields["properties"] = .object(own) }
        if let id = properties["computeId"]?.stringValue, !id.isEmpty {
            fields["compute"] = .string("azureml:\(AssetName.last(id))")
        }
        if let inputs = properties["inputs"]?.present, !inputs.isEmpty {
            fields["inputs"] = .object(inputs.mapValues(input(fromWire:)))
        }
        let outputs = (properties["outputs"]?.objectValue ?? [:]).filter { $0.key != "default" }
        if !outputs.isEmpty { fields["outputs"] = .object(outputs.mapValues(output(fromWire:))) }
        if let value = properties["identity"], !value.isNull { fields["identity"] = identity(fromWire: value) }
        if let value = properties["limits"], !value.isNull { fields["limits"] = limits(fromWire: value) }
        switch kind {
        case .pipelineJob:
            if let settings = properties["settings"], !settings.isNull {
                fields["settings"] = .object(settings.present.filter { $0.key != "_source" })
            }
            fields["jobs"] = .object((properties["jobs"]?.present ?? [:]).mapValues(node(fromWire:)))
        case .sweepJob:
            fields["trial"] = program(properties["trial"] ?? [:])
            fields["search_space"] = .object(
                (properties["searchSpace"]?.present ?? [:]).mapValues(SweepWire.distribution(fromWire:)))
            fields["sampling_algorithm"] = SweepWire.sampling(fromWire: properties["samplingAlgorithm"] ?? [:])
            fields["objective"] = SweepWire.objective(fromWire: properties["objective"] ?? [:])
            if let policy = properties["earlyTermination"], !policy.isNull {
                fields["early_termination"] = SweepWire.policy(fromWire: policy)
            }
        default:
            for (key, value) in program(properties).present { fields[key] = value }
        }
        return fields
    }

    /// What a command job and a sweep's trial have in common.
    private static func program(_ properties: JSONValue) -> JSONValue {
        var fields: JSONValue = [:]
        fields.take("command", from: properties)
        if let code = properties["codeId"]?.stringValue { fields["code"] = .string(AssetName.reference(code)) }
        if let environment = properties["environmentId"]?.stringValue {
            fields["environment"] = .string(AssetName.reference(environment))
        }
        if let variables = properties["environmentVariables"]?.present, !variables.isEmpty {
            fields["environment_variables"] = .object(variables)
        }
        for (name, wire) in settings {
            if let value = properties[wire], !value.present.isEmpty { fields[name] = Spelling.snake(value) }
        }
        if let value = properties["distribution"], !value.isNull {
            fields["distribution"] = distribution(fromWire: value)
        }
        return fields
    }

    /// A step of a pipeline, which the API carries nearly as the YAML has it.
    private static func node(fromWire node: JSONValue) -> JSONValue {
        var fields: JSONValue = [:]
        for (key, value) in node.present
        where !["_source", "$schema", "name", "componentId", "computeId"].contains(key) {
            fields[key] = value
        }
        if let id = node["componentId"]?.stringValue { fields["component"] = .string(AssetName.reference(id)) }
        if let id = node["computeId"]?.stringValue, !id.isEmpty {
            fields["compute"] = .string("azureml:\(AssetName.last(id))")
        }
        fields["inputs"] = node["inputs"].map { .object($0.present.mapValues(input(fromWire:))) }
        fields["outputs"] = node["outputs"].map {
            .object(
                $0.present.mapValues { output in
                    // An output bound to the pipeline's own is a literal here.
                    output["value"] ?? self.output(fromWire: output)
                })
        }
        return fields
    }

    // MARK: To the API

    /// The properties of a job.
    ///
    /// - Parameters:
    ///   - store: the datastore path under which the job's artifacts are.
    ///   - services: where people can look at it.
    package static func properties(
        _ job: JobDetails, in path: WorkspacePath, isArchived: Bool, services: JSONValue
    ) -> JSONValue {
        let fields = job.fields
        let live = job.live
        let kind = live.kind
        var properties: JSONValue = [
            "jobType": .string(type(kind)), "status": .string(live.status.rawValue),
            "experimentName": .string(live.experimentName), "isArchived": .bool(isArchived),
            "displayName": fields["display_name"] ?? .string(live.name),
            "tags": JSONValue(texts: live.tags), "properties": JSONValue(texts: fields["properties"]?.texts ?? [:]),
            "services": services,
        ]
        properties["description"] = fields["description"] ?? .null
        if let parent = live.parent { properties["parentJobName"] = .string(parent) }
        if let compute = fields["compute"]?.stringValue {
            properties["computeId"] = .string(path.id("computes", AssetName.last(compute)))
        }
        properties["inputs"] = .object((fields["inputs"]?.present ?? [:]).mapValues { input(toWire: $0, in: path) })
        var outputs: [String: JSONValue] = [:]
        for (name, field) in fields["outputs"]?.objectValue ?? [:] {
            let place = "azureml://datastores/workspaceblobstore/paths/azureml/\(live.name)/\(name)/"
            outputs[name] = output(toWire: field, place: place)
        }
        outputs["default"] = [
            "jobOutputType": "uri_folder", "mode": "ReadWriteMount",
            "uri": .string("azureml://datastores/workspaceartifactstore/ExperimentRun/dcid.\(live.name)"),
        ]
        properties["outputs"] = .object(outputs)
        if let value = fields["identity"] { properties["identity"] = identity(toWire: value) }
        if let value = fields["limits"] { properties["limits"] = limits(toWire: value, type: type(kind)) }
        switch kind {
        case .pipelineJob:
            properties["settings"] = fields["settings"] ?? [:]
            properties["jobs"] = .object((fields["jobs"]?.present ?? [:]).mapValues { node(toWire: $0, in: path) })
        case .sweepJob:
            properties["trial"] = program(toWire: fields["trial"] ?? [:], in: path)
            properties["searchSpace"] = .object(
                (fields["search_space"]?.present ?? [:]).mapValues(SweepWire.distribution(toWire:)))
            properties["samplingAlgorithm"] = SweepWire.sampling(toWire: fields["sampling_algorithm"] ?? "random")
            properties["objective"] = SweepWire.objective(toWire: fields["objective"] ?? [:])
            if let policy = fields["early_termination"], !policy.isNull {
                properties["earlyTermination"] = SweepWire.policy(toWire: policy)
            }
        default:
            for (key, value) in program(toWire: fields, in: path).present { properties[key] = value }
        }
        return properties
    }

    private static func program(toWire fields: JSONValue, in path: WorkspacePath) -> JSONValue {
        var properties: JSONValue = ["command": fields["command"] ?? ""]
        if let code = fields["code"]?.stringValue, AssetName(code) != nil {
            properties["codeId"] = .string(path.id(code, of: "codes"))
        }
        if let environment = fields["environment"]?.stringValue {
            properties["environmentId"] = .string(path.id(environment, of: "environments"))
        }
        properties["environmentVariables"] = JSONValue(texts: fields["environment_variables"]?.texts ?? [:])
        for (name, wire) in settings {
            if let value = fields[name] { properties[wire] = Spelling.camel(value) }
        }
        if let value = fields["distribution"] { properties["distribution"] = distribution(toWire: value) }
        return properties
    }

    private static func node(toWire fields: JSONValue, in path: WorkspacePath) -> JSONValue {
        var node: JSONValue = .object(fields.present)
        if let component = fields["component"]?.stringValue {
            node["component"] = nil
            node["componentId"] = .string(path.id(component, of: "components"))
        }
        if let compute = fields["compute"]?.stringValue {
            node["compute"] = nil
            node["computeId"] = .string(path.id("computes", AssetName.last(compute)))
        }
        node["inputs"] = .object(
            (fields["inputs"]?.present ?? [:]).mapValues { field in
                var value = input(toWire: field, in: path)
                value["job_input_type"] = value["jobInputType"]
                value["jobInputType"] = nil
                return value
            })
        node["outputs"] = .object(
            (fields["outputs"]?.present ?? [:]).mapValues { field in
                guard field.objectValue != nil else { return ["value": field, "type": "literal"] }
                var value: JSONValue = ["job_output_type": field["type"] ?? "uri_folder"]
                if let mode = field["mode"]?.stringValue { value["mode"] = .string(Self.mode(toWire: mode)) }
                value.take("uri", from: field, as: "path")
                return value
            })
        return node
    }
}
