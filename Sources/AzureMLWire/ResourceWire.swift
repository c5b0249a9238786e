package import Digest
internal import TimeKeeping
package import Workspace

/// Computes, datastores and schedules: CLI v2 fields beside the API's properties.
package enum ResourceWire {
    // MARK: Datastores

    private static let stores = [
        "azure_blob": "AzureBlob", "azure_file": "AzureFile", "azure_data_lake_gen1": "AzureDataLakeGen1",
        "azure_data_lake_gen2": "AzureDataLakeGen2", "one_lake": "OneLake",
    ]

    package static func datastore(_ resource: LiveResource) -> JSONValue {
        var properties = Spelling.camel(
            .object(resource.fields.present.filter { !["type", "credentials", "tags", "properties"].contains($0.key) }))
        let type = resource.fields["type"]?.stringValue ?? ""
        properties["datastoreType"] = .string(stores[type] ?? type)
        properties["credentials"] = ["credentialsType": "None"]
        properties["isDefault"] = false
        properties["tags"] = JSONValue(texts: resource.tags)
        properties["properties"] = [:]
        return properties
    }

    package static func datastoreFields(_ properties: JSONValue) -> JSONValue {
        let left = ["datastoreType", "credentials", "tags", "properties", "isDefault", "serviceDataAccessAuthIdentity"]
        var fields = Spelling.snake(.object(properties.present.filter { !left.contains($0.key) }))
        let type = properties["datastoreType"]?.stringValue ?? ""
        fields["type"] = .string(stores.first { $0.value == type }?.key ?? Spelling.snake(type))
        return fields
    }

    // MARK: Computes

    /// The body's part below `properties`.
    package static func compute(_ resource: LiveResource) -> JSONValue {
        let fields = resource.fields
        let type = fields["type"]?.stringValue?.lowercased() ?? "amlcompute"
        let names = ["amlcompute": "AmlCompute", "computeinstance": "ComputeInstance", "kubernetes": "Kubernetes"]
        var inner: JSONValue = ["osType": "Linux", "allocationState": "Steady", "errors": .null]
        inner["vmSize"] = fields["size"] ?? "local"
        if type == "amlcompute" {
            inner["vmPriority"] =
                fields["tier"]?.stringValue?.lowercased() == "low_priority" ? "LowPriority" : "Dedicated"
            inner["scaleSettings"] = [
                "minNodeCount": fields["min_instances"] ?? 0, "maxNodeCount": fields["max_instances"] ?? 4,
                "nodeIdleTimeBeforeScaleDown": .string(
                    WireDuration.text(milliseconds: (fields["idle_time_before_scale_down"]?.intValue ?? 120) * 1_000)),
            ]
            inner["nodeStateCounts"] = [
                "idleNodeCount": 0, "runningNodeCount": 0, "preparingNodeCount": 0, "unusableNodeCount": 0,
                "leavingNodeCount": 0, "preemptedNodeCount": 0,
            ]
            inner["currentNodeCount"] = 0
            inner["targetNodeCount"] = 0
            inner["remoteLoginPortPublicAccess"] = "NotSpecified"
            // No enableNodePublicIp: without a subnet beside it the SDK stumbles over what it has read when it writes it back.
        } else if type == "computeinstance" {
            inner["state"] = "Running"
        }
        return [
            "computeType": .string(names[type] ?? type), "properties": inner,
            "description": fields["description"] ?? .null,
            "provisioningState": .string(resource.provisioningState.rawValue),
            "createdOn": .string(resource.createdAt.description), "modifiedOn": .string(resource.createdAt.description),
            "isAttachedCompute": false, "disableLocalAuth": false, "provisioningErrors": .null, "resourceId": .null,
            "computeLocation": "local",
        ]
    }

    package static func computeFields(_ properties: JSONValue) -> JSONValue {
        let inner = properties["properties"] ?? [:]
        var fields: JSONValue = ["type": .string(properties["computeType"]?.stringValue?.lowercased() ?? "amlcompute")]
        fields.take("description", from: properties)
        fields.take("size", from: inner, as: "vmSize")
        if inner["vmPriority"]?.stringValue == "LowPriority" { fields["tier"] = "low_priority" }
        if let scale = inner["scaleSettings"], !scale.isNull {
            fields.take("min_instances", from: scale, as: "minNodeCount")
            fields.take("max_instances", from: scale, as: "maxNodeCount")
            if let text = scale["nodeIdleTimeBeforeScaleDown"]?.stringValue, let span = WireDuration.milliseconds(text)
            {
                fields["idle_time_before_scale_down"] = .int(Int64(span / 1_000))
            }
        }
        return fields
    }

    // MARK: Schedules

    package static func schedule(_ resource: LiveResource, action: JSONValue) -> JSONValue {
        let fields = resource.fields
        var trigger = Spelling.camel(fields["trigger"] ?? [:])
        let isCron = fields["trigger"]?["expression"] != nil
        trigger["type"] = nil
        trigger["triggerType"] = .string(isCron ? "Cron" : "Recurrence")
        if let frequency = trigger["frequency"]?.stringValue { trigger["frequency"] = .string(frequency.capitalized) }
        return [
            "displayName": fields["display_name"] ?? .null, "description": fields["description"] ?? .null,
            "isEnabled": fields["is_enabled"] ?? true, "trigger": trigger, "action": action,
            "provisioningState": .string(resource.provisioningState.rawValue),
            "tags": JSONValue(texts: resource.tags), "properties": [:],
        ]
    }

    package static func scheduleFields(_ properties: JSONValue) -> JSONValue {
        var fields: JSONValue = [:]
        fields.take("display_name", from: properties, as: "displayName")
        fields.take("description", from: properties)
        if properties["isEnabled"]?.boolValue == false { fields["is_enabled"] = false }
        var trigger = Spelling.snake(properties["trigger"] ?? [:])
        trigger["type"] = .string(trigger["trigger_type"]?.stringValue?.lowercased() ?? "cron")
        trigger["trigger_type"] = nil
        if let frequency = trigger["frequency"]?.stringValue { trigger["frequency"] = .string(frequency.lowercased()) }
        fields["trigger"] = trigger
        return fields
    }
}

extension String {
    fileprivate var capitalized: String { prefix(1).uppercased() + dropFirst().lowercased() }
}
