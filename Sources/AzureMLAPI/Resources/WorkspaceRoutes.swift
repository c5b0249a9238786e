internal import AzureMLWire
internal import Digest
internal import HTTPServer
internal import Workspace

extension RouteTable {
    /// The workspace itself, and where its other services are.
    mutating func addWorkspace() {
        add("GET", "") { call in call.json(WorkspaceRoutes(call: call).resource()) }
        add("PUT", "") { call in call.json(WorkspaceRoutes(call: call).resource()) }
        add("PATCH", "") { call in call.json(WorkspaceRoutes(call: call).resource()) }
        for group in ["", "/resourceGroups/:group"] {
            let place = "/subscriptions/:subscription\(group)/providers/Microsoft.MachineLearningServices/workspaces"
            addPlain("GET", place) { service, request in
                var items: [JSONValue] = []
                for identity in try await service.identities()
                where identity.subscriptionID == request.parameters["subscription"]
                    && (group.isEmpty || identity.resourceGroup == request.parameters["group"])
                {
                    let served = try await service.workspace(identity)
                    items.append(
                        WorkspaceRoutes(call: Call(service: service, request: request, served: served)).resource())
                }
                let body: JSONValue = ["value": .array(items), "nextLink": .null]
                return .json(body.canonicalBytes)
            }
        }
        add("POST", "/listKeys") { call in
            call.json([
                "userStorageKey": .string(Base64.text(call.service.signature(call.served).key)),
                "userStorageResourceId": .string(WorkspaceRoutes(call: call).storageID),
            ])
        }
    }
}

private struct WorkspaceRoutes {
    let call: Call

    var storageID: String {
        let identity = call.served.path.identity
        return "/subscriptions/\(identity.subscriptionID)/resourceGroups/\(identity.resourceGroup)"
            + "/providers/Microsoft.Storage/storageAccounts/\(call.served.storage.account)"
    }

    func resource() -> JSONValue {
        let served = call.served
        let id = served.path.id
        // A name that stays the same is all that is asked of the workspace's own number.
        let hex = Array(ContentDigest(of: id.lowercased()).hex)
        let guid = [0..<8, 8..<12, 12..<16, 16..<20, 20..<32].map { String(hex[$0]) }.joined(separator: "-")
        let properties: JSONValue = [
            "friendlyName": .string(served.path.identity.name), "description": "", "workspaceId": .string(guid),
            "discoveryUrl": .string("\(served.address.base)/discovery\(id)"),
            "mlFlowTrackingUri": .string("azureml://\(served.address.authority)/mlflow/v1.0\(id)"),
            "storageAccount": .string(storageID), "provisioningState": "Succeeded", "hbiWorkspace": false,
            "publicNetworkAccess": "Disabled", "v1LegacyMode": false, "tenantId": .string(ServiceSecret.tenant),
        ]
        return served.resource(
            id, type: "", properties, createdAt: "2026-01-01T00:00:00Z",
            extra: [
                "location": .string(ServedWorkspace.location), "kind": "Default", "tags": [:],
                "sku": ["name": "Basic", "tier": "Basic"],
                "identity": [
                    "type": "SystemAssigned", "principalId": .string(ServiceSecret.tenant),
                    "tenantId": .string(ServiceSecret.tenant),
                ],
            ])
    }
}
